#include "grid/jobs/inf-lease-client-private.h"

#include "common/inf-error.h"
#include "discovery/files/inf-store-pins.h"

#include <string.h>

#define COLLECT_TIMEOUT_MS (5 * 60 * 1000)

/* Collecting: the list of outputs, then each wanted object, one after the other. */
typedef struct
{
  InfJobSpec *spec;
  GPtrArray *outputs; /* of InfLeaseOutput, those wanted */
  guint next;
  InfStorePins *pins;
} Collect;

static void
collect_free (Collect *collect)
{
  inf_job_spec_unref (collect->spec);
  g_clear_pointer (&collect->outputs, g_ptr_array_unref);
  inf_store_pins_free (collect->pins);
  g_free (collect);
}

static void fetch_next (GTask *task);

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  InfLeaseClient *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (inf_files_fetch_finish (INF_FILES (source), result, &error))
    {
      fetch_next (task);
      return;
    }
  inf_lease_client_name_host (self, &error);
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
fetch_next (GTask *task)
{
  InfLeaseClient *self = g_task_get_source_object (task);
  Collect *collect = g_task_get_task_data (task);

  if (collect->next == collect->outputs->len)
    {
      g_task_return_pointer (task, g_steal_pointer (&collect->outputs),
                             (GDestroyNotify)g_ptr_array_unref);
      return;
    }
  const InfLeaseOutput *output = collect->outputs->pdata[collect->next++];
  InfObjectId id;
  memcpy (id.bytes, output->object.sha256, sizeof id.bytes);
  inf_store_pins_add (collect->pins, &id);
  inf_files_fetch_async (self->context->files, self->endpoint, &id, output->object.size_bytes,
                         g_task_get_cancellable (task), NULL, NULL, on_fetched,
                         g_object_ref (task));
}

static void
on_outputs (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  InfLeaseClient *self = g_task_get_source_object (task);
  Collect *collect = g_task_get_task_data (task);
  g_autoptr (GBytes) reply = inf_lease_client_take_reply (source, result, task);
  g_auto (InfLeaseOutputs) outputs = { 0 };
  GError *error = NULL;

  if (!reply)
    return;
  inf_lease_outputs_init (&outputs);
  if (!inf_lease_outputs_decode (&outputs, reply, &self->host_key, &error))
    {
      inf_lease_client_return_boolean (task, FALSE, error);
      return;
    }
  g_clear_pointer (&self->statement, g_bytes_unref);
  self->statement = g_bytes_ref (reply);
  collect->outputs = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_lease_output_free);
  for (guint i = 0; i < outputs.outputs->len; i++)
    {
      const InfLeaseOutput *output = outputs.outputs->pdata[i];
      if (inf_job_spec_wants_output (collect->spec, output->path))
        g_ptr_array_add (
            collect->outputs,
            inf_lease_output_new (output->path, output->object.sha256, output->object.size_bytes));
    }
  fetch_next (task);
}

/**
 * inf_lease_client_collect_async:
 * @client: a client whose lease is stopped
 * @spec: says which outputs are wanted
 * @cancellable: (nullable): gives up
 * @callback: when every wanted output is in the store, where it stays as long as @callback runs
 * @user_data: for @callback
 */
void
inf_lease_client_collect_async (InfLeaseClient *client, InfJobSpec *spec, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (client, cancellable, callback, user_data);
  Collect *collect = g_new0 (Collect, 1);
  g_autoptr (GBytes) bytes
      = inf_lease_ref_encode (inf_lease_client_get_lease_id (client), INF_KIND_LEASE_OUTPUTS_ASKED);

  collect->pins = inf_store_pins_new (client->context->store);
  collect->spec = inf_job_spec_ref (spec);
  g_task_set_task_data (task, collect, (GDestroyNotify)collect_free);
  inf_lease_client_ask (client, INF_METHOD_LEASE_OUTPUTS, bytes, COLLECT_TIMEOUT_MS, cancellable,
                        on_outputs, task);
}

/**
 * inf_lease_client_collect_finish:
 * @client: a lease's client
 * @result: what the callback was given
 * @error: the host's refusal, #INF_ERROR_CORRUPT, or what the link or store says
 *
 * Returns: (transfer full) (element-type InfLeaseOutput) (nullable): what was brought home
 */
GPtrArray *
inf_lease_client_collect_finish (InfLeaseClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * inf_lease_client_get_statement:
 * @client: a lease's client
 *
 * Returns: (transfer none) (nullable): the list of outputs as the host signed it; %NULL before it
 *   was collected
 */
GBytes *
inf_lease_client_get_statement (InfLeaseClient *client)
{
  return client->statement;
}
