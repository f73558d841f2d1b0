#include "common/inf-error.h"
#include "tests/discovery/link/link-fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIMEOUT_MS 20000

static void
serve_echo (InfLinkCall *call, gpointer user_data)
{
  inf_link_call_return (call, inf_link_call_get_request (call));
}

static Node *
new_server (void)
{
  Node *node = node_new ();

  inf_links_add_method (node->links, "echo", INF_LINK_METHOD_MEMBERS, serve_echo, NULL, NULL);
  return node;
}

static void
set_certificate (Node *node, const char *text)
{
  g_autoptr (GBytes) certificate = g_bytes_new (text, strlen (text));

  inf_links_set_certificate (node->links, certificate);
}

static int
connect_raw (Node *node)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (inf_links_get_port (node->links)),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (connect (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  return fd;
}

static int
listen_raw (guint16 *ret_port)
{
  struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 4), ==, 0);
  getsockname (fd, (struct sockaddr *)&address, &length);
  *ret_port = ntohs (address.sin_port);
  return fd;
}

static void
test_wrong_host_key_is_left (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = new_server ();
  g_autoptr (Node) other = node_new ();
  g_autoptr (InfEndpoint) wrong = endpoint_of (other, inf_links_get_port (server->links));
  g_autoptr (GError) error = NULL;

  g_assert_null (call_endpoint (client, wrong, "echo", "", TIMEOUT_MS, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "someone other"));
  g_assert_cmpuint (server->n_asked, ==, 0);
}

static void
test_stranger_is_refused (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = new_server ();
  g_autoptr (GError) error = NULL;

  set_certificate (client, "forged");
  g_assert_null (call (client, server, "echo", "", TIMEOUT_MS, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
  g_assert_cmpuint (server->n_asked, ==, 1);
  g_assert_cmpuint (server->n_up, ==, 0);

  g_clear_error (&error);
  inf_links_set_certificate (client->links, NULL);
  g_assert_null (call (client, server, "echo", "", TIMEOUT_MS, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);

  g_clear_error (&error);
  inf_links_set_certificate (client->links, client->certificate);
  g_autoptr (GBytes) reply = call (client, server, "echo", "now", TIMEOUT_MS, &error);
  g_assert_no_error (error);
  assert_bytes (reply, "now");
}

typedef struct
{
  InfPublicKey key;
  GBytes *certificate;
} Seen;

static gboolean
note_and_allow (const InfPublicKey *key, GBytes *certificate, gpointer user_data, GError **error)
{
  Seen *seen = user_data;

  seen->key = *key;
  seen->certificate = g_bytes_ref (certificate);
  return TRUE;
}

static void
test_key_and_certificate_arrive (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = new_server ();
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };
  guint8 data[900];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = i * 7;
  g_autoptr (GBytes) certificate = g_bytes_new (data, sizeof data);
  inf_links_set_certificate (client->links, certificate);
  inf_links_set_authorize (server->links, note_and_allow, &seen, NULL);
  g_autoptr (GBytes) reply = call (client, server, "echo", "", TIMEOUT_MS, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (certificate, seen.certificate));
  g_assert_cmpmem (&seen.key, sizeof seen.key, inf_keypair_get_public_key (client->keypair),
                   sizeof (InfPublicKey));
  g_bytes_unref (seen.certificate);
}

static gboolean
allow_secret (GBytes *secret, gpointer user_data)
{
  return g_bytes_equal (secret, user_data);
}

static GBytes *
enrol (Node *client, Node *server, const char *secret, const char *method, GError **error)
{
  g_autoptr (GBytes) secret_bytes = g_bytes_new (secret, strlen (secret));
  g_autoptr (GBytes) request = g_bytes_new_static ("me", 2);
  g_autoptr (GAsyncResult) result = NULL;

  inf_links_enrol_async (client->links, server->endpoint, secret_bytes, method, request, TIMEOUT_MS,
                         NULL, on_result, &result);
  wait_until (result);
  return inf_links_enrol_finish (client->links, result, error);
}

static void
test_enrolment_is_confined (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = new_server ();
  g_autoptr (GBytes) secret = g_bytes_new_static ("sixteen bytes ok", 16);
  g_autoptr (GError) error = NULL;

  inf_links_set_enrol (server->links, allow_secret, secret, NULL);
  inf_links_add_method (server->links, "join", INF_LINK_METHOD_ENROLMENT, serve_echo, NULL, NULL);

  g_autoptr (GBytes) reply = enrol (client, server, "sixteen bytes ok", "join", &error);
  g_assert_no_error (error);
  assert_bytes (reply, "me");
  g_assert_cmpuint (server->n_up, ==, 0);

  g_assert_null (enrol (client, server, "sixteen bytes no", "join", &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_null (enrol (client, server, "sixteen bytes ok", "echo", &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_null (call (client, server, "join", "", TIMEOUT_MS, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
}

static void
test_other_addresses_are_tried (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = new_server ();
  g_autoptr (Node) other = node_new ();
  g_autofree char *someone = g_strdup_printf ("127.0.0.1:%u", inf_links_get_port (other->links));
  g_autofree char *right = g_strdup_printf ("127.0.0.1:%u", inf_links_get_port (server->links));
  const char *addresses[] = { "nonsense", "127.0.0.1:1", someone, right, NULL };
  g_autoptr (InfEndpoint) endpoint
      = inf_endpoint_new (inf_keypair_get_peer_id (server->keypair), addresses);
  g_autoptr (GError) error = NULL;

  g_autoptr (GBytes) reply = call_endpoint (client, endpoint, "echo", "found", TIMEOUT_MS, &error);
  g_assert_no_error (error);
  assert_bytes (reply, "found");
}

static void
test_nobody_there (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  const char *addresses[] = { "127.0.0.1:1", NULL };
  g_autoptr (InfEndpoint) closed
      = inf_endpoint_new (inf_keypair_get_peer_id (server->keypair), addresses);
  g_autoptr (InfEndpoint) unknown
      = inf_endpoint_new (inf_keypair_get_peer_id (server->keypair), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (call_endpoint (client, closed, "echo", "", TIMEOUT_MS, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "127.0.0.1:1"));
  g_clear_error (&error);
  g_assert_null (call_endpoint (client, unknown, "echo", "", TIMEOUT_MS, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_UNREACHABLE);
}

/* Someone who accepts and never says a word. */
static void
test_silent_server (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  guint16 port;
  int listener = listen_raw (&port);
  g_autoptr (InfEndpoint) endpoint = endpoint_of (server, port);
  g_autoptr (GError) error = NULL;

  g_assert_null (call_endpoint (client, endpoint, "echo", "", 50, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TIMED_OUT);
  close (listener);
}

static void
test_both_dial_at_once (void)
{
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (Node) a = new_server ();
      g_autoptr (Node) b = new_server ();
      g_autoptr (GAsyncResult) to_b = NULL;
      g_autoptr (GAsyncResult) to_a = NULL;
      g_autoptr (GError) error = NULL;

      inf_links_call_async (a->links, b->endpoint, "echo", NULL, TIMEOUT_MS, NULL, on_result,
                            &to_b);
      inf_links_call_async (b->links, a->endpoint, "echo", NULL, TIMEOUT_MS, NULL, on_result,
                            &to_a);
      wait_until (to_a && to_b);
      g_autoptr (GBytes) first = inf_links_call_finish (a->links, to_b, &error);
      g_assert_no_error (error);
      g_autoptr (GBytes) second = inf_links_call_finish (b->links, to_a, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (a->n_up, ==, 1);
      g_assert_cmpuint (b->n_up, ==, 1);
    }
}

static void
test_loss_is_noticed_and_mended (void)
{
  g_autoptr (Node) client = node_new ();
  Node *server = new_server ();
  guint16 port = inf_links_get_port (server->links);
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };

  g_autoptr (GBytes) first = call (client, server, "echo", "1", TIMEOUT_MS, &error);
  g_assert_no_error (error);
  inf_links_stop (server->links);
  wait_until (client->n_down == 1);

  g_autoptr (InfLinks) again = inf_links_new (server->keypair);
  inf_links_set_authorize (again, note_and_allow, &seen, NULL);
  inf_links_add_method (again, "echo", INF_LINK_METHOD_MEMBERS, serve_echo, NULL, NULL);
  inf_links_listen (again, port, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) second = call (client, server, "echo", "2", TIMEOUT_MS, &error);
  g_assert_no_error (error);
  assert_bytes (second, "2");
  g_assert_cmpuint (client->n_up, ==, 2);
  inf_links_stop (again);
  g_bytes_unref (seen.certificate);
  node_free (server);
}

static void
keep_call (InfLinkCall *call, gpointer user_data)
{
  InfLinkCall **kept = user_data;

  *kept = call;
}

static void
test_calls_fail_with_their_link (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  InfLinkCall *kept = NULL;

  inf_links_add_method (server->links, "later", INF_LINK_METHOD_MEMBERS, keep_call, &kept, NULL);
  inf_links_call_async (client->links, server->endpoint, "later", NULL, TIMEOUT_MS, NULL, on_result,
                        &result);
  wait_until (kept);
  inf_links_disconnect (server->links, inf_keypair_get_peer_id (client->keypair));
  wait_until (result);
  g_assert_null (inf_links_call_finish (client->links, result, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_UNREACHABLE);
  wait_until (g_cancellable_is_cancelled (inf_link_call_get_cancellable (kept)));
  wait_until (server->n_down == 1 && client->n_down == 1);
  inf_link_call_return (kept, NULL);
}

/* The 17th unproven connection of one address is closed at once, and members still come in when the
 * others have gone. */
static void
test_unproven_connections_are_limited (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = new_server ();
  int fds[17];
  char byte;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = connect_raw (server);
  struct timeval brief = { .tv_usec = 1000 };
  setsockopt (fds[16], SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof brief);
  while (recv (fds[16], &byte, 1, 0) < 0 && errno == EAGAIN)
    g_main_context_iteration (NULL, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  g_autoptr (GBytes) reply = NULL;
  while (!reply)
    {
      g_clear_error (&error);
      reply = call (client, server, "echo", "", TIMEOUT_MS, &error);
    }
}

static void
test_garbage_is_survived (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = new_server ();
  g_autoptr (GError) error = NULL;
  guint8 junk[4096];

  for (guint i = 0; i < sizeof junk; i++)
    junk[i] = i * 37 + (i >> 5);
  for (guint i = 0; i < 4; i++)
    {
      int fd = connect_raw (server);
      if (i % 2)
        g_assert_cmpint (send (fd, "SSH-2.0-x\r\n", 11, MSG_NOSIGNAL), ==, 11);
      g_assert_cmpint (send (fd, junk + i, sizeof junk - i, MSG_NOSIGNAL), >, 0);
      close (fd);
    }
  g_autoptr (GBytes) reply = call (client, server, "echo", "alive", TIMEOUT_MS, &error);
  g_assert_no_error (error);
  assert_bytes (reply, "alive");
}

/* Stopping does not wait for a handshake that goes nowhere. */
static void
test_stop_during_handshake (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  guint16 port;
  int listener = listen_raw (&port);
  int raw = connect_raw (server);
  g_autoptr (InfEndpoint) endpoint = endpoint_of (server, port);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start_us = g_get_monotonic_time ();

  inf_links_call_async (client->links, endpoint, "echo", NULL, TIMEOUT_MS, NULL, on_result,
                        &result);
  int accepted = accept (listener, NULL, NULL);
  g_assert_cmpint (accepted, >=, 0);
  inf_links_stop (client->links);
  inf_links_stop (server->links);
  wait_until (result);
  g_assert_null (inf_links_call_finish (client->links, result, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_UNREACHABLE);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 5 * G_USEC_PER_SEC);
  close (accepted);
  close (listener);
  close (raw);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/links/handshake/wrong-host-key-is-left", test_wrong_host_key_is_left);
  g_test_add_func ("/links/handshake/stranger-is-refused", test_stranger_is_refused);
  g_test_add_func ("/links/handshake/key-and-certificate-arrive", test_key_and_certificate_arrive);
  g_test_add_func ("/links/handshake/enrolment-is-confined", test_enrolment_is_confined);
  g_test_add_func ("/links/handshake/other-addresses-are-tried", test_other_addresses_are_tried);
  g_test_add_func ("/links/handshake/nobody-there", test_nobody_there);
  g_test_add_func ("/links/handshake/silent-server", test_silent_server);
  g_test_add_func ("/links/handshake/both-dial-at-once", test_both_dial_at_once);
  g_test_add_func ("/links/handshake/loss-is-noticed-and-mended", test_loss_is_noticed_and_mended);
  g_test_add_func ("/links/handshake/calls-fail-with-their-link", test_calls_fail_with_their_link);
  g_test_add_func ("/links/handshake/unproven-connections-are-limited",
                   test_unproven_connections_are_limited);
  g_test_add_func ("/links/handshake/garbage-is-survived", test_garbage_is_survived);
  g_test_add_func ("/links/handshake/stop-during-handshake", test_stop_during_handshake);
  return g_test_run ();
}
