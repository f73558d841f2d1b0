#include "tests/discovery/link/link-fixture.h"

#include "common/inf-error.h"

#include <string.h>
#include <sys/socket.h>

static gboolean
authorize (const InfPublicKey *key, GBytes *certificate, gpointer user_data, GError **error)
{
  Node *node = user_data;
  gsize size;
  const char *text = g_bytes_get_data (certificate, &size);

  node->n_asked++;
  if (size == strlen ("member") && memcmp (text, "member", size) == 0)
    return TRUE;
  g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED, "no certificate");
  return FALSE;
}

static void
count (InfLinks *links, gpointer peer_id, guint *counter)
{
  (*counter)++;
}

InfEndpoint *
endpoint_of (Node *node, guint16 port)
{
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", port);
  const char *addresses[] = { address, NULL };

  return inf_endpoint_new (inf_keypair_get_peer_id (node->keypair), addresses);
}

Node *
node_new (void)
{
  Node *node = g_new0 (Node, 1);
  g_autoptr (GError) error = NULL;

  node->keypair = inf_keypair_generate ();
  node->links = inf_links_new (node->keypair);
  node->certificate = g_bytes_new_static ("member", strlen ("member"));
  inf_links_set_certificate (node->links, node->certificate);
  inf_links_set_authorize (node->links, authorize, node, NULL);
  g_signal_connect (node->links, "link-up", G_CALLBACK (count), &node->n_up);
  g_signal_connect (node->links, "link-down", G_CALLBACK (count), &node->n_down);
  inf_links_listen (node->links, 0, &error);
  g_assert_no_error (error);
  node->endpoint = endpoint_of (node, inf_links_get_port (node->links));
  return node;
}

void
settle_main_context (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
node_free (Node *node)
{
  inf_links_stop (node->links);
  settle_main_context ();
  g_assert_finalize_object (node->links);
  inf_endpoint_unref (node->endpoint);
  g_bytes_unref (node->certificate);
  inf_keypair_unref (node->keypair);
  g_free (node);
}

void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **ret_result = user_data;

  *ret_result = g_object_ref (result);
}

GBytes *
call_endpoint (Node *from, InfEndpoint *to, const char *method, const char *request,
               guint timeout_ms, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (request, strlen (request));
  g_autoptr (GAsyncResult) result = NULL;

  inf_links_call_async (from->links, to, method, bytes, timeout_ms, NULL, on_result, &result);
  wait_until (result);
  return inf_links_call_finish (from->links, result, error);
}

GBytes *
call (Node *from, Node *to, const char *method, const char *request, guint timeout_ms,
      GError **error)
{
  return call_endpoint (from, to->endpoint, method, request, timeout_ms, error);
}

InfLinkChannel *
open_channel (Node *from, Node *to, const char *service, const char *header, int fd, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (header, strlen (header));
  g_autoptr (GAsyncResult) result = NULL;
  InfSplice splice = { fd, fd, -1 };

  inf_links_open_channel_async (from->links, to->endpoint, service, bytes, &splice, NULL, on_result,
                                &result);
  wait_until (result);
  return inf_links_open_channel_finish (from->links, result, error);
}

void
stream_pair (int ret_fds[2])
{
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_fds), ==, 0);
}

void
assert_bytes (GBytes *bytes, const char *expected)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  g_assert_cmpmem (data, size, expected, strlen (expected));
}
