#include "discovery/link/inf-link-session-private.h"

#include "common/inf-error.h"

#include <sys/epoll.h>

/* Channels, in the session's thread. Both ends may send as soon as the stream is open; what arrives
 * before a service has taken it waits within the initial credit.
 *
 *   opening end                              serving end
 *   open(splice) ── OPEN ──────────────────▶ the service accepts(splice) or refuses
 *   opened ◀─────── ACCEPT or REFUSE ─────── │
 *            ◀───── DATA, END both ways ───▶ │
 *            ◀───── ERROR_DATA ───────────── its program's standard error
 *            ◀───── EXIT ─────────────────── after set_exit_status()
 *   closed   ◀───── CLOSE ────────────────── when all is sent and all that came is written
 *            ────── CLOSE ─────────────────▶ closed
 *
 * The serving end closes: a stream of data when both directions have ended, a program (a splice
 * with an err_fd) when its exit status is set. A CLOSE without an END before it is an abort: the
 * sockets at both ends are reset. */

#define WINDOW_BYTES (1024 * 1024)

/* Events to the main context */

typedef struct
{
  InfLinkPort *port;
  GError *error;
} Notice;

static void
notice_free (Notice *notice)
{
  inf_link_port_unref (notice->port);
  g_clear_error (&notice->error);
  g_free (notice);
}

static void
tell_opened (InfLinkSession *session, gpointer data)
{
  Notice *notice = data;
  InfLinkPort *port = notice->port;

  if (port->funcs.opened)
    port->funcs.opened (port, notice->error, port->user_data);
  notice_free (notice);
}

static void
tell_closed (InfLinkSession *session, gpointer data)
{
  Notice *notice = data;
  InfLinkPort *port = notice->port;

  if (port->funcs.closed)
    port->funcs.closed (port, port->exit_status, port->user_data);
  notice_free (notice);
}

static void
tell_channel (InfLinkSession *session, gpointer data)
{
  Notice *notice = data;

  if (session->owner)
    session->funcs.channel (session, inf_link_port_ref (notice->port));
  notice_free (notice);
}

static void
post (InfLinkSession *session, InfLinkEventFunc func, InfLinkPort *port, const GError *error)
{
  Notice *notice = g_new0 (Notice, 1);

  notice->port = inf_link_port_ref (port);
  notice->error = error ? g_error_copy (error) : NULL;
  inf_link_session_post (session, func, notice);
}

void
inf_link_port_post_opened (InfLinkSession *session, InfLinkPort *port, const GError *error)
{
  post (session, tell_opened, port, error);
}

void
inf_link_port_post_closed (InfLinkSession *session, InfLinkPort *port)
{
  post (session, tell_closed, port, NULL);
}

/* Beginning and end */

void
inf_link_port_hold (InfLinkSession *session, InfLinkPort *port, InfLinkStream *stream)
{
  port->end.stream = stream;
  stream->owner = &port->end;
  g_queue_push_tail (&session->ports, inf_link_port_ref (port));
}

void
inf_link_port_widen (InfLinkSession *session, InfLinkPort *port)
{
  const gsize more = WINDOW_BYTES - INF_LINK_INITIAL_CREDIT_BYTES;

  if (port->is_widened || session->window_budget_bytes < more)
    return;
  port->is_widened = TRUE;
  session->window_budget_bytes -= more;
  inf_link_mux_widen (session->mux, port->end.stream, WINDOW_BYTES);
}

static void
detach (InfLinkPort *port)
{
  if (port->end.stream)
    port->end.stream->owner = NULL;
  port->end.stream = NULL;
}

/* Its descriptors are closed; events of this round may still point to it. */
void
inf_link_port_finish (InfLinkSession *session, InfLinkPort *port, gboolean is_abort,
                      const GError *error)
{
  if (port->is_finished)
    return;
  port->is_finished = TRUE;
  detach (port);
  inf_link_pump_close (&port->pump, is_abort);
  if (port->is_widened)
    session->window_budget_bytes += WINDOW_BYTES - INF_LINK_INITIAL_CREDIT_BYTES;
  if (port->is_taken)
    inf_link_port_post_closed (session, port);
  else if (!port->is_serving)
    inf_link_port_post_opened (session, port, error);
  g_queue_remove (&session->ports, port);
  g_ptr_array_add (session->released, port);
}

void
inf_link_port_abort (InfLinkSession *session, InfLinkPort *port, const GError *error)
{
  if (port->end.stream)
    inf_link_mux_close (session->mux, port->end.stream);
  inf_link_port_finish (session, port, TRUE, error);
}

static void
close_cleanly (InfLinkSession *session, InfLinkPort *port)
{
  inf_link_mux_close (session->mux, port->end.stream);
  inf_link_port_finish (session, port, FALSE, NULL);
}

static void
end_program (InfLinkSession *session, InfLinkPort *port)
{
  if (!port->is_exiting || !port->is_input_ended[0] || !port->is_input_ended[1])
    return;
  inf_link_mux_exit (session->mux, port->end.stream, port->exit_status);
  close_cleanly (session, port);
}

/* Closes the serving end once nothing is left to do. */
void
inf_link_port_check_finished (InfLinkSession *session, InfLinkPort *port)
{
  if (port->is_finished)
    return;
  if (port->is_draining)
    {
      if (!inf_link_pump_has_pending (&port->pump))
        inf_link_port_finish (session, port, FALSE, NULL);
      return;
    }
  if (!port->is_serving || !port->is_taken || !port->end.stream)
    return;
  if (port->is_program || port->is_exiting)
    end_program (session, port);
  else if (port->is_input_ended[0] && port->is_output_ended[0])
    close_cleanly (session, port);
}

static void
end_input (InfLinkSession *session, InfLinkPort *port, gboolean is_error)
{
  int which = is_error ? 1 : 0;

  if (port->is_input_ended[which])
    return;
  port->is_input_ended[which] = TRUE;
  if (!is_error || port->is_serving)
    inf_link_pump_stop_input (&port->pump, is_error);
  if (port->end.stream && !(is_error && !port->is_program))
    inf_link_mux_end (session->mux, port->end.stream, is_error);
}

static void
check_output_ended (InfLinkPort *port, gboolean is_error)
{
  int which = is_error ? 1 : 0;

  if (!port->is_attached || !port->is_remote_ended[which] || port->is_output_ended[which]
      || inf_byte_queue_get_size (&port->pump.pending[which]) > 0)
    return;
  port->is_output_ended[which] = TRUE;
  inf_link_pump_end_output (&port->pump, is_error);
}

void
inf_link_port_flush (InfLinkSession *session, InfLinkPort *port, gboolean is_error)
{
  gsize consumed;

  if (!inf_link_pump_flush (&port->pump, is_error, &consumed))
    {
      inf_link_port_abort (session, port, NULL);
      return;
    }
  if (port->end.stream && consumed > 0)
    inf_link_mux_consumed (session->mux, port->end.stream, consumed);
  check_output_ended (port, is_error);
}

void
inf_link_port_attach (InfLinkSession *session, InfLinkPort *port, const InfSplice *splice)
{
  port->is_attached = TRUE;
  port->is_program = port->is_serving && splice->err_fd >= 0;
  inf_link_pump_attach (&port->pump, splice, session->epoll_fd);
  if (splice->in_fd < 0)
    end_input (session, port, FALSE);
  if (!port->is_program)
    end_input (session, port, TRUE);
  inf_link_session_schedule (session, &port->end);
}

/* From the link */

void
inf_link_port_accepted (InfLinkSession *session, InfLinkPort *port)
{
  if (!port || port->is_taken)
    return;
  port->is_taken = TRUE;
  inf_link_port_widen (session, port);
  inf_link_port_post_opened (session, port, NULL);
}

void
inf_link_port_opened (InfLinkSession *session, InfLinkStream *stream, const InfLinkOpen *open)
{
  g_autoptr (InfLinkPort) port = inf_link_port_new (open->name, TRUE);

  port->header = g_bytes_ref (open->header);
  inf_link_port_hold (session, port, stream);
  post (session, tell_channel, port, NULL);
}

void
inf_link_port_data (InfLinkSession *session, InfLinkPort *port, gboolean is_error,
                    const guint8 *data, gsize size_bytes)
{
  gsize consumed;

  if (!port)
    return;
  if (is_error && port->is_serving)
    {
      inf_link_mux_consumed (session->mux, port->end.stream, size_bytes);
      return;
    }
  __atomic_fetch_add (&port->received_bytes, size_bytes, __ATOMIC_RELAXED);
  if (!inf_link_pump_write (&port->pump, is_error, data, size_bytes, &consumed))
    inf_link_port_abort (session, port, NULL);
  else if (consumed > 0)
    inf_link_mux_consumed (session->mux, port->end.stream, consumed);
}

void
inf_link_port_ended (InfLinkSession *session, InfLinkPort *port, gboolean is_error)
{
  if (!port)
    return;
  port->is_remote_ended[is_error ? 1 : 0] = TRUE;
  check_output_ended (port, is_error);
  inf_link_port_check_finished (session, port);
}

void
inf_link_port_exited (InfLinkSession *session, InfLinkPort *port, int exit_status)
{
  if (port && !port->is_serving)
    port->exit_status = exit_status;
}

void
inf_link_port_closed (InfLinkSession *session, InfLinkPort *port, const GError *error)
{
  if (!port)
    return;
  g_autoptr (InfLinkPort) held = inf_link_port_ref (port);
  detach (held);
  if (!held->is_taken)
    {
      g_autoptr (GError) vanished
          = g_error_new_literal (INF_ERROR, INF_ERROR_REFUSED, "the peer closed the channel");
      inf_link_port_finish (session, held, TRUE, error ? error : vanished);
      return;
    }
  gboolean is_abort = error || !held->is_remote_ended[0];
  if (is_abort || !inf_link_pump_has_pending (&held->pump))
    {
      inf_link_port_finish (session, held, is_abort, NULL);
      return;
    }
  held->is_draining = TRUE;
  end_input (session, held, FALSE);
  end_input (session, held, TRUE);
}

/* From the descriptors */

/**
 * inf_link_port_ready:
 * @session: the thread's session
 * @descriptor: which one
 * @events: epoll's
 */
void
inf_link_port_ready (InfLinkSession *session, InfLinkDescriptor *descriptor, guint32 events)
{
  InfLinkPump *pump = descriptor->pump;
  InfLinkPort *port = (InfLinkPort *)((char *)pump - G_STRUCT_OFFSET (InfLinkPort, pump));

  if (port->is_finished)
    return;
  g_autoptr (InfLinkPort) held = inf_link_port_ref (port);
  if (events & (EPOLLHUP | EPOLLRDHUP | EPOLLERR))
    descriptor->has_hung_up = TRUE;
  descriptor->is_ready = TRUE;
  if (pump->in.fd >= 0 && pump->in.fd == pump->out.fd)
    {
      pump->in.is_ready |= (events & ~EPOLLOUT) != 0;
      pump->out.is_ready |= (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0;
    }
  if (descriptor == &pump->in || (descriptor == &pump->err && port->is_serving))
    inf_link_session_schedule (session, &port->end);
  inf_link_port_flush (session, port, FALSE);
  if (!port->is_finished && !port->is_serving)
    inf_link_port_flush (session, port, TRUE);
  inf_link_port_check_finished (session, port);
}

static gboolean
can_read (const InfLinkPort *port, gboolean is_error)
{
  const InfLinkDescriptor *from = is_error ? &port->pump.err : &port->pump.in;

  return port->is_attached && !port->is_draining && !port->is_input_ended[is_error ? 1 : 0]
         && from->fd >= 0 && from->is_ready && port->end.stream->send_credit_bytes > 0;
}

static gsize
fill_from (InfLinkSession *session, InfLinkPort *port, gboolean is_error, guint8 *buffer,
           gsize room)
{
  const InfLinkDescriptor *from = is_error ? &port->pump.err : &port->pump.in;
  gsize limit = MIN (room - INF_LINK_FRAME_HEADER_BYTES, port->end.stream->send_credit_bytes);
  gsize n = 0;

  switch (
      inf_link_pump_read (&port->pump, is_error, buffer + INF_LINK_FRAME_HEADER_BYTES, limit, &n))
    {
    case INF_LINK_READ_BYTES:
      inf_link_mux_write_data_header (session->mux, port->end.stream, is_error, n, buffer);
      __atomic_fetch_add (&port->sent_bytes, n, __ATOMIC_RELAXED);
      if (port->is_exiting && !from->is_ready)
        end_input (session, port, is_error);
      return INF_LINK_FRAME_HEADER_BYTES + n;
    case INF_LINK_READ_AGAIN:
      if (port->is_exiting)
        end_input (session, port, is_error);
      return 0;
    case INF_LINK_READ_END:
      end_input (session, port, is_error);
      return 0;
    case INF_LINK_READ_BROKEN:
    default:
      inf_link_port_abort (session, port, NULL);
      return 0;
    }
}

/**
 * inf_link_port_fill:
 * @session: the thread's session
 * @port: a port with a stream
 * @buffer: (out): where the next frame goes
 * @room: how long it may be
 *
 * Returns: how long it is; 0 when there is nothing to send now
 */
gsize
inf_link_port_fill (InfLinkSession *session, InfLinkPort *port, guint8 *buffer, gsize room)
{
  for (int is_error = 1; is_error >= 0; is_error--)
    while (port->end.stream && can_read (port, is_error))
      {
        gsize n = fill_from (session, port, is_error, buffer, room);
        if (n > 0)
          return n;
      }
  inf_link_port_check_finished (session, port);
  return 0;
}

/**
 * inf_link_port_fail_all:
 * @session: the thread's session, at its end
 * @error: why
 */
void
inf_link_port_fail_all (InfLinkSession *session, const GError *error)
{
  InfLinkPort *port;

  while ((port = g_queue_peek_head (&session->ports)))
    inf_link_port_finish (session, port, TRUE, error);
}
