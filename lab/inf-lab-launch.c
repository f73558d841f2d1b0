#include "lab/inf-lab-launch.h"

#include "common/inf-error.h"
#include "lab/inf-lab-programs.h"
#include "lab/inf-lab-text-fd.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* The trees that a program of the project is likely to want in the hosts: its own (…/bin/infinity
 * and …/libexec, or a build tree), the tests' build tree, and where the caller works. */
static char **
shared_paths (const char *const *more)
{
  GPtrArray *paths = g_ptr_array_new ();
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *root = g_getenv ("INFINITY_TEST_ROOT");

  if (self)
    {
      g_autofree char *dir = g_path_get_dirname (self);
      g_ptr_array_add (paths, g_path_get_dirname (dir));
    }
  if (root && *root)
    g_ptr_array_add (paths, g_canonicalize_filename (root, NULL));
  g_ptr_array_add (paths, g_get_current_dir ());
  for (guint i = 0; more && more[i]; i++)
    g_ptr_array_add (paths, g_canonicalize_filename (more[i], NULL));
  g_ptr_array_add (paths, NULL);
  return (char **)g_ptr_array_free (paths, FALSE);
}

/* A PATH without the administrators' directories, as users have, has no `ip` and no `tc`. */
static char **
keeper_environment (void)
{
  char **env = g_get_environ ();
  const char *path = g_environ_getenv (env, "PATH");
  g_autofree char *longer
      = g_strconcat (path ? path : "/usr/local/bin:/usr/bin:/bin", ":/usr/sbin:/sbin", NULL);

  return g_environ_setenv (env, "PATH", longer, TRUE);
}

static gboolean
spawn (char **argv, int socket_fd, gboolean keep, GPid *ret_pid, GError **error)
{
  g_auto (GStrv) env = keeper_environment ();
  int null_fd = inf_lab_text_fd_null ();
  const int target_fd = 3;
  gboolean spawned = g_spawn_async_with_pipes_and_fds (
      "/", (const char *const *)argv, (const char *const *)env,
      keep ? G_SPAWN_DEFAULT : G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, null_fd, null_fd,
      keep ? null_fd : -1, &socket_fd, &target_fd, 1, keep ? NULL : ret_pid, NULL, NULL, NULL,
      error);

  close (null_fd);
  return spawned;
}

/**
 * inf_lab_launch:
 * @name: the lab's name
 * @config: what it shall be
 * @ret_pid: (out): the keeper when it is a child to wait for, that is without `keep`
 * @error: return location
 *
 * Starts a lab's keeper.
 *
 * Returns: a socket on which it says when the lab is up, and whose closing ends a lab that isn't
 *   kept; -1 on error
 */
int
inf_lab_launch (const char *name, const InfLabConfig *config, GPid *ret_pid, GError **error)
{
  g_autofree char *program = inf_lab_programs_find ("infinity-lab-keeper");
  g_autofree char *n_hosts = g_strdup_printf ("%u", config->n_hosts);
  g_auto (GStrv) share = shared_paths (config->share);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  int pair[2];
  gboolean spawned;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "socketpair: %s", g_strerror (errno));
      return -1;
    }
  g_ptr_array_add (argv, program);
  g_ptr_array_add (argv, (char *)name);
  g_ptr_array_add (argv, n_hosts);
  g_ptr_array_add (argv, (char *)(config->keep ? "keep" : "owned"));
  for (guint i = 0; share[i]; i++)
    g_ptr_array_add (argv, share[i]);
  g_ptr_array_add (argv, NULL);
  spawned = spawn ((char **)argv->pdata, pair[1], config->keep, ret_pid, error);
  close (pair[1]);
  if (spawned)
    return pair[0];
  close (pair[0]);
  return -1;
}
