#include "discovery/link/inf-links-private.h"

#include "common/inf-error.h"

#include <string.h>

/* Calls, in the main context: what this node asks of others, and what they ask of it. */

struct _InfLinkCall
{
  InfPeerId peer_id;
  InfPublicKey public_key;
  gboolean is_enrolment;
  GBytes *request;
  GCancellable *cancellable;
  InfLinkSession *session; /* of a call over a link */
  InfLinkExchange *exchange;
  InfLinksOp *local_op; /* of this node's call to itself */
};

static void
call_free (InfLinkCall *call)
{
  if (call->exchange)
    call->exchange->handler_data = NULL;
  if (call->local_op)
    call->local_op->local_call = NULL;
  g_clear_pointer (&call->exchange, inf_link_exchange_unref);
  g_clear_pointer (&call->session, inf_link_session_unref);
  g_clear_pointer (&call->local_op, inf_links_op_unref);
  g_bytes_unref (call->request);
  g_object_unref (call->cancellable);
  g_free (call);
}

static InfLinkCall *
call_new (GBytes *request, const InfPublicKey *key)
{
  InfLinkCall *call = g_new0 (InfLinkCall, 1);

  call->request = g_bytes_ref (request);
  call->cancellable = g_cancellable_new ();
  call->public_key = *key;
  inf_peer_id_of_key (key, &call->peer_id);
  return call;
}

/* Serving */

static GError *
may_not_call (InfLinks *links, const char *name, gboolean is_enrolment)
{
  const InfLinksMethod *method = g_hash_table_lookup (links->methods, name);

  if (method && (method->flags == INF_LINK_METHOD_ENROLMENT) == is_enrolment)
    return NULL;
  /* Who is no member doesn't learn what members can ask. */
  if (is_enrolment || method)
    return g_error_new (INF_ERROR, INF_ERROR_DENIED, "%s is not for you to call", name);
  return g_error_new (INF_ERROR, INF_ERROR_NOT_FOUND, "this node has no method %s", name);
}

static void
dispatch (InfLinks *links, const char *name, InfLinkCall *call)
{
  const InfLinksMethod *method = g_hash_table_lookup (links->methods, name);
  g_autoptr (GError) error = may_not_call (links, name, call->is_enrolment);

  if (error)
    inf_link_call_return_error (call, error);
  else
    method->func (call, method->user_data);
}

/**
 * inf_links_take_call:
 * @links: some links
 * @session: where it came from
 * @exchange: (transfer full): the called end
 * @request: its request
 */
void
inf_links_take_call (InfLinks *links, InfLinkSession *session, InfLinkExchange *exchange,
                     GBytes *request)
{
  InfLinkCall *call = call_new (request, inf_link_session_get_public_key (session));

  call->is_enrolment = inf_link_session_get_mode (session) == INF_LINK_SESSION_ENROLMENT;
  if (call->is_enrolment)
    {
      memset (&call->peer_id, 0, sizeof call->peer_id);
      memset (&call->public_key, 0, sizeof call->public_key);
    }
  call->session = inf_link_session_ref (session);
  call->exchange = exchange;
  exchange->handler_data = call;
  dispatch (links, exchange->method, call);
}

void
inf_links_abandon_call (InfLinkExchange *exchange)
{
  InfLinkCall *call = exchange->handler_data;

  if (call)
    g_cancellable_cancel (call->cancellable);
}

/**
 * inf_link_call_get_peer_id:
 * @call: a call
 *
 * Returns: (transfer none): the caller; all zero for one that enrols, who has proved no key
 */
const InfPeerId *
inf_link_call_get_peer_id (InfLinkCall *call)
{
  return &call->peer_id;
}

const InfPublicKey *
inf_link_call_get_public_key (InfLinkCall *call)
{
  return &call->public_key;
}

/**
 * inf_link_call_get_request:
 * @call: a call
 *
 * Returns: (transfer none): the request, from anyone who may call the method
 */
GBytes *
inf_link_call_get_request (InfLinkCall *call)
{
  return call->request;
}

GCancellable *
inf_link_call_get_cancellable (InfLinkCall *call)
{
  return call->cancellable;
}

static void
return_local (InfLinksOp *op, GBytes *reply, const GError *error)
{
  g_autoptr (GTask) task = inf_links_op_take_task (op);

  if (task && error)
    g_task_return_error (task, g_error_copy (error));
  else if (task)
    g_task_return_pointer (task, reply ? g_bytes_ref (reply) : g_bytes_new (NULL, 0),
                           (GDestroyNotify)g_bytes_unref);
}

/**
 * inf_link_call_return:
 * @call: (transfer full): a call
 * @reply: (nullable): the answer, at most 4 MiB; NULL: an empty one
 */
void
inf_link_call_return (InfLinkCall *call, GBytes *reply)
{
  if (call->local_op)
    return_local (call->local_op, reply, NULL);
  else
    inf_link_session_answer (call->session, call->exchange, reply, NULL);
  call_free (call);
}

/**
 * inf_link_call_return_error:
 * @call: (transfer full): a call
 * @error: why there is no answer; code and message reach the caller
 */
void
inf_link_call_return_error (InfLinkCall *call, const GError *error)
{
  if (call->local_op)
    return_local (call->local_op, NULL, error);
  else
    inf_link_session_answer (call->session, call->exchange, NULL, error);
  call_free (call);
}

/* Calling */

static void
call_finished (InfLinkExchange *exchange, GBytes *reply, const GError *error, gpointer user_data)
{
  InfLinksOp *op = user_data;

  /* A session that was made for one call. */
  if (inf_link_session_get_mode (op->session) == INF_LINK_SESSION_ENROLMENT)
    inf_link_session_close (op->session, "enrolled");
  return_local (op, reply, error);
  inf_links_op_unref (op);
}

static gboolean
dispatch_local (gpointer data)
{
  InfLinksOp *op = data;

  if (op->task)
    {
      InfLinkCall *call = call_new (op->request, inf_keypair_get_public_key (op->links->keypair));
      call->local_op = inf_links_op_ref (op);
      op->local_call = call;
      dispatch (op->links, op->what, call);
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
call_start (InfLinksOp *op)
{
  if (!op->session)
    {
      start_local (op);
      return;
    }
  op->exchange
      = inf_link_exchange_new (op->what, op->request, call_finished, inf_links_op_ref (op));
  inf_link_session_send (op->session, op->exchange);
}

static void
call_abandon (InfLinksOp *op)
{
  if (op->local_call)
    g_cancellable_cancel (op->local_call->cancellable);
  if (op->exchange)
    inf_link_session_abandon (op->session, op->exchange);
}

static const InfLinksOpFuncs call_funcs = { call_start, call_abandon };

static InfLinksOp *
call_op_new (InfLinks *links, InfEndpoint *endpoint, const char *method, GBytes *request,
             guint timeout_ms, GTask *task)
{
  gsize size = request ? g_bytes_get_size (request) : 0;

  if (size > INF_LINK_CALL_MAX_BYTES || strlen (method) > INF_LINK_NAME_MAX_BYTES)
    {
      g_task_return_new_error (task, INF_ERROR, INF_ERROR_TOO_LARGE,
                               "%s: a request of %" G_GSIZE_FORMAT " bytes; at most %d are taken",
                               method, size, INF_LINK_CALL_MAX_BYTES);
      g_object_unref (task);
      return NULL;
    }
  InfLinksOp *op = inf_links_op_new (links, &call_funcs, endpoint, timeout_ms, task, method);
  op->request = request ? g_bytes_ref (request) : g_bytes_new (NULL, 0);
  return op;
}

/**
 * inf_links_call_async:
 * @links: some links
 * @endpoint: whom to ask; this node itself is asked without a link
 * @method: what
 * @request: (nullable): at most 4 MiB
 * @timeout_ms: how long the answer may take, the link's making included; 0: as long as it will
 * @cancellable: (nullable): the other side's handler hears of it
 * @callback: gets the result
 * @user_data: for @callback
 */
void
inf_links_call_async (InfLinks *links, InfEndpoint *endpoint, const char *method, GBytes *request,
                      guint timeout_ms, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (links, cancellable, callback, user_data);
  InfLinksOp *op = call_op_new (links, endpoint, method, request, timeout_ms, task);

  if (!op)
    return;
  inf_links_submit (links, op);
  inf_links_op_unref (op);
}

/**
 * inf_links_call_finish:
 * @links: some links
 * @result: what the callback got
 * @error: #INF_ERROR_TIMED_OUT, #INF_ERROR_CANCELLED, #INF_ERROR_UNREACHABLE, #INF_ERROR_TOO_LARGE,
 *   #INF_ERROR_DENIED, #INF_ERROR_NOT_FOUND for a method that the peer has not, or what its handler
 *   gave
 *
 * Returns: (transfer full) (nullable): the answer
 */
GBytes *
inf_links_call_finish (InfLinks *links, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * inf_links_enrol_async:
 * @links: some links
 * @endpoint: the invite's issuer
 * @secret: the invite's secret
 * @method: a method for enrolment
 * @request: its request
 * @timeout_ms: how long it may take
 * @cancellable: (nullable): ends it
 * @callback: gets the result
 * @user_data: for @callback
 */
void
inf_links_enrol_async (InfLinks *links, InfEndpoint *endpoint, GBytes *secret, const char *method,
                       GBytes *request, guint timeout_ms, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (links, cancellable, callback, user_data);
  InfLinksOp *op = call_op_new (links, endpoint, method, request, timeout_ms, task);

  if (!op)
    return;
  inf_links_dial_to_enrol (links, op, secret);
  inf_links_op_unref (op);
}

/**
 * inf_links_enrol_finish:
 * @links: some links
 * @result: what the callback got
 * @error: as inf_links_call_finish(); #INF_ERROR_DENIED also for a secret that is unknown, spent or
 *   expired
 *
 * Returns: (transfer full) (nullable): the answer
 */
GBytes *
inf_links_enrol_finish (InfLinks *links, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
