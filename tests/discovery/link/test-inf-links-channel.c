#include "common/inf-error.h"
#include "common/inf-sha256.h"
#include "tests/discovery/link/link-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIMEOUT_MS 20000
#define MIB (1024 * 1024)

/* What the serving side splices next, and what became of it. */
typedef struct
{
  InfSplice splice;
  InfLinkChannel *channel;
  InfLinkIncoming *kept;
  GBytes *header;
  guint n_closed;
  int exit_status;
} Service;

static void
on_closed (InfLinkChannel *channel, int exit_status, Service *service)
{
  service->n_closed++;
  service->exit_status = exit_status;
}

static void
serve (InfLinkIncoming *incoming, gpointer user_data)
{
  Service *service = user_data;

  g_clear_pointer (&service->header, g_bytes_unref);
  service->header = g_bytes_ref (inf_link_incoming_get_header (incoming));
  g_clear_object (&service->channel);
  service->channel = inf_link_incoming_accept (incoming, &service->splice);
  g_signal_connect (service->channel, "closed", G_CALLBACK (on_closed), service);
}

static void
service_clear (Service *service)
{
  g_clear_pointer (&service->header, g_bytes_unref);
  g_clear_object (&service->channel);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Service, service_clear)

/* An open channel of sockets: fds[0] is the opening end's, fds[1] the serving end's. */
static InfLinkChannel *
connect_pair (Node *client, Node *server, Service *service, int ret_fds[2])
{
  int opening[2], serving[2];
  g_autoptr (GError) error = NULL;

  stream_pair (opening);
  stream_pair (serving);
  service->splice = (InfSplice){ serving[0], serving[0], -1 };
  InfLinkChannel *channel = open_channel (client, server, "net", "head", opening[0], &error);
  g_assert_no_error (error);
  ret_fds[0] = opening[1];
  ret_fds[1] = serving[1];
  return channel;
}

static void
assert_passes (int from, int to, const char *text)
{
  char got[64];

  g_assert_cmpint (send (from, text, strlen (text), MSG_NOSIGNAL), ==, (gssize)strlen (text));
  g_assert_cmpint (recv (to, got, strlen (text), MSG_WAITALL), ==, (gssize)strlen (text));
  g_assert_cmpmem (got, strlen (text), text, strlen (text));
}

static void
assert_end (int fd)
{
  char byte;

  g_assert_cmpint (read (fd, &byte, 1), ==, 0);
}

static void
run_echo_and_half_close (Node *client, Node *server)
{
  g_auto (Service) service = { 0 };
  Service opener = { 0 };
  int fds[2];

  inf_links_add_service (server->links, "net", serve, &service, NULL);
  g_autoptr (InfLinkChannel) channel = connect_pair (client, server, &service, fds);
  g_signal_connect (channel, "closed", G_CALLBACK (on_closed), &opener);
  assert_bytes (service.header, "head");
  for (guint i = 0; i < 100; i++)
    {
      assert_passes (fds[0], fds[1], "ping");
      assert_passes (fds[1], fds[0], "pong");
    }
  shutdown (fds[0], SHUT_WR);
  assert_end (fds[1]);
  assert_passes (fds[1], fds[0], "still open this way");
  g_assert_false (inf_link_channel_is_closed (channel));
  close (fds[1]);
  assert_end (fds[0]);
  close (fds[0]);
  wait_until (service.n_closed == 1 && opener.n_closed == 1);
  g_assert_cmpint (opener.exit_status, ==, -1);
  g_assert_cmpuint (inf_link_channel_get_sent_bytes (channel), ==, 400);
  g_assert_cmpuint (inf_link_channel_get_received_bytes (channel), ==, 419);
}

static void
test_echo_and_half_close (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();

  run_echo_and_half_close (client, server);
  run_echo_and_half_close (client, server);
  run_echo_and_half_close (server, client);
}

static void
test_echo_and_half_close_to_itself (void)
{
  g_autoptr (Node) node = node_new ();

  run_echo_and_half_close (node, node);
}

typedef struct
{
  int fd;
  gsize size_bytes;
  guint32 seed;
  guint8 digest[INF_SHA256_SIZE_BYTES];
} Stream;

static gpointer
write_stream (gpointer data)
{
  Stream *stream = data;
  g_autofree guint32 *block = g_new (guint32, 16384);
  g_autoptr (InfSha256) hash = inf_sha256_new ();
  guint32 state = stream->seed;

  for (gsize left = stream->size_bytes; left > 0;)
    {
      gsize n = MIN (left, 65536);
      for (guint i = 0; i < 16384; i++)
        block[i] = state = state * 1664525 + 1013904223;
      inf_sha256_update (hash, block, n);
      for (gsize sent = 0; sent < n;)
        {
          gssize m = send (stream->fd, (guint8 *)block + sent, n - sent, MSG_NOSIGNAL);
          g_assert_cmpint (m, >, 0);
          sent += m;
        }
      left -= n;
    }
  shutdown (stream->fd, SHUT_WR);
  inf_sha256_finish (hash, stream->digest);
  return NULL;
}

static gpointer
read_stream (gpointer data)
{
  Stream *stream = data;
  g_autofree guint8 *block = g_malloc (65536);
  g_autoptr (InfSha256) hash = inf_sha256_new ();
  gssize n;

  while ((n = read (stream->fd, block, 65536)) > 0)
    {
      inf_sha256_update (hash, block, n);
      stream->size_bytes += n;
    }
  g_assert_cmpint (n, ==, 0);
  inf_sha256_finish (hash, stream->digest);
  return NULL;
}

static void
exchange_bulk (int fds[2], gsize size_bytes)
{
  Stream out[2] = { { fds[0], size_bytes, 1 }, { fds[1], size_bytes, 2 } };
  Stream in[2] = { { fds[1], 0 }, { fds[0], 0 } };
  GThread *threads[4];

  for (guint i = 0; i < 2; i++)
    {
      threads[2 * i] = g_thread_new ("write", write_stream, &out[i]);
      threads[2 * i + 1] = g_thread_new ("read", read_stream, &in[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (in[i].size_bytes, ==, size_bytes);
      g_assert_cmpmem (in[i].digest, sizeof in[i].digest, out[i].digest, sizeof out[i].digest);
    }
}

static void
run_bulk (Node *client, Node *server, gsize size_bytes)
{
  g_auto (Service) service = { 0 };
  Service opener = { 0 };
  int fds[2];

  inf_links_add_service (server->links, "net", serve, &service, NULL);
  g_autoptr (InfLinkChannel) channel = connect_pair (client, server, &service, fds);
  g_signal_connect (channel, "closed", G_CALLBACK (on_closed), &opener);
  exchange_bulk (fds, size_bytes);
  close (fds[0]);
  close (fds[1]);
  wait_until (service.n_closed == 1 && opener.n_closed == 1);
  g_assert_cmpuint (inf_link_channel_get_sent_bytes (channel), ==, size_bytes);
}

static void
test_bulk_both_ways (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();

  run_bulk (client, server, 64 * MIB + 17);
}

static void
test_bulk_to_itself (void)
{
  g_autoptr (Node) node = node_new ();

  run_bulk (node, node, 16 * MIB + 17);
}

static void
test_new_keys_on_the_way (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();

  inf_links_set_rekey_bytes (client->links, 3 * MIB);
  inf_links_set_rekey_bytes (server->links, 2 * MIB);
  run_bulk (client, server, 40 * MIB);
}

static void
serve_echo (InfLinkCall *call, gpointer user_data)
{
  inf_link_call_return (call, inf_link_call_get_request (call));
}

/* Writes until nothing more is taken for as long as another channel makes round trips. */
static gsize
stuff (int fd, int other[2])
{
  g_autofree guint8 *block = g_malloc0 (65536);
  gsize total = 0, before;

  do
    {
      gssize n;
      before = total;
      while ((n = send (fd, block, 65536, MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
        total += n;
      for (guint i = 0; i < 200; i++)
        assert_passes (other[0], other[1], "are you there");
    }
  while (total > before);
  return total;
}

static void
test_stalled_reader_holds_up_nobody (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  g_auto (Service) service = { 0 };
  g_autoptr (GError) error = NULL;
  int stalled[2], lively[2];

  inf_links_add_service (server->links, "net", serve, &service, NULL);
  inf_links_add_method (server->links, "echo", INF_LINK_METHOD_MEMBERS, serve_echo, NULL, NULL);
  g_autoptr (InfLinkChannel) first = connect_pair (client, server, &service, stalled);
  g_autoptr (InfLinkChannel) second = connect_pair (client, server, &service, lively);
  gsize stuffed = stuff (stalled[0], lively);
  g_assert_cmpuint (stuffed, <, 4 * MIB);
  g_autoptr (GBytes) reply = call (client, server, "echo", "call", TIMEOUT_MS, &error);
  g_assert_no_error (error);

  Stream in = { stalled[1], 0 };
  shutdown (stalled[0], SHUT_WR);
  read_stream (&in);
  g_assert_cmpuint (in.size_bytes, ==, stuffed);
  close (stalled[0]);
  close (stalled[1]);
  close (lively[0]);
  close (lively[1]);
}

static void
test_hundred_channels (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  g_auto (Service) service = { 0 };
  InfLinkChannel *channels[100];
  int fds[100][2];

  inf_links_add_service (server->links, "net", serve, &service, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
    channels[i] = connect_pair (client, server, &service, fds[i]);
  for (guint round = 0; round < 5; round++)
    for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
      assert_passes (fds[i][round % 2], fds[i][1 - round % 2], "hello");
  for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
    {
      close (fds[i][0]);
      close (fds[i][1]);
    }
  wait_until (service.n_closed == G_N_ELEMENTS (channels));
  for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
    {
      wait_until (inf_link_channel_is_closed (channels[i]));
      g_object_unref (channels[i]);
    }
}

/* A program's three streams at both ends: [0] is read, [1] is written. */
typedef struct
{
  int in[2];
  int out[2];
  int err[2];
} Streams;

static Streams
make_streams (void)
{
  Streams streams;

  g_assert_true (g_unix_open_pipe (streams.in, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (streams.out, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (streams.err, FD_CLOEXEC, NULL));
  return streams;
}

static void
assert_reads_all (int fd, const char *expected)
{
  char text[256];
  gsize size = 0;
  gssize n;

  while ((n = read (fd, text + size, sizeof text - size)) > 0)
    size += n;
  g_assert_cmpint (n, ==, 0);
  g_assert_cmpmem (text, size, expected, strlen (expected));
  close (fd);
}

static void
write_text (int fd, const char *text)
{
  g_assert_cmpint (write (fd, text, strlen (text)), ==, (gssize)strlen (text));
}

static void
run_program (Node *client, Node *server)
{
  g_auto (Service) service = { 0 };
  Service opener = { 0 };
  Streams ours = make_streams (), program = make_streams ();
  InfSplice splice = { ours.in[0], ours.out[1], ours.err[1] };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char text[5];

  service.splice = (InfSplice){ program.out[0], program.in[1], program.err[0] };
  inf_links_add_service (server->links, "exec", serve, &service, NULL);
  inf_links_open_channel_async (client->links, server->endpoint, "exec", NULL, &splice, NULL,
                                on_result, &result);
  wait_until (result);
  g_autoptr (InfLinkChannel) channel
      = inf_links_open_channel_finish (client->links, result, &error);
  g_assert_no_error (error);
  g_signal_connect (channel, "closed", G_CALLBACK (on_closed), &opener);

  write_text (ours.in[1], "input");
  g_assert_cmpint (read (program.in[0], text, 5), ==, 5);
  g_assert_cmpmem (text, 5, "input", 5);
  close (ours.in[1]);
  assert_end (program.in[0]);
  close (program.in[0]);
  write_text (program.out[1], "result");
  write_text (program.err[1], "warning");
  /* Its output is left open, as by a process that it leaves behind. */
  inf_link_channel_set_exit_status (service.channel, 65);
  wait_until (opener.n_closed == 1 && service.n_closed == 1);
  g_assert_cmpint (opener.exit_status, ==, 65);
  assert_reads_all (ours.out[0], "result");
  assert_reads_all (ours.err[0], "warning");
  close (program.out[1]);
  close (program.err[1]);
}

static void
test_program (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();

  run_program (client, server);
  run_program (server, client);
}

static void
test_program_of_this_node (void)
{
  g_autoptr (Node) node = node_new ();

  run_program (node, node);
}

static void
reject (InfLinkIncoming *incoming, gpointer user_data)
{
  g_autoptr (GError) error = g_error_new_literal (INF_ERROR, INF_ERROR_REFUSED, "no such lease");

  inf_link_incoming_reject (incoming, error);
}

static void
run_rejection (Node *client, Node *server)
{
  int fds[2];
  g_autoptr (GError) error = NULL;

  inf_links_add_service (server->links, "exec", reject, NULL, NULL);
  stream_pair (fds);
  g_assert_null (open_channel (client, server, "exec", "", fds[0], &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_REFUSED);
  g_assert_cmpstr (error->message, ==, "no such lease");
  assert_end (fds[1]);
  close (fds[1]);

  g_clear_error (&error);
  stream_pair (fds);
  g_assert_null (open_channel (client, server, "unheard-of", "", fds[0], &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
  assert_end (fds[1]);
  close (fds[1]);
}

static void
test_rejection (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();

  run_rejection (client, server);
  run_rejection (client, client);
}

static void
test_unreachable_closes_descriptors (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  int fds[2];
  g_autoptr (GError) error = NULL;

  inf_links_stop (server->links);
  stream_pair (fds);
  g_assert_null (open_channel (client, server, "net", "", fds[0], &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_UNREACHABLE);
  assert_end (fds[1]);
  close (fds[1]);
}

static void
keep_incoming (InfLinkIncoming *incoming, gpointer user_data)
{
  Service *service = user_data;

  service->kept = incoming;
}

/* The opener gives up before the service has made up its mind. */
static void
run_cancelled_opening (Node *client, Node *server)
{
  g_auto (Service) service = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  int opening[2], serving[2];

  inf_links_add_service (server->links, "slow", keep_incoming, &service, NULL);
  stream_pair (opening);
  stream_pair (serving);
  InfSplice splice = { opening[0], opening[0], -1 };
  inf_links_open_channel_async (client->links, server->endpoint, "slow", NULL, &splice, cancellable,
                                on_result, &result);
  wait_until (service.kept);
  g_cancellable_cancel (cancellable);
  wait_until (result);
  g_assert_null (inf_links_open_channel_finish (client->links, result, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CANCELLED);

  service.splice = (InfSplice){ serving[0], serving[0], -1 };
  serve (service.kept, &service);
  wait_until (service.n_closed == 1);
  assert_end (serving[1]);
  assert_end (opening[1]);
  close (opening[1]);
  close (serving[1]);
}

static void
test_cancelled_opening (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();

  run_cancelled_opening (client, server);
  run_cancelled_opening (client, client);
}

static void
run_owner_closes (Node *client, Node *server, gboolean is_opener)
{
  g_auto (Service) service = { 0 };
  Service opener = { 0 };
  int fds[2];
  char byte;

  inf_links_add_service (server->links, "net", serve, &service, NULL);
  g_autoptr (InfLinkChannel) channel = connect_pair (client, server, &service, fds);
  g_signal_connect (channel, "closed", G_CALLBACK (on_closed), &opener);
  assert_passes (fds[0], fds[1], "before");
  inf_link_channel_close (is_opener ? channel : service.channel);
  wait_until (service.n_closed == 1 && opener.n_closed == 1);
  g_assert_cmpint (read (fds[0], &byte, 1), <=, 0);
  g_assert_cmpint (read (fds[1], &byte, 1), <=, 0);
  close (fds[0]);
  close (fds[1]);
}

static void
test_owner_closes (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();

  run_owner_closes (client, server, TRUE);
  run_owner_closes (client, server, FALSE);
  run_owner_closes (client, client, TRUE);
}

static void
test_channels_end_with_their_link (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  g_auto (Service) service = { 0 };
  Service opener = { 0 };
  int fds[2];
  char byte;

  inf_links_add_service (server->links, "net", serve, &service, NULL);
  g_autoptr (InfLinkChannel) channel = connect_pair (client, server, &service, fds);
  g_signal_connect (channel, "closed", G_CALLBACK (on_closed), &opener);
  assert_passes (fds[0], fds[1], "before");
  inf_links_disconnect (client->links, inf_keypair_get_peer_id (server->keypair));
  wait_until (service.n_closed == 1 && opener.n_closed == 1);
  g_assert_cmpint (read (fds[0], &byte, 1), <=, 0);
  g_assert_cmpint (read (fds[1], &byte, 1), <=, 0);
  close (fds[0]);
  close (fds[1]);
}

/* What is read may be a file, which can't be watched. */
static void
test_regular_file (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  g_auto (Service) service = { 0 };
  g_autofree char *path = NULL;
  g_autofree guint8 *content = g_malloc (MIB);
  g_autoptr (GError) error = NULL;
  int fds[2];
  Stream in = { 0 };
  guint8 expected[INF_SHA256_SIZE_BYTES];

  memset (content, 'x', MIB);
  inf_sha256_of_data (content, MIB, expected);
  int file = g_file_open_tmp ("infinity-test-XXXXXX", &path, &error);
  g_assert_no_error (error);
  unlink (path);
  g_assert_cmpint (write (file, content, MIB), ==, MIB);
  lseek (file, 0, SEEK_SET);
  stream_pair (fds);
  service.splice = (InfSplice){ file, -1, -1 };
  inf_links_add_service (server->links, "file", serve, &service, NULL);
  g_autoptr (InfLinkChannel) channel = open_channel (client, server, "file", "", fds[0], &error);
  g_assert_no_error (error);
  in.fd = fds[1];
  read_stream (&in);
  g_assert_cmpuint (in.size_bytes, ==, MIB);
  g_assert_cmpmem (in.digest, sizeof in.digest, expected, sizeof expected);
  close (fds[1]);
  wait_until (inf_link_channel_is_closed (channel));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/links/channel/echo-and-half-close", test_echo_and_half_close);
  g_test_add_func ("/links/channel/echo-and-half-close-to-itself",
                   test_echo_and_half_close_to_itself);
  g_test_add_func ("/links/channel/bulk-both-ways", test_bulk_both_ways);
  g_test_add_func ("/links/channel/bulk-to-itself", test_bulk_to_itself);
  g_test_add_func ("/links/channel/new-keys-on-the-way", test_new_keys_on_the_way);
  g_test_add_func ("/links/channel/stalled-reader-holds-up-nobody",
                   test_stalled_reader_holds_up_nobody);
  g_test_add_func ("/links/channel/hundred-channels", test_hundred_channels);
  g_test_add_func ("/links/channel/program", test_program);
  g_test_add_func ("/links/channel/program-of-this-node", test_program_of_this_node);
  g_test_add_func ("/links/channel/rejection", test_rejection);
  g_test_add_func ("/links/channel/unreachable-closes-descriptors",
                   test_unreachable_closes_descriptors);
  g_test_add_func ("/links/channel/cancelled-opening", test_cancelled_opening);
  g_test_add_func ("/links/channel/owner-closes", test_owner_closes);
  g_test_add_func ("/links/channel/channels-end-with-their-link",
                   test_channels_end_with_their_link);
  g_test_add_func ("/links/channel/regular-file", test_regular_file);
  return g_test_run ();
}
