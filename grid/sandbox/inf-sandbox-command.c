#include "grid/sandbox/inf-sandbox-command.h"

#include "common/inf-error.h"
#include "grid/sandbox/inf-bubblewrap.h"
#include "grid/sandbox/inf-sandbox-config-private.h"
#include "grid/sandbox/inf-staging.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define DEFAULT_PROCESSES 1024
#define MAX_FILES 4096
/* The seccomp program's place in bubblewrap, after the three streams. */
#define SECCOMP_FD 3

static void
limit (int resource, guint64 value)
{
  struct rlimit bound;

  if (getrlimit (resource, &bound) < 0)
    return;
  if (bound.rlim_max == RLIM_INFINITY || bound.rlim_max > value)
    bound.rlim_max = value;
  bound.rlim_cur = bound.rlim_max;
  setrlimit (resource, &bound);
}

/* RLIMIT_NPROC counts per user and, since Linux 5.14, per user namespace: here it bounds the job
 * alone. RLIMIT_DATA bounds one process where no cgroup bounds them all; the helper's watch adds
 * them up. */
static void
apply_limits (const InfSandboxLimits *limits, gboolean memory_is_accounted)
{
  limit (RLIMIT_CORE, 0);
  limit (RLIMIT_NPROC, limits->n_processes ? limits->n_processes : DEFAULT_PROCESSES);
  limit (RLIMIT_NOFILE, MAX_FILES);
  limit (RLIMIT_MSGQUEUE, 0);
  if (limits->file_bytes > 0)
    limit (RLIMIT_FSIZE, limits->file_bytes);
#ifndef __SANITIZE_ADDRESS__ /* whose shadow memory is data of terabytes */
  if (limits->memory_bytes > 0 && !memory_is_accounted)
    limit (RLIMIT_DATA, limits->memory_bytes);
#endif
}

/* The kernel gives memory back by killing; it shall take the job before anything of the owner's. */
static void
volunteer_for_oom (void)
{
  int fd = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (write (fd, "1000", 4) < 0)
    {
      /* nothing depends on it */
    }
  close (fd);
}

static void
lower_priority (void)
{
  struct sched_param param = { 0 };

  setpriority (PRIO_PROCESS, 0, 19);
  sched_setscheduler (0, SCHED_BATCH, &param);
}

static void
install_fds (const int fds[3], int seccomp_fd)
{
  /* Above their places first, so that none is overwritten before it is moved. */
  int high[4];

  for (guint i = 0; i < 3; i++)
    high[i] = fcntl (fds[i], F_DUPFD_CLOEXEC, 10);
  high[3] = fcntl (seccomp_fd, F_DUPFD_CLOEXEC, 10);
  for (guint i = 0; i < 4; i++)
    dup2 (high[i], (int)i);
}

static void G_GNUC_NORETURN
run_child (InfSandboxConfig *config, gboolean memory_is_accounted, char **argv, const int fds[3],
           int seccomp_fd)
{
  char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
  char *env[] = { path, NULL };
  sigset_t none;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  signal (SIGPIPE, SIG_DFL);
  install_fds (fds, seccomp_fd);
  volunteer_for_oom ();
  if (config->limits.lowest_priority)
    lower_priority ();
  apply_limits (&config->limits, memory_is_accounted);
  execvpe (argv[0], argv, env);
  dprintf (STDERR_FILENO, "infinity-sandbox: %s: %s\n", argv[0], strerror (errno));
  _exit (127);
}

static gboolean
check_request (const char *const *argv, const char *cwd, GError **error)
{
  if (argv[0] && *argv[0] && g_path_is_absolute (cwd))
    return TRUE;
  g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                       "a command needs a program and an absolute directory");
  return FALSE;
}

/**
 * inf_sandbox_command_start:
 * @config: the sandbox
 * @memory_is_accounted: whether a cgroup bounds the job's memory
 * @request: body of an EXEC message
 * @fds: (array fixed-size=3): its in, out and err, all open
 * @error: #INF_ERROR_INVALID, or a G_IO_ERROR
 *
 * Returns: the process id of a bubblewrap that runs the command, -1 on failure
 */
pid_t
inf_sandbox_command_start (InfSandboxConfig *config, gboolean memory_is_accounted,
                           GVariant *request, const int fds[3], GError **error)
{
  g_autofree const char **command = NULL;
  g_autofree const char **extra_env = NULL;
  const char *cwd;
  guint id;

  g_variant_get (request, "(u^a&s^a&s&s)", &id, &command, &extra_env, &cwd);
  if (!check_request (command, cwd, error))
    return -1;
  g_auto (GStrv) argv = inf_bubblewrap_argv (config, cwd, SECCOMP_FD, extra_env, command);
  int seccomp_fd = open (INF_STAGING_SECCOMP, O_RDONLY | O_CLOEXEC);
  if (seccomp_fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "system call filter: %s",
                   g_strerror (errno));
      return -1;
    }
  pid_t pid = fork ();
  if (pid == 0)
    run_child (config, memory_is_accounted, argv, fds, seccomp_fd);
  if (pid < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "starting a command: %s",
                 g_strerror (errno));
  close (seccomp_fd);
  return pid;
}
