#include "common/inf-error.h"
#include "tests/discovery/link/link-fixture.h"

#include <string.h>

#define TIMEOUT_MS 20000

static void
serve_echo (InfLinkCall *call, gpointer user_data)
{
  inf_link_call_return (call, inf_link_call_get_request (call));
}

static void
serve_error (InfLinkCall *call, gpointer user_data)
{
  g_autoptr (GError) error
      = g_error_new (INF_ERROR, INF_ERROR_REFUSED, "refused by oak: 2 of 4 slots free");

  inf_link_call_return_error (call, error);
}

/* Keeps the call, for the test to answer. */
static void
serve_later (InfLinkCall *call, gpointer user_data)
{
  InfLinkCall **kept = user_data;

  *kept = call;
}

static void
test_round_trip (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  g_autoptr (GError) error = NULL;

  inf_links_add_method (server->links, "echo", INF_LINK_METHOD_MEMBERS, serve_echo, NULL, NULL);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GBytes) reply = call (client, server, "echo", "hello", TIMEOUT_MS, &error);
      g_assert_no_error (error);
      assert_bytes (reply, "hello");
    }
  g_assert_cmpuint (client->n_up, ==, 1);
  g_assert_cmpuint (server->n_up, ==, 1);
  g_assert_cmpuint (server->n_asked, ==, 1);
}

static void
test_both_directions_share_a_link (void)
{
  g_autoptr (Node) a = node_new ();
  g_autoptr (Node) b = node_new ();
  g_autoptr (GError) error = NULL;

  inf_links_add_method (a->links, "echo", INF_LINK_METHOD_MEMBERS, serve_echo, NULL, NULL);
  inf_links_add_method (b->links, "echo", INF_LINK_METHOD_MEMBERS, serve_echo, NULL, NULL);
  g_autoptr (GBytes) first = call (a, b, "echo", "to b", TIMEOUT_MS, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) second = call (b, a, "echo", "to a", TIMEOUT_MS, &error);
  g_assert_no_error (error);
  assert_bytes (second, "to a");
  g_assert_cmpuint (a->n_asked, ==, 0);
}

static void
test_empty_and_large (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  g_autoptr (GError) error = NULL;
  gsize size = INF_LINK_CALL_MAX_BYTES;
  g_autofree guint8 *data = g_malloc (size);
  g_autoptr (GAsyncResult) result = NULL;

  inf_links_add_method (server->links, "echo", INF_LINK_METHOD_MEMBERS, serve_echo, NULL, NULL);
  g_autoptr (GBytes) empty = call (client, server, "echo", "", TIMEOUT_MS, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (empty), ==, 0);

  for (gsize i = 0; i < size; i++)
    data[i] = (i * 31) >> 3;
  g_autoptr (GBytes) large = g_bytes_new (data, size);
  inf_links_call_async (client->links, server->endpoint, "echo", large, TIMEOUT_MS, NULL, on_result,
                        &result);
  wait_until (result);
  g_autoptr (GBytes) reply = inf_links_call_finish (client->links, result, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (large, reply));
}

static void
test_too_large_is_refused (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  g_autoptr (GError) error = NULL;
  InfLinkCall *kept = NULL;
  g_autoptr (GBytes) huge
      = g_bytes_new_take (g_malloc0 (INF_LINK_CALL_MAX_BYTES + 1), INF_LINK_CALL_MAX_BYTES + 1);
  g_autoptr (GAsyncResult) request_result = NULL;
  g_autoptr (GAsyncResult) reply_result = NULL;

  inf_links_add_method (server->links, "later", INF_LINK_METHOD_MEMBERS, serve_later, &kept, NULL);
  inf_links_call_async (client->links, server->endpoint, "later", huge, TIMEOUT_MS, NULL, on_result,
                        &request_result);
  wait_until (request_result);
  g_assert_null (inf_links_call_finish (client->links, request_result, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TOO_LARGE);
  g_clear_error (&error);

  inf_links_call_async (client->links, server->endpoint, "later", NULL, TIMEOUT_MS, NULL, on_result,
                        &reply_result);
  wait_until (kept);
  inf_link_call_return (kept, huge);
  wait_until (reply_result);
  g_assert_null (inf_links_call_finish (client->links, reply_result, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TOO_LARGE);
}

static void
test_errors_travel (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  g_autoptr (GError) error = NULL;

  inf_links_add_method (server->links, "no", INF_LINK_METHOD_MEMBERS, serve_error, NULL, NULL);
  g_assert_null (call (client, server, "no", "", TIMEOUT_MS, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_REFUSED);
  g_assert_cmpstr (error->message, ==, "refused by oak: 2 of 4 slots free");
  g_clear_error (&error);
  g_assert_null (call (client, server, "unheard-of", "", TIMEOUT_MS, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
}

static void
test_time_out_reaches_handler (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  g_autoptr (GError) error = NULL;
  InfLinkCall *kept = NULL;

  inf_links_add_method (server->links, "later", INF_LINK_METHOD_MEMBERS, serve_later, &kept, NULL);
  inf_links_add_method (server->links, "echo", INF_LINK_METHOD_MEMBERS, serve_echo, NULL, NULL);
  g_autoptr (GBytes) warm = call (client, server, "echo", "", TIMEOUT_MS, &error);
  g_assert_null (call (client, server, "later", "", 50, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TIMED_OUT);
  wait_until (kept && g_cancellable_is_cancelled (inf_link_call_get_cancellable (kept)));
  inf_link_call_return (kept, NULL);
}

static void
test_cancellation_reaches_handler (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  InfLinkCall *kept = NULL;

  inf_links_add_method (server->links, "later", INF_LINK_METHOD_MEMBERS, serve_later, &kept, NULL);
  inf_links_call_async (client->links, server->endpoint, "later", NULL, TIMEOUT_MS, cancellable,
                        on_result, &result);
  wait_until (kept);
  g_assert_false (g_cancellable_is_cancelled (inf_link_call_get_cancellable (kept)));
  g_cancellable_cancel (cancellable);
  wait_until (result);
  g_assert_null (inf_links_call_finish (client->links, result, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CANCELLED);
  wait_until (g_cancellable_is_cancelled (inf_link_call_get_cancellable (kept)));
  inf_link_call_return (kept, NULL);
}

static void
count_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint *n_done = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply = inf_links_call_finish (INF_LINKS (source), result, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (reply), ==, 100);
  (*n_done)++;
}

static void
test_thousand_at_once (void)
{
  g_autoptr (Node) client = node_new ();
  g_autoptr (Node) server = node_new ();
  g_autoptr (GBytes) request = g_bytes_new_take (g_malloc0 (100), 100);
  guint n_done = 0;

  inf_links_add_method (server->links, "echo", INF_LINK_METHOD_MEMBERS, serve_echo, NULL, NULL);
  for (guint i = 0; i < 1000; i++)
    inf_links_call_async (client->links, server->endpoint, "echo", request, TIMEOUT_MS, NULL,
                          count_result, &n_done);
  wait_until (n_done == 1000);
}

static void
test_to_itself (void)
{
  g_autoptr (Node) node = node_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  InfLinkCall *kept = NULL;

  inf_links_add_method (node->links, "echo", INF_LINK_METHOD_MEMBERS, serve_echo, NULL, NULL);
  inf_links_add_method (node->links, "no", INF_LINK_METHOD_MEMBERS, serve_error, NULL, NULL);
  inf_links_add_method (node->links, "later", INF_LINK_METHOD_MEMBERS, serve_later, &kept, NULL);
  g_autoptr (GBytes) reply = call (node, node, "echo", "self", TIMEOUT_MS, &error);
  g_assert_no_error (error);
  assert_bytes (reply, "self");
  g_assert_null (call (node, node, "no", "", TIMEOUT_MS, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_REFUSED);
  g_clear_error (&error);

  inf_links_call_async (node->links, node->endpoint, "later", NULL, 0, cancellable, on_result,
                        &result);
  wait_until (kept);
  g_cancellable_cancel (cancellable);
  wait_until (result);
  g_assert_null (inf_links_call_finish (node->links, result, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CANCELLED);
  g_assert_true (g_cancellable_is_cancelled (inf_link_call_get_cancellable (kept)));
  inf_link_call_return (kept, NULL);
  g_assert_cmpuint (node->n_up, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/links/call/round-trip", test_round_trip);
  g_test_add_func ("/links/call/both-directions-share-a-link", test_both_directions_share_a_link);
  g_test_add_func ("/links/call/empty-and-large", test_empty_and_large);
  g_test_add_func ("/links/call/too-large-is-refused", test_too_large_is_refused);
  g_test_add_func ("/links/call/errors-travel", test_errors_travel);
  g_test_add_func ("/links/call/time-out-reaches-handler", test_time_out_reaches_handler);
  g_test_add_func ("/links/call/cancellation-reaches-handler", test_cancellation_reaches_handler);
  g_test_add_func ("/links/call/thousand-at-once", test_thousand_at_once);
  g_test_add_func ("/links/call/to-itself", test_to_itself);
  return g_test_run ();
}
