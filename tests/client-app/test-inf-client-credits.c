#include "client-app/inf-client-credits.h"

#include "tests/client-app/inf-client-fixture.h"
#include "widgets/inf-credits-label.h"
#include "widgets/inf-plot.h"

#include <stdlib.h>

#define N_ENTRIES 450

static GVariant *
make_entry (guint64 number, const char *kind, gint64 amount, gint64 balance, const char *peer,
            const char *job)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "number", "t", number);
  g_variant_dict_insert (&dict, "kind", "s", kind);
  g_variant_dict_insert (&dict, "amount", "x", amount);
  g_variant_dict_insert (&dict, "balance", "x", balance);
  g_variant_dict_insert (&dict, "peer", "s", peer);
  g_variant_dict_insert (&dict, "job", "s", job);
  g_variant_dict_insert (&dict, "time-unix", "x",
                         g_get_real_time ()
                             - (gint64)(N_ENTRIES - number) * 60 * (gint64)G_USEC_PER_SEC);
  return g_variant_dict_end (&dict);
}

/* Set aside, paid and given back, one after the other. */
static GVariant *
make_nth (guint64 number)
{
  static const char *const kinds[] = { "release", "escrow", "pay" };
  static const gint64 amounts[] = { 1400000, 2400000, 1000000 };
  static const char *const peers[] = { "oak", "elm", "fir", "ash" };
  gint64 n_jobs = (gint64)(number / 3);
  gint64 balance
      = 1000000000 - n_jobs * 1000000 - (number % 3 ? 2400000 : 0) + (number % 3 ? 0 : 0);

  if (number == 1)
    return make_entry (1, "grant", 1000000000, 1000000000, "", "");
  return make_entry (number, kinds[number % 3], amounts[number % 3], balance, peers[number % 4],
                     number % 2 ? "jobidone" : "jobidtwo");
}

static void
on_call (InfDesktopNode *node, const char *method, GVariant *arguments, gpointer user_data)
{
  guint n_entries = GPOINTER_TO_UINT (user_data);
  GVariantBuilder entries;
  guint offset;
  guint limit;

  if (!g_str_equal (method, "Credits1.History"))
    return;
  g_variant_get (arguments, "(uu)", &offset, &limit);
  g_variant_builder_init (&entries, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = offset; i < MIN (offset + limit, n_entries); i++)
    g_variant_builder_add_value (&entries, make_nth (n_entries - i));
  inf_desktop_node_answer (node, "Credits1.History", g_variant_new ("(aa{sv})", &entries));
}

static void
set_jobs (InfClientFixture *fixture, const char *jobs)
{
  g_autofree char *text = g_strdup_printf ("(@u 2, %s)", jobs);

  inf_desktop_node_answer (fixture->node, "Jobs1.ListRange", g_variant_new_parsed (text));
}

static void
open_credits (InfClientFixture *fixture, guint n_entries)
{
  inf_client_scenario_ready (fixture->node);
  inf_desktop_node_set (fixture->node, "Credits1.Balance", "@x 850400000");
  inf_desktop_node_set (fixture->node, "Credits1.Escrowed", "@x 2400000");
  inf_desktop_node_set (fixture->node, "Credits1.Earned", "@x 12000000");
  inf_desktop_node_set (fixture->node, "Credits1.Paid", "@x 149000000");
  inf_desktop_node_set_hook (fixture->node, on_call, GUINT_TO_POINTER (n_entries));
  inf_client_fixture_open (fixture, "credits");
}

static void
test_the_account_is_shown (InfClientFixture *fixture, gconstpointer data)
{
  set_jobs (fixture, "[{'id': <'jobidone'>, 'name': <'taskmult-1'>, 'state': <'done'>},"
                     " {'id': <'jobidtwo'>, 'name': <'heat-3'>, 'state': <'done'>}]");
  open_credits (fixture, N_ENTRIES);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Given back"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult-1"));
  g_assert_true (inf_gui_test_shows (fixture->root, "852.80"));
  g_assert_true (inf_gui_test_shows (fixture->root, "850.40"));
  g_assert_true (inf_gui_test_shows (fixture->root, "+1.40"));
  g_assert_true (inf_gui_test_shows (fixture->root, "−2.40"));
  inf_client_fixture_shoot (fixture, "credits");
}

static guint
count_entries (InfClientFixture *fixture)
{
  GtkWidget *view = inf_gui_test_find (fixture->root, GTK_TYPE_COLUMN_VIEW, NULL);

  return g_list_model_get_n_items (
      G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (view))));
}

/* A page at first, the next when one comes near its end. */
static void
test_history_is_loaded_as_it_is_scrolled (InfClientFixture *fixture, gconstpointer data)
{
  GtkWidget *view;
  GtkAdjustment *adjustment;

  set_jobs (fixture, "@aa{sv} []");
  open_credits (fixture, N_ENTRIES);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Given back"));
  inf_gui_test_settle (fixture->root);
  g_assert_cmpuint (count_entries (fixture), ==, 200);
  view = inf_gui_test_find (fixture->root, GTK_TYPE_COLUMN_VIEW, NULL);
  adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  INF_GUI_WAIT (count_entries (fixture) == 400);
  inf_gui_test_settle (fixture->root);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  INF_GUI_WAIT (count_entries (fixture) == N_ENTRIES);
}

/* What is searched may be further back than what is loaded. */
static void
test_search_reaches_the_oldest (InfClientFixture *fixture, gconstpointer data)
{
  GtkWidget *search;

  set_jobs (fixture, "@aa{sv} []");
  open_credits (fixture, N_ENTRIES);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Given back"));
  search = inf_gui_test_find (fixture->root, GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (search), "welcome");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Welcome grant"));
  gtk_editable_set_text (GTK_EDITABLE (search), "nothing like it");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Entry Found"));
  inf_client_fixture_shoot (fixture, "credits-not-found");
}

/* Half a credit a second is spent; the label goes down by it, and shows it within a second. */
static void
test_the_balance_counts_down (InfClientFixture *fixture, gconstpointer data)
{
  InfCreditsLabel *left;
  double first;

  set_jobs (fixture, "[{'id': <'jobidone'>, 'name': <'taskmult-1'>, 'state': <'running'>,"
                     " 'spent': <@t 200000>, 'price': <@t 500000>}]");
  open_credits (fixture, 3);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Given back"));
  left = INF_CREDITS_LABEL (inf_gui_test_find (fixture->root, INF_TYPE_CREDITS_LABEL, NULL));
  INF_GUI_WAIT (g_ascii_strtod (inf_credits_label_get_text (left), NULL) < 852.61);
  first = g_ascii_strtod (inf_credits_label_get_text (left), NULL);
  INF_GUI_WAIT (g_ascii_strtod (inf_credits_label_get_text (left), NULL) < first - 0.4);
  inf_gui_test_screenshot (GTK_WINDOW (fixture->window), "client-credits-running");
  /* no job uses more than was set aside for it */
  inf_desktop_node_emit (
      fixture->node, "Jobs1.JobChanged",
      g_variant_new_parsed (
          "('jobidone', {'id': <'jobidone'>, 'name': <'taskmult-1'>,"
          " 'state': <'running'>, 'spent': <@t 90000000>, 'price': <@t 500000>})"));
  INF_GUI_WAIT (g_str_equal (inf_credits_label_get_text (left), "850.40"));
}

/* A booked entry is seen within a second of being told of. */
static void
test_the_ledger_is_followed (InfClientFixture *fixture, gconstpointer data)
{
  gint64 told_us;

  set_jobs (fixture, "@aa{sv} []");
  open_credits (fixture, 6);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "852.80"));
  inf_desktop_node_set_hook (fixture->node, on_call, GUINT_TO_POINTER (7));
  told_us = g_get_monotonic_time ();
  inf_desktop_node_set (fixture->node, "Credits1.Balance", "@x 700000000");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "702.40"));
  INF_GUI_WAIT (count_entries (fixture) == 7);
  g_assert_cmpint (g_get_monotonic_time () - told_us, <, G_USEC_PER_SEC);
}

static void
test_an_empty_account (InfClientFixture *fixture, gconstpointer data)
{
  set_jobs (fixture, "@aa{sv} []");
  open_credits (fixture, 0);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Entries Yet"));
  g_assert_null (inf_gui_test_find (fixture->root, INF_TYPE_PLOT, NULL));
  inf_client_fixture_shoot (fixture, "credits-empty");
}

static void
test_a_problem_is_told_and_tried_again (InfClientFixture *fixture, gconstpointer data)
{
  inf_desktop_node_fail (fixture->node, "Credits1.History", "there is no ledger");
  inf_client_scenario_ready (fixture->node);
  inf_client_fixture_open (fixture, "credits");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "there is no ledger"));
  inf_client_fixture_shoot (fixture, "credits-problem");
  inf_desktop_node_set_hook (fixture->node, on_call, GUINT_TO_POINTER (3));
  inf_gui_test_click (fixture->root, "_Try Again");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Given back"));
}

static void
test_while_it_loads (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_desktop_node_hold (fixture->node, "Credits1.History");
  inf_client_fixture_open (fixture, "credits");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Credits1.History"));
  g_assert_nonnull (inf_gui_test_find (fixture->root, GTK_TYPE_SPINNER, NULL));
  inf_client_fixture_shoot (fixture, "credits-loading");
}

#define ADD(path, function) INF_CLIENT_TEST ("/client-credits/" path, function)

int
main (int argc, char **argv)
{
  inf_client_fixture_init (&argc, &argv);
  ADD ("the-account-is-shown", test_the_account_is_shown);
  ADD ("history-is-loaded-as-it-is-scrolled", test_history_is_loaded_as_it_is_scrolled);
  ADD ("search-reaches-the-oldest", test_search_reaches_the_oldest);
  ADD ("the-balance-counts-down", test_the_balance_counts_down);
  ADD ("the-ledger-is-followed", test_the_ledger_is_followed);
  ADD ("an-empty-account", test_an_empty_account);
  ADD ("a-problem-is-told-and-tried-again", test_a_problem_is_told_and_tried_again);
  ADD ("while-it-loads", test_while_it_loads);
  return g_test_run ();
}
