/* infinity-sandbox: makes the namespaces and the job network of one lease, and stays outside what
 * it runs. infinityd starts it with a control socket as its standard input.
 *
 *   infinityd ── keeper (this process: the caller's user; waits, and tidies up after)
 *                  └─ helper (first process of new user, PID, mount and network namespaces)
 *                       └─ bubblewrap … (one for each command, in further namespaces)
 *
 * The keeper ends the helper when infinityd dies or asks by SIGTERM; that it has ended means that
 * nothing of the sandbox runs any more.
 *
 * `infinity-sandbox --self-test` prints what of this works here, for inf_sandbox_probe().
 *
 * Exit status: 0 after a stop, 1 when the sandbox could not be made, 2 on wrong usage. */

#include "common/inf-error.h"
#include "grid/sandbox/inf-cgroup.h"
#include "grid/sandbox/inf-lease-uid.h"
#include "grid/sandbox/inf-namespaces.h"
#include "grid/sandbox/inf-sandbox-config-private.h"
#include "grid/sandbox/inf-sandbox-helper.h"
#include "grid/sandbox/inf-sandbox-message.h"
#include "grid/sandbox/inf-self-test.h"
#include "grid/sandbox/inf-staging.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONFIGURE_TIMEOUT_MS 10000

typedef struct
{
  int control_fd;
  InfSandboxConfig *config;
  InfCgroup *cgroup; /* NULL without */
  gboolean drops_user;
  InfLeaseUid lease_uid;
  uid_t owner_uid; /* of the job directory, before and after */
  gid_t owner_gid;
} Keeper;

static void
report_failure (int control_fd, const char *reason)
{
  g_autoptr (InfSandboxMessage) message
      = inf_sandbox_message_new (INF_SANDBOX_FAILED, g_variant_new ("(s)", reason));

  if (!inf_sandbox_message_send (message, control_fd, NULL))
    g_printerr ("infinity-sandbox: %s\n", reason);
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", what,
               g_strerror (errno));
  return FALSE;
}

static gboolean
isolate (Keeper *keeper, GError **error)
{
  gboolean accounted = inf_cgroup_limits_memory (keeper->cgroup);

  if (keeper->cgroup && !inf_cgroup_enter (keeper->cgroup, error))
    return FALSE;
  if (!keeper->drops_user)
    return inf_namespaces_enter (error) && inf_staging_mount (keeper->config, accounted, error);
  /* Mounted while the job directory can still be reached, then seen in the next namespace too. */
  if (unshare (CLONE_NEWNS) < 0)
    return fail (error, "new mount namespace");
  return inf_staging_mount (keeper->config, accounted, error)
         && inf_lease_uid_drop (&keeper->lease_uid, error) && inf_namespaces_enter (error);
}

/* In a child of the keeper. The helper becomes its sibling (CLONE_PARENT), so that the keeper waits
 * for it and PDEATHSIG ties the two together. */
static int
run_isolated (Keeper *keeper, int pid_fd)
{
  g_autoptr (GError) error = NULL;
  InfHelperSetup setup = { .config = keeper->config,
                           .control_fd = keeper->control_fd,
                           .memory_is_accounted = inf_cgroup_limits_memory (keeper->cgroup),
                           .memory_events_fd = inf_cgroup_open_events (keeper->cgroup) };

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (!isolate (keeper, &error))
    {
      report_failure (keeper->control_fd, error->message);
      return 1;
    }
  pid_t helper = (pid_t)syscall (SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
  if (helper == 0)
    {
      close (pid_fd);
      if (keeper->drops_user)
        close (keeper->lease_uid.lock_fd);
      _exit (inf_sandbox_helper_run (&setup));
    }
  if (helper < 0 || write (pid_fd, &helper, sizeof helper) != sizeof helper)
    {
      report_failure (keeper->control_fd, g_strerror (errno));
      return 1;
    }
  return 0;
}

/* The helper's process id, -1 when it was not started. */
static pid_t
start_helper (Keeper *keeper)
{
  int pipe_fds[2];
  pid_t isolated, helper = -1;

  if (pipe2 (pipe_fds, O_CLOEXEC) < 0)
    return -1;
  isolated = fork ();
  if (isolated == 0)
    {
      close (pipe_fds[0]);
      _exit (run_isolated (keeper, pipe_fds[1]));
    }
  close (pipe_fds[1]);
  if (isolated > 0)
    {
      if (read (pipe_fds[0], &helper, sizeof helper) != sizeof helper)
        helper = -1;
      waitpid (isolated, NULL, 0);
    }
  close (pipe_fds[0]);
  return helper;
}

static int
wait_for_helper (pid_t helper, const sigset_t *signals)
{
  int status = 1;

  for (;;)
    {
      siginfo_t info;
      int signal_number = sigwaitinfo (signals, &info);

      if (signal_number == SIGTERM || signal_number == SIGINT || signal_number == SIGHUP)
        kill (helper, SIGKILL);
      if (waitpid (helper, &status, WNOHANG) == helper)
        break;
    }
  return WIFEXITED (status) ? WEXITSTATUS (status) : 0;
}

static gboolean
take_user (Keeper *keeper, GError **error)
{
  struct stat info;

  keeper->drops_user = inf_lease_uid_is_needed ();
  if (!keeper->drops_user)
    return TRUE;
  if (stat (keeper->config->job_dir, &info) < 0)
    return fail (error, keeper->config->job_dir);
  keeper->owner_uid = info.st_uid;
  keeper->owner_gid = info.st_gid;
  if (!inf_lease_uid_take (&keeper->lease_uid, error))
    return FALSE;
  return inf_lease_uid_chown_tree (keeper->config->job_dir, keeper->lease_uid.uid,
                                   keeper->lease_uid.uid, error);
}

static void
give_back (Keeper *keeper)
{
  g_autoptr (GError) error = NULL;

  inf_cgroup_remove (g_steal_pointer (&keeper->cgroup));
  if (!keeper->drops_user || keeper->lease_uid.lock_fd < 0)
    return;
  if (!inf_lease_uid_chown_tree (keeper->config->job_dir, keeper->owner_uid, keeper->owner_gid,
                                 &error))
    g_printerr ("infinity-sandbox: %s\n", error->message);
  inf_lease_uid_release (&keeper->lease_uid);
}

static int
keep (Keeper *keeper, const sigset_t *signals)
{
  g_autofree char *name = g_strdup_printf (INF_CGROUP_PREFIX "%d", (int)getpid ());
  g_autoptr (GError) error = NULL;
  int status = 1;

  if (take_user (keeper, &error))
    {
      keeper->cgroup = inf_cgroup_new (name, &keeper->config->limits, NULL);
      pid_t helper = start_helper (keeper);
      if (helper > 0)
        status = wait_for_helper (helper, signals);
    }
  else
    report_failure (keeper->control_fd, error->message);
  give_back (keeper);
  return status;
}

static InfSandboxConfig *
receive_config (int control_fd, GError **error)
{
  struct pollfd wait = { .fd = control_fd, .events = POLLIN };

  if (poll (&wait, 1, CONFIGURE_TIMEOUT_MS) != 1)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_TIMED_OUT, "no configuration came");
      return NULL;
    }
  g_autoptr (InfSandboxMessage) message = inf_sandbox_message_receive (control_fd, error);
  if (message && message->kind != INF_SANDBOX_CONFIGURE)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "the configuration has to be first");
  if (!message || message->kind != INF_SANDBOX_CONFIGURE)
    return NULL;
  return inf_sandbox_config_from_variant (message->body, error);
}

static void
block_signals (sigset_t *ret_signals)
{
  sigemptyset (ret_signals);
  sigaddset (ret_signals, SIGTERM);
  sigaddset (ret_signals, SIGINT);
  sigaddset (ret_signals, SIGHUP);
  sigaddset (ret_signals, SIGCHLD);
  sigprocmask (SIG_BLOCK, ret_signals, NULL);
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Keeper keeper = { .lease_uid.lock_fd = -1 };
  sigset_t signals;

  if (argc == 2 && g_str_equal (argv[1], "--self-test"))
    return inf_self_test_run ();
  keeper.control_fd = fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
  if (argc != 1 || keeper.control_fd < 0)
    {
      g_printerr ("usage: infinity-sandbox, by infinityd, with a control socket on stdin\n");
      return 2;
    }
  int null_fd = open ("/dev/null", O_RDWR | O_CLOEXEC);
  dup2 (null_fd, STDIN_FILENO);
  close (null_fd);
  umask (022);
  block_signals (&signals);
  keeper.config = receive_config (keeper.control_fd, &error);
  if (!keeper.config)
    {
      report_failure (keeper.control_fd, error->message);
      return 1;
    }
  int status = keep (&keeper, &signals);
  inf_sandbox_config_free (keeper.config);
  return status;
}
