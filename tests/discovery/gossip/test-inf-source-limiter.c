#include "discovery/gossip/inf-source-limiter.h"

#include <string.h>

#define SECOND_US G_USEC_PER_SEC
#define BURST 400
#define PER_S 400

typedef struct
{
  InfSourceLimiter *limiter;
  gint64 now_us;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->limiter = inf_source_limiter_new (7);
  fixture->now_us = 5 * SECOND_US;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_source_limiter_free (fixture->limiter);
}

static InfAddress
address (const char *text)
{
  InfAddress result;

  g_assert_true (inf_address_from_text (text, 7848, &result));
  return result;
}

/* How many of @n datagrams, one every @gap_us, are admitted. */
static guint
admit (Fixture *fixture, const InfAddress *from, guint n, gint64 gap_us)
{
  guint n_admitted = 0;

  for (guint i = 0; i < n; i++)
    {
      n_admitted += inf_source_limiter_admit (fixture->limiter, from, fixture->now_us);
      fixture->now_us += gap_us;
    }
  return n_admitted;
}

static void
befriend (Fixture *fixture, const InfAddress *from)
{
  g_assert_true (inf_source_limiter_admit (fixture->limiter, from, fixture->now_us));
  inf_source_limiter_praise (fixture->limiter, from, fixture->now_us);
}

static void
test_stranger_is_limited (Fixture *fixture, gconstpointer data)
{
  InfAddress stranger = address ("192.0.2.1");

  g_assert_cmpuint (admit (fixture, &stranger, 10000, 1000), <=, BURST + 10 * PER_S);
  fixture->now_us += 10 * SECOND_US;
  g_assert_cmpuint (admit (fixture, &stranger, 20, 0), ==, 20);
}

static void
test_other_ports_are_the_same_stranger (Fixture *fixture, gconstpointer data)
{
  guint n_admitted = 0;

  for (guint16 port = 1; port <= 1000; port++)
    {
      InfAddress stranger = address ("192.0.2.1");
      stranger.port = port;
      n_admitted += admit (fixture, &stranger, 1, 0);
    }
  g_assert_cmpuint (n_admitted, ==, BURST);
}

static void
test_ipv6_network_is_one_stranger (Fixture *fixture, gconstpointer data)
{
  InfAddress stranger = address ("2001:db8::1");
  guint n_admitted = 0;

  for (guint i = 0; i < 1000; i++)
    {
      memcpy (stranger.ip + 8, &i, sizeof i);
      n_admitted += admit (fixture, &stranger, 1, 0);
    }
  g_assert_cmpuint (n_admitted, ==, BURST);
  stranger = address ("2001:db8:0:1::1");
  g_assert_cmpuint (admit (fixture, &stranger, 1, 0), ==, 1);
}

static void
test_made_up_sources_are_limited_together (Fixture *fixture, gconstpointer data)
{
  InfAddress stranger = address ("10.0.0.0");
  guint n_admitted = 0;

  for (guint32 i = 0; i < 1000000; i++)
    {
      memcpy (stranger.ip + 12, &i, sizeof i);
      n_admitted += admit (fixture, &stranger, 1, 1);
    }
  g_assert_cmpuint (n_admitted, <=, 2000 + 10000);
}

static void
test_flood_takes_nothing_from_friends (Fixture *fixture, gconstpointer data)
{
  InfAddress friend = address ("192.0.2.1:7848"), neighbour = address ("192.0.2.1:9999");
  InfAddress stranger = address ("10.0.0.0");

  befriend (fixture, &friend);
  for (guint32 i = 0; i < 100000; i++)
    {
      memcpy (stranger.ip + 12, &i, sizeof i);
      admit (fixture, &stranger, 1, 0);
      admit (fixture, &neighbour, 1, 0);
    }
  g_assert_cmpuint (admit (fixture, &stranger, 1, 0), ==, 0);
  g_assert_cmpuint (admit (fixture, &friend, 1000, 0), ==, 1000);
}

static void
test_genuine_datagrams_cost_nothing (Fixture *fixture, gconstpointer data)
{
  InfAddress friend = address ("192.0.2.1");

  for (guint i = 0; i < 100000; i++)
    befriend (fixture, &friend);
}

static void
test_friend_whose_address_is_spoofed_is_limited (Fixture *fixture, gconstpointer data)
{
  InfAddress friend = address ("192.0.2.1");

  befriend (fixture, &friend);
  g_assert_cmpuint (admit (fixture, &friend, 1000000, 1), <=, 2000 + 4000);
}

static void
test_false_hellos_cost_more (Fixture *fixture, gconstpointer data)
{
  InfAddress stranger = address ("192.0.2.1");
  guint n_admitted = 0;

  for (guint i = 0; i < BURST; i++)
    if (admit (fixture, &stranger, 1, 0) == 1)
      {
        inf_source_limiter_blame (fixture->limiter, &stranger, fixture->now_us);
        n_admitted++;
      }
  g_assert_cmpuint (n_admitted, <=, BURST / 25);
}

static void
test_clock_that_wraps_does_no_harm (Fixture *fixture, gconstpointer data)
{
  InfAddress stranger = address ("192.0.2.1");

  fixture->now_us = (G_GINT64_CONSTANT (1) << 32) * 1000 - 2000;
  g_assert_cmpuint (admit (fixture, &stranger, 1000, 1000), <=, BURST + PER_S);
  g_assert_cmpuint (admit (fixture, &stranger, 1000, 10000), >=, 900);
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
  add ("/source-limiter/stranger-is-limited", test_stranger_is_limited);
  add ("/source-limiter/other-ports-are-the-same-stranger", test_other_ports_are_the_same_stranger);
  add ("/source-limiter/ipv6-network-is-one-stranger", test_ipv6_network_is_one_stranger);
  add ("/source-limiter/made-up-sources-are-limited-together",
       test_made_up_sources_are_limited_together);
  add ("/source-limiter/flood-takes-nothing-from-friends", test_flood_takes_nothing_from_friends);
  add ("/source-limiter/genuine-datagrams-cost-nothing", test_genuine_datagrams_cost_nothing);
  add ("/source-limiter/friend-whose-address-is-spoofed-is-limited",
       test_friend_whose_address_is_spoofed_is_limited);
  add ("/source-limiter/false-hellos-cost-more", test_false_hellos_cost_more);
  add ("/source-limiter/clock-that-wraps-does-no-harm", test_clock_that_wraps_does_no_harm);
  return g_test_run ();
}
