#include "tests/daemon/node-fixture.h"

#include "common/inf-error.h"

typedef struct
{
  guint n_samples;
  GVariant *sample;
} Heard;

static void
on_sample (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *signal, GVariant *arguments, gpointer user_data)
{
  Heard *heard = user_data;

  heard->n_samples++;
  g_clear_pointer (&heard->sample, g_variant_unref);
  heard->sample = g_variant_get_child_value (arguments, 0);
}

static guint
listen_on (GDBusConnection *connection, Heard *heard)
{
  return g_dbus_connection_signal_subscribe (connection, NULL, "org.infinitygrid.Resources1",
                                             "Sample", NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                             on_sample, heard, NULL);
}

static void
await_samples (Heard *heard, guint n)
{
  while (heard->n_samples < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_who_subscribed_hears_samples (NodeFixture *fixture, gconstpointer data)
{
  g_autoptr (GDBusConnection) other = node_fixture_connect (fixture);
  Heard heard = { 0 }, not_subscribed = { 0 };
  guint id = listen_on (fixture->connection, &heard);
  guint other_id = listen_on (other, &not_subscribed);
  double cpu, memory;
  guint64 today;

  node_fixture_must (fixture, "Resources1.Subscribe", NULL);
  await_samples (&heard, 2);
  g_assert_true (g_variant_lookup (heard.sample, "cpu", "d", &cpu));
  g_assert_cmpfloat (cpu, >=, 0);
  g_assert_cmpfloat (cpu, <=, 100);
  g_assert_true (g_variant_lookup (heard.sample, "memory", "d", &memory));
  g_assert_cmpfloat (memory, >, 0);
  g_assert_true (g_variant_lookup (heard.sample, "earned-today", "t", &today));
  g_assert_cmpuint (not_subscribed.n_samples, ==, 0);
  node_fixture_must (fixture, "Resources1.Unsubscribe", NULL);
  g_dbus_connection_signal_unsubscribe (fixture->connection, id);
  g_dbus_connection_signal_unsubscribe (other, other_id);
  g_dbus_connection_close_sync (other, NULL, NULL);
  g_variant_unref (heard.sample);
}

static guint
count_history (NodeFixture *fixture, const char *kind)
{
  g_autoptr (GVariant) reply = node_fixture_call (fixture, "Resources1.GetHistory",
                                                  g_variant_new ("(sxu)", kind, (gint64)0, 1));
  g_autoptr (GVariant) samples = g_variant_get_child_value (reply, 0);

  return (guint)g_variant_n_children (samples);
}

static void
test_samples_become_history (NodeFixture *fixture, gconstpointer data)
{
  static const char *const kinds[] = { "cpu", "cpu-jobs", "memory", "memory-jobs", "earned" };
  Heard heard = { 0 };
  guint id = listen_on (fixture->connection, &heard);

  node_fixture_must (fixture, "Resources1.Subscribe", NULL);
  await_samples (&heard, 1);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpuint (count_history (fixture, kinds[i]), >=, 1);
  g_dbus_connection_signal_unsubscribe (fixture->connection, id);
  g_variant_unref (heard.sample);
}

static void
test_a_history_that_can_not_be_is_refused (NodeFixture *fixture, gconstpointer data)
{
  node_fixture_must_fail (fixture, "Resources1.GetHistory",
                          g_variant_new ("(sxu)", "disk", (gint64)0, 60), INF_ERROR_INVALID);
  node_fixture_must_fail (fixture, "Resources1.GetHistory",
                          g_variant_new ("(sxu)", "cpu", (gint64)0, 5), INF_ERROR_INVALID);
}

static void
test_earnings_are_of_days (NodeFixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) reply
      = node_fixture_call (fixture, "Resources1.GetEarnings", g_variant_new ("(u)", 7));
  g_autoptr (GVariant) days = g_variant_get_child_value (reply, 0);

  g_assert_cmpuint (g_variant_n_children (days), ==, 7);
  node_fixture_must_fail (fixture, "Resources1.GetEarnings", g_variant_new ("(u)", 0),
                          INF_ERROR_INVALID);
  node_fixture_must_fail (fixture, "Resources1.GetEarnings", g_variant_new ("(u)", 367),
                          INF_ERROR_INVALID);
}

static void
test_a_new_node_has_no_past_leases (NodeFixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) reply
      = node_fixture_call (fixture, "Host1.ListPastLeases", g_variant_new ("(uu)", 0, 100));
  g_autoptr (GVariant) leases = g_variant_get_child_value (reply, 0);

  g_assert_cmpuint (g_variant_n_children (leases), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/bus-resources/" path, NodeFixture, NULL, node_fixture_set_up, func,                \
              node_fixture_tear_down)
  ADD ("who-subscribed-hears-samples", test_who_subscribed_hears_samples);
  ADD ("samples-become-history", test_samples_become_history);
  ADD ("a-history-that-can-not-be-is-refused", test_a_history_that_can_not_be_is_refused);
  ADD ("earnings-are-of-days", test_earnings_are_of_days);
  ADD ("a-new-node-has-no-past-leases", test_a_new_node_has_no_past_leases);
  return g_test_run ();
}
