#include "grid/sandbox/inf-staging.h"

#include "common/inf-error.h"
#include "grid/sandbox/inf-sandbox-config-private.h"
#include "grid/sandbox/inf-seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a sandbox is made of, gathered in one place of the helper's own mount namespace:
 *
 *   /tmp/job         the job directory
 *   /tmp/agent       the agent server's directory, in the launcher's sandbox
 *   /tmp/bind-N      the N-th read-only bind
 *   /tmp/etc         passwd, group, hosts, nsswitch.conf, mca-params.conf
 *   /tmp/seccomp     the system call filter
 *
 * A helper that dropped to a lease's own uid could not reach the job directory by its path: it may
 * lie below a home that only its owner enters. So the sources are mounted here before. They are
 * opened first, because one of them may lie below /tmp itself; and in the same mount namespace,
 * because the kernel binds nothing that was opened in another. */

typedef struct
{
  InfSandboxConfig *config;
  GArray *fds; /* job, agent (-1 without), binds */
} Sources;

static int
open_source (const char *path, GError **error)
{
  int fd = open (path, O_PATH | O_CLOEXEC);

  if (fd < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path,
                 g_strerror (errno));
  return fd;
}

static gboolean
add_source (Sources *staging, const char *path, GError **error)
{
  int fd = *path ? open_source (path, error) : -1;

  if (*path && fd < 0)
    return FALSE;
  g_array_append_val (staging->fds, fd);
  return TRUE;
}

static void
close_source (gpointer fd)
{
  if (*(int *)fd >= 0)
    close (*(int *)fd);
}

static gboolean
open_sources (Sources *staging, GError **error)
{
  InfSandboxConfig *config = staging->config;

  if (!add_source (staging, config->job_dir, error)
      || !add_source (staging, config->agent_dir, error))
    return FALSE;
  for (guint i = 0; i < config->binds->len; i++)
    {
      InfSandboxBind *bind = g_ptr_array_index (config->binds, i);
      if (!add_source (staging, bind->host_path, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
fail (GError **error, const char *what, const char *path)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s %s: %s", what, path,
               g_strerror (errno));
  return FALSE;
}

static gboolean
mount_one (int fd, const char *target, GError **error)
{
  g_autofree char *source = g_strdup_printf ("/proc/self/fd/%d", fd);
  struct stat info;

  if (fstat (fd, &info) < 0)
    return fail (error, "examining", target);
  if (S_ISDIR (info.st_mode))
    {
      if (mkdir (target, 0755) < 0)
        return fail (error, "making", target);
    }
  else
    {
      int made = open (target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
      if (made < 0)
        return fail (error, "making", target);
      close (made);
    }
  if (mount (source, target, NULL, MS_BIND | MS_REC, NULL) < 0)
    return fail (error, "binding", target);
  return TRUE;
}

static gboolean
write_text (const char *path, const char *text, GError **error)
{
  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, error);
}

static char *
hosts_text (InfSandboxConfig *config)
{
  GString *text = g_string_new ("127.0.0.1 localhost\n");
  g_autofree char *own = inf_sandbox_address_text (config->own_index);

  g_string_append_printf (text, "%s job-%u\n", own, config->own_index);
  for (guint i = 0; i < config->participants->len; i++)
    {
      guint index = g_array_index (config->participants, InfSandboxParticipant, i).index;
      g_autofree char *address = inf_sandbox_address_text (index);

      g_string_append_printf (text, "%s job-%u\n", address, index);
    }
  return g_string_free (text, FALSE);
}

static gboolean
write_files (Sources *staging, GError **error)
{
  g_autofree char *hosts = hosts_text (staging->config);

  if (mkdir (INF_STAGING_DIR "/etc", 0755) < 0)
    return fail (error, "making", INF_STAGING_DIR "/etc");
  return write_text (INF_STAGING_DIR "/etc/passwd", "job:x:1000:1000:job:/tmp:/bin/bash\n", error)
         && write_text (INF_STAGING_DIR "/etc/group", "job:x:1000:\n", error)
         && write_text (INF_STAGING_DIR "/etc/nsswitch.conf",
                        "passwd: files\ngroup: files\nhosts: files\n", error)
         && write_text (INF_STAGING_DIR "/etc/hosts", hosts, error)
         && write_text (INF_STAGING_DIR "/etc/mca-params.conf", staging->config->mca_params, error);
}

static gboolean
write_filter (gboolean memory_is_accounted, GError **error)
{
  int fd = open (INF_STAGING_SECCOMP, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

  if (fd < 0)
    return fail (error, "making", INF_STAGING_SECCOMP);
  gboolean written = inf_seccomp_write (fd, memory_is_accounted, error);
  close (fd);
  return written;
}

static gboolean
bind_sources (Sources *staging, GError **error)
{
  if (!mount_one (g_array_index (staging->fds, int, 0), INF_STAGING_DIR "/job", error))
    return FALSE;
  if (*staging->config->agent_dir
      && !mount_one (g_array_index (staging->fds, int, 1), INF_STAGING_DIR "/agent", error))
    return FALSE;
  for (guint i = 2; i < staging->fds->len; i++)
    {
      g_autofree char *target = g_strdup_printf (INF_STAGING_DIR "/bind-%u", i - 2);
      if (!mount_one (g_array_index (staging->fds, int, i), target, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * inf_staging_mount:
 * @config: what to gather
 * @memory_is_accounted: whether a cgroup counts the memory of the job
 * @error: a G_IO_ERROR that names the path
 *
 * Gathers everything below %INF_STAGING_DIR. The calling thread must be in a mount namespace of its
 * own, which nobody else's mounts reach from here on.
 *
 * Returns: whether all is there
 */
gboolean
inf_staging_mount (InfSandboxConfig *config, gboolean memory_is_accounted, GError **error)
{
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));
  Sources staging = { config, fds };

  g_array_set_clear_func (fds, close_source);
  if (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
    return fail (error, "making private", "/");
  if (!open_sources (&staging, error))
    return FALSE;
  if (mount ("staging", INF_STAGING_DIR, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=4m") < 0)
    return fail (error, "mounting", INF_STAGING_DIR);
  return bind_sources (&staging, error) && write_files (&staging, error)
         && write_filter (memory_is_accounted, error);
}
