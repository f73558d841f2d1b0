#include "grid/jobs/inf-lease-host.h"

#include "common/inf-error.h"
#include "common/inf-tree.h"
#include "grid/jobs/inf-host-lease-private.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

/* Requests of one client that is gone, or of a curious one, must not fill the host: signed leases
 * that nobody used yet are bounded. */
#define MAX_LEASES 256
#define MAX_LEASES_OF_ONE_CLIENT 64

struct _InfLeaseHost
{
  GObject parent;

  const InfJobContext *context;
  char *node_name;
  InfHostPolicy policy;
  char *paused_reason;
  char *arch;
  char *open_mpi_version;
  char **offers;
  char *obstacle; /* NULL when jobs can be contained */
  gboolean is_draining;
  gboolean is_forgetting;
  InfLeaseAskFunc ask; /* NULL: nobody is asked */
  gpointer ask_data;
  GHashTable *leases; /* the id's bytes (a GBytes) → InfHostLease */
};

G_DEFINE_FINAL_TYPE (InfLeaseHost, inf_lease_host, G_TYPE_OBJECT)

enum
{
  SIGNAL_LEASE_CHANGED,
  SIGNAL_CAPACITY_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
inf_lease_host_finalize (GObject *object)
{
  InfLeaseHost *self = INF_LEASE_HOST (object);

  g_hash_table_unref (self->leases);
  g_free (self->node_name);
  g_free (self->paused_reason);
  g_free (self->arch);
  g_free (self->open_mpi_version);
  g_strfreev (self->offers);
  g_free (self->obstacle);
  G_OBJECT_CLASS (inf_lease_host_parent_class)->finalize (object);
}

static void
inf_lease_host_class_init (InfLeaseHostClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = inf_lease_host_finalize;
  signals[SIGNAL_LEASE_CHANGED] = g_signal_new ("lease-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 1, INF_TYPE_HOST_LEASE);
  signals[SIGNAL_CAPACITY_CHANGED] = g_signal_new ("capacity-changed", type, G_SIGNAL_RUN_LAST, 0,
                                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
inf_lease_host_init (InfLeaseHost *self)
{
  self->leases = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref,
                                        g_object_unref);
}

/**
 * inf_lease_host_lookup:
 * @host: the host
 * @lease_id: 16 bytes
 *
 * Returns: (transfer none) (nullable): the lease
 */
InfHostLease *
inf_lease_host_lookup (InfLeaseHost *host, const guint8 *lease_id)
{
  g_autoptr (GBytes) key = g_bytes_new_static (lease_id, INF_LEASE_ID_SIZE_BYTES);

  return g_hash_table_lookup (host->leases, key);
}

/* What is closed is forgotten, but not while it is telling of that. */
static void
forget_closed (gpointer user_data)
{
  g_autoptr (InfLeaseHost) self = user_data;
  GHashTableIter iter;
  gpointer lease;

  self->is_forgetting = FALSE;
  g_hash_table_iter_init (&iter, self->leases);
  while (g_hash_table_iter_next (&iter, NULL, &lease))
    if (inf_host_lease_get_state (lease) == INF_HOST_LEASE_CLOSED)
      g_hash_table_iter_remove (&iter);
}

static void
on_lease_changed (InfHostLease *lease, gpointer user_data)
{
  InfLeaseHost *self = user_data;

  g_signal_emit (self, signals[SIGNAL_LEASE_CHANGED], 0, lease);
  if (!inf_host_lease_holds_slots (lease))
    g_signal_emit (self, signals[SIGNAL_CAPACITY_CHANGED], 0);
  if (inf_host_lease_get_state (lease) != INF_HOST_LEASE_CLOSED || self->is_forgetting)
    return;
  self->is_forgetting = TRUE;
  g_idle_add_once (forget_closed, g_object_ref (self));
}

static InfHostState
current_state (InfLeaseHost *self)
{
  InfHostState state = {
    .name = self->node_name,
    .peer_id = *inf_keypair_get_peer_id (self->context->keypair),
    .is_draining = self->is_draining,
    .obstacle = self->obstacle,
    .arch = self->arch,
    .open_mpi_version = self->open_mpi_version,
    .offers = (const char *const *)self->offers,
  };
  GHashTableIter iter;
  gpointer lease;

  g_hash_table_iter_init (&iter, self->leases);
  while (g_hash_table_iter_next (&iter, NULL, &lease))
    if (inf_host_lease_holds_slots (lease))
      {
        const InfLeaseTerms *terms = inf_lease_get_terms (inf_host_lease_get_lease (lease));
        state.slots_used += terms->slots;
        state.memory_used_bytes += terms->memory_bytes;
      }
  return state;
}

static InfLease *
sign_lease (InfLeaseHost *self, const InfLeaseRequest *request, const InfHostState *state,
            const InfPublicKey *client)
{
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES];
  InfLeaseTerms terms;

  randombytes_buf (lease_id, sizeof lease_id);
  inf_host_policy_make_terms (&self->policy, state, request,
                              inf_keypair_get_public_key (self->context->keypair), client, lease_id,
                              g_get_real_time (), &terms);
  return inf_lease_sign (&terms, self->context->keypair);
}

static void
add_lease (InfLeaseHost *self, InfLease *lease, const InfPeerId *client)
{
  g_autoptr (InfPeerInfo) info = inf_gossip_lookup (self->context->gossip, client);
  g_autofree char *shortened = inf_peer_id_to_short (client);
  const char *const nowhere[] = { NULL };
  g_autoptr (InfEndpoint) endpoint
      = inf_endpoint_new (client, info ? (const char *const *)info->addresses : nowhere);
  InfHostLease *held = inf_host_lease_new (self->context, lease, endpoint,
                                           info ? info->name : shortened, self->open_mpi_version);

  g_signal_connect_object (held, "changed", G_CALLBACK (on_lease_changed), self, 0);
  g_hash_table_insert (self->leases,
                       g_bytes_new (inf_host_lease_get_id (held), INF_LEASE_ID_SIZE_BYTES), held);
  g_signal_emit (self, signals[SIGNAL_LEASE_CHANGED], 0, held);
  g_signal_emit (self, signals[SIGNAL_CAPACITY_CHANGED], 0);
}

/* The owner's own jobs are not asked about. */
static gboolean
needs_no_asking (InfLeaseHost *self, InfLinkCall *call, const InfLeaseRequest *request)
{
  const InfPeerId *client = inf_link_call_get_peer_id (call);
  g_autoptr (InfPeerInfo) info = inf_gossip_lookup (self->context->gossip, client);
  g_autofree char *shortened = inf_peer_id_to_short (client);

  return !self->ask || inf_peer_id_equal (client, inf_keypair_get_peer_id (self->context->keypair))
         || self->ask (call, request, info ? info->name : shortened, self->ask_data);
}

static guint
count_of_client (InfLeaseHost *self, const InfPeerId *client)
{
  GHashTableIter iter;
  gpointer lease;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->leases);
  while (g_hash_table_iter_next (&iter, NULL, &lease))
    n += inf_host_lease_is_client (lease, client);
  return n;
}

static void
on_request (InfLinkCall *call, gpointer user_data)
{
  InfLeaseHost *self = user_data;
  InfHostState state = current_state (self);
  g_auto (InfLeaseRequest) request = { 0 };
  g_autoptr (GError) error = NULL;

  inf_lease_request_init (&request);
  if (g_hash_table_size (self->leases) >= MAX_LEASES
      || count_of_client (self, inf_link_call_get_peer_id (call)) >= MAX_LEASES_OF_ONE_CLIENT)
    {
      inf_host_lease_refuse (call, INF_ERROR_REFUSED,
                             "lease refused by %s: too many leases are open; close some",
                             self->node_name);
      return;
    }
  if (!inf_lease_request_decode (&request, inf_link_call_get_request (call), &error)
      || !inf_host_policy_decide (&self->policy, &state, &request, inf_link_call_get_peer_id (call),
                                  &error))
    {
      inf_link_call_return_error (call, error);
      return;
    }
  if (!needs_no_asking (self, call, &request))
    return;
  g_autoptr (InfLease) lease
      = sign_lease (self, &request, &state, inf_link_call_get_public_key (call));
  add_lease (self, lease, inf_link_call_get_peer_id (call));
  inf_link_call_return (call, inf_lease_get_bytes (lease));
}

/* A lease is shown to its client alone. Returns NULL after the call was answered. */
static InfHostLease *
find_for (InfLeaseHost *self, InfLinkCall *call, const guint8 *lease_id)
{
  InfHostLease *lease = inf_lease_host_lookup (self, lease_id);

  if (lease && inf_host_lease_is_client (lease, inf_link_call_get_peer_id (call)))
    return lease;
  inf_host_lease_refuse (call, INF_ERROR_NOT_FOUND, "%s holds no such lease of yours",
                         self->node_name);
  return NULL;
}

static void
on_prepare (InfLinkCall *call, gpointer user_data)
{
  g_auto (InfLeasePrepare) prepare = { 0 };
  g_autoptr (GError) error = NULL;

  inf_lease_prepare_init (&prepare);
  if (!inf_lease_prepare_decode (&prepare, inf_link_call_get_request (call), &error))
    {
      inf_link_call_return_error (call, error);
      return;
    }
  InfHostLease *lease = find_for (user_data, call, prepare.lease_id);
  if (lease)
    inf_host_lease_prepare (lease, call);
}

static void
with_ref (InfLeaseHost *self, InfLinkCall *call, guint8 kind,
          void (*serve) (InfHostLease *, InfLinkCall *))
{
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES];
  g_autoptr (GError) error = NULL;

  if (!inf_lease_ref_decode (lease_id, inf_link_call_get_request (call), kind, &error))
    {
      inf_link_call_return_error (call, error);
      return;
    }
  InfHostLease *lease = find_for (self, call, lease_id);
  if (lease)
    serve (lease, call);
}

static void
on_check (InfLinkCall *call, gpointer user_data)
{
  with_ref (user_data, call, INF_KIND_LEASE_CHECK, inf_host_lease_check);
}

static void
on_outputs (InfLinkCall *call, gpointer user_data)
{
  with_ref (user_data, call, INF_KIND_LEASE_OUTPUTS_ASKED, inf_host_lease_outputs);
}

static void
on_stop (InfLinkCall *call, gpointer user_data)
{
  g_auto (InfLeaseStop) stop = { 0 };
  g_autoptr (GError) error = NULL;

  inf_lease_stop_init (&stop);
  if (!inf_lease_stop_decode (&stop, inf_link_call_get_request (call), &error))
    {
      inf_link_call_return_error (call, error);
      return;
    }
  InfHostLease *lease = find_for (user_data, call, stop.lease_id);
  if (lease)
    inf_host_lease_stop (lease, call);
}

static void
on_pay (InfLinkCall *call, gpointer user_data)
{
  g_auto (InfLeasePayload) payload = { 0 };
  g_autoptr (GError) error = NULL;

  inf_lease_payload_init (&payload);
  if (!inf_lease_payload_decode (&payload, inf_link_call_get_request (call), INF_KIND_LEASE_PAY,
                                 &error))
    {
      inf_link_call_return_error (call, error);
      return;
    }
  InfHostLease *lease = find_for (user_data, call, payload.lease_id);
  if (lease)
    inf_host_lease_pay (lease, call, payload.payload);
}

/* What an earlier run of this node recorded bounds the settlement from below, as its bill would. */
static gboolean
settle_claim (InfLeaseHost *self, const InfLedgerClaim *claim, GBytes *bytes, GError **error)
{
  g_autoptr (InfLease) lease = inf_lease_from_bytes (claim->lease, error);
  InfSettlement settlement;
  InfVoucher last;

  if (!lease || !inf_settlement_verify (&settlement, bytes, lease, error)
      || (claim->voucher && !inf_voucher_verify (&last, claim->voucher, lease, error)))
    return FALSE;
  g_autoptr (InfMeterHost) meter
      = inf_meter_host_restore (lease, claim->voucher ? &last : NULL, claim->served_ms);
  return inf_meter_host_accept (meter, &settlement, error)
         && inf_ledger_close_earned (self->context->ledger, claim->lease_id,
                                     settlement.amount_ucredits, bytes, g_get_real_time (), error);
}

/* A lease that an earlier run of this node served: the ledger kept the client's promise. When it
 * was closed before, the answer to that was lost, and is given again. */
static gboolean
close_claim (InfLeaseHost *self, const InfPeerId *client, const InfLeasePayload *payload,
             GError **error)
{
  g_autoptr (GPtrArray) claims = inf_ledger_list_claims (self->context->ledger, error);
  guint64 earned_ucredits;

  if (inf_ledger_get_closed_earned (self->context->ledger, payload->lease_id, &earned_ucredits))
    return TRUE;
  for (guint i = 0; claims && i < claims->len; i++)
    {
      const InfLedgerClaim *claim = claims->pdata[i];
      if (memcmp (claim->lease_id, payload->lease_id, sizeof claim->lease_id) != 0
          || !inf_peer_id_equal (&claim->client, client) || !claim->lease)
        continue;
      return settle_claim (self, claim, payload->payload, error);
    }
  if (claims)
    g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "%s holds no such lease of yours",
                 self->node_name);
  return FALSE;
}

static void
on_close (InfLinkCall *call, gpointer user_data)
{
  InfLeaseHost *self = user_data;
  g_auto (InfLeasePayload) payload = { 0 };
  g_autoptr (GError) error = NULL;

  inf_lease_payload_init (&payload);
  if (!inf_lease_payload_decode (&payload, inf_link_call_get_request (call), INF_KIND_LEASE_CLOSE,
                                 &error))
    {
      inf_link_call_return_error (call, error);
      return;
    }
  InfHostLease *lease = inf_lease_host_lookup (self, payload.lease_id);
  if (lease && inf_host_lease_is_client (lease, inf_link_call_get_peer_id (call)))
    inf_host_lease_close (lease, call, payload.payload);
  else if (close_claim (self, inf_link_call_get_peer_id (call), &payload, &error))
    {
      inf_link_call_return (call, NULL);
      /* No lease of this run tells that the balance is another now. */
      g_signal_emit (self, signals[SIGNAL_CAPACITY_CHANGED], 0);
    }
  else
    inf_link_call_return_error (call, error);
}

static void
on_released (GObject *source, GAsyncResult *result, gpointer user_data)
{
  inf_host_lease_set_state (INF_HOST_LEASE (source), INF_HOST_LEASE_CLOSED);
}

static gboolean
is_unused_lease_of (InfHostLease *lease, const InfPeerId *client, const guint8 *job_id)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (inf_host_lease_get_lease (lease));

  return inf_host_lease_is_client (lease, client)
         && memcmp (terms->job_id, job_id, sizeof terms->job_id) == 0
         && inf_host_lease_get_state (lease) < INF_HOST_LEASE_RUNNING;
}

static void
on_release (InfLinkCall *call, gpointer user_data)
{
  InfLeaseHost *self = user_data;
  guint8 job_id[INF_JOB_ID_SIZE_BYTES];
  g_autoptr (GError) error = NULL;

  if (!inf_lease_ref_decode (job_id, inf_link_call_get_request (call), INF_KIND_LEASE_RELEASE,
                             &error))
    {
      inf_link_call_return_error (call, error);
      return;
    }
  g_autoptr (GPtrArray) leases = inf_lease_host_list (self);
  for (guint i = 0; i < leases->len; i++)
    if (is_unused_lease_of (leases->pdata[i], inf_link_call_get_peer_id (call), job_id))
      inf_host_lease_end_async (leases->pdata[i], NULL, on_released, NULL);
  inf_link_call_return (call, NULL);
}

static void
on_exec (InfLinkIncoming *incoming, gpointer user_data)
{
  InfLeaseHost *self = user_data;
  g_auto (InfExecHeader) header = { 0 };
  g_autoptr (GError) error = NULL;
  InfHostLease *lease = NULL;

  inf_exec_header_init (&header);
  if (inf_exec_header_decode (&header, inf_link_incoming_get_header (incoming), &error))
    lease = inf_lease_host_lookup (self, header.lease_id);
  if (lease && inf_host_lease_is_client (lease, inf_link_incoming_get_peer_id (incoming)))
    {
      inf_host_lease_exec (lease, header.command_line, incoming);
      return;
    }
  if (!error)
    g_set_error (&error, INF_ERROR, INF_ERROR_NOT_FOUND, "%s holds no such lease of yours",
                 self->node_name);
  inf_link_incoming_reject (incoming, error);
}

/* Job directories that a killed daemon left. */
static void
sweep (InfLeaseHost *self)
{
  g_autofree char *dir = g_build_filename (self->context->state_dir, "leases", NULL);
  g_autoptr (GError) error = NULL;

  if (!inf_tree_remove (dir, &error))
    g_warning ("%s", error->message);
}

/**
 * inf_lease_host_new:
 * @context: (transfer none): outlives the host
 * @node_name: this node's name, for messages
 *
 * Returns: (transfer full): a host that takes no job before inf_lease_host_set_policy() lets it
 */
InfLeaseHost *
inf_lease_host_new (const InfJobContext *context, const char *node_name)
{
  static const struct
  {
    const char *method;
    InfLinkMethodFunc func;
  } methods[] = {
    { INF_METHOD_LEASE_REQUEST, on_request }, { INF_METHOD_LEASE_PREPARE, on_prepare },
    { INF_METHOD_LEASE_CHECK, on_check },     { INF_METHOD_LEASE_PAY, on_pay },
    { INF_METHOD_LEASE_STOP, on_stop },       { INF_METHOD_LEASE_OUTPUTS, on_outputs },
    { INF_METHOD_LEASE_CLOSE, on_close },     { INF_METHOD_LEASE_RELEASE, on_release },
  };
  InfLeaseHost *self = g_object_new (INF_TYPE_LEASE_HOST, NULL);

  self->context = context;
  self->node_name = g_strdup (node_name);
  sweep (self);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    inf_links_add_method (context->links, methods[i].method, INF_LINK_METHOD_MEMBERS,
                          methods[i].func, self, NULL);
  inf_links_add_service (context->links, INF_SERVICE_EXEC, on_exec, self, NULL);
  return self;
}

/**
 * inf_lease_host_set_policy:
 * @host: the host
 * @policy: what the owner wants; everything in it is copied but the allowed clients, which must
 *   outlive the host. Leases that were signed keep their terms.
 */
void
inf_lease_host_set_policy (InfLeaseHost *host, const InfHostPolicy *policy)
{
  g_autofree char *old = g_steal_pointer (&host->paused_reason);

  host->policy = *policy;
  host->paused_reason = g_strdup (policy->paused_reason);
  host->policy.paused_reason = host->paused_reason;
}

/**
 * inf_lease_host_set_machine:
 * @host: the host
 * @arch: (nullable): its architecture
 * @open_mpi_version: (nullable): its Open MPI's
 * @offers: (nullable) (array zero-terminated=1): programs installed for jobs
 * @obstacle: (nullable): why it can't contain a job; %NULL when it can
 */
void
inf_lease_host_set_machine (InfLeaseHost *host, const char *arch, const char *open_mpi_version,
                            const char *const *offers, const char *obstacle)
{
  g_free (host->arch);
  host->arch = g_strdup (arch);
  g_free (host->open_mpi_version);
  host->open_mpi_version = g_strdup (open_mpi_version);
  g_strfreev (host->offers);
  host->offers = g_strdupv ((char **)offers);
  g_free (host->obstacle);
  host->obstacle = g_strdup (obstacle);
}

/**
 * inf_lease_host_set_asker:
 * @host: the host
 * @func: (nullable): asked about each lease that the policy lets pass; %NULL: nobody is
 * @user_data: for @func
 */
void
inf_lease_host_set_asker (InfLeaseHost *host, InfLeaseAskFunc func, gpointer user_data)
{
  host->ask = func;
  host->ask_data = user_data;
}

/**
 * inf_lease_host_serve_request:
 * @host: the host
 * @call: (transfer full): a request for a lease that was kept back; decided on as if it had come
 * now
 */
void
inf_lease_host_serve_request (InfLeaseHost *host, InfLinkCall *call)
{
  on_request (call, host);
}

void
inf_lease_host_set_draining (InfLeaseHost *host, gboolean is_draining)
{
  host->is_draining = is_draining;
}

guint
inf_lease_host_get_slots_used (InfLeaseHost *host)
{
  return current_state (host).slots_used;
}

/**
 * inf_lease_host_list:
 * @host: the host
 *
 * Returns: (transfer full) (element-type InfHostLease): its leases, those that are over included
 *   until their client has closed them
 */
GPtrArray *
inf_lease_host_list (InfLeaseHost *host)
{
  GPtrArray *leases = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer lease;

  g_hash_table_iter_init (&iter, host->leases);
  while (g_hash_table_iter_next (&iter, NULL, &lease))
    g_ptr_array_add (leases, g_object_ref (lease));
  return leases;
}

/**
 * inf_lease_host_forget_stopped:
 * @host: the host
 *
 * Gives up the outputs and bills of leases that are over, for a host that leaves. A lease whose
 * outputs are being looked at stays.
 */
void
inf_lease_host_forget_stopped (InfLeaseHost *host)
{
  g_autoptr (GList) leases = g_hash_table_get_values (host->leases);

  /* Whatever works with a lease holds a reference to it; so does the table. */
  for (GList *each = leases; each; each = each->next)
    if (inf_host_lease_get_state (each->data) == INF_HOST_LEASE_STOPPED
        && G_OBJECT (each->data)->ref_count == 1)
      inf_host_lease_set_state (each->data, INF_HOST_LEASE_CLOSED);
}

static void
on_one_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  guint *pending = g_task_get_task_data (task);

  if (--*pending == 0)
    g_task_return_boolean (task, TRUE);
}

/**
 * inf_lease_host_end_all_async:
 * @host: the host
 * @reason: for the clients
 * @callback: when nothing of any lease runs any more
 * @user_data: for @callback
 */
void
inf_lease_host_end_all_async (InfLeaseHost *host, const char *reason, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (host, NULL, callback, user_data);
  g_autoptr (GPtrArray) leases = inf_lease_host_list (host);
  guint *pending = g_new0 (guint, 1);

  g_task_set_task_data (task, pending, g_free);
  *pending = leases->len;
  for (guint i = 0; i < leases->len; i++)
    inf_host_lease_end_async (leases->pdata[i], reason, on_one_ended, g_object_ref (task));
  if (leases->len == 0)
    g_task_return_boolean (task, TRUE);
}

gboolean
inf_lease_host_end_all_finish (InfLeaseHost *host, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
