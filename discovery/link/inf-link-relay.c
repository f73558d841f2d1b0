#include "discovery/link/inf-link-relay.h"

#include "discovery/link/inf-link-channel-private.h"
#include "discovery/link/inf-link-pump.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A channel of this node to itself: a thread that copies between the descriptors of both ends, as a
 * link would carry them, with the same rules for their ends (inf-link-port-stream.c).
 *
 *   opening in ─▶ serving out      serving in ─▶ opening out      serving err ─▶ opening err */

#define BUFFER_BYTES 65536
#define MAX_EVENTS 8
#define MAX_COPIES 16 /* in one direction, before the others have their turn */

enum
{
  OPENING,
  SERVING,
};

typedef struct
{
  InfLinkPump *from;
  InfLinkPump *to;
  gboolean is_error;
  gboolean is_input_ended;
  gboolean is_output_ended;
  gint64 *sent_bytes;
  gint64 *received_bytes;
} Direction;

typedef struct
{
  gatomicrefcount ref_count;
  GMainContext *context;
  InfSplice splices[2];
  gint64 sent_bytes[2];
  gint64 received_bytes[2];
  int wake_fd;

  GMutex lock;
  gboolean is_closing;
  gboolean is_exiting;
  int exit_status;

  /* of the main context */
  InfLinkChannel *channels[2];

  /* of the thread */
  InfLinkPump pumps[2];
  Direction directions[3];
  gboolean is_program;
  int epoll_fd;
  guint8 *buffer;
} Relay;

typedef struct
{
  Relay *relay;
  int side;
} RelayEnd;

static void
relay_unref (Relay *relay)
{
  if (!g_atomic_ref_count_dec (&relay->ref_count))
    return;
  close (relay->wake_fd);
  g_main_context_unref (relay->context);
  g_mutex_clear (&relay->lock);
  g_free (relay);
}

/* The ends, in the main context */

static void
wake (Relay *relay)
{
  guint64 one = 1;

  while (write (relay->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

static void
end_exit (gpointer data, int exit_status)
{
  RelayEnd *end = data;

  g_mutex_lock (&end->relay->lock);
  if (!end->relay->is_exiting && end->side == SERVING)
    {
      end->relay->is_exiting = TRUE;
      end->relay->exit_status = exit_status;
    }
  g_mutex_unlock (&end->relay->lock);
  wake (end->relay);
}

static void
end_close (gpointer data)
{
  RelayEnd *end = data;

  g_mutex_lock (&end->relay->lock);
  end->relay->is_closing = TRUE;
  g_mutex_unlock (&end->relay->lock);
  wake (end->relay);
}

static guint64
end_get_sent_bytes (gpointer data)
{
  RelayEnd *end = data;

  return __atomic_load_n (&end->relay->sent_bytes[end->side], __ATOMIC_RELAXED);
}

static guint64
end_get_received_bytes (gpointer data)
{
  RelayEnd *end = data;

  return __atomic_load_n (&end->relay->received_bytes[end->side], __ATOMIC_RELAXED);
}

static void
end_free (gpointer data)
{
  RelayEnd *end = data;

  relay_unref (end->relay);
  g_free (end);
}

static const InfLinkChannelEnd end_funcs = {
  .exit = end_exit,
  .close = end_close,
  .get_sent_bytes = end_get_sent_bytes,
  .get_received_bytes = end_get_received_bytes,
  .free = end_free,
};

static gboolean
tell_closed (gpointer data)
{
  Relay *relay = data;

  for (int side = OPENING; side <= SERVING; side++)
    inf_link_channel_emit_closed (relay->channels[side], relay->exit_status);
  return G_SOURCE_REMOVE;
}

/* The thread */

static gboolean
is_pending (const Direction *direction)
{
  return inf_byte_queue_get_size (&direction->to->pending[direction->is_error]) > 0;
}

static void
end_input (Direction *direction)
{
  direction->is_input_ended = TRUE;
  inf_link_pump_stop_input (direction->from, direction->is_error);
}

static const InfLinkDescriptor *
get_input (const Direction *direction)
{
  return direction->is_error ? &direction->from->err : &direction->from->in;
}

static gboolean
can_read (const Direction *direction)
{
  const InfLinkDescriptor *from = get_input (direction);

  return !direction->is_input_ended && from->fd >= 0 && from->is_ready && !is_pending (direction);
}

/* Returns FALSE when the channel is broken. */
static gboolean
copy_some (Relay *relay, Direction *direction, gboolean is_exiting)
{
  gsize n = 0, consumed;

  switch (
      inf_link_pump_read (direction->from, direction->is_error, relay->buffer, BUFFER_BYTES, &n))
    {
    case INF_LINK_READ_BYTES:
      __atomic_fetch_add (direction->sent_bytes, n, __ATOMIC_RELAXED);
      __atomic_fetch_add (direction->received_bytes, n, __ATOMIC_RELAXED);
      if (is_exiting && !get_input (direction)->is_ready)
        end_input (direction);
      return inf_link_pump_write (direction->to, direction->is_error, relay->buffer, n, &consumed);
    case INF_LINK_READ_AGAIN:
      if (is_exiting)
        end_input (direction);
      return TRUE;
    case INF_LINK_READ_END:
      end_input (direction);
      return TRUE;
    case INF_LINK_READ_BROKEN:
    default:
      return FALSE;
    }
}

static gboolean
move_data (Relay *relay, Direction *direction, gboolean is_exiting)
{
  gsize consumed;

  if (!inf_link_pump_flush (direction->to, direction->is_error, &consumed))
    return FALSE;
  for (guint i = 0; i < MAX_COPIES && can_read (direction); i++)
    if (!copy_some (relay, direction, is_exiting))
      return FALSE;
  if (direction->is_input_ended && !is_pending (direction) && !direction->is_output_ended)
    {
      direction->is_output_ended = TRUE;
      inf_link_pump_end_output (direction->to, direction->is_error);
    }
  return TRUE;
}

static gboolean
can_go_on (const Relay *relay)
{
  for (guint i = 0; i < G_N_ELEMENTS (relay->directions); i++)
    if (can_read (&relay->directions[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_complete (const Relay *relay, gboolean is_exiting)
{
  const Direction *to_server = &relay->directions[0], *to_opener = &relay->directions[1],
                  *errors = &relay->directions[2];

  if (relay->is_program || is_exiting)
    return is_exiting && to_opener->is_output_ended && errors->is_output_ended;
  return to_server->is_output_ended && to_opener->is_output_ended;
}

static void
handle_event (Relay *relay, const struct epoll_event *event)
{
  InfLinkDescriptor *descriptor = event->data.ptr;
  guint64 count;

  if (!descriptor)
    {
      while (read (relay->wake_fd, &count, sizeof count) < 0 && errno == EINTR)
        ;
      return;
    }
  InfLinkPump *pump = descriptor->pump;
  if (event->events & (EPOLLHUP | EPOLLRDHUP | EPOLLERR))
    descriptor->has_hung_up = TRUE;
  descriptor->is_ready = TRUE;
  if (pump->in.fd >= 0 && pump->in.fd == pump->out.fd)
    pump->out.is_ready = TRUE;
}

/* The descriptors may have become ready before the exit did: they are read once more. */
static void
note_exit (Relay *relay)
{
  InfLinkPump *serving = &relay->pumps[SERVING];

  serving->in.is_ready = serving->in.fd >= 0;
  serving->err.is_ready = serving->err.fd >= 0;
}

static gboolean
run_relay (Relay *relay)
{
  struct epoll_event events[MAX_EVENTS];
  gboolean was_exiting = FALSE;

  while (TRUE)
    {
      g_mutex_lock (&relay->lock);
      gboolean is_closing = relay->is_closing, is_exiting = relay->is_exiting;
      g_mutex_unlock (&relay->lock);
      if (is_closing)
        return FALSE;
      if (is_exiting && !was_exiting)
        note_exit (relay);
      was_exiting = is_exiting;
      for (guint i = 0; i < G_N_ELEMENTS (relay->directions); i++)
        if (!move_data (relay, &relay->directions[i], is_exiting))
          return FALSE;
      if (is_complete (relay, is_exiting))
        return TRUE;
      int n = epoll_wait (relay->epoll_fd, events, MAX_EVENTS, can_go_on (relay) ? 0 : -1);
      for (int i = 0; i < n; i++)
        handle_event (relay, &events[i]);
    }
}

static void
set_direction (Relay *relay, Direction *direction, int from, gboolean is_error)
{
  direction->from = &relay->pumps[from];
  direction->to = &relay->pumps[1 - from];
  direction->is_error = is_error;
  direction->sent_bytes = &relay->sent_bytes[from];
  direction->received_bytes = &relay->received_bytes[1 - from];
  direction->is_input_ended = get_input (direction)->fd < 0;
}

static gpointer
relay_thread (gpointer data)
{
  Relay *relay = data;
  struct epoll_event wake_event = { .events = EPOLLIN };
  g_autoptr (GSource) source = g_idle_source_new ();

  relay->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  relay->buffer = g_malloc (BUFFER_BYTES);
  epoll_ctl (relay->epoll_fd, EPOLL_CTL_ADD, relay->wake_fd, &wake_event);
  relay->is_program = relay->splices[SERVING].err_fd >= 0;
  for (int side = OPENING; side <= SERVING; side++)
    {
      inf_link_pump_init (&relay->pumps[side], side == SERVING);
      inf_link_pump_attach (&relay->pumps[side], &relay->splices[side], relay->epoll_fd);
    }
  set_direction (relay, &relay->directions[0], OPENING, FALSE);
  set_direction (relay, &relay->directions[1], SERVING, FALSE);
  set_direction (relay, &relay->directions[2], SERVING, TRUE);

  gboolean is_complete = run_relay (relay);
  for (int side = OPENING; side <= SERVING; side++)
    inf_link_pump_close (&relay->pumps[side], !is_complete);
  close (relay->epoll_fd);
  g_free (relay->buffer);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, tell_closed, relay, (GDestroyNotify)relay_unref);
  g_source_attach (source, relay->context);
  return NULL;
}

static InfLinkChannel *
new_channel (Relay *relay, int side)
{
  RelayEnd *end = g_new (RelayEnd, 1);

  g_atomic_ref_count_inc (&relay->ref_count);
  *end = (RelayEnd){ relay, side };
  relay->channels[side] = inf_link_channel_new (&end_funcs, end);
  return relay->channels[side];
}

/**
 * inf_link_relay_start:
 * @opening: (transfer full): the opening end's descriptors
 * @serving: (transfer full): the serving end's
 * @ret_opening: (out) (transfer full): the opening end
 * @ret_serving: (out) (transfer full): the serving end
 *
 * Starts a channel within this process. The signals come in the calling thread's main context.
 */
void
inf_link_relay_start (const InfSplice *opening, const InfSplice *serving,
                      InfLinkChannel **ret_opening, InfLinkChannel **ret_serving)
{
  Relay *relay = g_new0 (Relay, 1);

  g_atomic_ref_count_init (&relay->ref_count);
  g_mutex_init (&relay->lock);
  relay->context = g_main_context_ref_thread_default ();
  relay->splices[OPENING] = *opening;
  relay->splices[SERVING] = *serving;
  relay->exit_status = -1;
  relay->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  *ret_opening = new_channel (relay, OPENING);
  *ret_serving = new_channel (relay, SERVING);
  g_thread_unref (g_thread_new ("infinity-relay", relay_thread, relay));
}
