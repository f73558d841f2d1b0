#include "grid/jobs/inf-job-runner-private.h"

#include "common/inf-error.h"
#include "common/inf-paths.h"
#include "grid/jobs/inf-job-planner.h"
#include "grid/jobs/inf-job-stager.h"

#include <string.h>

/* What a job's driver does with its hosts until the program has ended: plan, lease, stage, check,
 * pay. */

/* Returns: (transfer full): of @host to @action */
InfJobAnswer *
inf_job_answer_for (InfJobRunner *self, const InfJobAction *action, const InfJobHost *host)
{
  return inf_job_answer_new (self, action->round, &host->peer_id);
}

/* An answer that is known at once is given from the main loop, as every other is: the core is never
 * entered while its actions are being taken. */
typedef struct
{
  InfJobAnswer *answer;
  InfJobEventType type;
  GError *error;
} Later;

static gboolean
answer_now (gpointer user_data)
{
  Later *later = user_data;

  inf_job_runner_answer (later->answer, later->type, later->error);
  return G_SOURCE_REMOVE;
}

static void
later_free (gpointer data)
{
  Later *later = data;

  inf_job_answer_free (later->answer);
  g_clear_error (&later->error);
  g_free (later);
}

/* @error: (nullable) (transfer full) */
void
inf_job_answer_later (InfJobAnswer *answer, InfJobEventType type, GError *error)
{
  Later *later = g_new0 (Later, 1);

  later->answer = answer;
  later->type = type;
  later->error = error;
  g_idle_add_full (G_PRIORITY_DEFAULT, answer_now, later, later_free);
}

static const InfPlanHost *
planned_host (InfJobRunner *self, const InfPeerId *id)
{
  for (guint i = 0; self->plan && i < self->plan->hosts->len; i++)
    {
      const InfPlanHost *host = self->plan->hosts->pdata[i];
      if (inf_peer_id_equal (&host->id, id))
        return host;
    }
  return NULL;
}

static gboolean
tell_plan (gpointer user_data)
{
  InfJobAnswer *answer = user_data;
  InfJobRunner *self = answer->runner;
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_job_host_unref);
  InfJobEvent event = { .type = INF_JOB_EVENT_PLANNED, .round = answer->round, .hosts = hosts };

  g_clear_pointer (&self->plan, inf_plan_free);
  self->plan = inf_job_planner_plan (self->context, inf_job_get_spec (self->job), self->job);
  if (!inf_plan_is_possible (self->plan))
    {
      event.type = INF_JOB_EVENT_PLAN_IMPOSSIBLE;
      event.code = self->plan->code;
      event.text = self->plan->reason;
      event.cause = self->plan->cause;
      event.flag = TRUE;
    }
  for (guint i = 0; i < self->plan->hosts->len; i++)
    {
      const InfPlanHost *host = self->plan->hosts->pdata[i];
      g_ptr_array_add (hosts,
                       inf_job_host_new (&host->id, host->name, host->slots, host->price_ucredits));
    }
  event.ucredits = self->plan->worst_case_ucredits;
  inf_job_runner_handle (self, &event);
  return G_SOURCE_REMOVE;
}

void
inf_job_runner_plan (InfJobRunner *runner, guint round)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, tell_plan, inf_job_answer_new (runner, round, NULL),
                   (GDestroyNotify)inf_job_answer_free);
}

static void
on_ended (InfLeaseClient *client, int code, const char *reason, gpointer user_data)
{
  InfJobRunner *self = user_data;
  InfJobEvent event = {
    .type = INF_JOB_EVENT_LINK_LOST,
    .host = inf_endpoint_get_peer_id (inf_lease_client_get_endpoint (client)),
    .code = code,
    .text = reason,
  };

  if (code == INF_ERROR_NO_CREDITS)
    event.type = INF_JOB_EVENT_CREDITS_OUT;
  else if (code != INF_ERROR_UNREACHABLE)
    event.type = INF_JOB_EVENT_HOST_STOPPED;
  inf_job_runner_handle (self, &event);
}

static void
on_spent (InfLeaseClient *client, guint64 ucredits, gpointer user_data)
{
  InfJobRunner *self = user_data;
  InfJobEvent event = {
    .type = INF_JOB_EVENT_SPENT,
    .host = inf_endpoint_get_peer_id (inf_lease_client_get_endpoint (client)),
    .ucredits = ucredits,
  };

  inf_job_runner_handle (self, &event);
}

static void
keep_client (InfJobRunner *self, InfLeaseClient *client)
{
  InfEndpoint *endpoint = inf_lease_client_get_endpoint (client);

  g_signal_connect_object (client, "ended", G_CALLBACK (on_ended), self, 0);
  g_signal_connect_object (client, "spent", G_CALLBACK (on_spent), self, 0);
  g_hash_table_replace (self->clients, inf_peer_id_copy (inf_endpoint_get_peer_id (endpoint)),
                        client);
}

/* The credits are set aside before the job goes on: a job never runs on credits that another may
 * have spent meanwhile. */
static gboolean
escrow (InfJobRunner *self, InfLeaseClient *client, GError **error)
{
  InfLease *lease = inf_lease_client_get_lease (client);
  const InfLeaseTerms *terms = inf_lease_get_terms (lease);
  const InfPeerId *host = inf_endpoint_get_peer_id (inf_lease_client_get_endpoint (client));
  const InfPlanHost *planned = planned_host (self, host);
  InfLedgerEscrow held = { .host = *host, .lease = inf_lease_get_bytes (lease) };

  if (!planned || planned->escrow_ucredits == 0)
    return TRUE;
  memcpy (held.lease_id, terms->lease_id, sizeof held.lease_id);
  memcpy (held.job_id, terms->job_id, sizeof held.job_id);
  held.amount_ucredits = planned->escrow_ucredits;
  return inf_ledger_escrow (self->context->ledger, &held, 1, g_get_real_time (), error);
}

static void
on_leased (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfJobAnswer *answer = user_data;
  InfLeaseClient *client = INF_LEASE_CLIENT (source);
  g_autoptr (GError) error = NULL;
  InfJobEvent event
      = { .type = INF_JOB_EVENT_LEASED, .round = answer->round, .host = &answer->host };

  gboolean is_late = answer->round != inf_job_get_round (answer->runner->job);
  if (!inf_lease_client_request_finish (client, result, &error))
    inf_job_runner_answer (answer, INF_JOB_EVENT_LEASE_REFUSED, error);
  else if (!is_late && !escrow (answer->runner, client, &error))
    {
      inf_lease_client_give_back (client);
      inf_job_runner_answer (answer, INF_JOB_EVENT_LEASE_REFUSED, error);
    }
  else
    {
      event.lease_id = inf_lease_get_terms (inf_lease_client_get_lease (client))->lease_id;
      inf_job_runner_handle (answer->runner, &event);
    }
  inf_job_answer_free (answer);
}

static void
lease_one (InfJobRunner *self, const InfJobAction *action, const InfJobHost *host)
{
  InfPublicKey key;
  g_autoptr (InfEndpoint) endpoint = inf_job_planner_endpoint (self->context, &host->peer_id, &key);
  g_auto (InfLeaseRequest) request = { 0 };

  if (!endpoint)
    {
      inf_job_answer_later (
          inf_job_answer_for (self, action, host), INF_JOB_EVENT_LEASE_REFUSED,
          g_error_new (INF_ERROR, INF_ERROR_NOT_FOUND, "%s has left the grid", host->name));
      return;
    }
  InfLeaseClient *client = inf_lease_client_new (self->context, endpoint, &key, host->name);
  keep_client (self, client);
  inf_lease_request_init (&request);
  inf_job_planner_fill_request (self->context, self->job, host, &request);
  inf_lease_client_request_async (client, &request, self->cancellable, on_leased,
                                  inf_job_answer_for (self, action, host));
}

void
inf_job_runner_lease (InfJobRunner *runner, const InfJobAction *action)
{
  for (guint i = 0; i < action->hosts->len; i++)
    lease_one (runner, action, action->hosts->pdata[i]);
}

/* Everybody who is in the job network: the launcher here, then the hosts. */
static GPtrArray *
list_participants (InfJobRunner *self)
{
  GPtrArray *participants
      = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_lease_participant_free);
  GPtrArray *hosts = inf_job_get_hosts (self->job);
  g_auto (GStrv) own = inf_gossip_dup_own_addresses (self->context->gossip);

  g_ptr_array_add (participants,
                   inf_lease_participant_new (INF_SANDBOX_LAUNCHER_INDEX,
                                              inf_keypair_get_public_key (self->context->keypair),
                                              (const char *const *)own, 0));
  for (guint i = 0; i < hosts->len; i++)
    {
      const InfJobHost *host = hosts->pdata[i];
      InfLeaseClient *client = inf_job_runner_get_client (self, &host->peer_id);
      InfEndpoint *endpoint = inf_lease_client_get_endpoint (client);
      g_ptr_array_add (participants, inf_lease_participant_new (
                                         host->index, inf_lease_client_get_host_key (client),
                                         inf_endpoint_get_addresses (endpoint), host->slots));
    }
  return participants;
}

static void
on_staged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfJobAnswer *answer = user_data;
  g_autoptr (GError) error = NULL;

  if (inf_lease_client_prepare_finish (INF_LEASE_CLIENT (source), result, &error))
    inf_job_runner_answer (answer, INF_JOB_EVENT_STAGED, NULL);
  else
    inf_job_runner_answer (answer, INF_JOB_EVENT_STAGE_FAILED, error);
  inf_job_answer_free (answer);
}

static void
stage_one (InfJobRunner *self, guint round, const InfJobHost *host)
{
  InfLeaseClient *client = inf_job_runner_get_client (self, &host->peer_id);
  InfJobSpec *spec = inf_job_get_spec (self->job);
  InfLeasePrepare prepare;

  /* Borrowed throughout: encoding reads it and keeps nothing. */
  memset (&prepare, 0, sizeof prepare);
  memcpy (prepare.lease_id, host->lease_id, sizeof prepare.lease_id);
  memcpy (prepare.job_id, inf_job_get_id (self->job), sizeof prepare.job_id);
  g_autofree char *name = inf_job_spec_program_name (spec);
  prepare.participants = self->participants;
  prepare.own_index = host->index;
  prepare.program_kind = spec->kind;
  prepare.program_name = name;
  prepare.program = spec->object;
  prepare.inputs = spec->inputs;
  prepare.memory_bytes = spec->memory_bytes;
  prepare.time_limit_us = spec->time_limit_us;
  inf_lease_client_prepare_async (client, &prepare, self->cancellable, on_staged,
                                  inf_job_answer_new (self, round, &host->peer_id));
}

static void
on_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfJobAnswer *answer = user_data;
  InfJobRunner *self = answer->runner;
  g_autoptr (GError) error = NULL;
  g_autoptr (InfStorePins) staged = inf_job_stager_hash_finish (result, &error);

  if (answer->round == inf_job_get_round (self->job)
      && inf_job_get_state (self->job) == INF_JOB_STAGING)
    {
      GPtrArray *hosts = inf_job_get_hosts (self->job);
      InfJobEvent event = { .type = INF_JOB_EVENT_STAGE_FAILED, .round = answer->round };

      for (guint i = 0; staged && i < hosts->len; i++)
        stage_one (self, answer->round, hosts->pdata[i]);
      if (staged)
        self->staged = g_steal_pointer (&staged);
      else
        {
          event.code = inf_job_runner_error_code (error);
          event.text = error->message;
          inf_job_runner_handle (self, &event);
        }
    }
  inf_job_answer_free (answer);
}

void
inf_job_runner_stage (InfJobRunner *runner, const InfJobAction *action)
{
  InfJobSpec *spec = inf_job_get_spec (runner->job);
  g_autofree char *path = NULL;

  runner->participants = list_participants (runner);
  if (spec->kind == INF_PROGRAM_BUILTIN)
    path = inf_paths_helper (spec->program);
  else if (spec->kind == INF_PROGRAM_OWN)
    path = g_strdup (spec->program);
  inf_job_stager_hash_async (runner->context->store, spec, path, runner->cancellable, on_hashed,
                             inf_job_answer_new (runner, action->round, NULL));
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfJobAnswer *answer = user_data;
  g_autoptr (GError) error = NULL;

  if (inf_lease_client_check_finish (INF_LEASE_CLIENT (source), result, &error))
    inf_job_runner_answer (answer, INF_JOB_EVENT_CHECKED, NULL);
  else
    inf_job_runner_answer (answer, INF_JOB_EVENT_CHECK_FAILED, error);
  inf_job_answer_free (answer);
}

/* The ledger may know of a lease that the job's record does not: it is written first. */
static gboolean
is_lease_of (InfJobRunner *self, const InfJobHost *host, const InfLedgerEscrow *held)
{
  static const guint8 unknown[sizeof held->lease_id];

  if (memcmp (host->lease_id, unknown, sizeof unknown) != 0)
    return memcmp (held->lease_id, host->lease_id, sizeof held->lease_id) == 0;
  return inf_peer_id_equal (&held->host, &host->peer_id)
         && memcmp (held->job_id, inf_job_get_id (self->job), sizeof held->job_id) == 0;
}

/* After a restart of this node the clients are gone; the ledger kept the leases that credits are
 * set aside for, and the host's key is in the lease. */
static InfLeaseClient *
restore_client (InfJobRunner *self, const InfJobHost *host)
{
  const char *const nowhere[] = { NULL };
  g_autoptr (InfEndpoint) known = inf_job_planner_endpoint (self->context, &host->peer_id, NULL);
  g_autoptr (InfEndpoint) endpoint
      = known ? g_steal_pointer (&known) : inf_endpoint_new (&host->peer_id, nowhere);
  g_autoptr (GPtrArray) escrows = inf_ledger_list_escrows (self->context->ledger, NULL);

  for (guint i = 0; escrows && i < escrows->len; i++)
    {
      const InfLedgerEscrow *held = escrows->pdata[i];
      if (!held->lease || !is_lease_of (self, host, held))
        continue;
      g_autoptr (InfLease) lease = inf_lease_from_bytes (held->lease, NULL);
      if (!lease)
        continue;
      InfLeaseClient *client
          = inf_lease_client_new_held (self->context, endpoint, &inf_lease_get_terms (lease)->host,
                                       host->name, lease, held->signed_ucredits);
      keep_client (self, client);
      return client;
    }
  return NULL;
}

/**
 * inf_job_runner_need_client:
 * @runner: a runner
 * @host: one of its job's hosts
 *
 * As inf_job_runner_get_client(), also for a lease of before this node was restarted.
 *
 * Returns: (transfer none) (nullable): the lease's client; %NULL when nothing is known of a lease
 */
InfLeaseClient *
inf_job_runner_need_client (InfJobRunner *runner, const InfJobHost *host)
{
  InfLeaseClient *client = inf_job_runner_get_client (runner, &host->peer_id);

  return client ? client : restore_client (runner, host);
}

void
inf_job_runner_check (InfJobRunner *runner, const InfJobAction *action)
{
  for (guint i = 0; i < action->hosts->len; i++)
    {
      const InfJobHost *host = action->hosts->pdata[i];
      inf_lease_client_check_async (inf_job_runner_get_client (runner, &host->peer_id),
                                    runner->cancellable, on_checked,
                                    inf_job_answer_for (runner, action, host));
    }
}

void
inf_job_runner_start_meter (InfJobRunner *runner, const InfJobAction *action)
{
  for (guint i = 0; i < action->hosts->len; i++)
    {
      const InfJobHost *host = action->hosts->pdata[i];
      const InfPlanHost *planned = planned_host (runner, &host->peer_id);
      g_autoptr (GError) error = NULL;

      if (!inf_lease_client_start_paying (inf_job_runner_get_client (runner, &host->peer_id),
                                          planned ? planned->escrow_ucredits : 0,
                                          (gint64)inf_job_get_spec (runner->job)->time_limit_us,
                                          &error))
        {
          InfJobEvent event = { .type = INF_JOB_EVENT_CREDITS_OUT, .text = error->message };
          inf_job_runner_handle (runner, &event);
          return;
        }
    }
}

void
inf_job_runner_stop_meter (InfJobRunner *runner, const InfJobAction *action)
{
  for (guint i = 0; i < action->hosts->len; i++)
    {
      const InfJobHost *host = action->hosts->pdata[i];
      InfLeaseClient *client = inf_job_runner_get_client (runner, &host->peer_id);
      if (client)
        inf_lease_client_stop_paying (client);
    }
}
