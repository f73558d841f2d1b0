#include "discovery/link/inf-links-private.h"

#include "common/inf-error.h"
#include "discovery/link/inf-link-channel-private.h"
#include "discovery/link/inf-link-relay.h"

#include <string.h>

/* Channels, in the main context: those that this node opens, and those that others open to it. */

#define OPEN_TIMEOUT_MS 60000

struct _InfLinkIncoming
{
  InfPeerId peer_id;
  GBytes *header;
  InfLinkSession *session; /* of a channel over a link */
  InfLinkPort *port;
  InfLinksOp *local_op; /* of this node's channel to itself */
};

/* A channel's end on a link */

typedef struct
{
  InfLinkSession *session;
  InfLinkPort *port;
} LinkEnd;

static void
link_end_exit (gpointer data, int exit_status)
{
  LinkEnd *end = data;

  if (end->port->is_serving)
    inf_link_session_exit_port (end->session, end->port, exit_status);
}

static void
link_end_close (gpointer data)
{
  LinkEnd *end = data;

  inf_link_session_close_port (end->session, end->port);
}

static guint64
link_end_get_sent_bytes (gpointer data)
{
  LinkEnd *end = data;

  return inf_link_port_get_sent_bytes (end->port);
}

static guint64
link_end_get_received_bytes (gpointer data)
{
  LinkEnd *end = data;

  return inf_link_port_get_received_bytes (end->port);
}

static void
link_end_free (gpointer data)
{
  LinkEnd *end = data;

  inf_link_session_unref (end->session);
  inf_link_port_unref (end->port);
  g_free (end);
}

static const InfLinkChannelEnd link_end_funcs = {
  .exit = link_end_exit,
  .close = link_end_close,
  .get_sent_bytes = link_end_get_sent_bytes,
  .get_received_bytes = link_end_get_received_bytes,
  .free = link_end_free,
};

static void
on_port_closed (InfLinkPort *port, int exit_status, gpointer user_data)
{
  inf_link_channel_emit_closed (user_data, exit_status);
}

static const InfLinkPortFuncs channel_port_funcs = { NULL, on_port_closed };

static InfLinkChannel *
channel_on_link (InfLinkSession *session, InfLinkPort *port)
{
  LinkEnd *end = g_new (LinkEnd, 1);

  *end = (LinkEnd){ inf_link_session_ref (session), inf_link_port_ref (port) };
  InfLinkChannel *channel = inf_link_channel_new (&link_end_funcs, end);
  inf_link_port_set_funcs (port, &channel_port_funcs, channel);
  return channel;
}

/* Serving */

static void
incoming_free (InfLinkIncoming *incoming)
{
  if (incoming->local_op)
    incoming->local_op->local_incoming = NULL;
  g_clear_pointer (&incoming->local_op, inf_links_op_unref);
  g_clear_pointer (&incoming->session, inf_link_session_unref);
  g_clear_pointer (&incoming->port, inf_link_port_unref);
  g_bytes_unref (incoming->header);
  g_free (incoming);
}

static void
dispatch (InfLinks *links, const char *name, InfLinkIncoming *incoming)
{
  const InfLinksService *service = g_hash_table_lookup (links->services, name);
  g_autoptr (GError) error = NULL;

  if (service)
    {
      service->func (incoming, service->user_data);
      return;
    }
  error = g_error_new (INF_ERROR, INF_ERROR_NOT_FOUND, "this node has no service %s", name);
  inf_link_incoming_reject (incoming, error);
}

/**
 * inf_links_take_channel:
 * @links: some links
 * @session: where it came from
 * @port: (transfer full): the serving end
 */
void
inf_links_take_channel (InfLinks *links, InfLinkSession *session, InfLinkPort *port)
{
  InfLinkIncoming *incoming = g_new0 (InfLinkIncoming, 1);

  incoming->peer_id = *inf_link_session_get_peer_id (session);
  incoming->header = g_bytes_ref (port->header);
  incoming->session = inf_link_session_ref (session);
  incoming->port = port;
  dispatch (links, port->service, incoming);
}

const InfPeerId *
inf_link_incoming_get_peer_id (InfLinkIncoming *incoming)
{
  return &incoming->peer_id;
}

/**
 * inf_link_incoming_get_header:
 * @incoming: a channel that someone opens
 *
 * Returns: (transfer none): what the opener tells the service; from any member
 */
GBytes *
inf_link_incoming_get_header (InfLinkIncoming *incoming)
{
  return incoming->header;
}

static InfLinkChannel *
accept_local (InfLinksOp *op, const InfSplice *splice)
{
  g_autoptr (GTask) task = inf_links_op_take_task (op);
  InfSplice nothing = { -1, -1, -1 };
  InfLinkChannel *opening, *serving;

  inf_link_relay_start (op->owns_splice ? &op->splice : &nothing, splice, &opening, &serving);
  op->owns_splice = FALSE;
  if (task)
    g_task_return_pointer (task, opening, g_object_unref);
  else
    {
      inf_link_channel_close (opening);
      g_object_unref (opening);
    }
  return serving;
}

/**
 * inf_link_incoming_accept:
 * @incoming: (transfer full): a channel that someone opens
 * @splice: (transfer full): what it is connected to. One with an err_fd is a program's: it ends
 * with inf_link_channel_set_exit_status(); any other when both directions have ended
 *
 * Returns: (transfer full): the serving end; closed soon where its opener has gone meanwhile
 */
InfLinkChannel *
inf_link_incoming_accept (InfLinkIncoming *incoming, const InfSplice *splice)
{
  InfLinkChannel *channel;

  if (incoming->local_op)
    channel = accept_local (incoming->local_op, splice);
  else
    {
      channel = channel_on_link (incoming->session, incoming->port);
      inf_link_session_accept_port (incoming->session, incoming->port, splice);
    }
  incoming_free (incoming);
  return channel;
}

/**
 * inf_link_incoming_reject:
 * @incoming: (transfer full): a channel that someone opens
 * @error: why not; code and message reach the opener
 */
void
inf_link_incoming_reject (InfLinkIncoming *incoming, const GError *error)
{
  if (incoming->local_op)
    inf_links_op_fail (incoming->local_op, error);
  else
    inf_link_session_refuse_port (incoming->session, incoming->port, error);
  incoming_free (incoming);
}

/* Opening */

static void
on_port_opened (InfLinkPort *port, const GError *error, gpointer user_data)
{
  InfLinksOp *op = user_data;

  if (error)
    inf_links_op_fail (op, error);
  else
    {
      g_autoptr (GTask) task = inf_links_op_take_task (op);
      InfLinkChannel *channel = channel_on_link (op->session, port);
      if (task)
        g_task_return_pointer (task, channel, g_object_unref);
      else
        {
          inf_link_channel_close (channel);
          g_object_unref (channel);
        }
    }
  inf_links_op_unref (op);
}

static const InfLinkPortFuncs opening_funcs = { on_port_opened, NULL };

static gboolean
dispatch_local (gpointer data)
{
  InfLinksOp *op = data;

  if (op->task)
    {
      InfLinkIncoming *incoming = g_new0 (InfLinkIncoming, 1);
      incoming->peer_id = *inf_keypair_get_peer_id (op->links->keypair);
      incoming->header = g_bytes_ref (op->request);
      incoming->local_op = inf_links_op_ref (op);
      op->local_incoming = incoming;
      dispatch (op->links, op->what, incoming);
    }
  return G_SOURCE_REMOVE;
}

static void
start_local (InfLinksOp *op)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, dispatch_local, inf_links_op_ref (op),
                         (GDestroyNotify)inf_links_op_unref);
  g_source_attach (source, op->links->context);
}

static void
open_start (InfLinksOp *op)
{
  if (!op->session)
    {
      start_local (op);
      return;
    }
  op->port = inf_link_port_new (op->what, FALSE);
  inf_link_port_set_funcs (op->port, &opening_funcs, inf_links_op_ref (op));
  op->owns_splice = FALSE;
  inf_link_session_open_port (op->session, op->port, op->request, &op->splice);
}

static void
open_abandon (InfLinksOp *op)
{
  if (op->port)
    inf_link_session_close_port (op->session, op->port);
}

static const InfLinksOpFuncs open_funcs = { open_start, open_abandon };

/**
 * inf_links_open_channel_async:
 * @links: some links
 * @endpoint: to whom; this node itself needs no link
 * @service: which of its services
 * @header: (nullable): what the service is told, at most 32 KiB
 * @splice: (transfer full): what the channel is connected to; read at once, before the service has
 *   accepted
 * @cancellable: (nullable): ends the opening, not the open channel; so do 60 s without an answer
 * @callback: gets the result
 * @user_data: for @callback
 */
void
inf_links_open_channel_async (InfLinks *links, InfEndpoint *endpoint, const char *service,
                              GBytes *header, const InfSplice *splice, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (links, cancellable, callback, user_data);
  gsize size = header ? g_bytes_get_size (header) : 0;

  if (size > INF_LINK_CHANNEL_HEADER_MAX_BYTES || strlen (service) > INF_LINK_NAME_MAX_BYTES)
    {
      inf_splice_close (splice);
      g_task_return_new_error (task, INF_ERROR, INF_ERROR_TOO_LARGE,
                               "%s: a header of %" G_GSIZE_FORMAT " bytes; at most %d are taken",
                               service, size, INF_LINK_CHANNEL_HEADER_MAX_BYTES);
      g_object_unref (task);
      return;
    }
  InfLinksOp *op = inf_links_op_new (links, &open_funcs, endpoint, OPEN_TIMEOUT_MS, task, service);
  op->request = header ? g_bytes_ref (header) : g_bytes_new (NULL, 0);
  op->splice = *splice;
  op->owns_splice = TRUE;
  inf_links_submit (links, op);
  inf_links_op_unref (op);
}

/**
 * inf_links_open_channel_finish:
 * @links: some links
 * @result: what the callback got
 * @error: #INF_ERROR_UNREACHABLE, #INF_ERROR_CANCELLED, #INF_ERROR_TOO_LARGE, #INF_ERROR_NOT_FOUND
 *   for a service that the peer has not, or what the service gave
 *
 * Returns: (transfer full) (nullable): the opening end, of which at least the service has accepted
 */
InfLinkChannel *
inf_links_open_channel_finish (InfLinks *links, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
