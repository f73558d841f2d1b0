#include "grid/sandbox/inf-sandbox-probe.h"

#include "common/inf-error.h"
#include "common/inf-paths.h"
#include "grid/sandbox/inf-sandbox-probe-private.h"
#include "grid/sandbox/inf-sandbox.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#define WHY_NAMESPACES "without them a job can't be kept apart from this machine"
#define WHY_NETWORK "a job's processes talk over a private network and nothing else"
#define WHY_BUBBLEWRAP "shows a job its own files and this system's programs, nothing of yours"
#define WHY_CGROUPS                                                                                \
  "the kernel keeps a job under its memory limit; without, Infinity watches and ends it"
#define WHY_OPEN_MPI "starts the processes of a job and carries their messages"
#define INSTALL "sudo apt install "

static void
capability_free (gpointer data)
{
  InfSandboxCapability *capability = data;

  g_free (capability->name);
  g_free (capability->found);
  g_free (capability->why);
  g_free (capability->remedy);
  g_free (capability);
}

void
inf_sandbox_report_free (InfSandboxReport *report)
{
  if (!report)
    return;
  g_ptr_array_unref (report->capabilities);
  g_free (report->open_mpi_version);
  g_free (report);
}

static void
add (InfSandboxReport *report, const char *name, gboolean works, gboolean needed, const char *found,
     const char *why, const char *remedy)
{
  InfSandboxCapability *capability = g_new0 (InfSandboxCapability, 1);

  capability->name = g_strdup (name);
  capability->works = works;
  capability->needed = needed;
  capability->found = g_strdup (found);
  g_strdelimit (capability->found, "\r\n", ' ');
  g_strstrip (capability->found);
  capability->why = g_strdup (why);
  capability->remedy = g_strdup (works ? "" : remedy);
  g_ptr_array_add (report->capabilities, capability);
  report->can_contain &= works || !needed || g_str_equal (name, "open-mpi");
}

/* The output of a program, or NULL and why there is none. */
static char *
run (const char *const *argv, GError **error)
{
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, error);
  g_autofree char *output = NULL;

  if (!process || !g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, error))
    return NULL;
  if (g_subprocess_get_successful (process))
    return g_steal_pointer (&output);
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", argv[0], output);
  return NULL;
}

/**
 * inf_sandbox_probe_parse_line:
 * @output: what `infinity-sandbox --self-test` printed
 * @name: a step
 * @ret_found: (out): what it found, or why it failed
 *
 * Returns: whether the step worked
 */
gboolean
inf_sandbox_probe_parse_line (const char *output, const char *name, char **ret_found)
{
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);

  for (char **line = lines; *line; line++)
    {
      g_auto (GStrv) fields = g_strsplit (*line, "\t", 3);

      if (g_strv_length (fields) != 3 || !g_str_equal (fields[0], name))
        continue;
      *ret_found = g_strdup (fields[2]);
      return g_str_equal (fields[1], "ok");
    }
  *ret_found = g_strdup ("the test of it died");
  return FALSE;
}

/**
 * inf_sandbox_probe_parse_version:
 * @output: what `mpiexec --version` printed
 *
 * Returns: (transfer full) (nullable): "4.1.4" for example; NULL when it is not Open MPI's
 */
char *
inf_sandbox_probe_parse_version (const char *output)
{
  /* Debian's mpiexec and orted call themselves by the name of Open MPI's run-time. */
  const char *names[] = { "(Open MPI) ", "(OpenRTE) " };
  const char *start = NULL;
  gsize length;

  for (guint i = 0; i < G_N_ELEMENTS (names) && !start; i++)
    {
      start = strstr (output, names[i]);
      if (start)
        start += strlen (names[i]);
    }
  if (!start)
    return NULL;
  length = strspn (start, "0123456789.");
  return length > 0 ? g_strndup (start, length) : NULL;
}

/* What stands in the way of user namespaces differs between distributions. */
static const char *
namespaces_remedy (void)
{
  g_autofree char *text = NULL;

  if (g_file_get_contents ("/proc/sys/kernel/unprivileged_userns_clone", &text, NULL, NULL)
      && *text == '0')
    return "sudo sysctl -w kernel.unprivileged_userns_clone=1";
  g_clear_pointer (&text, g_free);
  if (g_file_get_contents ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", &text, NULL,
                           NULL)
      && *text == '1')
    return "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
  return "sudo sysctl -w user.max_user_namespaces=15000";
}

static gboolean
probe_helper (InfSandboxReport *report)
{
  g_autofree char *helper = inf_paths_helper ("infinity-sandbox");
  const char *argv[] = { helper, "--self-test", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *output = run (argv, &error);
  g_autofree char *namespaces = NULL;
  g_autofree char *network = NULL;
  g_autofree char *cgroups = NULL;
  const char *printed = output ? output : "";
  gboolean has_namespaces = inf_sandbox_probe_parse_line (printed, "user-namespaces", &namespaces);
  gboolean has_network = inf_sandbox_probe_parse_line (printed, "job-network", &network);
  gboolean has_cgroups = inf_sandbox_probe_parse_line (printed, "cgroups", &cgroups);

  add (report, "user-namespaces", has_namespaces, TRUE, error ? error->message : namespaces,
       WHY_NAMESPACES, error ? "reinstall Infinity" : namespaces_remedy ());
  add (report, "job-network", has_network, TRUE, error ? error->message : network, WHY_NETWORK,
       has_namespaces ? "sudo modprobe veth" : namespaces_remedy ());
  add (report, "cgroups", has_cgroups, FALSE, error ? error->message : cgroups, WHY_CGROUPS,
       "systemctl --user enable --now infinityd");
  return has_namespaces && has_network;
}

/* A whole sandbox, from start to stop, around `true`. */
typedef struct
{
  GMainLoop *loop;
  GError *error;
  int wait_status;
} Trial;

static void
on_trial_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Trial *trial = user_data;

  inf_sandbox_stop_finish (INF_SANDBOX (source), result, trial->error ? NULL : &trial->error);
  g_main_loop_quit (trial->loop);
}

static void
stop_trial (InfSandbox *sandbox, Trial *trial)
{
  inf_sandbox_stop_async (sandbox, NULL, on_trial_stopped, trial);
}

static void
on_trial_ran (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Trial *trial = user_data;

  inf_sandbox_exec_finish (INF_SANDBOX (source), result, &trial->wait_status, &trial->error);
  stop_trial (INF_SANDBOX (source), trial);
}

static void
on_trial_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const char *const argv[] = { "true", NULL };
  static const int no_fds[3] = { -1, -1, -1 };
  Trial *trial = user_data;

  if (inf_sandbox_start_finish (INF_SANDBOX (source), result, &trial->error))
    inf_sandbox_exec_async (INF_SANDBOX (source), argv, NULL, NULL, no_fds, NULL, on_trial_ran,
                            trial);
  else
    stop_trial (INF_SANDBOX (source), trial);
}

static gboolean
try_sandbox (GError **error)
{
  g_autofree char *dir = g_dir_make_tmp ("infinity-probe-XXXXXX", error);
  g_autoptr (GMainContext) context = g_main_context_new ();
  Trial trial = { 0 };

  if (!dir)
    return FALSE;
  g_main_context_push_thread_default (context);
  trial.loop = g_main_loop_new (context, FALSE);
  g_autoptr (InfSandbox) sandbox = inf_sandbox_new (inf_sandbox_config_new (dir, 2));
  inf_sandbox_start_async (sandbox, NULL, on_trial_started, &trial);
  g_main_loop_run (trial.loop);
  g_main_loop_unref (trial.loop);
  g_main_context_pop_thread_default (context);
  g_rmdir (dir);
  if (!trial.error && trial.wait_status != 0)
    g_set_error (&trial.error, INF_ERROR, INF_ERROR_UNSUPPORTED,
                 "bwrap could not run a program (wait status %d)", trial.wait_status);
  if (trial.error)
    g_propagate_error (error, trial.error);
  return trial.error == NULL;
}

static void
probe_bubblewrap (InfSandboxReport *report, gboolean helper_works)
{
  const char *argv[] = { "bwrap", "--version", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *version = run (argv, &error);
  gboolean works = version && helper_works && try_sandbox (&error);
  const char *remedy = version ? namespaces_remedy () : INSTALL "bubblewrap";

  if (version && !helper_works)
    add (report, "bubblewrap", FALSE, TRUE, "can't be tried without the above", WHY_BUBBLEWRAP,
         remedy);
  else
    add (report, "bubblewrap", works, TRUE, works ? version : error->message, WHY_BUBBLEWRAP,
         remedy);
}

static void
probe_open_mpi (InfSandboxReport *report)
{
  const char *argv[] = { "mpiexec", "--version", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *output = run (argv, &error);
  g_autofree char *version = output ? inf_sandbox_probe_parse_version (output) : NULL;
  g_autofree char *orted = g_find_program_in_path ("orted");
  g_autofree char *found = NULL;

  if (version && orted)
    {
      found = g_strdup_printf ("Open MPI %s", version);
      report->open_mpi_version = g_steal_pointer (&version);
    }
  else
    {
      found = g_strdup (error ? error->message : "mpiexec is not Open MPI's, or orted is missing");
      report->open_mpi_version = g_strdup ("");
    }
  add (report, "open-mpi", *report->open_mpi_version != '\0', TRUE, found, WHY_OPEN_MPI,
       INSTALL "openmpi-bin");
}

/**
 * inf_sandbox_probe:
 *
 * Tries what a sandbox needs, by making one; reads no setting for an answer and remembers nothing.
 * Blocks for some tenths of a second, 30 s at the very worst.
 *
 * Returns: (transfer full): what works and what does not
 */
InfSandboxReport *
inf_sandbox_probe (void)
{
  InfSandboxReport *report = g_new0 (InfSandboxReport, 1);

  report->capabilities = g_ptr_array_new_with_free_func (capability_free);
  report->can_contain = TRUE;
  probe_bubblewrap (report, probe_helper (report));
  probe_open_mpi (report);
  return report;
}

static void
probe_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, inf_sandbox_probe (), (GDestroyNotify)inf_sandbox_report_free);
}

/**
 * inf_sandbox_probe_async:
 * @cancellable: (nullable): only stops the waiting
 * @callback: called with the report
 * @user_data: for @callback
 */
void
inf_sandbox_probe_async (GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, inf_sandbox_probe_async);
  g_task_run_in_thread (task, probe_in_thread);
}

/**
 * inf_sandbox_probe_finish:
 * @result: what the callback got
 * @error: only when cancelled
 *
 * Returns: (transfer full) (nullable): the report
 */
InfSandboxReport *
inf_sandbox_probe_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
