#include "discovery/link/inf-link-pump.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Sockets are used with MSG_DONTWAIT, which leaves their flags alone. Pipes and terminals have no
 * such thing, and O_NONBLOCK would reach every process that shares them (a job's launcher shares
 * its standard streams with others); so they are opened a second time. */
static int
reopen_nonblocking (int fd, int mode)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  int again = open (path, mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

  if (again < 0)
    {
      g_unix_set_fd_nonblocking (fd, TRUE, NULL);
      return fd;
    }
  close (fd);
  return again;
}

/* The second opening needs no descriptor of a regular file: it would lose its position. */
static void
set_fd (InfLinkDescriptor *descriptor, int fd, int mode)
{
  struct stat info;

  descriptor->fd = fd;
  if (fd < 0 || fstat (fd, &info) != 0)
    return;
  descriptor->is_ready = TRUE;
  descriptor->is_socket = S_ISSOCK (info.st_mode);
  if (S_ISFIFO (info.st_mode) || S_ISCHR (info.st_mode))
    descriptor->fd = reopen_nonblocking (fd, mode);
}

/* A regular file can't be watched: it is always ready. */
static void
watch (InfLinkDescriptor *descriptor, guint32 events)
{
  struct epoll_event event = { .events = events | EPOLLET, .data.ptr = descriptor };

  if (descriptor->fd < 0 || descriptor->is_watched)
    return;
  descriptor->is_watched
      = epoll_ctl (descriptor->pump->epoll_fd, EPOLL_CTL_ADD, descriptor->fd, &event) == 0;
}

static gboolean
is_shared (const InfLinkPump *pump)
{
  return pump->in.fd >= 0 && pump->in.fd == pump->out.fd;
}

/**
 * inf_link_pump_init:
 * @pump: a pump to set up, without descriptors yet
 * @is_serving: whether it is the end that a service accepted
 */
void
inf_link_pump_init (InfLinkPump *pump, gboolean is_serving)
{
  pump->is_serving = is_serving;
  pump->epoll_fd = -1;
  pump->in.pump = pump->out.pump = pump->err.pump = pump;
  pump->in.fd = pump->out.fd = pump->err.fd = -1;
}

/**
 * inf_link_pump_attach:
 * @pump: a pump without descriptors
 * @splice: (transfer full): its descriptors
 * @epoll_fd: tells with a pointer to the #InfLinkDescriptor when one is ready; of a socket that is
 *   both @in and @out with a pointer to @in
 */
void
inf_link_pump_attach (InfLinkPump *pump, const InfSplice *splice, int epoll_fd)
{
  gboolean is_one = splice->in_fd >= 0 && splice->in_fd == splice->out_fd;

  pump->epoll_fd = epoll_fd;
  set_fd (&pump->in, splice->in_fd, O_RDONLY);
  if (is_one && !pump->in.is_socket)
    set_fd (&pump->out, fcntl (pump->in.fd, F_DUPFD_CLOEXEC, 3), O_WRONLY);
  else
    set_fd (&pump->out, splice->out_fd, O_WRONLY);
  set_fd (&pump->err, splice->err_fd, pump->is_serving ? O_RDONLY : O_WRONLY);

  watch (&pump->in, EPOLLIN | EPOLLRDHUP | (is_shared (pump) ? EPOLLOUT : 0));
  if (pump->is_serving)
    watch (&pump->err, EPOLLIN | EPOLLRDHUP);
}

static void
close_descriptor (InfLinkDescriptor *descriptor)
{
  if (descriptor->fd < 0)
    return;
  /* Whoever else holds the file would keep it in the set. */
  if (descriptor->is_watched)
    epoll_ctl (descriptor->pump->epoll_fd, EPOLL_CTL_DEL, descriptor->fd, NULL);
  close (descriptor->fd);
  descriptor->fd = -1;
  descriptor->is_ready = FALSE;
  descriptor->is_watched = FALSE;
}

/**
 * inf_link_pump_close:
 * @pump: a pump; everything of it is closed and dropped, it may be attached no more
 * @is_abort: whether a socket is to be reset, so that its user doesn't take the end for a clean one
 */
void
inf_link_pump_close (InfLinkPump *pump, gboolean is_abort)
{
  const struct linger reset = { .l_onoff = 1, .l_linger = 0 };

  if (is_abort && pump->out.is_socket && pump->out.fd >= 0)
    setsockopt (pump->out.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  if (is_shared (pump))
    pump->out.fd = -1;
  close_descriptor (&pump->in);
  close_descriptor (&pump->out);
  close_descriptor (&pump->err);
  inf_byte_queue_clear (&pump->pending[0]);
  inf_byte_queue_clear (&pump->pending[1]);
}

void
inf_splice_close (const InfSplice *splice)
{
  if (splice->in_fd >= 0)
    close (splice->in_fd);
  if (splice->out_fd >= 0 && splice->out_fd != splice->in_fd)
    close (splice->out_fd);
  if (splice->err_fd >= 0)
    close (splice->err_fd);
}

/**
 * inf_link_pump_read:
 * @pump: a pump
 * @is_error: whether of standard error, on a serving pump
 * @data: (out): where to
 * @size_bytes: how many at most, not 0
 * @ret_size_bytes: (out): how many, with %INF_LINK_READ_BYTES
 *
 * A short read of a stream means that it is empty, which saves the system call that would say so.
 */
InfLinkRead
inf_link_pump_read (InfLinkPump *pump, gboolean is_error, guint8 *data, gsize size_bytes,
                    gsize *ret_size_bytes)
{
  InfLinkDescriptor *from = is_error ? &pump->err : &pump->in;
  gssize n;

  do
    n = from->is_socket ? recv (from->fd, data, size_bytes, MSG_DONTWAIT)
                        : read (from->fd, data, size_bytes);
  while (n < 0 && errno == EINTR);

  if (n > 0)
    {
      if ((gsize)n < size_bytes && from->is_watched && !from->has_hung_up)
        from->is_ready = FALSE;
      *ret_size_bytes = n;
      return INF_LINK_READ_BYTES;
    }
  from->is_ready = FALSE;
  if (n == 0)
    return INF_LINK_READ_END;
  if (errno == EAGAIN)
    return INF_LINK_READ_AGAIN;
  /* A pseudo-terminal whose other side is closed says EIO. */
  return errno == EIO ? INF_LINK_READ_END : INF_LINK_READ_BROKEN;
}

static gssize
write_some (InfLinkDescriptor *to, const guint8 *data, gsize size_bytes)
{
  gssize n;

  do
    n = to->is_socket ? send (to->fd, data, size_bytes, MSG_DONTWAIT | MSG_NOSIGNAL)
                      : write (to->fd, data, size_bytes);
  while (n < 0 && errno == EINTR);
  if (n >= 0)
    return n;
  return errno == EAGAIN ? 0 : -1;
}

/* Output that nobody reads is dropped; only where the reader is also the writer is the channel of
 * no use any more. */
static gboolean
give_up_output (InfLinkPump *pump, gboolean is_error, gsize size_bytes, gsize *ret_consumed_bytes)
{
  InfLinkDescriptor *to = is_error ? &pump->err : &pump->out;

  if (!is_error && is_shared (pump))
    return FALSE;
  close_descriptor (to);
  *ret_consumed_bytes = inf_byte_queue_get_size (&pump->pending[is_error]) + size_bytes;
  inf_byte_queue_clear (&pump->pending[is_error]);
  return TRUE;
}

static void
wait_for_room (InfLinkPump *pump, InfLinkDescriptor *to)
{
  to->is_ready = FALSE;
  if (!(to == &pump->out && is_shared (pump)))
    watch (to, EPOLLOUT);
}

/**
 * inf_link_pump_write:
 * @pump: a pump, attached or not yet
 * @is_error: whether to standard error, on an opening pump; dropped on a serving one
 * @data: (array length=size_bytes): what arrived
 * @size_bytes: its length
 * @ret_consumed_bytes: (out): how many bytes, of these or earlier, are no longer held
 *
 * Returns: FALSE when the socket is broken and the channel with it
 */
gboolean
inf_link_pump_write (InfLinkPump *pump, gboolean is_error, const guint8 *data, gsize size_bytes,
                     gsize *ret_consumed_bytes)
{
  InfLinkDescriptor *to = is_error ? &pump->err : &pump->out;
  gssize n = 0;

  *ret_consumed_bytes = 0;
  if (pump->epoll_fd >= 0 && (to->fd < 0 || (is_error && pump->is_serving)))
    {
      *ret_consumed_bytes = size_bytes;
      return TRUE;
    }
  if (to->is_ready && inf_byte_queue_get_size (&pump->pending[is_error]) == 0)
    {
      n = write_some (to, data, size_bytes);
      if (n < 0)
        return give_up_output (pump, is_error, size_bytes, ret_consumed_bytes);
      if ((gsize)n < size_bytes)
        wait_for_room (pump, to);
    }
  inf_byte_queue_add (&pump->pending[is_error], data + n, size_bytes - n);
  *ret_consumed_bytes = n;
  return TRUE;
}

/**
 * inf_link_pump_flush:
 * @pump: an attached pump whose output is ready again
 * @is_error: which output
 * @ret_consumed_bytes: (out): how many bytes are no longer held
 *
 * Returns: FALSE when the socket is broken and the channel with it
 */
gboolean
inf_link_pump_flush (InfLinkPump *pump, gboolean is_error, gsize *ret_consumed_bytes)
{
  InfLinkDescriptor *to = is_error ? &pump->err : &pump->out;
  InfByteQueue *pending = &pump->pending[is_error];
  gsize size = inf_byte_queue_get_size (pending);

  *ret_consumed_bytes = 0;
  if (size == 0)
    return TRUE;
  if (to->fd < 0)
    return give_up_output (pump, is_error, 0, ret_consumed_bytes);
  if (!to->is_ready)
    return TRUE;
  gssize n = write_some (to, inf_byte_queue_peek (pending), size);
  if (n < 0)
    return give_up_output (pump, is_error, 0, ret_consumed_bytes);
  inf_byte_queue_drop (pending, n);
  if ((gsize)n < size)
    wait_for_room (pump, to);
  *ret_consumed_bytes = n;
  return TRUE;
}

/**
 * inf_link_pump_end_output:
 * @pump: a pump with nothing pending
 * @is_error: which output
 *
 * Tells the reader of an output that nothing more comes.
 */
void
inf_link_pump_end_output (InfLinkPump *pump, gboolean is_error)
{
  InfLinkDescriptor *to = is_error ? &pump->err : &pump->out;

  if (to->fd < 0 || (is_error && pump->is_serving))
    return;
  if (to->is_socket)
    shutdown (to->fd, SHUT_WR);
  else
    close_descriptor (to);
}

/**
 * inf_link_pump_stop_input:
 * @pump: a pump
 * @is_error: which input
 *
 * Nothing more is read of it.
 */
void
inf_link_pump_stop_input (InfLinkPump *pump, gboolean is_error)
{
  InfLinkDescriptor *from = is_error ? &pump->err : &pump->in;

  if (is_error || !is_shared (pump))
    close_descriptor (from);
  from->is_ready = FALSE;
}

gboolean
inf_link_pump_has_pending (const InfLinkPump *pump)
{
  return inf_byte_queue_get_size (&pump->pending[0]) > 0
         || inf_byte_queue_get_size (&pump->pending[1]) > 0;
}
