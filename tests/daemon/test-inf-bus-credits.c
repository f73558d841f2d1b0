#include "grid/ledger/inf-ledger.h"
#include "tests/daemon/node-fixture.h"

#include <string.h>

#define N_LEASES 50
#define ESCROW 1000

/* Credits1 follows the ledger itself, whatever it was that changed it. */

typedef struct
{
  gint64 balance;
  gint64 escrowed;
  guint n_signals;
} Heard;

static void
on_properties_changed (GDBusConnection *connection, const char *sender, const char *path,
                       const char *interface, const char *signal, GVariant *parameters,
                       gpointer user_data)
{
  Heard *heard = user_data;
  g_autoptr (GVariant) changed = g_variant_get_child_value (parameters, 1);

  g_variant_lookup (changed, "Balance", "x", &heard->balance);
  g_variant_lookup (changed, "Escrowed", "x", &heard->escrowed);
  heard->n_signals++;
}

static void
escrow (InfLedger *ledger, guint8 number)
{
  InfLedgerEscrow wanted = { .amount_ucredits = ESCROW };
  g_autoptr (GError) error = NULL;

  memset (wanted.lease_id, number, sizeof wanted.lease_id);
  memset (wanted.job_id, 7, sizeof wanted.job_id);
  memset (&wanted.host, 9, sizeof wanted.host);
  inf_ledger_escrow (ledger, &wanted, 1, g_get_real_time (), &error);
  g_assert_no_error (error);
}

static void
test_follows_the_ledger (NodeFixture *fixture, gconstpointer data)
{
  Heard heard = { -1, -1, 0 };
  g_autoptr (GError) error = NULL;

  g_dbus_connection_signal_subscribe (fixture->connection, NULL, "org.freedesktop.DBus.Properties",
                                      "PropertiesChanged", INF_BUS_OBJECT_PATH,
                                      "org.infinitygrid.Credits1", G_DBUS_SIGNAL_FLAGS_NONE,
                                      on_properties_changed, &heard, NULL);
  /* once it answers, it also tells */
  g_autoptr (GVariant) before = node_fixture_get (fixture, "Credits1.Balance");
  g_assert_cmpint (g_variant_get_int64 (before), ==, 0);
  g_assert_true (inf_node_found_grid (fixture->node, "wood", "oak", 5 * N_LEASES * ESCROW, &error));
  g_assert_no_error (error);
  while (heard.balance != 5 * N_LEASES * ESCROW)
    g_main_context_iteration (NULL, TRUE);

  heard.n_signals = 0;
  for (guint8 i = 1; i <= N_LEASES; i++)
    escrow (inf_node_get_ledger (fixture->node), i);
  while (heard.escrowed != N_LEASES * ESCROW)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (heard.balance, ==, 4 * N_LEASES * ESCROW);
  /* many entries at once are one change */
  g_assert_cmpuint (heard.n_signals, <, N_LEASES / 5);
}

/* The account is another one in another grid, and none in no grid. */
static void
test_follows_the_grid (NodeFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_node_found_grid (fixture->node, "wood", "oak", 5000, &error));
  g_assert_cmpint (inf_ledger_get_balance (inf_node_get_ledger (fixture->node)), ==, 5000);
  g_assert_true (inf_node_leave_grid (fixture->node, &error));
  g_assert_no_error (error);
  g_autoptr (GVariant) balance = node_fixture_get (fixture, "Credits1.Balance");
  g_assert_cmpint (g_variant_get_int64 (balance), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/bus/credits/follows-the-ledger", NodeFixture, NULL, node_fixture_set_up,
              test_follows_the_ledger, node_fixture_tear_down);
  g_test_add ("/bus/credits/follows-the-grid", NodeFixture, NULL, node_fixture_set_up,
              test_follows_the_grid, node_fixture_tear_down);
  return g_test_run ();
}
