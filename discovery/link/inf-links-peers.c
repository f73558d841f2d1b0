#include "discovery/link/inf-links-private.h"

#include "common/inf-error.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Which sessions there are to whom, and who waits for one. Two nodes that dial each other at once
 * have two, which does no harm: each side uses the one that came up last, since an older one may be
 * dead without knowing it. */

#define MAX_UNAUTHENTICATED 64
#define MAX_UNAUTHENTICATED_PER_ADDRESS 16
#define MAX_SESSIONS_PER_PEER 4
#define MAX_ENROLMENTS 8
#define ENROLMENT_MS 60000

typedef struct
{
  InfPeerId id;
  GPtrArray *sessions; /* up, the latest last; not owned */
  InfLinkSession *dialling;
  GQueue waiting; /* InfLinksOp, owned */
} Peer;

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  g_ptr_array_unref (peer->sessions);
  g_assert (g_queue_is_empty (&peer->waiting));
  g_free (peer);
}

static Peer *
ensure_peer (InfLinks *links, const InfPeerId *id)
{
  Peer *peer = g_hash_table_lookup (links->peers, id);

  if (peer)
    return peer;
  peer = g_new0 (Peer, 1);
  peer->id = *id;
  peer->sessions = g_ptr_array_new ();
  g_hash_table_insert (links->peers, &peer->id, peer);
  return peer;
}

static void
forget_idle_peer (InfLinks *links, Peer *peer)
{
  if (peer->sessions->len == 0 && !peer->dialling && g_queue_is_empty (&peer->waiting))
    g_hash_table_remove (links->peers, &peer->id);
}

static void
free_session (gpointer data)
{
  inf_link_session_finish (data);
  inf_link_session_unref (data);
}

void
inf_links_peers_init (InfLinks *links)
{
  links->peers = g_hash_table_new_full (inf_peer_id_hash, inf_peer_id_equal, NULL, peer_free);
  links->sessions = g_ptr_array_new_with_free_func (free_session);
  links->enrolling = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)inf_links_op_unref);
}

/* Waiting operations */

static void
start_op (InfLinksOp *op, InfLinkSession *session)
{
  op->session = inf_link_session_ref (session);
  op->funcs->start (op);
}

static void
start_waiting (Peer *peer, InfLinkSession *session)
{
  InfLinksOp *op;

  while ((op = g_queue_pop_head (&peer->waiting)))
    {
      start_op (op, session);
      inf_links_op_unref (op);
    }
}

static void
fail_waiting (Peer *peer, const GError *error)
{
  GQueue waiting = peer->waiting;
  InfLinksOp *op;

  g_queue_init (&peer->waiting);
  while ((op = g_queue_pop_head (&waiting)))
    {
      inf_links_op_fail (op, error);
      inf_links_op_unref (op);
    }
}

/**
 * inf_links_withdraw:
 * @links: some links
 * @op: an operation that waits no more, if it did
 */
void
inf_links_withdraw (InfLinks *links, InfLinksOp *op)
{
  Peer *peer = g_hash_table_lookup (links->peers, inf_endpoint_get_peer_id (op->endpoint));

  if (peer && g_queue_remove (&peer->waiting, op))
    inf_links_op_unref (op);
}

/* What sessions tell */

static gboolean
on_authorize (InfLinkSession *session, const InfPublicKey *key, GBytes *certificate)
{
  InfLinks *links = inf_link_session_get_owner (session);
  const InfPublicKey *own = inf_keypair_get_public_key (links->keypair);
  g_autoptr (GError) error = NULL;

  if (!links->authorize || memcmp (own->bytes, key->bytes, sizeof own->bytes) == 0)
    return FALSE;
  if (links->authorize (key, certificate, links->authorize_data, &error))
    return TRUE;
  g_info ("links: refused: %s", error ? error->message : "no reason given");
  return FALSE;
}

static guint
count_enrolments (InfLinks *links)
{
  guint n = 0;

  for (guint i = 0; i < links->sessions->len; i++)
    {
      InfLinkSession *session = links->sessions->pdata[i];
      if (inf_link_session_is_up (session) && !inf_link_session_is_dialled (session)
          && inf_link_session_get_mode (session) == INF_LINK_SESSION_ENROLMENT)
        n++;
    }
  return n;
}

static gboolean
on_enrol (InfLinkSession *session, GBytes *secret)
{
  InfLinks *links = inf_link_session_get_owner (session);

  return links->enrol && count_enrolments (links) < MAX_ENROLMENTS
         && links->enrol (secret, links->enrol_data);
}

static gboolean
on_enrolment_over (gpointer data)
{
  inf_link_session_close (data, "the time for enrolling is over");
  return G_SOURCE_REMOVE;
}

static void
limit_enrolment (InfLinks *links, InfLinkSession *session)
{
  g_autoptr (GSource) timer = g_timeout_source_new (ENROLMENT_MS);

  g_source_set_callback (timer, on_enrolment_over, inf_link_session_ref (session),
                         (GDestroyNotify)inf_link_session_unref);
  g_source_attach (timer, links->context);
}

static void
emit (InfLinks *links, const char *signal, const InfPeerId *peer_id)
{
  InfPeerId id = *peer_id;

  g_signal_emit_by_name (links, signal, &id);
}

static void
on_member_up (InfLinks *links, InfLinkSession *session)
{
  Peer *peer = ensure_peer (links, inf_link_session_get_peer_id (session));

  if (peer->dialling == session)
    peer->dialling = NULL;
  if (peer->sessions->len >= MAX_SESSIONS_PER_PEER)
    inf_link_session_close (peer->sessions->pdata[0], "the peer made too many links");
  g_ptr_array_add (peer->sessions, session);
  start_waiting (peer, session);
  if (peer->sessions->len == 1)
    emit (links, "link-up", inf_link_session_get_peer_id (session));
}

static void
start_enrolment (InfLinks *links, InfLinkSession *session)
{
  InfLinksOp *op = g_hash_table_lookup (links->enrolling, session);

  if (!op)
    return;
  start_op (inf_links_op_ref (op), session);
  g_hash_table_remove (links->enrolling, session);
  inf_links_op_unref (op);
}

static void
on_up (InfLinkSession *session)
{
  InfLinks *links = inf_link_session_get_owner (session);

  if (inf_link_session_get_mode (session) == INF_LINK_SESSION_MEMBER)
    on_member_up (links, session);
  else if (inf_link_session_is_dialled (session))
    start_enrolment (links, session);
  else
    limit_enrolment (links, session);
}

static void
on_member_down (InfLinks *links, InfLinkSession *session, const GError *error)
{
  const InfPeerId id = *inf_link_session_get_peer_id (session);
  Peer *peer = g_hash_table_lookup (links->peers, &id);

  if (!peer)
    return;
  gboolean was_up = g_ptr_array_remove (peer->sessions, session);
  if (peer->dialling == session)
    peer->dialling = NULL;
  if (peer->sessions->len == 0 && !peer->dialling)
    fail_waiting (peer, error);
  gboolean is_last = was_up && peer->sessions->len == 0;
  forget_idle_peer (links, peer);
  if (is_last)
    emit (links, "link-down", &id);
}

static void
on_down (InfLinkSession *session, const GError *error)
{
  g_autoptr (InfLinks) links = g_object_ref (inf_link_session_get_owner (session));
  InfLinksOp *op = g_hash_table_lookup (links->enrolling, session);

  g_debug ("links: %s", error->message);
  if (op)
    {
      inf_links_op_fail (op, error);
      g_hash_table_remove (links->enrolling, session);
    }
  else
    on_member_down (links, session, error);
  g_ptr_array_remove_fast (links->sessions, session);
}

static void
on_call (InfLinkSession *session, InfLinkExchange *exchange, GBytes *request)
{
  inf_links_take_call (inf_link_session_get_owner (session), session, exchange, request);
}

static void
on_call_abandoned (InfLinkSession *session, InfLinkExchange *exchange)
{
  inf_links_abandon_call (exchange);
}

static void
on_channel (InfLinkSession *session, InfLinkPort *port)
{
  inf_links_take_channel (inf_link_session_get_owner (session), session, port);
}

static const InfLinkSessionFuncs session_funcs = {
  .authorize = on_authorize,
  .enrol = on_enrol,
  .up = on_up,
  .down = on_down,
  .call = on_call,
  .call_abandoned = on_call_abandoned,
  .channel = on_channel,
};

/* Making them */

static InfLinkSession *
start_session (InfLinks *links, InfLinkSession *session)
{
  g_ptr_array_add (links->sessions, session);
  inf_link_session_set_rekey_bytes (session, links->rekey_bytes);
  inf_link_session_start (session);
  return session;
}

static InfLinkSession *
dial (InfLinks *links, InfEndpoint *endpoint, InfLinkSessionMode mode, GBytes *credential)
{
  return start_session (links, inf_link_session_new_dialled (links->keypair, endpoint, mode,
                                                             credential, &session_funcs, links));
}

static void
fail_stopped (InfLinksOp *op)
{
  g_autoptr (GError) error
      = g_error_new_literal (INF_ERROR, INF_ERROR_UNREACHABLE, "this node is stopping");

  inf_links_op_fail (op, error);
}

/**
 * inf_links_submit:
 * @links: some links
 * @op: starts when there is a session to its peer, which is dialled when there is none; at once and
 *   without a session when the peer is this node
 */
void
inf_links_submit (InfLinks *links, InfLinksOp *op)
{
  const InfPeerId *id = inf_endpoint_get_peer_id (op->endpoint);

  if (links->is_stopped)
    {
      fail_stopped (op);
      return;
    }
  if (inf_peer_id_equal (id, inf_keypair_get_peer_id (links->keypair)))
    {
      op->funcs->start (op);
      return;
    }
  Peer *peer = ensure_peer (links, id);
  if (peer->sessions->len > 0)
    {
      start_op (op, peer->sessions->pdata[peer->sessions->len - 1]);
      return;
    }
  g_queue_push_tail (&peer->waiting, inf_links_op_ref (op));
  if (!peer->dialling)
    peer->dialling = dial (links, op->endpoint, INF_LINK_SESSION_MEMBER, links->certificate);
}

/**
 * inf_links_dial_to_enrol:
 * @links: some links
 * @op: starts when its own session, made for it, is up
 * @secret: the invite's
 */
void
inf_links_dial_to_enrol (InfLinks *links, InfLinksOp *op, GBytes *secret)
{
  if (links->is_stopped)
    {
      fail_stopped (op);
      return;
    }
  InfLinkSession *session = dial (links, op->endpoint, INF_LINK_SESSION_ENROLMENT, secret);
  g_hash_table_insert (links->enrolling, session, inf_links_op_ref (op));
}

static gboolean
get_remote_host (int fd, struct in6_addr *ret_host)
{
  struct sockaddr_storage address = { 0 };
  socklen_t length = sizeof address;

  memset (ret_host, 0, sizeof *ret_host);
  if (getpeername (fd, (struct sockaddr *)&address, &length) != 0)
    return FALSE;
  if (address.ss_family == AF_INET6)
    *ret_host = ((struct sockaddr_in6 *)&address)->sin6_addr;
  else
    memcpy (ret_host, &((struct sockaddr_in *)&address)->sin_addr, sizeof (struct in_addr));
  return TRUE;
}

static gboolean
may_accept (InfLinks *links, const struct in6_addr *host)
{
  guint n = 0, n_of_host = 0;

  for (guint i = 0; i < links->sessions->len; i++)
    {
      InfLinkSession *session = links->sessions->pdata[i];
      if (inf_link_session_is_dialled (session) || inf_link_session_is_up (session))
        continue;
      n++;
      if (memcmp (inf_link_session_get_remote_host (session), host, sizeof *host) == 0)
        n_of_host++;
    }
  return n < MAX_UNAUTHENTICATED && n_of_host < MAX_UNAUTHENTICATED_PER_ADDRESS;
}

/**
 * inf_links_accept_fd:
 * @links: some links
 * @fd: (transfer full): a connection from anyone; closed at once when too many are unproven
 */
void
inf_links_accept_fd (InfLinks *links, int fd)
{
  struct in6_addr host;

  if (!get_remote_host (fd, &host) || !may_accept (links, &host))
    {
      close (fd);
      return;
    }
  InfLinkSession *session
      = inf_link_session_new_accepted (links->keypair, fd, &session_funcs, links);
  inf_link_session_set_remote_host (session, &host);
  start_session (links, session);
}

/* Ending them */

/**
 * inf_links_disconnect:
 * @links: some links
 * @peer_id: who is to go, after its certificate was revoked for instance; it may try again
 */
void
inf_links_disconnect (InfLinks *links, const InfPeerId *peer_id)
{
  for (guint i = 0; i < links->sessions->len; i++)
    {
      InfLinkSession *session = links->sessions->pdata[i];
      if (inf_peer_id_equal (inf_link_session_get_peer_id (session), peer_id))
        inf_link_session_close (session, "this node closed the link");
    }
}

static void
forget_sessions (gpointer key, gpointer value, gpointer user_data)
{
  Peer *peer = value;

  peer->dialling = NULL;
  g_ptr_array_set_size (peer->sessions, 0);
}

static void
fail_peer_stopped (gpointer key, gpointer value, gpointer user_data)
{
  fail_waiting (value, user_data);
}

static void
fail_enrolment_stopped (gpointer key, gpointer value, gpointer user_data)
{
  inf_links_op_fail (value, user_data);
}

void
inf_links_peers_stop (InfLinks *links)
{
  g_autoptr (GError) error
      = g_error_new_literal (INF_ERROR, INF_ERROR_UNREACHABLE, "this node is stopping");

  for (guint i = 0; i < links->sessions->len; i++)
    inf_link_session_close (links->sessions->pdata[i], error->message);
  g_ptr_array_set_size (links->sessions, 0);
  g_hash_table_foreach (links->peers, forget_sessions, NULL);
  g_hash_table_foreach (links->peers, fail_peer_stopped, error);
  g_hash_table_foreach (links->enrolling, fail_enrolment_stopped, error);
  g_hash_table_remove_all (links->enrolling);
  g_hash_table_remove_all (links->peers);
}

/* Just the link */

static void
connect_start (InfLinksOp *op)
{
  g_autoptr (GTask) task = inf_links_op_take_task (op);

  if (task)
    g_task_return_boolean (task, TRUE);
}

static void
connect_abandon (InfLinksOp *op)
{
}

static const InfLinksOpFuncs connect_funcs = { connect_start, connect_abandon };

/**
 * inf_links_connect_async:
 * @links: some links
 * @endpoint: a peer
 * @cancellable: (nullable): ends the waiting
 * @callback: gets the result
 * @user_data: for @callback
 *
 * Makes a link where there is none, so that whatever needs one soon needn't wait.
 */
void
inf_links_connect_async (InfLinks *links, InfEndpoint *endpoint, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (links, cancellable, callback, user_data);
  InfLinksOp *op = inf_links_op_new (links, &connect_funcs, endpoint, 0, task, "link");

  inf_links_submit (links, op);
  inf_links_op_unref (op);
}

/**
 * inf_links_connect_finish:
 * @links: some links
 * @result: what the callback got
 * @error: #INF_ERROR_UNREACHABLE, #INF_ERROR_DENIED, #INF_ERROR_CANCELLED
 */
gboolean
inf_links_connect_finish (InfLinks *links, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
