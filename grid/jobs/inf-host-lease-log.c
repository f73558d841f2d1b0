#include "grid/jobs/inf-host-lease-private.h"

#include "common/inf-error.h"
#include "common/inf-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the programs of a lease print goes to the client inside Open MPI's own streams, which nobody
 * here looks into. For the host's owner there is a copy: infinity-tee writes it into a FIFO. */

#define PART_SIZE_BYTES 65536
#define FIFO_NAME "log"

static gboolean
on_printed (int fd, GIOCondition condition, gpointer user_data)
{
  InfHostLease *self = user_data;
  guint8 data[PART_SIZE_BYTES];
  gssize n = read (fd, data, sizeof data);

  /* one part a turn: a job that prints without end must not keep the node from its work */
  if (n > 0)
    inf_lease_log_append (self->log, data, (gsize)n);
  return n > 0 || errno == EAGAIN || errno == EINTR ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/**
 * inf_host_lease_open_log:
 * @lease: a lease whose directory is there
 * @error: #INF_ERROR_FAILED, #INF_ERROR_NOT_FOUND when infinity-tee is missing
 *
 * Returns: (transfer full) (nullable): the path of the FIFO that gets what its programs print
 */
char *
inf_host_lease_open_log (InfHostLease *lease, GError **error)
{
  g_autofree char *path = g_build_filename (inf_lease_dir_get_path (lease->dir), FIFO_NAME, NULL);
  g_autofree char *tee = inf_paths_helper ("infinity-tee");

  if (lease->log_fd >= 0)
    return g_steal_pointer (&path);
  if (!g_file_test (tee, G_FILE_TEST_IS_EXECUTABLE))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "%s is missing", tee);
      return NULL;
    }
  /* a program may run as another user of this machine; none but it gets past the directory */
  if (mkfifo (path, 0622) == 0 && chmod (path, 0622) == 0)
    /* for writing too: it stays open when a program has ended and before another begins */
    lease->log_fd = open (path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (lease->log_fd < 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
      return NULL;
    }
  lease->log = inf_lease_log_new ();
  lease->log_source = g_unix_fd_add (lease->log_fd, G_IO_IN, on_printed, lease);
  return g_steal_pointer (&path);
}

void
inf_host_lease_close_log (InfHostLease *lease)
{
  g_clear_handle_id (&lease->log_source, g_source_remove);
  if (lease->log_fd >= 0)
    close (lease->log_fd);
  lease->log_fd = -1;
}

/**
 * inf_host_lease_read_log:
 * @lease: a lease
 * @offset: from where
 * @max_bytes: how much at most
 * @ret_start: (out): where what is kept begins
 *
 * Returns: (transfer full): as inf_lease_log_read()
 */
GBytes *
inf_host_lease_read_log (InfHostLease *lease, guint64 offset, gsize max_bytes, guint64 *ret_start)
{
  *ret_start = 0;
  if (lease->log)
    return inf_lease_log_read (lease->log, offset, max_bytes, ret_start);
  return g_bytes_new (NULL, 0);
}
