#include "common/inf-error.h"
#include "discovery/link/inf-link-frame.h"
#include "discovery/link/inf-ssh-key.h"
#include "tests/discovery/link/link-fixture.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Someone with a member's key and certificate who speaks SSH, but is no Infinity. */

#define TIMEOUT_MS 20000

typedef struct
{
  guint16 port;
  InfKeypair *keypair;
  const char *user;
  const char *password;
  gboolean is_done;
  gboolean is_in; /* authenticated */
  void (*act) (ssh_session ssh, ssh_channel channel);
  ssh_channel from_server;
} Stranger;

static int
accept_channel (ssh_session ssh, ssh_message message, void *user_data)
{
  Stranger *stranger = user_data;

  if (ssh_message_type (message) != SSH_REQUEST_CHANNEL_OPEN || stranger->from_server)
    return 1;
  stranger->from_server = ssh_message_channel_request_open_reply_accept (message);
  return 0;
}

static ssh_session
connect_ssh (Stranger *stranger)
{
  const gboolean no = FALSE;
  const unsigned int port = stranger->port;
  const long timeout_s = 10;
  ssh_session ssh = ssh_new ();

  ssh_options_set (ssh, SSH_OPTIONS_PROCESS_CONFIG, &no);
  ssh_options_set (ssh, SSH_OPTIONS_SSH_DIR, "/nonexistent");
  ssh_options_set (ssh, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
  ssh_options_set (ssh, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
  ssh_options_set (ssh, SSH_OPTIONS_HOST, "127.0.0.1");
  ssh_options_set (ssh, SSH_OPTIONS_USER, "anyone");
  ssh_options_set (ssh, SSH_OPTIONS_PORT, &port);
  ssh_options_set (ssh, SSH_OPTIONS_TIMEOUT, &timeout_s);
  ssh_set_message_callback (ssh, accept_channel, stranger);
  g_assert_cmpint (ssh_connect (ssh), ==, SSH_OK);
  return ssh;
}

static gpointer
run_stranger (gpointer data)
{
  Stranger *stranger = data;
  ssh_session ssh = connect_ssh (stranger);
  ssh_key key = inf_ssh_key_from_keypair (stranger->keypair);

  stranger->is_in = ssh_userauth_publickey (ssh, stranger->user, key) == SSH_AUTH_SUCCESS;
  ssh_key_free (key);
  if (stranger->is_in)
    {
      ssh_channel channel = ssh_channel_new (ssh);
      if (ssh_channel_open_session (channel) == SSH_OK)
        stranger->act (ssh, channel);
    }
  ssh_disconnect (ssh);
  ssh_free (ssh);
  g_atomic_int_set (&stranger->is_done, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

/* "member" in base64 */
static void
let_in (Node *server, Stranger *stranger)
{
  stranger->port = inf_links_get_port (server->links);
  stranger->keypair = inf_keypair_generate ();
  if (!stranger->user)
    stranger->user = "bWVtYmVy";
  GThread *thread = g_thread_new ("stranger", run_stranger, stranger);
  wait_until (g_atomic_int_get (&stranger->is_done));
  g_thread_join (thread);
  inf_keypair_unref (stranger->keypair);
}

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
assert_still_serves (Node *server)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply = call (client, server, "echo", "well", TIMEOUT_MS, &error);

  g_assert_no_error (error);
  assert_bytes (reply, "well");
}

/* Reads until the server hangs up. */
static void
wait_for_end (ssh_session ssh, ssh_channel channel)
{
  char buffer[4096];

  while (ssh_channel_is_open (channel) && !ssh_channel_is_eof (channel)
         && ssh_channel_read_timeout (channel, buffer, sizeof buffer, 0, 10000) >= 0)
    ;
}

static void
write_garbage (ssh_session ssh, ssh_channel channel)
{
  char garbage[1000];

  memset (garbage, 0xee, sizeof garbage);
  ssh_channel_write (channel, garbage, sizeof garbage);
  wait_for_end (ssh, channel);
}

static void
test_garbage_ends_the_link (void)
{
  g_autoptr (Node) server = new_server ();
  Stranger stranger = { .act = write_garbage };

  let_in (server, &stranger);
  g_assert_true (stranger.is_in);
  wait_until (server->n_up == 1 && server->n_down == 1);
  assert_still_serves (server);
}

static void
ask_for_a_shell (ssh_session ssh, ssh_channel channel)
{
  ssh_channel second = ssh_channel_new (ssh), forward = ssh_channel_new (ssh);

  g_assert_cmpint (ssh_channel_request_shell (channel), ==, SSH_ERROR);
  g_assert_cmpint (ssh_channel_request_exec (channel, "id"), ==, SSH_ERROR);
  g_assert_cmpint (ssh_channel_request_subsystem (channel, "sftp"), ==, SSH_ERROR);
  g_assert_cmpint (ssh_channel_request_env (channel, "PATH", "/tmp"), ==, SSH_ERROR);
  g_assert_cmpint (ssh_channel_open_session (second), ==, SSH_ERROR);
  g_assert_cmpint (ssh_channel_open_forward (forward, "127.0.0.1", 22, "127.0.0.1", 1), ==,
                   SSH_ERROR);
  g_assert_cmpint (ssh_channel_listen_forward (ssh, NULL, 0, NULL), ==, SSH_ERROR);
}

static void
test_ssh_offers_nothing_else (void)
{
  g_autoptr (Node) server = new_server ();
  Stranger stranger = { .act = ask_for_a_shell };

  let_in (server, &stranger);
  g_assert_true (stranger.is_in);
  assert_still_serves (server);
}

static void
hang_up_at_once (ssh_session ssh, ssh_channel channel)
{
  ssh_channel_close (channel);
}

static void
test_coming_and_going (void)
{
  g_autoptr (Node) server = new_server ();

  for (guint i = 0; i < 10; i++)
    {
      Stranger stranger = { .act = hang_up_at_once };
      let_in (server, &stranger);
    }
  wait_until (server->n_up == server->n_down);
  assert_still_serves (server);
}

/* Asks for signs of life without end, and reads none of them. */
static void
flood_with_pings (ssh_session ssh, ssh_channel channel)
{
  const InfLinkFrameHeader ping = { INF_LINK_FRAME_PING, 0, 0 };
  guint8 block[INF_LINK_FRAME_HEADER_BYTES * 3000];

  for (gsize i = 0; i < sizeof block; i += INF_LINK_FRAME_HEADER_BYTES)
    inf_link_frame_write_header (&ping, block + i);
  while (ssh_channel_write (channel, block, sizeof block) > 0)
    ;
}

static void
test_flood_is_cut (void)
{
  g_autoptr (Node) server = new_server ();
  Stranger stranger = { .act = flood_with_pings };

  let_in (server, &stranger);
  wait_until (server->n_up == 1 && server->n_down == 1);
  assert_still_serves (server);
}

static void
test_long_user_name_is_refused (void)
{
  g_autoptr (Node) server = new_server ();
  g_autofree char *user = g_strnfill (20000, 'A');
  Stranger stranger = { .user = user };

  let_in (server, &stranger);
  g_assert_false (stranger.is_in);
  g_assert_cmpuint (server->n_asked, ==, 0);
  assert_still_serves (server);
}

static gpointer
try_password (gpointer data)
{
  Stranger *stranger = data;
  ssh_session ssh = connect_ssh (stranger);
  int status = stranger->password ? ssh_userauth_password (ssh, stranger->user, stranger->password)
                                  : ssh_userauth_none (ssh, stranger->user);

  stranger->is_in = status == SSH_AUTH_SUCCESS;
  ssh_disconnect (ssh);
  ssh_free (ssh);
  g_atomic_int_set (&stranger->is_done, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

static void
test_passwords_open_nothing (void)
{
  static const char *const tries[][2]
      = { { "root", "root" }, { "enrol", "c2VjcmV0" }, { "enrol", "" }, { "enrol", NULL } };
  g_autoptr (Node) server = new_server ();

  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      Stranger stranger = { .port = inf_links_get_port (server->links),
                            .user = tries[i][0],
                            .password = tries[i][1] };
      GThread *thread = g_thread_new ("stranger", try_password, &stranger);
      wait_until (g_atomic_int_get (&stranger.is_done));
      g_thread_join (thread);
      g_assert_false (stranger.is_in);
    }
  assert_still_serves (server);
}

static int
connect_raw (Node *node)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (
      client, "127.0.0.1", inf_links_get_port (node->links), NULL, &error);

  g_assert_no_error (error);
  return dup (g_socket_get_fd (g_socket_connection_get_socket (connection)));
}

/* Without descriptors nobody comes in; with some again they do. */
static void
test_want_of_descriptors_is_survived (void)
{
  g_autoptr (Node) server = new_server ();
  struct rlimit before, none;
  int fd = connect_raw (server);

  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*can't accept*");
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  none = before;
  none.rlim_cur = 3;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  settle_main_context ();
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_test_assert_expected_messages ();
  close (fd);
  assert_still_serves (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/links/hostile/garbage-ends-the-link", test_garbage_ends_the_link);
  g_test_add_func ("/links/hostile/ssh-offers-nothing-else", test_ssh_offers_nothing_else);
  g_test_add_func ("/links/hostile/coming-and-going", test_coming_and_going);
  g_test_add_func ("/links/hostile/flood-is-cut", test_flood_is_cut);
  g_test_add_func ("/links/hostile/long-user-name-is-refused", test_long_user_name_is_refused);
  g_test_add_func ("/links/hostile/passwords-open-nothing", test_passwords_open_nothing);
  g_test_add_func ("/links/hostile/want-of-descriptors-is-survived",
                   test_want_of_descriptors_is_survived);
  return g_test_run ();
}
