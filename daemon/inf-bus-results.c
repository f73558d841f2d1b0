#include "daemon/inf-bus-views.h"

#include "inf-dbus.h"

static GVariant *
describe_outputs (const InfManifest *manifest)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(stss)"));
  for (guint i = 0; i < manifest->outputs->len; i++)
    {
      const InfManifestOutput *output = manifest->outputs->pdata[i];
      g_autofree char *hex = inf_sha256_to_hex (output->sha256);
      g_autofree char *host = inf_peer_id_to_short (&output->host);
      const char *name = host;
      for (guint k = 0; k < manifest->hosts->len; k++)
        {
          const InfManifestHost *each = manifest->hosts->pdata[k];
          if (inf_peer_id_equal (&each->peer_id, &output->host))
            name = each->name;
        }
      g_variant_builder_add (&builder, "(stss)", output->path, output->size_bytes, hex, name);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
describe_result (InfNode *node, const InfManifest *manifest)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *path = inf_results_get_path (inf_node_get_results (node), manifest->job_name);

  g_variant_dict_insert (&dict, "name", "s", manifest->job_name);
  g_variant_dict_insert (&dict, "job", "s", manifest->job_id);
  g_variant_dict_insert (&dict, "program", "s", manifest->program);
  g_variant_dict_insert (&dict, "directory", "s", path);
  g_variant_dict_insert (&dict, "finished-unix", "x", manifest->ended_unix_us);
  g_variant_dict_insert (&dict, "complete", "b", g_str_equal (manifest->state, "done"));
  g_variant_dict_insert_value (&dict, "outputs", describe_outputs (manifest));
  return g_variant_dict_end (&dict);
}

static gboolean
handle_list (InfDBusResults1 *skeleton, GDBusMethodInvocation *invocation, InfNode *node)
{
  InfResults *results = inf_node_get_results (node);
  GError *error = NULL;
  g_auto (GStrv) names = inf_results_list (results, &error);
  GVariantBuilder builder;

  if (!names)
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; names[i]; i++)
    {
      g_autoptr (GError) skipped = NULL;
      g_autoptr (InfManifest) manifest = inf_results_load (results, names[i], &skipped);
      if (manifest)
        g_variant_builder_add_value (&builder, describe_result (node, manifest));
      else
        g_warning ("%s", skipped->message);
    }
  inf_dbus_results1_complete_list (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
handle_get (InfDBusResults1 *skeleton, GDBusMethodInvocation *invocation, const char *name,
            InfNode *node)
{
  GError *error = NULL;
  g_autoptr (InfManifest) manifest = inf_results_load (inf_node_get_results (node), name, &error);

  if (manifest)
    inf_dbus_results1_complete_get (skeleton, invocation, describe_result (node, manifest));
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

/* Verifying, exporting and archiving read whole files: a thread does it, for the node has peers to
 * answer. */
typedef struct
{
  InfResults *results;
  InfCopies *copies; /* of the node, which waits for the copy */
  InfCopy *copy;     /* NULL when it is to be verified */
  char *name;
  char **outputs; /* NULL for all */
  char *to;       /* a directory, or an archive; NULL likewise */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  inf_results_unref (request->results);
  g_free (request->name);
  g_strfreev (request->outputs);
  g_free (request->to);
  g_free (request);
}

static void
serve_in_thread (InfNode *node, GDBusMethodInvocation *invocation, const char *name,
                 const char *const *outputs, const char *to, InfCopy *copy, GTaskThreadFunc func,
                 GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, invocation);
  Request *request = g_new0 (Request, 1);

  request->copies = inf_node_get_copies (node);
  request->copy = copy;
  request->results = inf_results_ref (inf_node_get_results (node));
  request->name = g_strdup (name);
  request->outputs = g_strdupv ((char **)outputs);
  request->to = g_strdup (to);
  g_task_set_task_data (task, request, request_free);
  g_task_run_in_thread (task, func);
}

static void
verify_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  GError *error = NULL;
  GPtrArray *files = inf_results_verify (request->results, request->name, &error);

  if (files)
    g_task_return_pointer (task, files, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) files = g_task_propagate_pointer (G_TASK (result), &error);
  GVariantBuilder builder;

  if (!files)
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < files->len; i++)
    {
      const InfResultFile *file = files->pdata[i];
      g_variant_builder_add (&builder, "(ss)", file->path, inf_result_check_to_text (file->check));
    }
  g_dbus_method_invocation_return_value (
      invocation, g_variant_new ("(@a(ss))", g_variant_builder_end (&builder)));
}

static gboolean
handle_verify (InfDBusResults1 *skeleton, GDBusMethodInvocation *invocation, const char *name,
               InfNode *node)
{
  serve_in_thread (node, invocation, name, NULL, NULL, NULL, verify_in_thread, on_verified);
  return TRUE;
}

static void
export_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  GError *error = NULL;

  if (inf_results_export (request->results, request->name, (const char *const *)request->outputs,
                          request->to, FALSE, request->copy, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  Request *request = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  inf_copies_end (request->copies, g_steal_pointer (&request->copy));
  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static gboolean
handle_export (InfDBusResults1 *skeleton, GDBusMethodInvocation *invocation, const char *name,
               const char *directory, const char *copy_id, InfNode *node)
{
  InfCopy *copy = inf_bus_begin_copy (node, invocation, copy_id);

  if (copy)
    serve_in_thread (node, invocation, name, NULL, directory, copy, export_in_thread, on_written);
  return TRUE;
}

static gboolean
handle_export_some (InfDBusResults1 *skeleton, GDBusMethodInvocation *invocation, const char *name,
                    const char *const *outputs, const char *directory, const char *copy_id,
                    InfNode *node)
{
  InfCopy *copy = inf_bus_begin_copy (node, invocation, copy_id);

  if (copy)
    serve_in_thread (node, invocation, name, outputs, directory, copy, export_in_thread,
                     on_written);
  return TRUE;
}

static void
archive_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  GError *error = NULL;

  if (inf_results_archive (request->results, request->name, request->to, request->copy, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
handle_archive (InfDBusResults1 *skeleton, GDBusMethodInvocation *invocation, const char *name,
                const char *file, const char *copy_id, InfNode *node)
{
  InfCopy *copy = inf_bus_begin_copy (node, invocation, copy_id);

  if (copy)
    serve_in_thread (node, invocation, name, NULL, file, copy, archive_in_thread, on_written);
  return TRUE;
}

static gboolean
has_result (InfNode *node, InfJob *job)
{
  g_autofree char *folder
      = inf_results_get_path (inf_node_get_results (node), inf_job_get_name (job));
  g_autofree char *manifest = g_build_filename (folder, INF_RESULTS_MANIFEST, NULL);

  return g_file_test (manifest, G_FILE_TEST_EXISTS);
}

/* A job is over when its result is there: inf-outcomes.c writes it before. */
static void
on_job_changed (InfJobs *jobs, InfJob *job, gpointer user_data)
{
  InfNode *node = g_object_get_data (user_data, "node");

  if (inf_job_is_finished (job) && !inf_jobs_is_finishing (jobs, job) && has_result (node, job))
    inf_dbus_results1_emit_result_changed (user_data, inf_job_get_name (job));
}

static void
on_grid_changed (InfNode *node, gpointer user_data)
{
  InfJobs *jobs = inf_node_get_jobs (node);

  if (jobs)
    g_signal_connect_object (jobs, "job-changed", G_CALLBACK (on_job_changed), user_data, 0);
}

/* Results are folders, and their owner may put them into the bin. */
static void
on_folder_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
                   gpointer user_data)
{
  g_autofree char *name = g_file_get_basename (file);

  if (event == G_FILE_MONITOR_EVENT_DELETED || event == G_FILE_MONITOR_EVENT_MOVED_OUT
      || event == G_FILE_MONITOR_EVENT_RENAMED)
    inf_dbus_results1_emit_result_changed (user_data, name);
}

static void
watch_folders (InfNode *node, InfDBusResults1 *skeleton)
{
  g_autofree char *path = inf_results_get_path (inf_node_get_results (node), "");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor = g_file_monitor_directory (file, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);

  if (!monitor)
    {
      g_info ("results that are taken away will not be noticed: %s", error->message);
      return;
    }
  g_signal_connect_object (monitor, "changed", G_CALLBACK (on_folder_changed), skeleton, 0);
  g_object_set_data_full (G_OBJECT (skeleton), "monitor", monitor, g_object_unref);
}

/**
 * inf_bus_results_new:
 * @node: the node
 *
 * Returns: (transfer full): org.infinitygrid.Results1
 */
GDBusInterfaceSkeleton *
inf_bus_results_new (InfNode *node)
{
  InfDBusResults1 *skeleton = inf_dbus_results1_skeleton_new ();

  g_object_set_data (G_OBJECT (skeleton), "node", node);
  g_signal_connect (skeleton, "handle-list", G_CALLBACK (handle_list), node);
  g_signal_connect (skeleton, "handle-get", G_CALLBACK (handle_get), node);
  g_signal_connect (skeleton, "handle-verify", G_CALLBACK (handle_verify), node);
  g_signal_connect (skeleton, "handle-export", G_CALLBACK (handle_export), node);
  g_signal_connect (skeleton, "handle-export-some", G_CALLBACK (handle_export_some), node);
  g_signal_connect (skeleton, "handle-archive", G_CALLBACK (handle_archive), node);
  g_signal_connect_object (node, "grid-changed", G_CALLBACK (on_grid_changed), skeleton, 0);
  on_grid_changed (node, skeleton);
  watch_folders (node, skeleton);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
