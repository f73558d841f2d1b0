#include "discovery/link/inf-link-port.h"

/**
 * inf_link_port_new:
 * @service: what serves the channel
 * @is_serving: whether this is the serving end
 *
 * Returns: (transfer full): one end of a channel, without descriptors yet
 */
InfLinkPort *
inf_link_port_new (const char *service, gboolean is_serving)
{
  InfLinkPort *port = g_new0 (InfLinkPort, 1);

  g_atomic_ref_count_init (&port->ref_count);
  port->end.kind = INF_LINK_STREAM_CHANNEL;
  port->service = g_strdup (service);
  port->is_serving = is_serving;
  port->exit_status = -1;
  inf_link_pump_init (&port->pump, is_serving);
  return port;
}

/**
 * inf_link_port_set_funcs:
 * @port: a port that the session's thread doesn't know yet, or that waits to be accepted
 * @funcs: (transfer none): copied
 * @user_data: for the functions
 */
void
inf_link_port_set_funcs (InfLinkPort *port, const InfLinkPortFuncs *funcs, gpointer user_data)
{
  port->funcs = *funcs;
  port->user_data = user_data;
}

InfLinkPort *
inf_link_port_ref (InfLinkPort *port)
{
  g_atomic_ref_count_inc (&port->ref_count);
  return port;
}

void
inf_link_port_unref (InfLinkPort *port)
{
  if (!port || !g_atomic_ref_count_dec (&port->ref_count))
    return;
  inf_link_pump_close (&port->pump, TRUE);
  g_free (port->service);
  g_clear_pointer (&port->header, g_bytes_unref);
  g_free (port);
}

guint64
inf_link_port_get_sent_bytes (InfLinkPort *port)
{
  return __atomic_load_n (&port->sent_bytes, __ATOMIC_RELAXED);
}

guint64
inf_link_port_get_received_bytes (InfLinkPort *port)
{
  return __atomic_load_n (&port->received_bytes, __ATOMIC_RELAXED);
}
