#include "discovery/gossip/inf-gossip-memory.h"
#include "fake-net.h"

#include <glib/gstdio.h>

typedef struct
{
  FakeNet *net;
  char *dir;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->net = fake_net_new (61, 0);
  for (guint i = 0; i < 3; i++)
    fake_net_start (fixture->net, fake_net_add_node (fixture->net));
  fake_net_run_until (fixture->net, fake_net_all_know_all, NULL, 5 * G_USEC_PER_SEC);
  fake_net_run (fixture->net, 5 * G_USEC_PER_SEC);
  fixture->dir = g_dir_make_tmp ("infinity-test-XXXXXX", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->dir, "gossip", NULL);

  g_unlink (file);
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
  fake_net_free (fixture->net);
}

static InfGossipMemory *
begin (Fixture *fixture, gint64 now_unix_us)
{
  InfGossipMemory *memory = inf_gossip_memory_new (fixture->dir);

  g_assert_true (inf_gossip_memory_begin (memory, now_unix_us, NULL));
  return memory;
}

static InfGossipCore *
new_core (Fixture *fixture, const InfGossipMemory *memory, guint n_refutations)
{
  return inf_gossip_core_new (fixture->net->nodes[0].membership, &inf_swim_default_timing, 1,
                              inf_gossip_memory_get_incarnation (memory) + n_refutations,
                              inf_gossip_memory_get_session (memory), 7848, fixture->net->now_us,
                              FAKE_NET_NOW_UNIX_US);
}

/* As a process that is killed right after it refuted something: whatever it reached without saving,
 * the next run begins above it. */
static void
test_crash_after_a_refutation_makes_no_ghost (Fixture *fixture, gconstpointer data)
{
  guint32 reached = 0;

  for (guint run = 0; run < 3; run++)
    {
      g_autoptr (InfGossipMemory) memory = begin (fixture, 1000 + run);
      g_autoptr (InfGossipCore) core = new_core (fixture, memory, 0);
      g_assert_cmpuint (inf_gossip_memory_get_incarnation (memory), >, reached);
      g_assert_true (inf_gossip_memory_save (memory, core, NULL));
      for (guint i = 1; i < 20; i++)
        {
          g_autoptr (InfGossipCore) later = new_core (fixture, memory, i);
          reached = inf_swim_get_incarnation (inf_gossip_core_get_swim (later));
          if (inf_gossip_memory_is_due (memory, later))
            break;
        }
    }
}

static void
test_session_grows_when_the_clock_goes_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfGossipMemory) first = begin (fixture, 5000);
  g_autoptr (InfGossipCore) core = new_core (fixture, first, 0);
  g_assert_true (inf_gossip_memory_save (first, core, NULL));

  g_autoptr (InfGossipMemory) second = begin (fixture, 4000);
  g_assert_cmpuint (inf_gossip_memory_get_session (second), >, 5000);
}

typedef struct
{
  guint n_peer, n_typed;
} Greetings;

static void
count_greetings (InfGossipCore *core, const InfAddress *peer, const InfAddress *typed,
                 Greetings *greetings)
{
  for (;;)
    {
      g_autoptr (InfSwimAction) action = inf_gossip_core_next_action (core);
      if (!action)
        return;
      if (action->type != INF_SWIM_SEND_FIRST)
        continue;
      greetings->n_peer += inf_address_equal (&action->address, peer);
      greetings->n_typed += inf_address_equal (&action->address, typed);
    }
}

static void
test_peers_are_greeted_first_and_seeds_later (Fixture *fixture, gconstpointer data)
{
  FakeNet *net = fixture->net;
  g_autoptr (InfGossipMemory) memory = begin (fixture, 1000);
  InfGossipStateSeed typed = { .is_typed = TRUE };
  g_assert_true (inf_address_from_text ("10.9.9.9:1", 0, &typed.address));
  inf_gossip_memory_add_seed (memory, &typed);
  g_assert_true (inf_gossip_memory_save (memory, net->nodes[0].core, NULL));

  g_autoptr (InfGossipMemory) next = begin (fixture, 2000);
  g_autoptr (InfGossipCore) core = new_core (fixture, next, 0);
  InfSwim *swim = inf_gossip_core_get_swim (core);
  Greetings greetings = { 0 };
  inf_gossip_memory_recall (next, core, net->now_us);
  inf_swim_tick (swim, net->now_us);
  count_greetings (core, &net->nodes[1].address, &typed.address, &greetings);
  g_assert_cmpuint (greetings.n_peer, >, 0);
  g_assert_cmpuint (greetings.n_typed, ==, 0);
  inf_swim_tick (swim, net->now_us + 2 * G_USEC_PER_SEC);
  count_greetings (core, &net->nodes[1].address, &typed.address, &greetings);
  g_assert_cmpuint (greetings.n_typed, >, 0);
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
  add ("/gossip-memory/crash-after-a-refutation-makes-no-ghost",
       test_crash_after_a_refutation_makes_no_ghost);
  add ("/gossip-memory/session-grows-when-the-clock-goes-back",
       test_session_grows_when_the_clock_goes_back);
  add ("/gossip-memory/peers-are-greeted-first-and-seeds-later",
       test_peers_are_greeted_first_and_seeds_later);
  return g_test_run ();
}
