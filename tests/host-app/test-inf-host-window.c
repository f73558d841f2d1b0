#include "host-app/inf-host-window.h"

#include "host-app/inf-host-help.h"
#include "host-app/inf-host-settings.h"
#include "inf-host-resources.h"
#include "tests/host-app/inf-host-scenario.h"
#include "tests/widgets/inf-gui-test.h"

typedef struct
{
  char *dir;
  InfDesktopNode *node;
  InfService *service;
  InfHostModel *model;
  GSettings *settings;
  GSimpleActionGroup *actions; /* those of the application */
  InfHostWindow *window;
  GtkWidget *root; /* the same */
} Fixture;

static void
on_answer (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Fixture *fixture = user_data;
  const char *id;
  const char *answer;

  g_variant_get (parameter, "(&s&s)", &id, &answer);
  inf_host_model_answer (fixture->model, id, answer);
}

static const GActionEntry app_actions[] = { { "answer-request", on_answer, "(ss)" } };

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = inf_gui_test_make_dir ();
  fixture->node = inf_desktop_node_new (fixture->dir);
  fixture->service = inf_service_new ();
  fixture->model = inf_host_model_new (fixture->service);
  fixture->settings = g_settings_new ("org.infinitygrid.Host");
  g_settings_reset (fixture->settings, "window-width");
  g_settings_reset (fixture->settings, "window-height");
  fixture->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (fixture->actions), app_actions,
                                   G_N_ELEMENTS (app_actions), fixture);
}

/* What the node is told before this is there when the window opens. */
static void
open_window (Fixture *fixture)
{
  fixture->window = inf_host_window_new (NULL, fixture->model, fixture->settings);
  fixture->root = GTK_WIDGET (fixture->window);
  gtk_widget_insert_action_group (fixture->root, "app", G_ACTION_GROUP (fixture->actions));
  gtk_window_present (GTK_WINDOW (fixture->window));
  inf_service_open (fixture->service);
  INF_GUI_WAIT (inf_service_get_state (fixture->service) == INF_SERVICE_UP);
  inf_gui_test_settle (fixture->root);
}

static void
open_page (Fixture *fixture, const char *page)
{
  open_window (fixture);
  inf_host_window_show_page (fixture->window, page);
  inf_gui_test_settle (fixture->root);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->window)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  inf_service_close (fixture->service);
  g_clear_object (&fixture->model);
  g_clear_object (&fixture->service);
  g_clear_object (&fixture->settings);
  g_clear_object (&fixture->actions);
  inf_desktop_node_free (fixture->node);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  inf_gui_test_remove_dir (fixture->dir);
}

static void
shoot (Fixture *fixture, const char *name)
{
  inf_gui_test_screenshots (GTK_WINDOW (fixture->window), name);
}

static gboolean
was_called (Fixture *fixture, const char *call)
{
  return inf_desktop_node_find_call (fixture->node, call) != NULL;
}

static void
test_sentence_and_reason (Fixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  open_window (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Ready: waiting for a job"));
  g_assert_true (inf_gui_test_shows (fixture->root, "7 other computers are connected."));
  shoot (fixture, "home-ready");
  inf_desktop_node_set (fixture->node, "Host1.State",
                        "{'state': <'paused'>, 'reason': <'in-use'>, 'until-unix': <@x 0>,"
                        " 'leases': <@u 0>, 'running': <'finish'>}");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Paused: you are using the computer"));
  shoot (fixture, "home-paused");
}

static void
test_home_shows_what_runs (Fixture *fixture, gconstpointer data)
{
  inf_host_scenario_hosting (fixture->node);
  open_window (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  g_assert_true (inf_gui_test_shows (fixture->root, "Sharing: 2 jobs run here"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "12.64"));
  shoot (fixture, "home-hosting");
  inf_gui_test_click (fixture->root, "_Stop");
  INF_GUI_WAIT (was_called (fixture, "Host1.StopLease ('lease"));
}

static void
test_an_ended_job_moves_to_the_past (Fixture *fixture, gconstpointer data)
{
  inf_host_scenario_hosting (fixture->node);
  open_window (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  inf_desktop_node_emit (fixture->node, "Host1.LeaseChanged",
                         g_variant_new_parsed ("({'id': <'lease2'>, 'state': <'closed'>,"
                                               " 'ended-unix': <@x 1700000000000000>},)"));
  INF_GUI_WAIT (!inf_gui_test_shows (fixture->root, "taskmult for elm"));
  g_assert_cmpuint (g_list_model_get_n_items (inf_host_model_get_past_leases (fixture->model)), ==,
                    1);
}

static void
test_connects_and_disconnects (Fixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  open_window (fixture);
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "_Disconnect"));
  inf_gui_test_click (fixture->root, "_Disconnect");
  INF_GUI_WAIT (was_called (fixture, "Node1.Disconnect ('',)"));
  inf_desktop_node_set (fixture->node, "Node1.State", "'offline'");
  inf_desktop_node_set (fixture->node, "Node1.StateDetail", "{'reason': <'owner'>}");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "you disconnected this computer"));
  shoot (fixture, "home-offline");
  inf_gui_test_click (fixture->root, "_Connect");
  INF_GUI_WAIT (was_called (fixture, "Node1.Connect"));
  inf_desktop_node_set (fixture->node, "Node1.State", "'connecting'");
  inf_desktop_node_set (fixture->node, "Node1.StateDetail", "{'reason': <'searching'>}");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "looking for the other computers"));
  inf_gui_test_screenshot (GTK_WINDOW (fixture->window), "home-connecting-light");
}

static GtkWidget *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      if (gtk_window_get_transient_for (GTK_WINDOW (window)) && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}

static void
test_disconnecting_while_a_job_runs_asks (Fixture *fixture, gconstpointer data)
{
  GtkWidget *dialog;

  inf_host_scenario_hosting (fixture->node);
  open_window (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  inf_gui_test_click (fixture->root, "_Disconnect");
  INF_GUI_WAIT ((dialog = find_dialog ()) != NULL);
  g_assert_false (was_called (fixture, "Node1.Disconnect"));
  inf_gui_test_screenshot (GTK_WINDOW (dialog), "disconnect-asks-light");
  inf_gui_test_click (dialog, "_Stop Now");
  INF_GUI_WAIT (was_called (fixture, "Node1.Disconnect ('stop',)"));
  INF_GUI_WAIT (!find_dialog ());
}

static void
test_pauses_and_resumes (Fixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  open_window (fixture);
  gtk_widget_activate_action (fixture->root, "win.pause", "s", "hour");
  INF_GUI_WAIT (was_called (fixture, "Host1.Pause ('time', 3600, '')"));
  gtk_widget_activate_action (fixture->root, "win.pause", "s", "tomorrow");
  INF_GUI_WAIT (was_called (fixture, "Host1.Pause ('tomorrow', 0, '')"));
  inf_desktop_node_set (fixture->node, "Host1.State",
                        "{'state': <'paused'>, 'reason': <'snoozed'>, 'until-unix': <@x 0>,"
                        " 'leases': <@u 0>, 'running': <'finish'>}");
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "_Resume"));
  inf_gui_test_click (fixture->root, "_Resume");
  INF_GUI_WAIT (was_called (fixture, "Host1.Resume"));
}

static void
test_a_refusal_is_told (Fixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  inf_desktop_node_fail (fixture->node, "Host1.Pause", "it is too late for that");
  open_window (fixture);
  gtk_widget_activate_action (fixture->root, "win.pause", "s", "hour");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "it is too late for that"));
}

static void
test_a_request_is_answered (Fixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  open_window (fixture);
  inf_host_scenario_ask (fixture->node);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "ash asks to run lattice"));
  g_assert_true (inf_gui_test_shows (fixture->root,
                                     "4 slots for 1 h 0 min at most, worth up to 3.60 credits"));
  shoot (fixture, "request");
  inf_gui_test_click (fixture->root, "_Accept");
  INF_GUI_WAIT (was_called (fixture, "Host1.AnswerRequest ('request1', 'accept')"));
  inf_desktop_node_emit (fixture->node, "Host1.RequestRemoved",
                         g_variant_new ("(ss)", "request1", "accepted"));
  INF_GUI_WAIT (!inf_gui_test_shows (fixture->root, "ash asks to run lattice"));
}

static void
test_jobs_are_listed (Fixture *fixture, gconstpointer data)
{
  GtkWidget *past;

  inf_host_scenario_hosting (fixture->node);
  inf_host_scenario_add_past (fixture->node, 2000);
  open_page (fixture, "jobs");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  shoot (fixture, "jobs-running");
  past = inf_gui_test_find (fixture->root, GTK_TYPE_TOGGLE_BUTTON, "P_ast");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (past), TRUE);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "heat-flow"));
  shoot (fixture, "jobs-past");
}

static void
test_no_job_is_said (Fixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  open_page (fixture, "jobs");
  g_assert_true (inf_gui_test_shows (fixture->root, "No Job Runs Here"));
  shoot (fixture, "jobs-empty");
}

static void
test_details_of_a_job (Fixture *fixture, gconstpointer data)
{
  GtkWidget *list;
  GtkWidget *dialog;

  inf_host_scenario_hosting (fixture->node);
  open_page (fixture, "jobs");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  list = inf_gui_test_find (fixture->root, GTK_TYPE_LIST_BOX, NULL);
  g_signal_emit_by_name (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0), "activate");
  INF_GUI_WAIT ((dialog = find_dialog ()) != NULL);
  inf_gui_test_screenshot (GTK_WINDOW (dialog), "job-light");
  inf_gui_test_click (dialog, "_Stop This Job");
  INF_GUI_WAIT (was_called (fixture, "Host1.StopLease ('lease"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_plots_move_while_they_are_seen (Fixture *fixture, gconstpointer data)
{
  inf_host_scenario_hosting (fixture->node);
  open_page (fixture, "earnings");
  INF_GUI_WAIT (was_called (fixture, "Resources1.Subscribe"));
  g_assert_true (inf_gui_test_shows (fixture->root, "Nothing measured yet"));
  inf_gui_test_screenshot (GTK_WINDOW (fixture->window), "earnings-empty-light");
  for (guint i = 0; i < 120; i++)
    inf_host_scenario_sample (fixture->node, i);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "7.20 credits an hour"));
  shoot (fixture, "earnings");
  g_assert_true (inf_gui_test_shows (fixture->root, "of 16.0"));
  inf_host_window_show_page (fixture->window, "home");
  INF_GUI_WAIT (was_called (fixture, "Resources1.Unsubscribe"));
}

static void
test_peers_are_listed_and_drawn (Fixture *fixture, gconstpointer data)
{
  GtkWidget *graph;

  inf_host_scenario_ready (fixture->node);
  inf_host_scenario_add_peers (fixture->node, 9);
  open_page (fixture, "peers");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "cedar"));
  g_assert_true (inf_gui_test_shows (fixture->root, "10 computers"));
  shoot (fixture, "peers");
  inf_desktop_node_emit (
      fixture->node, "Node1.PeerChanged",
      g_variant_new_parsed ("('peer00000003', {'name': <'cypress'>, 'state': <'dead'>})"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "cypress"));
  g_assert_false (inf_gui_test_shows (fixture->root, "cedar"));
  graph = inf_gui_test_find (fixture->root, GTK_TYPE_TOGGLE_BUTTON, "Neighbours");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (graph), TRUE);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "The nearer, the shorter the round trip."));
  shoot (fixture, "neighbours");
}

static void
test_peers_are_searched (Fixture *fixture, gconstpointer data)
{
  GtkWidget *search;

  inf_host_scenario_ready (fixture->node);
  inf_host_scenario_add_peers (fixture->node, 9);
  open_page (fixture, "peers");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "cedar"));
  search = inf_gui_test_find (fixture->root, GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (search), "Haz");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "1 of 10 computers"));
  g_assert_true (inf_gui_test_shows (fixture->root, "hazel"));
  gtk_editable_set_text (GTK_EDITABLE (search), "nobody");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Computer Found"));
  inf_gui_test_screenshot (GTK_WINDOW (fixture->window), "peers-nothing-found-light");
}

static void
test_no_peers_leads_to_an_invite (Fixture *fixture, gconstpointer data)
{
  GtkWidget *dialog;

  inf_host_scenario_ready (fixture->node);
  inf_host_scenario_add_peers (fixture->node, 0);
  open_page (fixture, "peers");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Other Computers Yet"));
  shoot (fixture, "peers-empty");
  gtk_widget_activate_action (fixture->root, "win.invite", NULL);
  INF_GUI_WAIT ((dialog = find_dialog ()) != NULL);
  INF_GUI_WAIT (inf_gui_test_shows (dialog, "Give this to one person"));
  inf_gui_test_screenshot (GTK_WINDOW (dialog), "invite-light");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_peers_that_can_not_be_had (Fixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  inf_desktop_node_fail (fixture->node, "Node1.ListPeers", "the store is damaged");
  open_page (fixture, "peers");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "the store is damaged"));
  inf_gui_test_screenshot (GTK_WINDOW (fixture->window), "peers-error-light");
}

static void
test_rules_are_shown_and_set (Fixture *fixture, gconstpointer data)
{
  GtkWidget *hosting;

  inf_host_scenario_ready (fixture->node);
  open_page (fixture, "sharing");
  shoot (fixture, "sharing");
  g_assert_false (was_called (fixture, "Host1.SetPolicy"));
  hosting = inf_gui_test_find (fixture->root, GTK_TYPE_SWITCH, NULL);
  gtk_switch_set_active (GTK_SWITCH (hosting), FALSE);
  INF_GUI_WAIT (was_called (fixture, "Host1.SetPolicy ({'hosting': <false>},)"));
}

static void
test_a_refused_rule_goes_back (Fixture *fixture, gconstpointer data)
{
  GtkWidget *hosting;

  inf_host_scenario_ready (fixture->node);
  inf_desktop_node_fail (fixture->node, "Host1.SetPolicy", "this machine can't host");
  open_page (fixture, "sharing");
  hosting = inf_gui_test_find (fixture->root, GTK_TYPE_SWITCH, NULL);
  gtk_switch_set_active (GTK_SWITCH (hosting), FALSE);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "this machine can't host"));
  INF_GUI_WAIT (gtk_switch_get_active (GTK_SWITCH (hosting)));
}

static void
test_survives_a_restart_of_the_service (Fixture *fixture, gconstpointer data)
{
  inf_host_scenario_hosting (fixture->node);
  open_window (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  inf_desktop_node_free (fixture->node);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Infinity Is Not Running"));
  shoot (fixture, "window-service-down");
  fixture->node = inf_desktop_node_new (fixture->dir);
  inf_host_scenario_ready (fixture->node);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Ready: waiting for a job"));
}

static void
test_settings (Fixture *fixture, gconstpointer data)
{
  GtkWidget *settings;

  inf_host_scenario_ready (fixture->node);
  open_window (fixture);
  settings
      = inf_host_settings_show (GTK_WINDOW (fixture->window), fixture->model, fixture->settings);
  INF_GUI_WAIT (gtk_widget_get_mapped (settings));
  g_assert_true (inf_gui_test_shows (settings, "birch · birc hid2"));
  inf_gui_test_screenshots (GTK_WINDOW (settings), "settings");
  gtk_window_destroy (GTK_WINDOW (settings));
}

static void
test_help (Fixture *fixture, gconstpointer data)
{
  GtkWidget *help;

  inf_host_scenario_ready (fixture->node);
  open_window (fixture);
  help = inf_host_help_show (GTK_WINDOW (fixture->window));
  INF_GUI_WAIT (gtk_widget_get_mapped (help));
  inf_gui_test_screenshots (GTK_WINDOW (help), "help");
  gtk_window_destroy (GTK_WINDOW (help));
}

#define ADD(path, function)                                                                        \
  g_test_add ("/host-window/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  inf_gui_test_init (&argc, &argv);
  g_resources_register (inf_host_get_resource ());
  ADD ("sentence-and-reason", test_sentence_and_reason);
  ADD ("home-shows-what-runs", test_home_shows_what_runs);
  ADD ("an-ended-job-moves-to-the-past", test_an_ended_job_moves_to_the_past);
  ADD ("connects-and-disconnects", test_connects_and_disconnects);
  ADD ("disconnecting-while-a-job-runs-asks", test_disconnecting_while_a_job_runs_asks);
  ADD ("pauses-and-resumes", test_pauses_and_resumes);
  ADD ("a-refusal-is-told", test_a_refusal_is_told);
  ADD ("a-request-is-answered", test_a_request_is_answered);
  ADD ("jobs-are-listed", test_jobs_are_listed);
  ADD ("no-job-is-said", test_no_job_is_said);
  ADD ("details-of-a-job", test_details_of_a_job);
  ADD ("plots-move-while-they-are-seen", test_plots_move_while_they_are_seen);
  ADD ("peers-are-listed-and-drawn", test_peers_are_listed_and_drawn);
  ADD ("peers-are-searched", test_peers_are_searched);
  ADD ("no-peers-leads-to-an-invite", test_no_peers_leads_to_an_invite);
  ADD ("peers-that-can-not-be-had", test_peers_that_can_not_be_had);
  ADD ("rules-are-shown-and-set", test_rules_are_shown_and_set);
  ADD ("a-refused-rule-goes-back", test_a_refused_rule_goes_back);
  ADD ("survives-a-restart-of-the-service", test_survives_a_restart_of_the_service);
  ADD ("settings", test_settings);
  ADD ("help", test_help);
  return g_test_run ();
}
