#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-job-log.h"
#include "cli/inf-job-report.h"
#include "cli/inf-job-watch.h"
#include "cli/inf-list.h"
#include "cli/inf-log-output.h"
#include "cli/inf-terminal.h"
#include "common/inf-error.h"

#include <unistd.h>

#define JOBS_A_PART 1000

static gboolean opt_all;
static char *opt_state;
static gboolean opt_follow;

static const char *const states[]
    = { "queued",     "planning", "leasing", "staging", "checking",  "launching", "running",
        "collecting", "settling", "done",    "failed",  "cancelled", NULL };

static InfDBusJobs1 *
open_jobs (InfClient **ret_client, GError **error)
{
  *ret_client = inf_client_connect (error);
  return *ret_client ? inf_client_get_jobs (*ret_client, error) : NULL;
}

static const char *
choose_filter (GError **error)
{
  if (opt_all && opt_state)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--all and --state exclude each other");
      return NULL;
    }
  if (opt_state && !g_strv_contains (states, opt_state))
    {
      g_autofree char *known = g_strjoinv (", ", (char **)states);
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "no state “%s”; there are %s",
                   opt_state, known);
      return NULL;
    }
  return opt_state ? opt_state : opt_all ? "" : "active";
}

/* Returns: (transfer full) (nullable): `aa{sv}`, fetched a part at a time: there may be many */
static GVariant *
list_jobs (InfDBusJobs1 *jobs, const char *filter, GError **error)
{
  GVariantBuilder builder;
  guint32 total = 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint32 offset = 0; offset == 0 || offset < total;)
    {
      g_autoptr (GVariant) part = NULL;
      gsize n_jobs;

      if (!inf_dbus_jobs1_call_list_range_sync (jobs, filter, offset, JOBS_A_PART, &total, &part,
                                                NULL, error))
        {
          g_variant_builder_clear (&builder);
          return NULL;
        }
      n_jobs = g_variant_n_children (part);
      for (gsize i = 0; i < n_jobs; i++)
        {
          g_autoptr (GVariant) job = g_variant_get_child_value (part, i);
          g_variant_builder_add_value (&builder, job);
        }
      if (n_jobs == 0)
        break;
      offset += (guint32)n_jobs;
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static int
run_jobs (char **arguments, GError **error)
{
  const char *filter = choose_filter (error);
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) list = NULL;
  InfDBusJobs1 *jobs;
  int status;

  if (!filter)
    return INF_EXIT_USAGE;
  if (!inf_list_begin (inf_job_columns, &status, error))
    return status;
  jobs = open_jobs (&client, error);
  list = jobs ? list_jobs (jobs, filter, error) : NULL;
  if (!list)
    return INF_EXIT_FAILURE;
  return inf_list_print (inf_job_columns, "id", list,
                         opt_all     ? "No job was ever submitted here."
                         : opt_state ? "No job is in that state."
                                     : "No job is under way; --all shows the finished ones.",
                         error);
}

static void
print_part (const InfColumn *columns, GVariant *rows)
{
  g_autofree char *table = NULL;

  if (g_variant_n_children (rows) == 0)
    return;
  table = inf_table_render (columns, rows, NULL, inf_terminal_get_width (STDOUT_FILENO), NULL);
  inf_terminal_print ("\n");
  inf_terminal_print (table);
}

static int
run_show (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) job = NULL, steps = NULL, costs = NULL;
  InfDBusJobs1 *jobs = open_jobs (&client, error);

  if (!jobs || !inf_dbus_jobs1_call_get_sync (jobs, arguments[0], &job, NULL, error))
    return INF_EXIT_FAILURE;
  inf_list_print_record (inf_job_record_columns, job);
  if (inf_list_options.is_json)
    return INF_EXIT_SUCCESS;
  steps = inf_job_report_steps (job);
  costs = inf_job_report_costs (job);
  print_part (inf_job_step_columns, steps);
  print_part (inf_job_cost_columns, costs);
  return INF_EXIT_SUCCESS;
}

static int
follow_log (const char *job, GError **error)
{
  g_autoptr (InfClient) client = inf_client_connect (error);
  g_autoptr (InfJobWatch) watch
      = client ? inf_job_watch_new (client, INF_JOB_WATCH_LOG, error) : NULL;
  g_autoptr (GVariant) info = NULL;

  if (!watch || !inf_job_watch_attach (watch, job, error))
    return INF_EXIT_FAILURE;
  info = inf_job_watch_wait (watch, error);
  if (info && inf_job_watch_get_signal (watch))
    return 128 + inf_job_watch_get_signal (watch);
  return info ? INF_EXIT_SUCCESS : INF_EXIT_FAILURE;
}

static int
run_log (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (InfLogOutput) output = inf_log_output_new (STDOUT_FILENO);
  guint64 offset = 0;
  gsize size_bytes;
  InfDBusJobs1 *jobs;

  if (opt_follow)
    return follow_log (arguments[0], error);
  jobs = open_jobs (&client, error);
  if (!jobs)
    return INF_EXIT_FAILURE;
  do
    {
      g_autoptr (GBytes) bytes = inf_job_log_read (jobs, arguments[0], offset, error);

      if (!bytes || !inf_log_output_write (output, bytes, error))
        return INF_EXIT_FAILURE;
      size_bytes = g_bytes_get_size (bytes);
      offset += size_bytes;
    }
  while (size_bytes);
  return inf_log_output_finish (output, error) ? INF_EXIT_SUCCESS : INF_EXIT_FAILURE;
}

static int
run_cancel (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusJobs1 *jobs = open_jobs (&client, error);

  if (!jobs)
    return INF_EXIT_FAILURE;
  for (guint i = 0; arguments[i]; i++)
    {
      if (!inf_dbus_jobs1_call_cancel_sync (jobs, arguments[i], NULL, error))
        return INF_EXIT_FAILURE;
      inf_terminal_message ("%s is cancelled.", arguments[i]);
    }
  return INF_EXIT_SUCCESS;
}

static int
run_wait (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = inf_client_connect (error);
  g_autoptr (InfJobWatch) watch
      = client ? inf_job_watch_new (client, inf_list_options.is_quiet ? 0 : INF_JOB_WATCH_PROGRESS,
                                    error)
               : NULL;
  g_autoptr (GVariant) job = NULL;

  if (!watch || !inf_job_watch_attach (watch, arguments[0], error))
    return INF_EXIT_FAILURE;
  job = inf_job_watch_wait (watch, error);
  if (!job)
    return INF_EXIT_FAILURE;
  if (inf_job_watch_get_signal (watch))
    return 128 + inf_job_watch_get_signal (watch);
  if (inf_list_options.is_json)
    inf_list_print_record (inf_job_record_columns, job);
  if (!inf_list_options.is_quiet)
    {
      g_autofree char *text = inf_job_report_end (job);
      inf_terminal_message ("%s", text);
    }
  return (int)inf_exit_from_job (job);
}

static const GOptionEntry list_options[] = {
  { "all", 'a', 0, G_OPTION_ARG_NONE, &opt_all, "Finished jobs too", NULL },
  { "state", 0, 0, G_OPTION_ARG_STRING, &opt_state, "Jobs in one state, such as running", "STATE" },
  INF_LIST_ENTRIES,
  G_OPTION_ENTRY_NULL,
};
static const GOptionEntry show_options[] = { INF_JSON_ENTRY, G_OPTION_ENTRY_NULL };
static const GOptionEntry log_options[] = {
  { "follow", 'f', 0, G_OPTION_ARG_NONE, &opt_follow, "Go on until the job has ended", NULL },
  G_OPTION_ENTRY_NULL,
};
static const GOptionEntry wait_options[] = {
  INF_JSON_ENTRY,
  { "quiet", 'q', 0, G_OPTION_ARG_NONE, &inf_list_options.is_quiet, "Say nothing", NULL },
  G_OPTION_ENTRY_NULL,
};

#define JOB_ARGUMENT .min_arguments = 1, .max_arguments = 1, .words = INF_WORDS_JOBS

const InfCommand inf_commands_jobs[] = {
  { .name = "jobs",
    .summary = "List the jobs submitted from this node that are under way",
    .options = list_options,
    .run = run_jobs },
  { .name = "job show",
    .arguments = "JOB",
    .summary = "Show a job, given by name or by the beginning of its id",
    .options = show_options,
    JOB_ARGUMENT,
    .run = run_show },
  { .name = "job log",
    .arguments = "JOB",
    .summary = "Print what a job's program has printed",
    .options = log_options,
    JOB_ARGUMENT,
    .run = run_log },
  { .name = "job cancel",
    .arguments = "JOB…",
    .summary = "Stop jobs on all their hosts",
    .min_arguments = 1,
    .max_arguments = INF_ANY_NUMBER,
    .words = INF_WORDS_JOBS,
    .run = run_cancel },
  { .name = "job wait",
    .arguments = "JOB",
    .summary = "Wait until a job has ended; the exit status is the same as of “run”",
    .options = wait_options,
    JOB_ARGUMENT,
    .run = run_wait },
  { NULL },
};
