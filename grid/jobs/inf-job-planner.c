#include "grid/jobs/inf-job-planner.h"

#include <string.h>

static char *
open_mpi_series (const char *version)
{
  g_auto (GStrv) parts = g_strsplit (version ? version : "", ".", 3);

  if (g_strv_length (parts) < 2)
    return NULL;
  return g_strdup_printf ("%s.%s", parts[0], parts[1]);
}

static InfPlanCandidate
candidate_of (const InfPeerInfo *info, const InfJob *job)
{
  gboolean excluded = job && inf_job_is_excluded (job, &info->id);

  return (InfPlanCandidate){
    .id = info->id,
    .name = info->name,
    .is_self = info->is_self,
    .is_alive = info->state == INF_PEER_ALIVE || info->state == INF_PEER_SUSPECT,
    .is_hosting = info->hosting,
    .exclusion = excluded ? "it refused this job or failed it before" : NULL,
    .slots_total = info->slots_total,
    .slots_free = info->slots_free,
    .memory_bytes = info->memory_bytes,
    .load_milli = info->load_milli,
    .arch = info->arch,
    .open_mpi_version = info->open_mpi_version,
    .price_ucredits = info->price_ucredits,
    .rtt_us = info->rtt_us > 0 ? (gint64)info->rtt_us : -1,
    .offers = (const char *const *)info->offers,
  };
}

/* mpiexec runs in a sandbox too: what keeps this machine from hosting keeps it from launching. */
static const char *
launch_obstacle (const InfJobContext *context, const InfPeerInfo *self)
{
  if (context->obstacle)
    return context->obstacle;
  if (!self->open_mpi_version || !*self->open_mpi_version)
    return "open-mpi: missing; run: sudo apt install openmpi-bin";
  return NULL;
}

/* Free slots are told by gossip, and up to some seconds late: where they don't suffice, the hosts
 * are asked all the same, and say themselves what they have. */
static void
trust_no_free_slots (InfPlanCandidate *candidates, guint n_candidates)
{
  for (guint i = 0; i < n_candidates; i++)
    candidates[i].slots_free = candidates[i].slots_total;
}

/**
 * inf_job_planner_plan:
 * @context: the node's
 * @spec: what is to run
 * @job: (nullable): whose excluded hosts are left out
 *
 * Returns: (transfer full): the plan with the peers as they are known now
 */
InfPlan *
inf_job_planner_plan (const InfJobContext *context, const InfJobSpec *spec, const InfJob *job)
{
  g_autoptr (GPtrArray) peers = inf_gossip_list (context->gossip);
  g_autoptr (InfPeerInfo) self
      = inf_gossip_lookup (context->gossip, inf_keypair_get_peer_id (context->keypair));
  g_autofree InfPlanCandidate *candidates = g_new0 (InfPlanCandidate, peers->len);
  g_autofree char *series = open_mpi_series (self->open_mpi_version);
  gboolean installed = spec->kind == INF_PROGRAM_INSTALLED;

  for (guint i = 0; i < peers->len; i++)
    candidates[i] = candidate_of (peers->pdata[i], job);
  InfPlanRequest request = {
    .nodes = spec->nodes,
    .slots_per_node = spec->slots,
    .memory_bytes = spec->memory_bytes,
    .time_limit_us = (gint64)spec->time_limit_us,
    .max_price_ucredits = spec->max_price_ucredits,
    .balance_ucredits = inf_ledger_get_balance (context->ledger),
    .program = installed ? spec->program : NULL,
    .arch = installed ? NULL : self->arch,
    .open_mpi_series = series,
    .launch_obstacle = launch_obstacle (context, self),
  };
  g_autoptr (InfPlan) plan = inf_plan_new (&request, candidates, peers->len);
  if (inf_plan_is_possible (plan))
    return g_steal_pointer (&plan);
  trust_no_free_slots (candidates, peers->len);
  g_autoptr (InfPlan) hopeful = inf_plan_new (&request, candidates, peers->len);
  return inf_plan_is_possible (hopeful) ? g_steal_pointer (&hopeful) : g_steal_pointer (&plan);
}

/**
 * inf_job_planner_fill_request:
 * @context: the node's
 * @job: a planned job
 * @host: one of its hosts
 * @request: (out): initialised; what to ask @host for
 */
void
inf_job_planner_fill_request (const InfJobContext *context, const InfJob *job,
                              const InfJobHost *host, InfLeaseRequest *request)
{
  const InfJobSpec *spec = inf_job_get_spec ((InfJob *)job);
  g_autoptr (InfPeerInfo) self
      = inf_gossip_lookup (context->gossip, inf_keypair_get_peer_id (context->keypair));
  gboolean installed = spec->kind == INF_PROGRAM_INSTALLED;

  memcpy (request->job_id, inf_job_get_id (job), sizeof request->job_id);
  request->slots = host->slots;
  request->memory_bytes = spec->memory_bytes;
  request->max_price_ucredits = host->price_ucredits;
  request->duration_us = MIN ((gint64)spec->time_limit_us, INF_LEASE_MAX_DURATION_US);
  request->program = installed ? g_strdup (spec->program) : NULL;
  request->arch = installed ? NULL : g_strdup (self->arch);
  request->open_mpi_series = open_mpi_series (self->open_mpi_version);
}

/**
 * inf_job_planner_endpoint:
 * @context: the node's
 * @peer_id: a peer
 * @ret_key: (out) (optional): its key; left alone when it is unknown
 *
 * Returns: (transfer full) (nullable): where it is; %NULL when gossip doesn't know it
 */
InfEndpoint *
inf_job_planner_endpoint (const InfJobContext *context, const InfPeerId *peer_id,
                          InfPublicKey *ret_key)
{
  g_autoptr (InfPeerInfo) info = inf_gossip_lookup (context->gossip, peer_id);

  if (!info)
    return NULL;
  if (ret_key)
    *ret_key = info->public_key;
  return inf_endpoint_new (peer_id, (const char *const *)info->addresses);
}
