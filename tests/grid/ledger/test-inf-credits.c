#include "tests/grid/ledger/inf-crash-vfs.h"
#include "tests/grid/ledger/inf-credits-world.h"

/* Random dealings between peers over a bad network, with peers killed in between: whatever happens,
 * no credits come into being, and once all is settled none have gone. */

static guint64
sum_of_accounts (World *world)
{
  guint64 sum_ucredits = 0;

  for (guint i = 0; i < N_PEERS; i++)
    sum_ucredits += inf_ledger_get_balance (world->peers[i].ledger)
                    + inf_ledger_get_escrowed (world->peers[i].ledger);
  return sum_ucredits;
}

static void
do_something (World *world)
{
  world->now_us += g_rand_int_range (world->random, 0, 400000);
  if (world_chance (world, 5))
    world_begin_deal (world);
  if (world_chance (world, 1))
    world_kill (world, (guint)g_rand_int_range (world->random, 0, N_PEERS));
  for (guint i = 0; i < world->deals->len; i++)
    {
      Deal *deal = g_ptr_array_index (world->deals, i);
      world_poll (world, deal);
      deal->wants_end |= world_chance (world, 2);
      if (deal->wants_end && world_chance (world, 3))
        world_settle_alone (world, deal);
      else if (deal->wants_end)
        world_settle (world, deal);
    }
  if (world_chance (world, 10))
    world_deliver (world);
}

/* The network is good again and everybody is up: what is left open is closed. */
static void
settle_all (World *world)
{
  world->loss_percent = 0;
  for (guint i = 0; i < world->deals->len; i++)
    world_settle (world, g_ptr_array_index (world->deals, i));
  world_deliver (world);
}

static void
assert_deal_is_even (World *world, const Deal *deal)
{
  const guint8 *lease_id = inf_lease_get_terms (deal->lease)->lease_id;
  guint64 earned_ucredits = 0, paid_ucredits = 0;

  inf_ledger_get_closed_earned (world->peers[deal->host].ledger, lease_id, &earned_ucredits);
  g_autoptr (GArray) history
      = inf_ledger_list_history (world->peers[deal->client].ledger, 0, 1000, NULL);
  for (guint i = 0; i < history->len; i++)
    {
      const InfEntry *entry = &g_array_index (history, InfEntry, i);
      if (entry->kind == INF_ENTRY_PAY && memcmp (entry->lease_id, lease_id, 16) == 0)
        paid_ucredits += entry->amount_ucredits;
    }
  g_assert_cmpuint (earned_ucredits, ==, paid_ucredits);
}

static void
test_credits_are_conserved (gconstpointer data)
{
  g_autoptr (World) world = world_new (GPOINTER_TO_UINT (data));
  guint64 moved_ucredits = 0;

  world->loss_percent = 10;
  for (guint i = 0; i < 400; i++)
    {
      do_something (world);
      g_assert_cmpuint (sum_of_accounts (world), <=, world->granted_ucredits);
    }
  settle_all (world);

  g_assert_cmpuint (sum_of_accounts (world), ==, world->granted_ucredits);
  for (guint i = 0; i < N_PEERS; i++)
    {
      g_autoptr (GError) error = NULL;
      InfLedger *ledger = world->peers[i].ledger;
      g_assert_cmpuint (inf_ledger_get_escrowed (ledger), ==, 0);
      g_assert_true (inf_ledger_verify (ledger, &error));
      g_assert_no_error (error);
      moved_ucredits += inf_ledger_get_paid (ledger);
    }
  for (guint i = 0; i < world->deals->len; i++)
    assert_deal_is_even (world, g_ptr_array_index (world->deals, i));
  g_assert_cmpuint (moved_ucredits, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* Nothing crashes here, but nothing is synced either: peers are killed, not machines. */
  inf_crash_vfs_install (0, 0);
  for (guint seed = 1; seed <= 12; seed++)
    {
      g_autofree char *name = g_strdup_printf ("/credits/are-conserved/%u", seed);
      g_test_add_data_func (name, GUINT_TO_POINTER (seed), test_credits_are_conserved);
    }
  return g_test_run ();
}
