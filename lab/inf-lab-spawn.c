#include "lab/inf-lab-spawn.h"

#include "lab/inf-lab-mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* These speak of the machine's session or of its owner's directories. */
static const char *const dropped[]
    = { "XDG_STATE_HOME",           "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME",
        "DBUS_SESSION_BUS_ADDRESS", "TMPDIR",        "INFINITY_LAB_DIR" };

static char **
make_environment (const char *host, char **base, const char *const *settings)
{
  char **env = base;

  for (guint i = 0; i < G_N_ELEMENTS (dropped); i++)
    env = g_environ_unsetenv (env, dropped[i]);
  env = g_environ_setenv (env, "HOME", INF_LAB_HOME, TRUE);
  env = g_environ_setenv (env, "PWD", INF_LAB_HOME, TRUE);
  env = g_environ_setenv (env, "HOSTNAME", host, TRUE);
  env = g_environ_setenv (env, "INFINITY_HOME", INF_LAB_INFINITY_HOME, TRUE);
  env = g_environ_setenv (env, "INFINITY_LAB_HOST", host, TRUE);
  env = g_environ_setenv (env, "XDG_RUNTIME_DIR", INF_LAB_RUNTIME_DIR, TRUE);
  for (guint i = 0; settings[i]; i++)
    {
      const char *equals = strchr (settings[i], '=');
      g_autofree char *name = equals ? g_strndup (settings[i], equals - settings[i]) : NULL;

      if (name && *name)
        env = g_environ_setenv (env, name, equals + 1, TRUE);
    }
  return env;
}

static G_GNUC_NORETURN void
become (char **argv, char **env, const char *cwd, gboolean terminal, const int fds[3],
        int report_fd)
{
  sigset_t none;
  const char *path = g_environ_getenv (env, "PATH");
  int failure;

  /* The three may overlap with 0 to 2 in any way: first out of the way, then into place. */
  int high[3];
  for (int i = 0; i < 3; i++)
    high[i] = fcntl (fds[i], F_DUPFD_CLOEXEC, 10);
  for (int i = 0; i < 3; i++)
    dup2 (high[i], i);
  setsid ();
  if (terminal)
    ioctl (0, TIOCSCTTY, 0);
  if (chdir (cwd) < 0 && chdir (INF_LAB_HOME) < 0 && chdir ("/") < 0)
    _exit (127);
  for (int i = 1; i < NSIG; i++)
    signal (i, SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  setenv ("PATH", path ? path : "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", TRUE);
  execvpe (argv[0], argv, env);
  failure = errno;
  if (write (report_fd, &failure, sizeof failure) < 0)
    _exit (126);
  _exit (127);
}

/* Whether the exec succeeded: then the pipe just closes. */
static int
read_failure (int fd)
{
  int failure = 0;
  gssize n;

  do
    n = read (fd, &failure, sizeof failure);
  while (n < 0 && errno == EINTR);
  return n == sizeof failure ? failure : 0;
}

/**
 * inf_lab_spawn:
 * @host: the name of the host that this process is the first of
 * @request: an "exec" request, see inf-lab-init.h
 * @fds: what shall be its stdin, stdout and stderr; -1 for /dev/null
 * @ret_errno: why it could not be started
 *
 * Starts a command in a session of its own, with no signal blocked or ignored.
 *
 * Returns: its process id, or -1 with @ret_errno set
 */
GPid
inf_lab_spawn (const char *host, GVariant *request, const int fds[3], int *ret_errno)
{
  g_auto (GStrv) argv = NULL, base = NULL, settings = NULL, env = NULL;
  g_autofree char *cwd = NULL;
  gboolean terminal;
  int null_fd, pipe_fds[2], use[3];
  GPid pid;

  g_variant_get (request, "(&s^aay^aay^aay^ayb)", NULL, &argv, &base, &settings, &cwd, &terminal);
  if (!argv[0] || pipe2 (pipe_fds, O_CLOEXEC) < 0)
    {
      *ret_errno = argv[0] ? errno : EINVAL;
      return -1;
    }
  env = make_environment (host, g_steal_pointer (&base), (const char *const *)settings);
  null_fd = open ("/dev/null", O_RDWR | O_CLOEXEC);
  for (int i = 0; i < 3; i++)
    use[i] = fds[i] >= 0 ? fds[i] : null_fd;
  pid = fork ();
  if (pid == 0)
    become (argv, env, *cwd ? cwd : INF_LAB_HOME, terminal, use, pipe_fds[1]);
  *ret_errno = pid < 0 ? errno : 0;
  close (pipe_fds[1]);
  close (null_fd);
  if (pid > 0 && (*ret_errno = read_failure (pipe_fds[0])) != 0)
    pid = -1; /* the child is reaped with all others */
  close (pipe_fds[0]);
  return pid;
}
