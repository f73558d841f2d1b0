#include "lab/inf-lab-keeper.h"

#include "common/inf-error.h"
#include "lab/inf-lab-dirs.h"
#include "lab/inf-lab-machines.h"
#include "lab/inf-lab-message.h"
#include "lab/inf-lab-namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_TIMEOUT_MS 2000

/*
 * The process that a lab lives in: parent of every host's first process, owner of the namespace
 * with the switch. When it ends, however it ends, all of that ends.
 *
 *   starting ── ready ──> serving ── "stop", SIGTERM, the owner's end of stream,
 *                                    or somebody removed the control socket ──> stopping
 *
 * It has one thread and does one thing at a time.
 */

typedef struct
{
  char *dir;
  int lock_fd;
  int owner_fd;
  int signal_fd;
  int control_fd;
  int watch_fd;
  InfLabMachines *machines;
} Keeper;

static gboolean
block_signals (Keeper *keeper)
{
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGCHLD);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGINT);
  sigprocmask (SIG_BLOCK, &signals, NULL);
  signal (SIGHUP, SIG_IGN);
  keeper->signal_fd = signalfd (-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
  return keeper->signal_fd >= 0;
}

static gboolean
start (Keeper *keeper, const char *name, guint n_hosts, const char *const *share, GError **error)
{
  g_autofree char *control = NULL;

  keeper->dir = inf_lab_dirs_lab (name);
  control = g_build_filename (keeper->dir, "control", NULL);
  keeper->lock_fd = inf_lab_dirs_claim (keeper->dir, error);
  if (keeper->lock_fd < 0 || !inf_lab_namespace_enter (error))
    return FALSE;
  keeper->machines = inf_lab_machines_new (keeper->dir, n_hosts, share, error);
  if (!keeper->machines)
    return FALSE;
  keeper->control_fd = inf_lab_message_listen (control, error);
  /* A lab that nobody can reach any more would stay for ever. */
  keeper->watch_fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (keeper->watch_fd >= 0 && inotify_add_watch (keeper->watch_fd, control, IN_ATTRIB) < 0)
    g_debug ("inotify: %s", g_strerror (errno));
  return keeper->control_fd >= 0;
}

/* Returns whether the control socket still has its name; the last link's going changes its
 * attributes. */
static gboolean
is_reachable (Keeper *keeper)
{
  g_autofree char *control = g_build_filename (keeper->dir, "control", NULL);
  char events[4096];

  while (read (keeper->watch_fd, events, sizeof events) > 0)
    ;
  return g_file_test (control, G_FILE_TEST_EXISTS);
}

static void
stop (Keeper *keeper)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&keeper->machines, inf_lab_machines_free);
  if (keeper->lock_fd >= 0 && !inf_lab_dirs_release (keeper->dir, keeper->lock_fd, &error))
    g_warning ("%s", error->message);
  keeper->lock_fd = -1;
}

static gboolean
send_reply (int fd, const GError *failure, GVariant *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) hosts = g_variant_ref_sink (
      status ? status : g_variant_new_array (G_VARIANT_TYPE ("(ssbbddi)"), NULL, 0));

  if (inf_lab_message_send (fd,
                            g_variant_new ("(bis@a(ssbbddi))", !failure,
                                           failure ? failure->code : 0,
                                           failure ? failure->message : "", hosts),
                            NULL, 0, &error))
    return TRUE;
  g_debug ("nobody waits for the answer: %s", error->message);
  return FALSE;
}

/* Returns whether to go on serving. */
static gboolean
handle_request (Keeper *keeper, int fd, GVariant *request)
{
  g_autoptr (GError) error = NULL;
  const char *verb;
  guint32 host, other;
  double value;

  g_variant_get (request, "(&suud)", &verb, &host, &other, &value);
  if (strcmp (verb, "stop") == 0)
    {
      stop (keeper);
      send_reply (fd, NULL, NULL);
      return FALSE;
    }
  if (strcmp (verb, "status") == 0)
    {
      send_reply (fd, NULL, inf_lab_machines_status (keeper->machines));
      return TRUE;
    }
  inf_lab_machines_handle (keeper->machines, verb, host, other, value, &error);
  send_reply (fd, error, NULL);
  return TRUE;
}

static gboolean
accept_request (Keeper *keeper)
{
  g_autoptr (GVariant) request = NULL;
  g_autoptr (GError) error = NULL;
  gboolean go_on = TRUE;
  int fd = accept4 (keeper->control_fd, NULL, NULL, SOCK_CLOEXEC);

  if (fd < 0)
    return TRUE;
  request
      = inf_lab_message_receive (fd, INF_LAB_KEEPER_REQUEST_TYPE, REQUEST_TIMEOUT_MS, NULL, &error);
  if (request)
    go_on = handle_request (keeper, fd, request);
  else
    g_debug ("a bad request: %s", error->message);
  close (fd);
  return go_on;
}

static gboolean
handle_signals (Keeper *keeper)
{
  struct signalfd_siginfo info;
  gboolean go_on = TRUE;

  while (read (keeper->signal_fd, &info, sizeof info) == sizeof info)
    if (info.ssi_signo != SIGCHLD)
      go_on = FALSE;
  inf_lab_machines_reap (keeper->machines);
  return go_on;
}

static void
serve (Keeper *keeper)
{
  gboolean go_on = TRUE;

  while (go_on)
    {
      struct pollfd fds[] = { { keeper->signal_fd, POLLIN, 0 },
                              { keeper->control_fd, POLLIN, 0 },
                              { keeper->owner_fd, POLLIN, 0 },
                              { keeper->watch_fd, POLLIN, 0 } };

      if (poll (fds, G_N_ELEMENTS (fds), -1) < 0 && errno != EINTR)
        return;
      if (fds[2].revents || (fds[3].revents && !is_reachable (keeper)))
        return;
      if (fds[0].revents)
        go_on = handle_signals (keeper);
      if (go_on && fds[1].revents)
        go_on = accept_request (keeper);
    }
}

/* Returns whether whoever started the lab is still there to hear it. */
static gboolean
report (int owner_fd, const GError *failure)
{
  g_autoptr (GError) error = NULL;

  if (inf_lab_message_send (owner_fd,
                            g_variant_new ("(bis)", !failure, failure ? failure->code : 0,
                                           failure ? failure->message : ""),
                            NULL, 0, &error))
    return TRUE;
  g_debug ("nobody waits for the lab: %s", error->message);
  return FALSE;
}

/**
 * inf_lab_keeper_run:
 * @name: the lab's name
 * @n_hosts: how many hosts it has
 * @keep: whether it outlives whoever started it
 * @share: (array zero-terminated=1): paths that stay visible in the hosts
 * @owner_fd: the other end is whoever starts the lab, who is told how that went
 *
 * Returns: the exit status of the process
 */
int
inf_lab_keeper_run (const char *name, guint n_hosts, gboolean keep, const char *const *share,
                    int owner_fd)
{
  Keeper keeper = { .lock_fd = -1, .owner_fd = owner_fd, .control_fd = -1, .watch_fd = -1 };
  g_autoptr (GError) error = NULL;
  gboolean started;

  /* What a terminal sends to its programs must not end the lab before its owner has. */
  setsid ();
  fcntl (owner_fd, F_SETFD, FD_CLOEXEC);
  started = block_signals (&keeper) && start (&keeper, name, n_hosts, share, &error);
  if (!started && keeper.lock_fd >= 0)
    stop (&keeper);
  if (!report (owner_fd, error) && started)
    {
      stop (&keeper);
      started = FALSE;
    }
  if (started && keep)
    {
      close (owner_fd);
      keeper.owner_fd = -1; /* poll() passes over it */
    }
  if (started)
    {
      serve (&keeper);
      if (keeper.machines)
        stop (&keeper);
    }
  g_free (keeper.dir);
  return started ? 0 : 1;
}
