#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-job-report.h"
#include "cli/inf-job-request.h"
#include "cli/inf-job-watch.h"
#include "cli/inf-json.h"
#include "cli/inf-list.h"
#include "cli/inf-terminal.h"
#include "common/inf-error.h"

#include <string.h>

static InfJobOptions opt = { .retries = -1 };

/* Finds the task that Infinity brings under the name @program; none is no error. */
static gboolean
find_task (InfClient *client, const char *program, GVariant **ret_task, GError **error)
{
  InfDBusJobs1 *jobs = inf_client_get_jobs (client, error);
  g_autoptr (GVariant) tasks = NULL;

  if (!jobs || !inf_dbus_jobs1_call_list_tasks_sync (jobs, "", &tasks, NULL, error))
    return FALSE;
  for (gsize i = 0; i < g_variant_n_children (tasks); i++)
    {
      g_autoptr (GVariant) task = g_variant_get_child_value (tasks, i);
      const char *name;

      if (g_variant_lookup (task, "name", "&s", &name) && g_str_equal (name, program))
        *ret_task = g_steal_pointer (&task);
    }
  return TRUE;
}

/* A name without a slash is looked for on the hosts, as a shell looks for it in its path: someone
 * who has the file here may have meant that. */
static void
hint_at_file (const char *program)
{
  if (g_file_test (program, G_FILE_TEST_IS_REGULAR)
      && g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
    inf_terminal_message ("“%s” is looked for on the hosts; ./%s would be the file here.", program,
                          program);
}

/* Connects, and makes a job of the command line. A program of one's own is looked at first: when it
 * can't be read, no infinityd is started for it. */
static GVariant *
build_spec (char **arguments, InfClient **ret_client, GError **error)
{
  g_autoptr (GVariant) task = NULL, spec = NULL;

  if (strchr (arguments[0], '/'))
    {
      spec = inf_job_request_build (&opt, NULL, arguments, error);
      *ret_client = spec ? inf_client_connect (error) : NULL;
      return *ret_client ? g_steal_pointer (&spec) : NULL;
    }
  *ret_client = inf_client_connect (error);
  if (!*ret_client || !find_task (*ret_client, arguments[0], &task, error))
    return NULL;
  spec = inf_job_request_build (&opt, task, arguments, error);
  if (spec && !task)
    hint_at_file (arguments[0]);
  return g_steal_pointer (&spec);
}

/* Says what the job would cost; FALSE when it can't run now and is not to wait. */
static gboolean
check_plan (InfClient *client, GVariant *spec, GError **error)
{
  InfDBusJobs1 *jobs = inf_client_get_jobs (client, error);
  g_autoptr (GVariant) plan = NULL;
  g_autofree char *text = NULL;
  gboolean possible = FALSE;

  if (!jobs || !inf_dbus_jobs1_call_plan_sync (jobs, spec, &plan, NULL, error))
    return FALSE;
  text = inf_job_report_plan (plan);
  g_variant_lookup (plan, "possible", "b", &possible);
  if (!possible && !opt.is_waiting)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_NO_HOSTS, text);
      return FALSE;
    }
  if (!inf_list_options.is_quiet)
    inf_terminal_message ("%s%s", possible ? "" : "Waits for hosts: ", text);
  return TRUE;
}

static InfJobWatchFlags
choose_flags (void)
{
  InfJobWatchFlags flags = INF_JOB_WATCH_LOG | INF_JOB_WATCH_CANCEL;

  if (inf_list_options.is_json)
    flags |= INF_JOB_WATCH_LOG_TO_MESSAGES;
  if (!inf_list_options.is_quiet)
    flags |= INF_JOB_WATCH_PROGRESS;
  return flags;
}

static int
report_job (InfJobWatch *watch, GVariant *job)
{
  int number = inf_job_watch_get_signal (watch);
  const char *state = "";

  g_variant_lookup (job, "state", "&s", &state);
  if (inf_list_options.is_json)
    {
      g_autofree char *json = inf_json_from_variant (job);
      inf_terminal_print (json);
    }
  if (!inf_list_options.is_quiet || !g_str_equal (state, "done"))
    {
      g_autofree char *text = inf_job_report_end (job);
      inf_terminal_message ("%s", text);
    }
  /* what a shell says of a program that a signal ended */
  return number && !g_str_equal (state, "done") ? 128 + number : (int)inf_exit_from_job (job);
}

static int
run_run (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (InfJobWatch) watch = NULL;
  g_autoptr (GVariant) spec = build_spec (arguments, &client, error);
  g_autoptr (GVariant) job = NULL;

  if (!spec || !check_plan (client, spec, error))
    return INF_EXIT_FAILURE;
  watch = inf_job_watch_new (client, choose_flags (), error);
  if (!watch || !inf_job_watch_submit (watch, spec, error))
    return INF_EXIT_FAILURE;
  job = inf_job_watch_wait (watch, error);
  return job ? report_job (watch, job) : INF_EXIT_FAILURE;
}

static int
run_submit (char **arguments, GError **error)
{
  g_autoptr (GVariant) spec = NULL, job = NULL;
  g_autoptr (InfClient) client = NULL;
  g_autofree char *id = NULL, *line = NULL;
  InfDBusJobs1 *jobs;

  /* nobody looks on who could try again */
  opt.is_waiting = TRUE;
  spec = build_spec (arguments, &client, error);
  jobs = spec ? inf_client_get_jobs (client, error) : NULL;
  if (!jobs || !check_plan (client, spec, error)
      || !inf_dbus_jobs1_call_submit_sync (jobs, spec, &id, NULL, error))
    return INF_EXIT_FAILURE;
  if (!inf_list_options.is_json)
    {
      line = g_strconcat (id, "\n", NULL);
      inf_terminal_print (line);
      return INF_EXIT_SUCCESS;
    }
  if (!inf_dbus_jobs1_call_get_sync (jobs, id, &job, NULL, error))
    return INF_EXIT_FAILURE;
  line = inf_json_from_variant (job);
  inf_terminal_print (line);
  return INF_EXIT_SUCCESS;
}

#define JOB_ENTRIES                                                                                \
  { "nodes", 'n', 0, G_OPTION_ARG_INT, &opt.nodes, "How many hosts (default: 1)", "N" },           \
      { "slots", 0, 0, G_OPTION_ARG_INT, &opt.slots, "Ranks on each host (default: 1)", "N" },     \
      { "input",     'i',                                                                          \
        0,           G_OPTION_ARG_FILENAME_ARRAY,                                                  \
        &opt.inputs, "Put a file into the program's directory on every host (may be repeated)",    \
        "FILE" },                                                                                  \
      { "output",                                                                                  \
        'o',                                                                                       \
        0,                                                                                         \
        G_OPTION_ARG_STRING_ARRAY,                                                                 \
        &opt.outputs,                                                                              \
        "What to bring home, such as “*.txt” (may be repeated; default: all)",                     \
        "PATTERN" },                                                                               \
      { "to",    0,                                                                                \
        0,       G_OPTION_ARG_FILENAME,                                                            \
        &opt.to, "Where the outputs go (default: a folder of the node's results)",                 \
        "DIR" },                                                                                   \
      { "name", 0, 0, G_OPTION_ARG_STRING, &opt.name, "What the job and its result are called",    \
        "NAME" },                                                                                  \
      { "time-limit",                                                                              \
        't',                                                                                       \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        &opt.time_limit,                                                                           \
        "How long the program may run, such as 30m",                                               \
        "DURATION" },                                                                              \
      { "memory", 'm', 0, G_OPTION_ARG_STRING, &opt.memory, "Memory on each host, such as 2G",     \
        "SIZE" },                                                                                  \
      { "max-price",                                                                               \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        &opt.max_price,                                                                            \
        "Highest price taken, in credits per node and second",                                     \
        "CREDITS" },                                                                               \
      { "retries",                                                                                 \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_INT,                                                                          \
        &opt.retries,                                                                              \
        "Further attempts after one that a host or a link spoiled",                                \
        "N" },                                                                                     \
      INF_JSON_ENTRY

static const GOptionEntry run_options[] = {
  JOB_ENTRIES,
  { "wait", 0, 0, G_OPTION_ARG_NONE, &opt.is_waiting,
    "Wait for hosts when there are not enough, instead of failing", NULL },
  { "quiet", 'q', 0, G_OPTION_ARG_NONE, &inf_list_options.is_quiet,
    "Print what the program prints and nothing else", NULL },
  G_OPTION_ENTRY_NULL,
};

static const GOptionEntry submit_options[] = {
  JOB_ENTRIES,
  { "quiet", 'q', 0, G_OPTION_ARG_NONE, &inf_list_options.is_quiet, "Print the id only", NULL },
  G_OPTION_ENTRY_NULL,
};

#define PROGRAM_DETAILS                                                                            \
  "PROGRAM is a task that Infinity brings (“infinity tasks” lists them), the path of an MPI "  \
  "program\nof yours, or the name of a program that the hosts have installed. What follows it is " \
  "for the program;\nonly where a task takes a FILE, that is a file here, and is put where the "   \
  "task finds it."

const InfCommand inf_commands_run[] = {
  { .name = "run",
    .arguments = "PROGRAM [ARGUMENT…]",
    .summary = "Run a program on other people's machines and wait for it",
    .details = PROGRAM_DETAILS
    "\n\nThe program's output goes to standard output, or with --json, which prints the finished "
    "job\nthere, to standard error. Ctrl+C cancels the job.",
    .options = run_options,
    .min_arguments = 1,
    .max_arguments = INF_ANY_NUMBER,
    .is_strict = TRUE,
    .words = INF_WORDS_PROGRAMS,
    .run = run_run },
  { .name = "submit",
    .arguments = "PROGRAM [ARGUMENT…]",
    .summary = "Leave a program to be run, and print the job's id",
    .details = PROGRAM_DETAILS "\n\nThe job waits for hosts when there are not enough.",
    .options = submit_options,
    .min_arguments = 1,
    .max_arguments = INF_ANY_NUMBER,
    .is_strict = TRUE,
    .words = INF_WORDS_PROGRAMS,
    .run = run_submit },
  { NULL },
};
