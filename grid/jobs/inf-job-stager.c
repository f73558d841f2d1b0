#include "grid/jobs/inf-job-stager.h"

#include "common/inf-error.h"

#include <string.h>

/* The submitter's half of staging: its files go into the store, from where hosts fetch them. */
typedef struct
{
  InfStore *store;
  InfJobSpec *spec;
  char *program_path;
  GArray *objects; /* of InfJobObject: the program's if it is staged, then the inputs' */
  InfStorePins *pins;
} Hashing;

static void
hashing_free (Hashing *hashing)
{
  inf_store_unref (hashing->store);
  inf_job_spec_unref (hashing->spec);
  g_array_unref (hashing->objects);
  inf_store_pins_free (hashing->pins);
  g_free (hashing->program_path);
  g_free (hashing);
}

static gboolean
hash_file (Hashing *hashing, const char *path, GError **error)
{
  InfJobObject object;
  InfObjectId id;

  if (!inf_store_add_file (hashing->store, path, NULL, &id, &object.size_bytes, error))
    return FALSE;
  inf_store_pins_take (hashing->pins, &id);
  memcpy (object.sha256, id.bytes, sizeof object.sha256);
  g_array_append_val (hashing->objects, object);
  return TRUE;
}

static void
hash_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Hashing *hashing = task_data;
  GError *error = NULL;
  gboolean hashed = !hashing->program_path || hash_file (hashing, hashing->program_path, &error);

  for (guint i = 0; hashed && i < hashing->spec->inputs->len; i++)
    {
      const InfJobInput *input = hashing->spec->inputs->pdata[i];
      hashed = !g_cancellable_set_error_if_cancelled (cancellable, &error)
               && hash_file (hashing, input->path, &error);
    }
  if (hashed)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * inf_job_stager_hash_async:
 * @store: where the files go
 * @spec: whose inputs are read, and whose objects inf_job_stager_hash_finish() fills in
 * @program_path: (nullable): the program to be staged; %NULL for an installed one
 * @cancellable: (nullable): gives up between two files
 * @callback: when all are in the store
 * @user_data: for @callback
 */
void
inf_job_stager_hash_async (InfStore *store, InfJobSpec *spec, const char *program_path,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Hashing *hashing = g_new0 (Hashing, 1);

  hashing->store = inf_store_ref (store);
  hashing->spec = inf_job_spec_ref (spec);
  hashing->program_path = g_strdup (program_path);
  hashing->pins = inf_store_pins_new (store);
  hashing->objects = g_array_new (FALSE, FALSE, sizeof (InfJobObject));
  g_task_set_task_data (task, hashing, (GDestroyNotify)hashing_free);
  g_task_run_in_thread (task, hash_in_thread);
}

/**
 * inf_job_stager_hash_finish:
 * @result: what the callback was given
 * @error: #INF_ERROR_NOT_FOUND, #INF_ERROR_INVALID, #INF_ERROR_FAILED, or that it was cancelled
 *
 * Returns: (transfer full) (nullable): what the store keeps for the hosts until this is freed
 */
InfStorePins *
inf_job_stager_hash_finish (GAsyncResult *result, GError **error)
{
  Hashing *hashing = g_task_get_task_data (G_TASK (result));
  guint next = 0;

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  if (hashing->program_path)
    hashing->spec->object = g_array_index (hashing->objects, InfJobObject, next++);
  for (guint i = 0; i < hashing->spec->inputs->len; i++)
    {
      InfJobInput *input = hashing->spec->inputs->pdata[i];
      input->object = g_array_index (hashing->objects, InfJobObject, next++);
    }
  return g_steal_pointer (&hashing->pins);
}
