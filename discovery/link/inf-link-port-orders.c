#include "discovery/link/inf-link-session-private.h"

#include "common/inf-error.h"

/* What the main context asks of a session's channels: each order runs in the session's thread.
 * inf-link-port-stream.c has what happens to a channel from then on. */

/* Opening end */

typedef struct
{
  InfLinkPort *port;
  GBytes *header;
  InfSplice splice;
  GError *error;
  int exit_status;
} Order;

static Order *
order_new (InfLinkPort *port, const InfSplice *splice)
{
  Order *order = g_new0 (Order, 1);

  order->port = inf_link_port_ref (port);
  order->splice = splice ? *splice : (InfSplice){ -1, -1, -1 };
  return order;
}

static void
order_free (Order *order)
{
  inf_link_port_unref (order->port);
  g_clear_pointer (&order->header, g_bytes_unref);
  g_clear_error (&order->error);
  g_free (order);
}

static void
open_command (InfLinkSession *session, gpointer data, gboolean is_alive)
{
  Order *order = data;
  InfLinkPort *port = order->port;
  const InfLinkOpen open = { INF_LINK_STREAM_CHANNEL, port->service, order->header };
  InfLinkStream *stream = NULL;
  g_autoptr (GError) error = NULL;

  if (is_alive && session->mux)
    stream = inf_link_mux_open (session->mux, &open);
  if (stream)
    {
      inf_link_port_hold (session, port, stream);
      inf_link_port_attach (session, port, &order->splice);
    }
  else
    {
      error = is_alive
                  ? g_error_new (INF_ERROR, INF_ERROR_TOO_LARGE,
                                 "%d channels to this peer are open already", INF_LINK_MAX_CHANNELS)
                  : g_error_new_literal (INF_ERROR, INF_ERROR_UNREACHABLE, "the link broke");
      inf_splice_close (&order->splice);
      port->is_finished = TRUE;
      inf_link_port_post_opened (session, port, error);
    }
  order_free (order);
}

/**
 * inf_link_session_open_port:
 * @session: a session that is up
 * @port: an opening end, with its functions set
 * @header: what the service is told
 * @splice: (transfer full): the descriptors
 */
void
inf_link_session_open_port (InfLinkSession *session, InfLinkPort *port, GBytes *header,
                            const InfSplice *splice)
{
  Order *order = order_new (port, splice);

  order->header = g_bytes_ref (header);
  inf_link_session_run (session, open_command, order);
}

static void
accept_command (InfLinkSession *session, gpointer data, gboolean is_alive)
{
  Order *order = data;
  InfLinkPort *port = order->port;

  port->is_taken = TRUE;
  if (!is_alive || port->is_finished)
    {
      inf_splice_close (&order->splice);
      inf_link_port_post_closed (session, port);
      order_free (order);
      return;
    }
  if (port->end.stream)
    {
      inf_link_mux_accept (session->mux, port->end.stream);
      inf_link_port_widen (session, port);
    }
  inf_link_port_attach (session, port, &order->splice);
  inf_link_port_flush (session, port, FALSE);
  inf_link_port_check_finished (session, port);
  order_free (order);
}

/**
 * inf_link_session_accept_port:
 * @session: the session
 * @port: a serving end that has just come in, with its functions set
 * @splice: (transfer full): the descriptors
 */
void
inf_link_session_accept_port (InfLinkSession *session, InfLinkPort *port, const InfSplice *splice)
{
  inf_link_session_run (session, accept_command, order_new (port, splice));
}

static void
refuse_command (InfLinkSession *session, gpointer data, gboolean is_alive)
{
  Order *order = data;

  if (is_alive && !order->port->is_finished)
    {
      if (order->port->end.stream)
        inf_link_mux_refuse (session->mux, order->port->end.stream, order->error);
      inf_link_port_finish (session, order->port, FALSE, NULL);
    }
  order_free (order);
}

void
inf_link_session_refuse_port (InfLinkSession *session, InfLinkPort *port, const GError *error)
{
  Order *order = order_new (port, NULL);

  order->error = g_error_copy (error);
  inf_link_session_run (session, refuse_command, order);
}

/* What the program left in its pipes is there already: the next EAGAIN is their end, even where a
 * process it left behind keeps them open. */
static void
exit_command (InfLinkSession *session, gpointer data, gboolean is_alive)
{
  Order *order = data;
  InfLinkPort *port = order->port;

  if (is_alive && !port->is_finished && !port->is_draining && !port->is_exiting)
    {
      port->is_exiting = TRUE;
      port->exit_status = order->exit_status;
      port->pump.in.is_ready = port->pump.in.fd >= 0;
      port->pump.err.is_ready = port->pump.err.fd >= 0;
      inf_link_session_schedule (session, &port->end);
      inf_link_port_check_finished (session, port);
    }
  order_free (order);
}

void
inf_link_session_exit_port (InfLinkSession *session, InfLinkPort *port, int exit_status)
{
  Order *order = order_new (port, NULL);

  order->exit_status = exit_status;
  inf_link_session_run (session, exit_command, order);
}

/* Either end */

static void
close_command (InfLinkSession *session, gpointer data, gboolean is_alive)
{
  Order *order = data;
  g_autoptr (GError) error
      = g_error_new_literal (INF_ERROR, INF_ERROR_CANCELLED, "the channel was closed");

  if (is_alive && !order->port->is_finished)
    inf_link_port_abort (session, order->port, error);
  order_free (order);
}

/**
 * inf_link_session_close_port:
 * @session: the session
 * @port: a port; aborted, unless it has ended already
 */
void
inf_link_session_close_port (InfLinkSession *session, InfLinkPort *port)
{
  inf_link_session_run (session, close_command, order_new (port, NULL));
}
