#include "discovery/gossip/inf-knocker.h"

#include <gio/gio.h>

/* On the loopback interface, where there is an answer at once. */
typedef struct
{
  GSocketListener *listener;
  guint16 port;
  InfPeerId peer;
  guint n_told;
  InfSwimKnock knock;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->listener = g_socket_listener_new ();
  g_socket_listener_set_backlog (fixture->listener, 0); /* which is room for one */
  fixture->port = g_socket_listener_add_any_inet_port (fixture->listener, NULL, NULL);
  fixture->peer.bytes[0] = 7;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->listener);
}

static void
on_knocked (const InfPeerId *peer, const InfAddress *address, InfSwimKnock knock, gpointer data)
{
  Fixture *fixture = data;

  g_assert_true (inf_peer_id_equal (peer, &fixture->peer));
  g_assert_cmpuint (address->port, ==, fixture->port);
  fixture->knock = knock;
  fixture->n_told++;
}

static void
begin_to_knock (Fixture *fixture, InfKnocker *knocker)
{
  InfAddress address;

  g_assert_true (inf_address_from_text ("127.0.0.1", fixture->port, &address));
  inf_knocker_knock (knocker, &fixture->peer, &address);
}

static InfSwimKnock
wait_until_told (Fixture *fixture)
{
  while (fixture->n_told == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->n_told, ==, 1);
  return fixture->knock;
}

static InfSwimKnock
knock_at (Fixture *fixture)
{
  g_autoptr (InfKnocker) knocker = inf_knocker_new (NULL, on_knocked, fixture);

  begin_to_knock (fixture, knocker);
  return wait_until_told (fixture);
}

/* Leaves no room for another connection: the kernel drops its first packet, as a network might.
 */
static GSocket *
fill_queue (Fixture *fixture)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, fixture->port);
  GSocket *client
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_true (g_socket_connect (client, address, NULL, NULL));
  return client;
}

static void
make_room (Fixture *fixture)
{
  g_autoptr (GSocketConnection) accepted
      = g_socket_listener_accept (fixture->listener, NULL, NULL, NULL);

  g_assert_nonnull (accepted);
}

static void
test_port_that_is_held_answers (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (knock_at (fixture), ==, INF_SWIM_KNOCK_ANSWERED);
}

static void
test_port_that_nobody_holds_refuses (Fixture *fixture, gconstpointer data)
{
  g_socket_listener_close (fixture->listener);
  g_assert_cmpint (knock_at (fixture), ==, INF_SWIM_KNOCK_REFUSED);
}

/* Before the kernel would, which takes a second, when the knocker has given up. */
static void
test_it_knocks_again_after_a_lost_packet (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfKnocker) knocker = inf_knocker_new (NULL, on_knocked, fixture);
  g_autoptr (GSocket) client = fill_queue (fixture);

  begin_to_knock (fixture, knocker);
  g_assert_cmpuint (fixture->n_told, ==, 0);
  make_room (fixture);
  g_assert_cmpint (wait_until_told (fixture), ==, INF_SWIM_KNOCK_ANSWERED);
}

static void
test_port_that_stays_silent_is_given_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) client = fill_queue (fixture);

  g_assert_cmpint (knock_at (fixture), ==, INF_SWIM_KNOCK_SILENT);
}

static void
test_nothing_is_told_after_the_end (Fixture *fixture, gconstpointer data)
{
  InfKnocker *knocker = inf_knocker_new (NULL, on_knocked, fixture);

  begin_to_knock (fixture, knocker);
  inf_knocker_free (knocker);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (fixture->n_told, ==, 0);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/knocker/port-that-is-held-answers", test_port_that_is_held_answers);
  add ("/knocker/port-that-nobody-holds-refuses", test_port_that_nobody_holds_refuses);
  add ("/knocker/it-knocks-again-after-a-lost-packet", test_it_knocks_again_after_a_lost_packet);
  add ("/knocker/port-that-stays-silent-is-given-up", test_port_that_stays_silent_is_given_up);
  add ("/knocker/nothing-is-told-after-the-end", test_nothing_is_told_after_the_end);
  return g_test_run ();
}
