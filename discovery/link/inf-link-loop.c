#include "discovery/link/inf-link-session-private.h"

#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* The thread of a session that is up. One epoll set holds the connection, the eventfd that
 * announces commands, and every descriptor of every channel; so a byte goes from a descriptor into
 * an SSH packet, and from a packet to a descriptor, with no other thread and no queue between.
 *
 * What is sent is gathered in one chunk at a time, the size of one SSH packet: control frames
 * first, then data of the senders that are ready, in turn. While libssh still holds some of the
 * last chunk nothing more is read anywhere, so that memory stays bounded and every sender gets its
 * turn.
 *
 * The connection's own SSH window is never let shut: all that arrives is taken at once, and each
 * stream's credit bounds what it may have waiting. */

#define MAX_EVENTS 64
#define READ_SIZE_BYTES 4096 /* what libssh reads at once */
#define MAX_READS 64
#define MAX_CHUNKS 8
#define TICK_MS 2500
#define MAX_SILENT_TICKS 3
#define MAX_OUTPUT_BYTES (8 * 1024 * 1024)
#define MAX_UNANSWERED_BYTES (64 * 1024 * 1024)
#define WINDOW_BUDGET_BYTES (64 * 1024 * 1024)

/* Events of the set that belong to no descriptor. */
static char connection_tag, wake_tag, tick_tag;

void
inf_link_session_schedule (InfLinkSession *session, InfLinkEnd *end)
{
  if (end->is_scheduled)
    return;
  end->is_scheduled = TRUE;
  if (end->kind == INF_LINK_STREAM_CALL)
    inf_link_exchange_ref ((InfLinkExchange *)end);
  else
    inf_link_port_ref ((InfLinkPort *)end);
  g_queue_push_tail (&session->senders, end);
}

static void
unref_end (InfLinkEnd *end)
{
  if (end->kind == INF_LINK_STREAM_CALL)
    inf_link_exchange_unref ((InfLinkExchange *)end);
  else
    inf_link_port_unref ((InfLinkPort *)end);
}

/* From the mux */

static void
on_opened (InfLinkStream *stream, const InfLinkOpen *open, gpointer user_data)
{
  InfLinkSession *session = user_data;
  g_autoptr (GError) error = NULL;

  if (open->kind == INF_LINK_STREAM_CALL)
    inf_link_exchange_opened (session, stream, open);
  else if (session->mode == INF_LINK_SESSION_MEMBER)
    inf_link_port_opened (session, stream, open);
  else
    {
      error = g_error_new_literal (INF_ERROR, INF_ERROR_DENIED, "members only");
      inf_link_mux_refuse (session->mux, stream, error);
    }
}

static void
on_accepted (InfLinkStream *stream, gpointer user_data)
{
  if (stream->kind == INF_LINK_STREAM_CHANNEL)
    inf_link_port_accepted (user_data, stream->owner);
}

static void
on_data (InfLinkStream *stream, gboolean is_error, const guint8 *data, gsize size_bytes,
         gpointer user_data)
{
  if (stream->kind == INF_LINK_STREAM_CHANNEL)
    inf_link_port_data (user_data, stream->owner, is_error, data, size_bytes);
  else
    inf_link_exchange_data (user_data, stream->owner, data, size_bytes);
}

static void
on_ended (InfLinkStream *stream, gboolean is_error, gpointer user_data)
{
  if (stream->kind == INF_LINK_STREAM_CHANNEL)
    inf_link_port_ended (user_data, stream->owner, is_error);
  else if (!is_error)
    inf_link_exchange_ended (user_data, stream->owner);
}

static void
on_credited (InfLinkStream *stream, gpointer user_data)
{
  if (stream->owner)
    inf_link_session_schedule (user_data, stream->owner);
}

static void
on_exited (InfLinkStream *stream, int exit_status, gpointer user_data)
{
  if (stream->kind == INF_LINK_STREAM_CHANNEL)
    inf_link_port_exited (user_data, stream->owner, exit_status);
}

static void
on_closed (InfLinkStream *stream, const GError *error, gpointer user_data)
{
  if (stream->kind == INF_LINK_STREAM_CHANNEL)
    inf_link_port_closed (user_data, stream->owner, error);
  else
    inf_link_exchange_closed (user_data, stream->owner, error);
}

static const InfLinkMuxFuncs mux_funcs = {
  .opened = on_opened,
  .accepted = on_accepted,
  .data = on_data,
  .ended = on_ended,
  .credited = on_credited,
  .exited = on_exited,
  .closed = on_closed,
};

/* The connection */

static int
on_channel_data (ssh_session ssh, ssh_channel channel, void *data, guint32 size_bytes,
                 int is_stderr, void *user_data)
{
  InfLinkSession *session = user_data;
  g_autoptr (GError) error = NULL;

  session->n_silent_ticks = 0;
  if (!session->error && !is_stderr && !inf_link_mux_feed (session->mux, data, size_bytes, &error))
    inf_link_session_fail (session, g_steal_pointer (&error));
  return size_bytes;
}

static gboolean
is_connected (InfLinkSession *session)
{
  return ssh_is_connected (session->ssh)
         && !(ssh_get_status (session->ssh) & (SSH_CLOSED | SSH_CLOSED_ERROR))
         && !ssh_channel_is_eof (session->in_channel) && ssh_channel_is_open (session->out_channel);
}

static void
check_connected (InfLinkSession *session)
{
  if (!session->error && !is_connected (session))
    inf_link_session_fail (session, g_error_new_literal (INF_ERROR, INF_ERROR_UNREACHABLE,
                                                         "the peer closed the link"));
}

static gboolean
is_output_held (InfLinkSession *session)
{
  return ssh_get_status (session->ssh) & SSH_WRITE_PENDING;
}

/* One step of libssh's. It reads little at a time, and what it has to say while it reads (when new
 * keys are agreed, for instance) it writes in a later step, though the kernel won't announce again
 * that it may. Returns whether another step can do something now. */
static gboolean
step_connection (InfLinkSession *session)
{
  guint64 in_bytes = session->counter.in_bytes, out_bytes = session->counter.out_bytes;

  if (ssh_event_dopoll (session->event, 0) == SSH_ERROR)
    return FALSE;
  in_bytes = session->counter.in_bytes - in_bytes;
  out_bytes = session->counter.out_bytes - out_bytes;
  return in_bytes >= READ_SIZE_BYTES
         || (is_output_held (session) && (in_bytes > 0 || out_bytes > 0));
}

static void
read_connection (InfLinkSession *session)
{
  session->is_stuck = FALSE;
  session->is_readable = TRUE;
  for (guint i = 0; i < MAX_READS && session->is_readable && !session->error; i++)
    session->is_readable = step_connection (session);
  check_connected (session);
}

/* What may be given to libssh now. It takes nothing while it agrees new keys; something must arrive
 * before that is worth another try. */
static gsize
get_room (InfLinkSession *session)
{
  if (session->is_stuck || is_output_held (session))
    return 0;
  return MIN (ssh_channel_window_size (session->out_channel), INF_LINK_CHUNK_BYTES);
}

static void
take_output (InfLinkSession *session, gsize room)
{
  GByteArray *output = inf_link_mux_get_output (session->mux);
  gsize n = MIN (output->len, room - session->chunk_bytes);

  if (n == 0)
    return;
  memcpy (session->chunk + session->chunk_bytes, output->data, n);
  session->chunk_bytes += n;
  g_byte_array_remove_range (output, 0, n);
}

static gsize
fill_from (InfLinkSession *session, InfLinkEnd *end, gsize room)
{
  guint8 *buffer = session->chunk + session->chunk_bytes;

  if (!end->stream)
    return 0;
  if (end->kind == INF_LINK_STREAM_CALL)
    return inf_link_exchange_fill (session, (InfLinkExchange *)end, buffer, room);
  return inf_link_port_fill (session, (InfLinkPort *)end, buffer, room);
}

/* Control frames that a sender causes (an end, a close) follow its data in the next chunk: the
 * header's place in the chunk is fixed before. */
static void
take_data (InfLinkSession *session, gsize room)
{
  const gsize least = INF_LINK_FRAME_HEADER_BYTES + MIN (room / 4, 1024);

  while (inf_link_mux_get_output (session->mux)->len == 0 && session->senders.length > 0
         && room - session->chunk_bytes > least)
    {
      InfLinkEnd *end = g_queue_pop_head (&session->senders);
      end->is_scheduled = FALSE;
      gsize n = fill_from (session, end, room - session->chunk_bytes);
      session->chunk_bytes += n;
      if (n > 0)
        inf_link_session_schedule (session, end);
      unref_end (end);
    }
}

static gboolean
has_more (InfLinkSession *session)
{
  return session->chunk_bytes > 0 || session->senders.length > 0
         || inf_link_mux_get_output (session->mux)->len > 0;
}

/* Returns whether something was sent. */
static gboolean
send_chunk (InfLinkSession *session)
{
  gsize room = get_room (session);

  if (room <= INF_LINK_FRAME_HEADER_BYTES)
    return FALSE;
  if (session->chunk_bytes == 0)
    {
      take_output (session, room);
      take_data (session, room);
    }
  gsize size = MIN (session->chunk_bytes, room);
  if (size == 0)
    return FALSE;
  int n = ssh_channel_write (session->out_channel, session->chunk, size);
  if (n < 0)
    {
      check_connected (session);
      inf_link_session_fail (session,
                             g_error_new (INF_ERROR, INF_ERROR_UNREACHABLE, "the link broke: %s",
                                          ssh_get_error (session->ssh)));
      return FALSE;
    }
  session->chunk_bytes -= n;
  memmove (session->chunk, session->chunk + n, session->chunk_bytes);
  session->is_stuck = n == 0;
  return n > 0;
}

static void
send_chunks (InfLinkSession *session)
{
  for (guint i = 0; i < MAX_CHUNKS && !session->error && has_more (session); i++)
    if (!send_chunk (session))
      return;
}

/* Whether another round can do something without waiting. */
static gboolean
can_go_on (InfLinkSession *session)
{
  return has_more (session) && get_room (session) > INF_LINK_FRAME_HEADER_BYTES;
}

/* A peer that asks without end and never takes an answer fills this side's memory. */
static void
check_bounds (InfLinkSession *session)
{
  if (!is_output_held (session))
    session->in_bytes_when_drained = session->counter.in_bytes;
  if (inf_link_mux_get_output (session->mux)->len > MAX_OUTPUT_BYTES
      || session->counter.in_bytes - session->in_bytes_when_drained > MAX_UNANSWERED_BYTES)
    inf_link_session_fail (session, g_error_new_literal (INF_ERROR, INF_ERROR_INVALID,
                                                         "the peer sends and never reads"));
}

/* The first tick without a word since the last asks for one. */
static void
tick (InfLinkSession *session)
{
  guint64 count;

  while (read (session->tick_fd, &count, sizeof count) < 0 && errno == EINTR)
    ;
  if (session->n_silent_ticks >= MAX_SILENT_TICKS)
    inf_link_session_fail (session, g_error_new (INF_ERROR, INF_ERROR_UNREACHABLE,
                                                 "no sign of life for %d s",
                                                 MAX_SILENT_TICKS * TICK_MS / 1000));
  else if (session->n_silent_ticks > 0)
    inf_link_mux_ping (session->mux);
  session->n_silent_ticks++;
}

static void
handle_event (InfLinkSession *session, const struct epoll_event *event)
{
  if (event->data.ptr == &connection_tag)
    read_connection (session);
  else if (event->data.ptr == &tick_tag)
    tick (session);
  else if (event->data.ptr == &wake_tag)
    {
      if (!inf_link_session_run_commands (session))
        inf_link_session_fail (
            session, g_error_new_literal (INF_ERROR, INF_ERROR_CANCELLED, "closed by this node"));
    }
  else
    inf_link_port_ready (session, event->data.ptr, event->events);
}

static void
fail_errno (InfLinkSession *session, const char *what)
{
  inf_link_session_fail (
      session, g_error_new (INF_ERROR, INF_ERROR_FAILED, "%s: %s", what, g_strerror (errno)));
}

static void
run_round (InfLinkSession *session)
{
  struct epoll_event events[MAX_EVENTS];
  gboolean is_busy = session->is_readable || can_go_on (session);

  int n = is_busy ? epoll_wait (session->epoll_fd, events, MAX_EVENTS, 0)
                  : inf_link_wait_run (&session->wait, session->epoll_fd, events, MAX_EVENTS);
  if (n < 0 && errno != EINTR)
    fail_errno (session, "can't wait for the link");
  for (int i = 0; i < n && !session->error; i++)
    handle_event (session, &events[i]);
  if (session->is_readable && !session->error)
    read_connection (session);
  g_ptr_array_set_size (session->released, 0);
  inf_link_exchange_start_waiting (session);
  send_chunks (session);
  check_bounds (session);
}

/* The connection is watched like the descriptors of channels (inf-link-pump.h): the kernel tells
 * once when it becomes ready, so that no call is needed to tell it what is waited for. */
static void
add_to_set (InfLinkSession *session, int fd, guint32 events, gpointer tag)
{
  struct epoll_event event = { .events = events, .data.ptr = tag };

  epoll_ctl (session->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static void
start (InfLinkSession *session)
{
  const struct timespec tick = { .tv_sec = TICK_MS / 1000, .tv_nsec = TICK_MS % 1000 * 1000000 };
  const struct itimerspec ticks = { .it_interval = tick, .it_value = tick };
  int fd = ssh_get_fd (session->ssh);

  ssh_set_blocking (session->ssh, FALSE);
  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);

  session->mux = inf_link_mux_new (session->is_dialled, &mux_funcs, session);
  session->chunk = g_malloc (INF_LINK_CHUNK_BYTES);
  session->released = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_link_port_unref);
  session->window_budget_bytes = WINDOW_BUDGET_BYTES;
  ssh_set_counters (session->ssh, &session->counter, NULL);
  session->in_callbacks.userdata = session;
  session->in_callbacks.channel_data_function = on_channel_data;
  ssh_callbacks_init (&session->in_callbacks);
  ssh_set_channel_callbacks (session->in_channel, &session->in_callbacks);

  session->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  session->tick_fd = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (session->epoll_fd < 0 || session->tick_fd < 0 || session->wake_fd < 0)
    {
      fail_errno (session, "can't watch the link");
      return;
    }
  timerfd_settime (session->tick_fd, 0, &ticks, NULL);
  add_to_set (session, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, &connection_tag);
  add_to_set (session, session->wake_fd, EPOLLIN, &wake_tag);
  add_to_set (session, session->tick_fd, EPOLLIN, &tick_tag);
}

/* Data that came between the channel's opening and its callback waits in libssh's buffer. */
static void
take_early_data (InfLinkSession *session)
{
  guint8 buffer[READ_SIZE_BYTES];
  int n;

  while (!session->error
         && (n = ssh_channel_read_nonblocking (session->in_channel, buffer, sizeof buffer, 0)) > 0)
    on_channel_data (session->ssh, session->in_channel, buffer, n, 0, session);
}

/**
 * inf_link_loop_free:
 * @session: the thread's session, with no exchange and no port any more
 */
void
inf_link_loop_free (InfLinkSession *session)
{
  InfLinkEnd *end;

  if (!session->mux)
    return;
  while ((end = g_queue_pop_head (&session->senders)))
    {
      end->is_scheduled = FALSE;
      unref_end (end);
    }
  g_ptr_array_unref (session->released);
  g_clear_pointer (&session->mux, inf_link_mux_free);
  g_clear_pointer (&session->chunk, g_free);
  if (session->tick_fd >= 0)
    close (session->tick_fd);
  if (session->epoll_fd >= 0)
    close (session->epoll_fd);
}

/**
 * inf_link_loop:
 * @session: the thread's session, after its handshake; its error is set when this returns
 */
void
inf_link_loop (InfLinkSession *session)
{
  start (session);
  take_early_data (session);
  while (!session->error)
    run_round (session);
}
