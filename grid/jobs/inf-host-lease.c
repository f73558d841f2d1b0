#include "grid/jobs/inf-host-lease-private.h"

#include "common/inf-error.h"

#include <string.h>

/* One lease on the host, from its signing to its end:
 *
 *  SIGNED ──prepare──▶ STAGING ──files here──▶ READY ──check, exec──▶ RUNNING
 *    │                    │                      │                      │ stop by the client, the
 *    │                    │                      │                      ▼ owner, the meter, expiry
 *    └────────────────────┴──────────────────────┴───────────────▶ STOPPED ──close──▶ CLOSED
 *
 * A stopped lease keeps its outputs and its bill for a day, in case the client comes back. */

G_DEFINE_FINAL_TYPE (InfHostLease, inf_host_lease, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
inf_host_lease_finalize (GObject *object)
{
  InfHostLease *self = INF_HOST_LEASE (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->seat, inf_job_seat_leave);
  g_clear_object (&self->sandbox);
  inf_host_lease_close_log (self);
  g_clear_pointer (&self->log, inf_lease_log_free);
  inf_host_lease_drop_files (self);
  inf_lease_prepare_clear (&self->prepare);
  g_ptr_array_unref (self->channels);
  g_ptr_array_unref (self->stop_waiters);
  g_clear_pointer (&self->meter, inf_meter_host_free);
  g_clear_pointer (&self->last_voucher, g_bytes_unref);
  g_clear_pointer (&self->lease, inf_lease_unref);
  g_clear_pointer (&self->client, inf_endpoint_unref);
  g_free (self->client_name);
  g_free (self->open_mpi_version);
  g_free (self->end_reason);
  G_OBJECT_CLASS (inf_host_lease_parent_class)->finalize (object);
}

static void
inf_host_lease_class_init (InfHostLeaseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_host_lease_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
inf_host_lease_init (InfHostLease *self)
{
  self->cancellable = g_cancellable_new ();
  self->log_fd = -1;
  self->channels = g_ptr_array_new_with_free_func (g_object_unref);
  self->stop_waiters = g_ptr_array_new_with_free_func (g_object_unref);
  inf_lease_prepare_init (&self->prepare);
}

/**
 * inf_host_lease_new:
 * @context: (transfer none): outlives the lease
 * @lease: what this node has signed
 * @client: where the client is; its files are fetched from there
 * @client_name: its name, for the owner
 * @open_mpi_version: of this machine
 *
 * Returns: (transfer full): a lease that ends by itself when nobody uses or pays it
 */
InfHostLease *
inf_host_lease_new (const InfJobContext *context, InfLease *lease, InfEndpoint *client,
                    const char *client_name, const char *open_mpi_version)
{
  InfHostLease *self = g_object_new (INF_TYPE_HOST_LEASE, NULL);

  self->context = context;
  self->staged = inf_store_pins_new (context->store);
  self->lease = inf_lease_ref (lease);
  self->client = inf_endpoint_ref (client);
  self->client_name = g_strdup (client_name);
  self->open_mpi_version = g_strdup (open_mpi_version);
  self->meter = inf_meter_host_new (lease);
  inf_host_lease_arm_timer (self);
  return self;
}

InfLease *
inf_host_lease_get_lease (InfHostLease *lease)
{
  return lease->lease;
}

const guint8 *
inf_host_lease_get_id (InfHostLease *lease)
{
  return inf_lease_get_terms (lease->lease)->lease_id;
}

InfHostLeaseState
inf_host_lease_get_state (InfHostLease *lease)
{
  return lease->state;
}

const char *
inf_host_lease_get_client_name (InfHostLease *lease)
{
  return lease->client_name;
}

/**
 * inf_host_lease_get_program:
 * @lease: a lease
 *
 * Returns: (transfer none): the program's name, "" before the client has said it
 */
const char *
inf_host_lease_get_program (InfHostLease *lease)
{
  return lease->prepare.program_name ? lease->prepare.program_name : "";
}

guint64
inf_host_lease_get_earned_ucredits (InfHostLease *lease)
{
  return inf_meter_host_get_earned_ucredits (lease->meter, g_get_monotonic_time ());
}

/**
 * inf_host_lease_get_end_reason:
 * @lease: a lease
 *
 * Returns: (transfer none): why this host ended it; "" unless it did
 */
const char *
inf_host_lease_get_end_reason (InfHostLease *lease)
{
  return lease->end_reason ? lease->end_reason : "";
}

gint64
inf_host_lease_get_ended_unix_us (InfHostLease *lease)
{
  return lease->ended_unix_us;
}

/**
 * inf_host_lease_dup_job_path:
 * @lease: a lease
 *
 * Returns: (transfer full) (nullable): where its program writes; %NULL while there is nothing
 */
char *
inf_host_lease_dup_job_path (InfHostLease *lease)
{
  return lease->dir ? g_strdup (inf_lease_dir_get_job_path (lease->dir)) : NULL;
}

/**
 * inf_host_lease_get_pid:
 * @lease: a lease
 *
 * Returns: the process that everything it runs is below; 0 while there is none
 */
gint64
inf_host_lease_get_pid (InfHostLease *lease)
{
  return lease->sandbox ? inf_sandbox_get_pid (lease->sandbox) : 0;
}

gboolean
inf_host_lease_holds_slots (InfHostLease *lease)
{
  return lease->state < INF_HOST_LEASE_STOPPED;
}

gboolean
inf_host_lease_is_client (InfHostLease *lease, const InfPeerId *peer_id)
{
  return inf_peer_id_equal (inf_endpoint_get_peer_id (lease->client), peer_id);
}

void
inf_host_lease_set_state (InfHostLease *lease, InfHostLeaseState state)
{
  lease->state = state;
  g_signal_emit (lease, signals[SIGNAL_CHANGED], 0);
}

void
inf_host_lease_refuse (InfLinkCall *call, InfError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autoptr (GError) error = g_error_new_valist (INF_ERROR, (int)code, format, args);
  va_end (args);
  inf_link_call_return_error (call, error);
}

/* Running time is what is paid: neither what it takes to clear a sandbox away, nor what passes
 * between the end of the program and the client's word. */
void
inf_host_lease_stop_clock (InfHostLease *lease)
{
  if (lease->served_until_us == 0)
    lease->served_until_us = g_get_monotonic_time ();
}

static void
finish_stop (InfHostLease *self)
{
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&self->stop_waiters);

  self->stop_waiters = g_ptr_array_new_with_free_func (g_object_unref);
  self->is_stopping = FALSE;
  inf_meter_host_finish (self->meter, self->served_until_us);
  if (self->ended_unix_us == 0)
    self->ended_unix_us = g_get_real_time ();
  if (self->state < INF_HOST_LEASE_STOPPED)
    inf_host_lease_set_state (self, INF_HOST_LEASE_STOPPED);
  inf_host_lease_arm_timer (self);
  for (guint i = 0; i < waiters->len; i++)
    g_task_return_boolean (waiters->pdata[i], TRUE);
}

static void
on_sandbox_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfHostLease) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!inf_sandbox_stop_finish (INF_SANDBOX (source), result, &error))
    g_warning ("a lease's sandbox can't be stopped: %s", error->message);
  finish_stop (self);
}

/**
 * inf_host_lease_end_async:
 * @lease: a lease
 * @reason: (nullable): why this host ends it, for the client; %NULL when the client asked
 * @callback: when nothing of it runs any more
 * @user_data: for @callback
 */
void
inf_host_lease_end_async (InfHostLease *lease, const char *reason, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  if (reason && !lease->end_reason && lease->state < INF_HOST_LEASE_STOPPED)
    lease->end_reason = g_strdup (reason);
  g_ptr_array_add (lease->stop_waiters, g_task_new (lease, NULL, callback, user_data));
  if (lease->is_stopping)
    return;
  lease->is_stopping = TRUE;
  inf_host_lease_stop_clock (lease);
  g_cancellable_cancel (lease->cancellable);
  g_clear_pointer (&lease->seat, inf_job_seat_leave);
  /* The client learns from a channel without an exit status that it was this host's doing. */
  for (guint i = 0; reason && i < lease->channels->len; i++)
    inf_link_channel_close (lease->channels->pdata[i]);
  if (lease->sandbox)
    inf_sandbox_stop_async (lease->sandbox, NULL, on_sandbox_stopped, g_object_ref (lease));
  else
    finish_stop (lease);
}

gboolean
inf_host_lease_end_finish (InfHostLease *lease, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_stopped_for_call (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfHostLease *self = INF_HOST_LEASE (source);
  InfLinkCall *call = user_data;
  InfLeaseStopped stopped = { .bill = inf_host_lease_make_bill (self), .reason = self->end_reason };

  memcpy (stopped.lease_id, inf_host_lease_get_id (self), sizeof stopped.lease_id);
  g_autoptr (GBytes) reply = inf_lease_stopped_encode (&stopped);
  g_bytes_unref (stopped.bill);
  inf_link_call_return (call, reply);
}

/**
 * inf_host_lease_stop:
 * @lease: a lease
 * @call: (transfer full): answered with the bill when nothing runs any more
 */
void
inf_host_lease_stop (InfHostLease *lease, InfLinkCall *call)
{
  inf_host_lease_end_async (lease, NULL, on_stopped_for_call, call);
}

const char *
inf_host_lease_state_to_text (InfHostLeaseState state)
{
  static const char *const texts[]
      = { "leased", "staging", "ready", "running", "stopping", "closed" };

  return texts[state];
}
