#include "grid/jobs/inf-host-lease-private.h"

#include "common/inf-error.h"

#include <glib/gstdio.h>
#include <string.h>

/* A lease's files on the host: fetched before, hashed after, gone in the end. */

typedef struct
{
  InfHostLease *lease;
  InfLinkCall *call;
  guint next; /* 0: the program, then the inputs */
} Staging;

static void
staging_free (Staging *staging)
{
  g_object_unref (staging->lease);
  g_free (staging);
}

static void fetch_next (Staging *staging);

/* A lease that was stopped meanwhile stays so. */
static void
staging_ended (Staging *staging, InfHostLeaseState state, const GError *error)
{
  char *no_warnings[] = { NULL };
  InfLeasePrepared prepared
      = { .open_mpi_version = staging->lease->open_mpi_version, .warnings = no_warnings };
  g_autoptr (GBytes) reply = inf_lease_prepared_encode (&prepared);

  if (staging->lease->state == INF_HOST_LEASE_STAGING)
    inf_host_lease_set_state (staging->lease, state);
  if (error)
    inf_link_call_return_error (staging->call, error);
  else
    inf_link_call_return (staging->call, reply);
  staging_free (staging);
}

static void
staging_failed (Staging *staging, const GError *error)
{
  staging_ended (staging, INF_HOST_LEASE_SIGNED, error);
}

static void
staging_given_up (Staging *staging)
{
  g_autoptr (GError) error
      = g_error_new_literal (INF_ERROR, INF_ERROR_CANCELLED, "the lease was stopped");

  staging_failed (staging, error);
}

static gboolean
is_given_up (Staging *staging)
{
  return staging->lease->state != INF_HOST_LEASE_STAGING
         || g_cancellable_is_cancelled (inf_link_call_get_cancellable (staging->call));
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Staging *staging = user_data;
  g_autoptr (GError) error = NULL;

  if (inf_files_fetch_finish (INF_FILES (source), result, &error))
    fetch_next (staging);
  else
    staging_failed (staging, error);
}

static const InfJobObject *
next_object (InfHostLease *self, guint *next)
{
  if (*next == 0 && self->prepare.program_kind == INF_PROGRAM_INSTALLED)
    *next = 1;
  if (*next == 0)
    return &self->prepare.program;
  if (*next - 1 < self->prepare.inputs->len)
    return &((InfJobInput *)self->prepare.inputs->pdata[*next - 1])->object;
  return NULL;
}

static void
fill_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  InfHostLease *self = source;
  GError *error = NULL;

  if (inf_lease_dir_fill (self->dir, self->context->store, &self->prepare, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_filled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Staging *staging = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    staging_failed (staging, error);
  else if (is_given_up (staging))
    staging_given_up (staging);
  else
    staging_ended (staging, INF_HOST_LEASE_READY, NULL);
}

static void
fetch_next (Staging *staging)
{
  InfHostLease *self = staging->lease;
  const InfJobObject *object = next_object (self, &staging->next);
  InfObjectId id;

  if (is_given_up (staging))
    {
      staging_given_up (staging);
      return;
    }
  if (!object)
    {
      g_autoptr (GTask) task = g_task_new (self, NULL, on_filled, staging);
      g_task_run_in_thread (task, fill_in_thread);
      return;
    }
  staging->next++;
  memcpy (id.bytes, object->sha256, sizeof id.bytes);
  inf_store_pins_add (self->staged, &id);
  inf_files_fetch_async (self->context->files, self->client, &id, object->size_bytes,
                         self->cancellable, NULL, NULL, on_fetched, staging);
}

/* The client says who takes part; about itself and this host it can't say anything else than the
 * lease does. Which of the others are members is looked at when they are linked to. */
static gboolean
is_for_this_lease (InfHostLease *self, GError **error)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (self->lease);
  const InfLeasePrepare *prepare = &self->prepare;
  const InfLeaseParticipant *launcher = prepare->participants->pdata[0];
  const InfLeaseParticipant *own = prepare->participants->pdata[prepare->own_index - 1];
  const char *problem = NULL;

  if (memcmp (prepare->job_id, terms->job_id, sizeof terms->job_id) != 0)
    problem = "the lease is for another job";
  else if (memcmp (&launcher->public_key, &terms->client, sizeof terms->client) != 0)
    problem = "the job's first participant is not the lease's client";
  else if (memcmp (&own->public_key, &terms->host, sizeof terms->host) != 0)
    problem = "the lease's host has another participant's number";
  else if (own->slots > terms->slots)
    problem = "more slots than the lease has";
  if (problem)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED, problem);
  return !problem;
}

static gboolean
make_dir (InfHostLease *self, GError **error)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *path = g_build_filename (self->context->state_dir, "leases", id, NULL);

  self->dir = inf_lease_dir_new (path, error);
  return self->dir != NULL;
}

/**
 * inf_host_lease_prepare:
 * @lease: a lease that was just signed
 * @call: (transfer full): answered when every file is here
 */
void
inf_host_lease_prepare (InfHostLease *lease, InfLinkCall *call)
{
  g_autoptr (GError) error = NULL;

  if (lease->state != INF_HOST_LEASE_SIGNED || lease->dir)
    {
      inf_host_lease_refuse (call, INF_ERROR_INVALID, "the lease was prepared before");
      return;
    }
  inf_lease_prepare_clear (&lease->prepare);
  inf_lease_prepare_init (&lease->prepare);
  if (!inf_lease_prepare_decode (&lease->prepare, inf_link_call_get_request (call), &error)
      || !is_for_this_lease (lease, &error) || !make_dir (lease, &error))
    {
      inf_link_call_return_error (call, error);
      return;
    }
  Staging *staging = g_new0 (Staging, 1);
  staging->lease = g_object_ref (lease);
  staging->call = call;
  inf_host_lease_set_state (lease, INF_HOST_LEASE_STAGING);
  fetch_next (staging);
}

typedef struct
{
  InfLinkCall *call;
  InfLeaseOutputs outputs;
  InfStorePins *pins;
} Collecting;

static void
collecting_free (Collecting *collecting)
{
  inf_lease_outputs_clear (&collecting->outputs);
  inf_store_pins_free (collecting->pins);
  g_free (collecting);
}

static void
collect_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  InfHostLease *self = source;
  Collecting *collecting = task_data;
  GError *error = NULL;

  if (inf_lease_dir_collect (self->dir, self->context->store, collecting->pins,
                             &collecting->outputs, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_collected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfHostLease *self = INF_HOST_LEASE (source);
  Collecting *collecting = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      inf_link_call_return_error (collecting->call, error);
      return;
    }
  g_clear_pointer (&self->collected, inf_store_pins_free);
  self->collected = g_steal_pointer (&collecting->pins);
  g_autoptr (GBytes) reply
      = inf_lease_outputs_encode (&collecting->outputs, self->context->keypair);
  inf_link_call_return (collecting->call, reply);
}

static void
on_stopped_to_collect (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfHostLease *self = INF_HOST_LEASE (source);
  InfLinkCall *call = user_data;

  if (!self->dir)
    {
      inf_host_lease_refuse (call, INF_ERROR_NOT_FOUND, "the lease has no files");
      return;
    }
  Collecting *collecting = g_new0 (Collecting, 1);
  g_autoptr (GTask) task = g_task_new (self, NULL, on_collected, NULL);
  collecting->call = call;
  collecting->pins = inf_store_pins_new (self->context->store);
  inf_lease_outputs_init (&collecting->outputs);
  memcpy (collecting->outputs.lease_id, inf_host_lease_get_id (self),
          sizeof collecting->outputs.lease_id);
  g_task_set_task_data (task, collecting, (GDestroyNotify)collecting_free);
  g_task_run_in_thread (task, collect_in_thread);
}

/**
 * inf_host_lease_outputs:
 * @lease: a lease; it is stopped first
 * @call: (transfer full): answered with the signed list of what the job left
 */
void
inf_host_lease_outputs (InfHostLease *lease, InfLinkCall *call)
{
  inf_host_lease_end_async (lease, NULL, on_stopped_to_collect, call);
}

static void
remove_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  inf_lease_dir_free (task_data);
}

/**
 * inf_host_lease_drop_files:
 * @lease: a lease that is over
 *
 * Removes its directory, in a thread of its own for there may be much in it, and lets go of what
 * the store holds for it.
 */
void
inf_host_lease_drop_files (InfHostLease *lease)
{
  g_clear_pointer (&lease->staged, inf_store_pins_free);
  g_clear_pointer (&lease->collected, inf_store_pins_free);
  if (!lease->dir)
    return;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_task_data (task, g_steal_pointer (&lease->dir), NULL);
  g_task_run_in_thread (task, remove_in_thread);
}
