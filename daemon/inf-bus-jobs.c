#include "daemon/inf-bus-views.h"

#include "common/inf-error.h"
#include "daemon/inf-job-listing.h"
#include "grid/jobs/inf-job-planner.h"
#include "inf-dbus.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_SIZE_BYTES 65536
#define MAX_LANGUAGE_BYTES 64
#define MAX_LISTED 1000

static GVariant *
describe_steps (InfJob *job)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sxx)"));
  for (InfJobState state = 0; state < INF_JOB_N_STEPS; state++)
    {
      const InfJobStep *step = inf_job_get_step (job, state);
      if (step->began_unix_us)
        g_variant_builder_add (&builder, "(sxx)", inf_job_state_to_text (state),
                               step->began_unix_us, step->ended_unix_us);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
describe_hosts (InfJob *job, const char *type, gboolean with_spent)
{
  GPtrArray *hosts = inf_job_get_hosts (job);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (type));
  for (guint i = 0; i < hosts->len; i++)
    {
      const InfJobHost *host = hosts->pdata[i];
      if (with_spent)
        g_variant_builder_add (&builder, "(st)", host->name, host->spent_ucredits);
      else
        g_variant_builder_add (&builder, "s", host->name);
    }
  return g_variant_builder_end (&builder);
}

static int
exit_status (InfJob *job)
{
  int status = inf_job_get_exit_status (job);

  if (status < 0)
    return -1;
  return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}

static const char *
text_or_empty (const char *text)
{
  return text ? text : "";
}

static GVariant *
cause_or_none (GVariant *cause)
{
  return cause ? cause : g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
}

static char *
result_dir (InfNode *node, InfJob *job)
{
  g_autofree char *path
      = inf_results_get_path (inf_node_get_results (node), inf_job_get_name (job));
  g_autofree char *manifest = g_build_filename (path, INF_RESULTS_MANIFEST, NULL);

  return g_strdup (g_file_test (manifest, G_FILE_TEST_EXISTS) ? path : "");
}

/* Who hears that a job is over looks for its result: it is over when that is there. */
static InfJobState
told_state (InfNode *node, InfJob *job)
{
  InfJobs *jobs = inf_node_get_jobs (node);

  return jobs && inf_jobs_is_finishing (jobs, job) ? INF_JOB_SETTLING : inf_job_get_state (job);
}

/**
 * inf_bus_describe_job:
 * @node: the node
 * @job: one of its jobs
 *
 * Returns: (transfer floating): the a{sv} that the contract documents
 */
GVariant *
inf_bus_describe_job (InfNode *node, InfJob *job)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  InfJobSpec *spec = inf_job_get_spec (job);
  InfJobState state = told_state (node, job);
  gboolean failed = state == INF_JOB_FAILED || state == INF_JOB_CANCELLED;
  g_autofree char *result = result_dir (node, job);

  g_variant_dict_insert (&dict, "id", "s", inf_job_get_id_text (job));
  g_variant_dict_insert (&dict, "name", "s", inf_job_get_name (job));
  g_variant_dict_insert (&dict, "program", "s", spec->program);
  g_variant_dict_insert (&dict, "state", "s", inf_job_state_to_text (state));
  g_variant_dict_insert (&dict, "reason", "s", text_or_empty (inf_job_get_reason (job)));
  g_variant_dict_insert_value (&dict, "cause", cause_or_none (inf_job_get_cause (job)));
  g_variant_dict_insert (&dict, "failure", "s",
                         failed ? inf_error_code_name (inf_job_get_error_code (job)) : "");
  g_variant_dict_insert (&dict, "progress", "d", inf_job_get_progress (job));
  g_variant_dict_insert (&dict, "progress-text", "s",
                         text_or_empty (inf_job_get_progress_text (job)));
  g_variant_dict_insert (&dict, "summary", "s", text_or_empty (inf_job_get_summary (job)));
  g_variant_dict_insert (&dict, "exit-status", "i", exit_status (job));
  g_variant_dict_insert (&dict, "nodes", "u", spec->nodes);
  g_variant_dict_insert_value (&dict, "hosts", describe_hosts (job, "as", FALSE));
  g_variant_dict_insert_value (&dict, "host-spent", describe_hosts (job, "a(st)", TRUE));
  g_variant_dict_insert (&dict, "spent", "t", inf_job_get_spent_ucredits (job));
  g_variant_dict_insert (&dict, "price", "t", inf_job_get_price_ucredits (job));
  g_variant_dict_insert (&dict, "worst-case", "t", inf_job_get_worst_case_ucredits (job));
  g_variant_dict_insert (&dict, "submitted-unix", "x", inf_job_get_submitted_unix_us (job));
  g_variant_dict_insert (&dict, "started-unix", "x",
                         inf_job_get_step (job, INF_JOB_RUNNING)->began_unix_us);
  g_variant_dict_insert (&dict, "finished-unix", "x", inf_job_get_ended_unix_us (job));
  g_variant_dict_insert_value (&dict, "steps", describe_steps (job));
  g_variant_dict_insert (&dict, "attempt", "u", inf_job_get_attempt (job));
  g_variant_dict_insert (&dict, "result", "s", result);
  g_variant_dict_insert (&dict, "log-bytes", "t",
                         inf_jobs_get_log_size_bytes (inf_node_get_jobs (node), job));
  return g_variant_dict_end (&dict);
}

static GVariant *
describe_plan (const InfPlan *plan)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  GVariantBuilder hosts;

  g_variant_builder_init (&hosts, G_VARIANT_TYPE ("a(sut)"));
  for (guint i = 0; i < plan->hosts->len; i++)
    {
      const InfPlanHost *host = plan->hosts->pdata[i];
      g_variant_builder_add (&hosts, "(sut)", host->name, host->slots, host->price_ucredits);
    }
  g_variant_dict_insert (&dict, "possible", "b", inf_plan_is_possible (plan));
  g_variant_dict_insert (&dict, "reason", "s", text_or_empty (plan->reason));
  g_variant_dict_insert_value (&dict, "cause", cause_or_none (plan->cause));
  g_variant_dict_insert_value (&dict, "hosts", g_variant_builder_end (&hosts));
  g_variant_dict_insert (&dict, "price-per-minute", "t", plan->price_per_minute_ucredits);
  g_variant_dict_insert (&dict, "worst-case", "t", plan->worst_case_ucredits);
  return g_variant_dict_end (&dict);
}

/* Answers the invocation with the error when the dictionary describes no job. */
static InfJobSpec *
take_spec (InfNode *node, GDBusMethodInvocation *invocation, GVariant *dictionary)
{
  GError *error = NULL;
  InfJobSpec *spec = NULL;

  if (inf_node_ensure_grid (node, &error))
    spec = inf_job_spec_from_dictionary (dictionary, inf_node_get_tasks (node), &error);
  if (!spec)
    g_dbus_method_invocation_take_error (invocation, error);
  return spec;
}

static gboolean
handle_plan (InfDBusJobs1 *skeleton, GDBusMethodInvocation *invocation, GVariant *dictionary,
             InfNode *node)
{
  g_autoptr (InfJobSpec) spec = take_spec (node, invocation, dictionary);

  if (!spec)
    return TRUE;
  g_autoptr (InfPlan) plan = inf_job_planner_plan (inf_node_get_context (node), spec, NULL);
  inf_dbus_jobs1_complete_plan (skeleton, invocation, describe_plan (plan));
  return TRUE;
}

static gboolean
handle_submit (InfDBusJobs1 *skeleton, GDBusMethodInvocation *invocation, GVariant *dictionary,
               InfNode *node)
{
  g_autoptr (InfJobSpec) spec = take_spec (node, invocation, dictionary);
  GError *error = NULL;

  if (!spec)
    return TRUE;
  g_autoptr (InfJob) job = inf_jobs_submit (inf_node_get_jobs (node), spec, &error);
  if (job)
    inf_dbus_jobs1_complete_submit (skeleton, invocation, inf_job_get_id_text (job));
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
handle_list_tasks (InfDBusJobs1 *skeleton, GDBusMethodInvocation *invocation, const char *language,
                   InfNode *node)
{
  if (strlen (language) > MAX_LANGUAGE_BYTES)
    g_dbus_method_invocation_return_error (invocation, INF_ERROR, INF_ERROR_INVALID,
                                           "no language has a name that long");
  else
    inf_dbus_jobs1_complete_list_tasks (
        skeleton, invocation, inf_task_catalogue_describe (inf_node_get_tasks (node), language));
  return TRUE;
}

static void
list_jobs (GDBusMethodInvocation *invocation, InfNode *node, const char *filter, guint offset,
           guint limit, gboolean has_total)
{
  InfJobs *jobs = inf_node_get_jobs (node);
  GError *error = NULL;
  InfJobState state;
  guint total = 0;

  if (!g_str_equal (filter, INF_JOB_FILTER_ALL) && !g_str_equal (filter, INF_JOB_FILTER_ACTIVE)
      && !inf_job_state_from_text (filter, &state))
    {
      g_dbus_method_invocation_return_error (invocation, INF_ERROR, INF_ERROR_INVALID,
                                             "no job is ever “%s”", filter);
      return;
    }
  /* in no grid there are no jobs, which is no error: the status of such a node is asked for too */
  g_autoptr (InfJobRows) rows
      = jobs ? inf_jobs_select (jobs, filter, offset, MIN (limit, MAX_LISTED), &total, &error)
             : NULL;
  if (error)
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return;
    }
  inf_job_listing_answer (node, invocation, g_steal_pointer (&rows), has_total ? &total : NULL);
}

static gboolean
handle_list (InfDBusJobs1 *skeleton, GDBusMethodInvocation *invocation, const char *filter,
             InfNode *node)
{
  list_jobs (invocation, node, filter, 0, MAX_LISTED, FALSE);
  return TRUE;
}

static gboolean
handle_list_range (InfDBusJobs1 *skeleton, GDBusMethodInvocation *invocation, const char *filter,
                   guint offset, guint limit, InfNode *node)
{
  list_jobs (invocation, node, filter, offset, limit, TRUE);
  return TRUE;
}

/* Answers the invocation with the error when there is no such job. */
static InfJob *
find_job (InfNode *node, GDBusMethodInvocation *invocation, const char *text)
{
  GError *error = NULL;

  if (!inf_bus_require_grid (node, invocation))
    return NULL;
  InfJob *job = inf_jobs_get (inf_node_get_jobs (node), text, &error);
  if (!job)
    g_dbus_method_invocation_take_error (invocation, error);
  return job;
}

static gboolean
handle_get (InfDBusJobs1 *skeleton, GDBusMethodInvocation *invocation, const char *text,
            InfNode *node)
{
  g_autoptr (InfJob) job = find_job (node, invocation, text);

  if (job)
    inf_dbus_jobs1_complete_get (skeleton, invocation, inf_bus_describe_job (node, job));
  return TRUE;
}

static gboolean
handle_get_spec (InfDBusJobs1 *skeleton, GDBusMethodInvocation *invocation, const char *text,
                 InfNode *node)
{
  g_autoptr (InfJob) job = find_job (node, invocation, text);

  if (job)
    inf_dbus_jobs1_complete_get_spec (skeleton, invocation,
                                      inf_job_spec_to_dictionary (inf_job_get_spec (job)));
  return TRUE;
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;

  if (inf_jobs_cancel_finish (INF_JOBS (source), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static gboolean
handle_cancel (InfDBusJobs1 *skeleton, GDBusMethodInvocation *invocation, const char *text,
               InfNode *node)
{
  g_autoptr (InfJob) job = find_job (node, invocation, text);

  if (job)
    inf_jobs_cancel_async (inf_node_get_jobs (node), job, NULL, on_cancelled, invocation);
  return TRUE;
}

static GVariant *
read_log (const char *path, guint64 offset, GError **error)
{
  g_autofree guint8 *data = g_malloc (READ_SIZE_BYTES);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gssize n = 0;

  if (fd >= 0)
    {
      n = offset <= G_MAXINT64 ? pread (fd, data, READ_SIZE_BYTES, (off_t)offset) : 0;
      close (fd);
    }
  else if (errno != ENOENT)
    n = -1;
  if (n < 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
      return NULL;
    }
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, (gsize)n, 1);
}

static gboolean
handle_read_log (InfDBusJobs1 *skeleton, GDBusMethodInvocation *invocation, const char *text,
                 guint64 offset, InfNode *node)
{
  g_autoptr (InfJob) job = find_job (node, invocation, text);
  GError *error = NULL;

  if (!job)
    return TRUE;
  g_autofree char *path = inf_job_runner_dup_log_path (inf_node_get_context (node), job);
  GVariant *data = read_log (path, offset, &error);
  if (data)
    inf_dbus_jobs1_complete_read_log (skeleton, invocation, data);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static void
on_job_changed (InfJobs *jobs, InfJob *job, gpointer user_data)
{
  InfDBusJobs1 *skeleton = user_data;
  InfNode *node = g_object_get_data (G_OBJECT (skeleton), "node");

  inf_dbus_jobs1_emit_job_changed (skeleton, inf_job_get_id_text (job),
                                   inf_bus_describe_job (node, job));
}

static void
on_log_grew (InfJobs *jobs, InfJob *job, guint64 size_bytes, gpointer user_data)
{
  inf_dbus_jobs1_emit_log_grew (user_data, inf_job_get_id_text (job), size_bytes);
}

static void
on_grid_changed (InfNode *node, gpointer user_data)
{
  InfJobs *jobs = inf_node_get_jobs (node);

  if (!jobs)
    return;
  g_signal_connect_object (jobs, "job-changed", G_CALLBACK (on_job_changed), user_data, 0);
  g_signal_connect_object (jobs, "log-grew", G_CALLBACK (on_log_grew), user_data, 0);
}

/**
 * inf_bus_jobs_new:
 * @node: the node
 *
 * Returns: (transfer full): org.infinitygrid.Jobs1
 */
GDBusInterfaceSkeleton *
inf_bus_jobs_new (InfNode *node)
{
  InfDBusJobs1 *skeleton = inf_dbus_jobs1_skeleton_new ();

  g_object_set_data (G_OBJECT (skeleton), "node", node);
  g_signal_connect (skeleton, "handle-plan", G_CALLBACK (handle_plan), node);
  g_signal_connect (skeleton, "handle-submit", G_CALLBACK (handle_submit), node);
  g_signal_connect (skeleton, "handle-list-tasks", G_CALLBACK (handle_list_tasks), node);
  g_signal_connect (skeleton, "handle-list", G_CALLBACK (handle_list), node);
  g_signal_connect (skeleton, "handle-list-range", G_CALLBACK (handle_list_range), node);
  g_signal_connect (skeleton, "handle-get-spec", G_CALLBACK (handle_get_spec), node);
  g_signal_connect (skeleton, "handle-get", G_CALLBACK (handle_get), node);
  g_signal_connect (skeleton, "handle-cancel", G_CALLBACK (handle_cancel), node);
  g_signal_connect (skeleton, "handle-read-log", G_CALLBACK (handle_read_log), node);
  g_signal_connect_object (node, "grid-changed", G_CALLBACK (on_grid_changed), skeleton, 0);
  on_grid_changed (node, skeleton);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
