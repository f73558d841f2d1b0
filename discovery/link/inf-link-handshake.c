#include "discovery/link/inf-link-session-private.h"

#include "common/inf-error.h"
#include "discovery/link/inf-ssh-key.h"

#include <fcntl.h>
#include <libssh/server.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* From a connection to a session whose two sides know each other:
 *
 *   key exchange          the server proves its identity key (the host key)
 *   authentication        member: the client proves its identity key; its user name is its
 *                         certificate. Enrolment: user "enrol", the invite's secret as password.
 *                         One wrong answer ends the connection, and tells nothing.
 *   channels              each side opens one session channel, and sends on that one only
 *
 * Two channels and not one, since a side can learn what packets the other takes only of a channel
 * that it opened itself (on_log() says why that matters). libssh's calls block meanwhile; the main
 * context shuts the connection down when it takes too long. */

#define ADDRESS_TIMEOUT_MS 3000
#define ENROL_USER "enrol"
#define MAX_USER_BYTES 4096
#define MIN_PACKET_BYTES 1024
#define MAX_AUTH_REQUESTS 3
#define CIPHERS "aes256-gcm@openssh.com,aes128-gcm@openssh.com,chacha20-poly1305@openssh.com"
#define MACS "hmac-sha2-256-etm@openssh.com,hmac-sha2-256"
#define KEY_EXCHANGES "curve25519-sha256,curve25519-sha256@libssh.org"
#define KEY_TYPES "ssh-ed25519"
#define SOFTWARE "Infinity"

/* Standard base64 has characters that a user name had better not have. */
static char *
to_text (GBytes *bytes)
{
  gsize size = 0;
  const guint8 *data = bytes ? g_bytes_get_data (bytes, &size) : NULL;
  char *text = g_base64_encode (data, size);

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  return text;
}

static GBytes *
from_text (const char *text)
{
  g_autofree char *standard = g_strdup (text);
  gsize size;

  g_strdelimit (standard, "-", '+');
  g_strdelimit (standard, "_", '/');
  guint8 *data = g_base64_decode (standard, &size);
  return g_bytes_new_take (data, size);
}

static gboolean
fail_ssh (InfLinkSession *session, const char *what, GError **error)
{
  g_set_error (error, INF_ERROR, INF_ERROR_UNREACHABLE, "%s: %s", what,
               ssh_get_error (session->ssh));
  return FALSE;
}

static void
set_session_options (InfLinkSession *session)
{
  const gboolean no = FALSE;

  /* Nothing of the user's or the machine's own SSH set-up has a say here. */
  ssh_options_set (session->ssh, SSH_OPTIONS_PROCESS_CONFIG, &no);
  ssh_options_set (session->ssh, SSH_OPTIONS_SSH_DIR, "/nonexistent");
  ssh_options_set (session->ssh, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
  ssh_options_set (session->ssh, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
  if (session->rekey_bytes > 0)
    ssh_options_set (session->ssh, SSH_OPTIONS_REKEY_DATA, &session->rekey_bytes);
}

/* libssh computes the payload of a packet as the other side's limit less ten bytes, and with a
 * limit of exactly ten sends empty packets without end. It has no call that tells the limit; but
 * when a channel of this side is confirmed it logs it. */
static void
on_log (int priority, const char *function, const char *message, void *user_data)
{
  guint *max_packet_bytes = user_data;
  const char *found = strstr (message, "maxpacket : ");

  if (found && strcmp (function, "ssh_packet_channel_open_conf") == 0)
    *max_packet_bytes = (guint)g_ascii_strtoull (found + strlen ("maxpacket : "), NULL, 10);
}

static gboolean
open_out_channel (InfLinkSession *session, GError **error)
{
  guint max_packet_bytes = 0;

  session->out_channel = ssh_channel_new (session->ssh);
  if (!session->out_channel)
    return fail_ssh (session, "can't open a channel", error);
  /* Level and function are the thread's own. */
  ssh_set_log_userdata (&max_packet_bytes);
  ssh_set_log_callback (on_log);
  ssh_set_log_level (SSH_LOG_PROTOCOL);
  int status = ssh_channel_open_session (session->out_channel);
  ssh_set_log_level (SSH_LOG_NOLOG);
  ssh_set_log_userdata (NULL);
  if (status != SSH_OK)
    return fail_ssh (session, "can't open a channel", error);
  if (max_packet_bytes < MIN_PACKET_BYTES)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "the peer takes packets of %u bytes only",
                   max_packet_bytes);
      return FALSE;
    }
  return TRUE;
}

/* Everything that a peer may ask of an SSH server or client, and that a link has no use for. */
static int
on_message (ssh_session ssh, ssh_message message, void *user_data)
{
  InfLinkSession *session = user_data;
  int type = ssh_message_type (message);

  if (type == SSH_REQUEST_SERVICE && !session->is_authenticated)
    {
      ssh_message_service_reply_success (message);
      return 0;
    }
  if (type == SSH_REQUEST_AUTH && ++session->n_auth_requests >= MAX_AUTH_REQUESTS)
    session->is_refused = TRUE;
  /* libssh lets none of these through before authentication. A server's may come right behind its
   * word that the client is in, before that call has returned. */
  if (type == SSH_REQUEST_CHANNEL_OPEN && !session->in_channel
      && ssh_message_subtype (message) == SSH_CHANNEL_SESSION)
    {
      session->in_channel = ssh_message_channel_request_open_reply_accept (message);
      return 0;
    }
  return 1;
}

static gboolean
open_channels (InfLinkSession *session, GError **error)
{
  if (!open_out_channel (session, error))
    return FALSE;
  while (!session->in_channel && ssh_is_connected (session->ssh)
         && !inf_link_session_is_closing (session))
    if (ssh_event_dopoll (session->event, INF_LINK_HANDSHAKE_MS) == SSH_ERROR)
      break;
  return session->in_channel || fail_ssh (session, "the peer opens no channel", error);
}

/* The server's side */

static gboolean
take_remote_key (InfLinkSession *session, ssh_key key)
{
  return inf_ssh_key_get_public (key, &session->remote_key);
}

/* A key that is only asked about tells nothing of who is a member: any will do then. */
static int
on_public_key (ssh_session ssh, const char *user, struct ssh_key_struct *key, char signature_state,
               void *user_data)
{
  InfLinkSession *session = user_data;

  if (session->is_refused || session->is_authenticated || strlen (user) > MAX_USER_BYTES)
    return SSH_AUTH_DENIED;
  if (signature_state == SSH_PUBLICKEY_STATE_NONE && ++session->n_auth_requests < MAX_AUTH_REQUESTS)
    return SSH_AUTH_SUCCESS;
  session->is_refused = TRUE;
  if (signature_state != SSH_PUBLICKEY_STATE_VALID || !take_remote_key (session, key))
    return SSH_AUTH_DENIED;
  g_autoptr (GBytes) certificate = from_text (user);
  if (!inf_link_session_ask_authorize (session, &session->remote_key, certificate))
    return SSH_AUTH_DENIED;
  session->is_refused = FALSE;
  session->is_authenticated = TRUE;
  session->mode = INF_LINK_SESSION_MEMBER;
  return SSH_AUTH_SUCCESS;
}

static int
on_password (ssh_session ssh, const char *user, const char *password, void *user_data)
{
  InfLinkSession *session = user_data;

  if (session->is_refused || session->is_authenticated)
    return SSH_AUTH_DENIED;
  session->is_refused = TRUE;
  if (strcmp (user, ENROL_USER) != 0 || strlen (password) > MAX_USER_BYTES)
    return SSH_AUTH_DENIED;
  g_autoptr (GBytes) secret = from_text (password);
  if (!inf_link_session_ask_enrol (session, secret))
    return SSH_AUTH_DENIED;
  session->is_refused = FALSE;
  session->is_authenticated = TRUE;
  session->mode = INF_LINK_SESSION_ENROLMENT;
  return SSH_AUTH_SUCCESS;
}

static gboolean
accept_connection (InfLinkSession *session, GError **error)
{
  const gboolean no = FALSE;
  ssh_bind bind = ssh_bind_new ();
  ssh_key key = inf_ssh_key_from_keypair (session->keypair);

  ssh_bind_options_set (bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no);
  ssh_bind_options_set (bind, SSH_BIND_OPTIONS_BANNER, SOFTWARE);
  ssh_bind_options_set (bind, SSH_BIND_OPTIONS_KEY_EXCHANGE, KEY_EXCHANGES);
  ssh_bind_options_set (bind, SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, KEY_TYPES);
  ssh_bind_options_set (bind, SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, KEY_TYPES);
  ssh_bind_options_set (bind, SSH_BIND_OPTIONS_CIPHERS_C_S, CIPHERS);
  ssh_bind_options_set (bind, SSH_BIND_OPTIONS_CIPHERS_S_C, CIPHERS);
  ssh_bind_options_set (bind, SSH_BIND_OPTIONS_HMAC_C_S, MACS);
  ssh_bind_options_set (bind, SSH_BIND_OPTIONS_HMAC_S_C, MACS);
  ssh_bind_options_set (bind, SSH_BIND_OPTIONS_IMPORT_KEY, key); /* owns it now */
  int status = ssh_bind_accept_fd (bind, session->ssh, session->socket_fd);
  if (status == SSH_OK)
    session->socket_fd = -1;
  else
    g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s", ssh_get_error (bind));
  ssh_bind_free (bind);
  return status == SSH_OK;
}

static gboolean
authenticate_client (InfLinkSession *session, GError **error)
{
  while (!session->is_authenticated && !session->is_refused && ssh_is_connected (session->ssh)
         && !inf_link_session_is_closing (session))
    if (ssh_event_dopoll (session->event, INF_LINK_HANDSHAKE_MS) == SSH_ERROR)
      break;
  if (session->is_authenticated)
    return TRUE;
  ssh_blocking_flush (session->ssh, 100);
  g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED, "the peer is no member of this grid");
  return FALSE;
}

static gboolean
handshake_accepted (InfLinkSession *session, GError **error)
{
  if (!inf_link_session_set_connection (session, session->socket_fd)
      || !accept_connection (session, error))
    return FALSE;
  session->server_callbacks.userdata = session;
  session->server_callbacks.auth_pubkey_function = on_public_key;
  session->server_callbacks.auth_password_function = on_password;
  ssh_callbacks_init (&session->server_callbacks);
  ssh_set_server_callbacks (session->ssh, &session->server_callbacks);
  ssh_set_message_callback (session->ssh, on_message, session);
  ssh_set_auth_methods (session->ssh, SSH_AUTH_METHOD_PUBLICKEY | SSH_AUTH_METHOD_PASSWORD);
  if (ssh_handle_key_exchange (session->ssh) != SSH_OK)
    return fail_ssh (session, "no handshake", error);
  ssh_event_add_session (session->event, session->ssh);
  return authenticate_client (session, error) && open_channels (session, error);
}

/* The client's side */

static gboolean
verify_host (InfLinkSession *session, GError **error)
{
  const InfPeerId *expected = inf_endpoint_get_peer_id (session->endpoint);
  ssh_key key = NULL;
  InfPeerId actual = { 0 };

  if (ssh_get_server_publickey (session->ssh, &key) != SSH_OK)
    return fail_ssh (session, "no host key", error);
  gboolean is_taken = take_remote_key (session, key);
  ssh_key_free (key);
  if (is_taken)
    inf_peer_id_of_key (&session->remote_key, &actual);
  if (is_taken && inf_peer_id_equal (&actual, expected))
    return TRUE;
  g_autofree char *name = inf_peer_id_to_short (expected);
  g_set_error (error, INF_ERROR, INF_ERROR_UNREACHABLE, "someone other than %s answers there",
               name);
  return FALSE;
}

static gboolean
authenticate_to_server (InfLinkSession *session, GError **error)
{
  g_autofree char *credential = to_text (session->credential);
  int status;

  if (session->mode == INF_LINK_SESSION_ENROLMENT)
    status = ssh_userauth_password (session->ssh, ENROL_USER, credential);
  else
    {
      ssh_key key = inf_ssh_key_from_keypair (session->keypair);
      status = ssh_userauth_publickey (session->ssh, credential, key);
      ssh_key_free (key);
    }
  if (status == SSH_AUTH_SUCCESS)
    {
      session->is_authenticated = TRUE;
      return TRUE;
    }
  if (status != SSH_AUTH_DENIED)
    return fail_ssh (session, "no handshake", error);
  g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED,
                       session->mode == INF_LINK_SESSION_ENROLMENT
                           ? "the invite is unknown there, spent or expired; ask for a new one"
                           : "the peer does not take this node for a member of its grid");
  return FALSE;
}

static gboolean
shake_hands (InfLinkSession *session, GError **error)
{
  ssh_options_set (session->ssh, SSH_OPTIONS_HOST, "peer");
  ssh_options_set (session->ssh, SSH_OPTIONS_USER, "peer");
  ssh_options_set (session->ssh, SSH_OPTIONS_FD, &session->socket_fd);
  ssh_options_set (session->ssh, SSH_OPTIONS_KEY_EXCHANGE, KEY_EXCHANGES);
  ssh_options_set (session->ssh, SSH_OPTIONS_HOSTKEYS, KEY_TYPES);
  ssh_options_set (session->ssh, SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, KEY_TYPES);
  ssh_options_set (session->ssh, SSH_OPTIONS_CIPHERS_C_S, CIPHERS);
  ssh_options_set (session->ssh, SSH_OPTIONS_CIPHERS_S_C, CIPHERS);
  ssh_options_set (session->ssh, SSH_OPTIONS_HMAC_C_S, MACS);
  ssh_options_set (session->ssh, SSH_OPTIONS_HMAC_S_C, MACS);
  ssh_options_set (session->ssh, SSH_OPTIONS_COMPRESSION, "none");
  ssh_set_message_callback (session->ssh, on_message, session);
  session->socket_fd = -1; /* libssh's from here */
  if (ssh_connect (session->ssh) != SSH_OK)
    return fail_ssh (session, "no handshake", error);
  if (!verify_host (session, error) || !authenticate_to_server (session, error))
    return FALSE;
  ssh_event_add_session (session->event, session->ssh);
  return open_channels (session, error);
}

static void
prepare (InfLinkSession *session)
{
  const long timeout_s = INF_LINK_HANDSHAKE_MS / 1000;

  session->ssh = ssh_new ();
  session->event = ssh_event_new ();
  ssh_set_log_level (SSH_LOG_NOLOG);
  set_session_options (session);
  ssh_options_set (session->ssh, SSH_OPTIONS_TIMEOUT, &timeout_s);
}

static void
forget_attempt (InfLinkSession *session)
{
  ssh_event_free (session->event);
  ssh_free (session->ssh);
  session->ssh = NULL;
  session->event = NULL;
  session->out_channel = session->in_channel = NULL;
}

/* An address may have passed to someone else: the next one is tried then. */
static gboolean
handshake_dialled (InfLinkSession *session, GError **error)
{
  g_autoptr (GError) last_error = NULL;
  guint index = 0;

  while (!inf_link_session_is_closing (session))
    {
      int fd = inf_link_dial (session->endpoint, session->wake_fd, ADDRESS_TIMEOUT_MS, &index,
                              last_error ? NULL : &last_error);
      if (fd < 0)
        break;
      g_clear_error (&last_error);
      session->socket_fd = fd;
      if (session->ssh)
        {
          forget_attempt (session);
          prepare (session);
        }
      if (inf_link_session_set_connection (session, fd) && shake_hands (session, &last_error))
        return TRUE;
      if (last_error && last_error->code == INF_ERROR_DENIED)
        break;
    }
  g_autofree char *name = inf_peer_id_to_short (inf_endpoint_get_peer_id (session->endpoint));
  if (last_error && last_error->code == INF_ERROR_DENIED)
    g_set_error (error, INF_ERROR, INF_ERROR_DENIED, "%s refuses this node: %s", name,
                 last_error->message);
  else
    g_set_error (error, INF_ERROR, last_error ? last_error->code : INF_ERROR_UNREACHABLE,
                 "%s can't be reached: %s", name, last_error ? last_error->message : "cancelled");
  return FALSE;
}

/**
 * inf_link_handshake:
 * @session: the thread's session
 * @error: #INF_ERROR_UNREACHABLE, #INF_ERROR_DENIED
 *
 * Makes or takes the connection, and has both sides prove who they are.
 */
gboolean
inf_link_handshake (InfLinkSession *session, GError **error)
{
  prepare (session);
  return session->is_dialled ? handshake_dialled (session, error)
                             : handshake_accepted (session, error);
}
