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

static void
remember_object (InfHostLease *self, const InfObjectId *id)
{
  g_ptr_array_add (self->objects, g_memdup2 (id, sizeof *id));
}

static void
staging_failed (Staging *staging, const GError *error)
{
  inf_link_call_return_error (staging->call, error);
  inf_host_lease_set_state (staging->lease, INF_HOST_LEASE_SIGNED);
  staging_free (staging);
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
files_are_here (Staging *staging)
{
  InfHostLease *self = staging->lease;
  g_autoptr (GError) error = NULL;
  char *no_warnings[] = { NULL };
  InfLeasePrepared prepared
      = { .open_mpi_version = self->open_mpi_version, .warnings = no_warnings };

  if (!inf_lease_dir_fill (self->dir, self->context->store, &self->prepare, &error))
    {
      staging_failed (staging, error);
      return;
    }
  g_autoptr (GBytes) reply = inf_lease_prepared_encode (&prepared);
  inf_link_call_return (staging->call, reply);
  inf_host_lease_set_state (self, INF_HOST_LEASE_READY);
  staging_free (staging);
}

static void
fetch_next (Staging *staging)
{
  InfHostLease *self = staging->lease;
  const InfJobObject *object = next_object (self, &staging->next);
  InfObjectId id;

  if (self->is_stopping || self->state != INF_HOST_LEASE_STAGING)
    {
      g_autoptr (GError) error
          = g_error_new_literal (INF_ERROR, INF_ERROR_CANCELLED, "the lease was stopped");
      inf_link_call_return_error (staging->call, error);
      staging_free (staging);
      return;
    }
  if (!object)
    {
      files_are_here (staging);
      return;
    }
  staging->next++;
  memcpy (id.bytes, object->sha256, sizeof id.bytes);
  if (!inf_store_has (self->context->store, &id))
    remember_object (self, &id);
  inf_files_fetch_async (self->context->files, self->client, &id, object->size_bytes,
                         self->cancellable, NULL, NULL, on_fetched, staging);
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
      || !make_dir (lease, &error))
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
} Collecting;

static void
collecting_free (Collecting *collecting)
{
  inf_lease_outputs_clear (&collecting->outputs);
  g_free (collecting);
}

static void
collect_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  InfHostLease *self = source;
  Collecting *collecting = task_data;
  GError *error = NULL;

  if (inf_lease_dir_collect (self->dir, self->context->store, &collecting->outputs, &error))
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
  for (guint i = 0; i < collecting->outputs.outputs->len; i++)
    {
      const InfLeaseOutput *output = collecting->outputs.outputs->pdata[i];
      InfObjectId id;
      memcpy (id.bytes, output->object.sha256, sizeof id.bytes);
      remember_object (self, &id);
    }
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

/**
 * inf_host_lease_drop_files:
 * @lease: a lease that is over
 *
 * Removes its directory, and from the store what came there because of it.
 */
void
inf_host_lease_drop_files (InfHostLease *lease)
{
  g_clear_pointer (&lease->dir, inf_lease_dir_free);
  for (guint i = 0; i < lease->objects->len; i++)
    inf_store_remove (lease->context->store, lease->objects->pdata[i], NULL);
  g_ptr_array_set_size (lease->objects, 0);
}
