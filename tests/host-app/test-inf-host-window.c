#include "inf-host-resources.h"
#include "tests/host-app/inf-host-fixture.h"
#include "tests/host-app/inf-host-scenario.h"

static void
test_sentence_and_reason (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  inf_host_fixture_open (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Ready: waiting for a job"));
  g_assert_true (inf_gui_test_shows (fixture->root, "7 other computers are connected."));
  inf_host_fixture_shoot (fixture, "home-ready");
  inf_desktop_node_set (fixture->node, "Host1.State",
                        "{'state': <'paused'>, 'reason': <'in-use'>, 'until-unix': <@x 0>,"
                        " 'leases': <@u 0>, 'running': <'finish'>}");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Paused: you are using the computer"));
  inf_host_fixture_shoot (fixture, "home-paused");
}

static void
test_home_shows_what_runs (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_hosting (fixture->node);
  inf_host_fixture_open (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  g_assert_true (inf_gui_test_shows (fixture->root, "Sharing: 2 jobs run here"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "12.64"));
  inf_host_fixture_shoot (fixture, "home-hosting");
  inf_gui_test_click (fixture->root, "_Stop");
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Host1.StopLease ('lease"));
}

static void
test_an_ended_job_moves_to_the_past (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_hosting (fixture->node);
  inf_host_fixture_open (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  inf_desktop_node_emit (fixture->node, "Host1.LeaseChanged",
                         g_variant_new_parsed ("({'id': <'lease2'>, 'state': <'closed'>,"
                                               " 'ended-unix': <@x 1700000000000000>},)"));
  INF_GUI_WAIT (!inf_gui_test_shows (fixture->root, "taskmult for elm"));
  g_assert_cmpuint (g_list_model_get_n_items (inf_host_model_get_past_leases (fixture->model)), ==,
                    1);
}

static void
test_connects_and_disconnects (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  inf_host_fixture_open (fixture);
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "_Disconnect"));
  inf_gui_test_click (fixture->root, "_Disconnect");
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Node1.Disconnect ('',)"));
  inf_desktop_node_set (fixture->node, "Node1.State", "'offline'");
  inf_desktop_node_set (fixture->node, "Node1.StateDetail", "{'reason': <'owner'>}");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "you disconnected this computer"));
  inf_host_fixture_shoot (fixture, "home-offline");
  inf_gui_test_click (fixture->root, "_Connect");
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Node1.Connect"));
  inf_desktop_node_set (fixture->node, "Node1.State", "'connecting'");
  inf_desktop_node_set (fixture->node, "Node1.StateDetail", "{'reason': <'searching'>}");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "looking for the other computers"));
  inf_host_fixture_shoot (fixture, "home-connecting");
}

/* How the sentence reads in states that come and go. */
static void
test_other_states (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  inf_desktop_node_set (fixture->node, "Host1.Obstacle",
                        "'bubblewrap is missing: apt install bubblewrap'");
  inf_desktop_node_set (fixture->node, "Host1.State",
                        "{'state': <'unable'>, 'reason': <'no-sandbox'>}");
  inf_host_fixture_open (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "can’t keep jobs contained"));
  g_assert_true (inf_gui_test_shows (fixture->root, "apt install bubblewrap"));
  inf_host_fixture_shoot (fixture, "home-unable");
  inf_desktop_node_set (fixture->node, "Node1.State", "'disconnecting'");
  inf_desktop_node_set (fixture->node, "Node1.StateDetail",
                        "{'reason': <'finishing'>, 'leases-left': <@u 1>}");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "1 job is left."));
  inf_host_fixture_shoot (fixture, "home-disconnecting");
  inf_desktop_node_set (fixture->node, "Node1.State", "'offline'");
  inf_desktop_node_set (fixture->node, "Node1.StateDetail",
                        "{'reason': <'failed'>, 'message': <'port 7848 is in use'>}");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "port 7848 is in use"));
  inf_host_fixture_shoot (fixture, "home-failed");
}

static void
test_pauses_and_resumes (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  inf_host_fixture_open (fixture);
  gtk_widget_activate_action (fixture->root, "win.pause", "s", "hour");
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Host1.Pause ('time', 3600, '')"));
  gtk_widget_activate_action (fixture->root, "win.pause", "s", "tomorrow");
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Host1.Pause ('tomorrow', 0, '')"));
  inf_desktop_node_set (fixture->node, "Host1.State",
                        "{'state': <'paused'>, 'reason': <'snoozed'>, 'until-unix': <@x 0>,"
                        " 'leases': <@u 0>, 'running': <'finish'>}");
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "_Resume"));
  inf_gui_test_click (fixture->root, "_Resume");
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Host1.Resume"));
}

static void
test_a_refusal_is_told (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  inf_desktop_node_fail (fixture->node, "Host1.Pause", "it is too late for that");
  inf_host_fixture_open (fixture);
  gtk_widget_activate_action (fixture->root, "win.pause", "s", "hour");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "it is too late for that"));
  inf_host_fixture_shoot (fixture, "refused");
}

static void
test_a_request_is_answered (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  inf_host_fixture_open (fixture);
  inf_host_scenario_ask (fixture->node);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "ash asks to run lattice"));
  g_assert_true (inf_gui_test_shows (fixture->root,
                                     "4 slots for 1 h 0 min at most, worth up to 3.60 credits"));
  inf_host_fixture_shoot (fixture, "request");
  inf_gui_test_click (fixture->root, "_Accept");
  INF_GUI_WAIT (
      inf_host_fixture_was_called (fixture, "Host1.AnswerRequest ('request1', 'accept')"));
  inf_desktop_node_emit (fixture->node, "Host1.RequestRemoved",
                         g_variant_new ("(ss)", "request1", "accepted"));
  INF_GUI_WAIT (!inf_gui_test_shows (fixture->root, "ash asks to run lattice"));
}

static void
test_jobs_are_listed (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *past;

  inf_host_scenario_hosting (fixture->node);
  inf_host_scenario_add_past (fixture->node, 2000);
  inf_host_fixture_open_page (fixture, "jobs");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  inf_host_fixture_shoot (fixture, "jobs-running");
  past = inf_gui_test_find (fixture->root, GTK_TYPE_TOGGLE_BUTTON, "P_ast");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (past), TRUE);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "heat-flow"));
  INF_GUI_WAIT (g_list_model_get_n_items (inf_host_model_get_past_leases (fixture->model)) == 2000);
  inf_host_fixture_shoot (fixture, "jobs-past");
}

static void
test_no_job_is_said (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  inf_host_fixture_open_page (fixture, "jobs");
  g_assert_true (inf_gui_test_shows (fixture->root, "No Job Runs Here"));
  inf_host_fixture_shoot (fixture, "jobs-empty");
}

static void
test_plots_move_while_they_are_seen (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_hosting (fixture->node);
  inf_host_fixture_open_page (fixture, "earnings");
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Resources1.Subscribe"));
  g_assert_true (inf_gui_test_shows (fixture->root, "Nothing measured yet"));
  inf_host_fixture_shoot (fixture, "earnings-empty");
  for (guint i = 0; i < 120; i++)
    inf_host_scenario_sample (fixture->node, i);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "7.20 credits an hour"));
  inf_host_fixture_shoot (fixture, "earnings");
  g_assert_true (inf_gui_test_shows (fixture->root, "of 16.0"));
  inf_host_window_show_page (fixture->window, "home");
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Resources1.Unsubscribe"));
}

static void
test_peers_are_listed_and_drawn (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *graph;

  inf_host_scenario_ready (fixture->node);
  inf_host_scenario_add_peers (fixture->node, 9);
  inf_host_fixture_open_page (fixture, "peers");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "cedar"));
  g_assert_true (inf_gui_test_shows (fixture->root, "10 computers"));
  inf_host_fixture_shoot (fixture, "peers");
  inf_desktop_node_emit (
      fixture->node, "Node1.PeerChanged",
      g_variant_new_parsed ("('peer00000003', {'name': <'cypress'>, 'state': <'dead'>})"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "cypress"));
  g_assert_false (inf_gui_test_shows (fixture->root, "cedar"));
  graph = inf_gui_test_find (fixture->root, GTK_TYPE_TOGGLE_BUTTON, "Neighbours");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (graph), TRUE);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "The nearer, the shorter the round trip."));
  inf_host_fixture_shoot (fixture, "neighbours");
}

static void
test_peers_are_searched (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *search;

  inf_host_scenario_ready (fixture->node);
  inf_host_scenario_add_peers (fixture->node, 9);
  inf_host_fixture_open_page (fixture, "peers");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "cedar"));
  search = inf_gui_test_find (fixture->root, GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (search), "Haz");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "1 of 10 computers"));
  g_assert_true (inf_gui_test_shows (fixture->root, "hazel"));
  gtk_editable_set_text (GTK_EDITABLE (search), "nobody");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Computer Found"));
  inf_host_fixture_shoot (fixture, "peers-nothing-found");
}

static void
test_no_peers_leads_to_an_invite (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *dialog;

  inf_host_scenario_ready (fixture->node);
  inf_host_scenario_add_peers (fixture->node, 0);
  inf_host_fixture_open_page (fixture, "peers");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Other Computers Yet"));
  inf_host_fixture_shoot (fixture, "peers-empty");
  gtk_widget_activate_action (fixture->root, "win.invite", NULL);
  INF_GUI_WAIT ((dialog = inf_host_fixture_find_dialog (fixture->root)) != NULL);
  INF_GUI_WAIT (inf_gui_test_shows (dialog, "Give this to one person"));
  inf_gui_test_screenshots (GTK_WINDOW (dialog), "invite");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_jobs_are_searched (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *search;

  inf_host_scenario_hosting (fixture->node);
  inf_host_fixture_open_page (fixture, "jobs");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  search = inf_gui_test_find (fixture->root, GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (search), "HEAT");
  INF_GUI_WAIT (!inf_gui_test_shows (fixture->root, "taskmult for elm"));
  g_assert_true (inf_gui_test_shows (fixture->root, "heat-flow for oak"));
  gtk_editable_set_text (GTK_EDITABLE (search), "nothing like it");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Job Found"));
  inf_host_fixture_shoot (fixture, "jobs-nothing-found");
}

static void
test_peers_on_their_way (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  inf_desktop_node_hold (fixture->node, "Node1.ListPeers");
  inf_host_fixture_open_page (fixture, "peers");
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_SPINNER, NULL));
  inf_host_fixture_shoot (fixture, "peers-loading");
}

static void
test_peers_that_can_not_be_had (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_ready (fixture->node);
  inf_desktop_node_fail (fixture->node, "Node1.ListPeers", "the store is damaged");
  inf_host_fixture_open_page (fixture, "peers");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "the store is damaged"));
  inf_host_fixture_shoot (fixture, "peers-error");
}

static void
test_rules_are_shown_and_set (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *hosting;

  inf_host_scenario_ready (fixture->node);
  inf_host_fixture_open_page (fixture, "sharing");
  inf_host_fixture_shoot (fixture, "sharing");
  g_assert_false (inf_host_fixture_was_called (fixture, "Host1.SetPolicy"));
  hosting = inf_gui_test_find (fixture->root, GTK_TYPE_SWITCH, NULL);
  gtk_switch_set_active (GTK_SWITCH (hosting), FALSE);
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Host1.SetPolicy ({'hosting': <false>},)"));
}

static void
test_a_refused_rule_goes_back (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *hosting;

  inf_host_scenario_ready (fixture->node);
  inf_desktop_node_fail (fixture->node, "Host1.SetPolicy", "this machine can't host");
  inf_host_fixture_open_page (fixture, "sharing");
  hosting = inf_gui_test_find (fixture->root, GTK_TYPE_SWITCH, NULL);
  gtk_switch_set_active (GTK_SWITCH (hosting), FALSE);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "this machine can't host"));
  INF_GUI_WAIT (gtk_switch_get_active (GTK_SWITCH (hosting)));
}

static void
test_survives_a_restart_of_the_service (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_hosting (fixture->node);
  inf_host_fixture_open (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  inf_desktop_node_free (fixture->node);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Infinity Is Not Running"));
  inf_host_fixture_shoot (fixture, "window-service-down");
  fixture->node = inf_desktop_node_new (fixture->dir);
  inf_host_scenario_ready (fixture->node);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Ready: waiting for a job"));
}

#define ADD(path, function)                                                                        \
  g_test_add ("/host-window/" path, InfHostFixture, NULL, inf_host_fixture_set_up, function,       \
              inf_host_fixture_tear_down)

int
main (int argc, char **argv)
{
  inf_gui_test_init (&argc, &argv);
  g_resources_register (inf_host_get_resource ());
  ADD ("sentence-and-reason", test_sentence_and_reason);
  ADD ("home-shows-what-runs", test_home_shows_what_runs);
  ADD ("an-ended-job-moves-to-the-past", test_an_ended_job_moves_to_the_past);
  ADD ("connects-and-disconnects", test_connects_and_disconnects);
  ADD ("other-states", test_other_states);
  ADD ("pauses-and-resumes", test_pauses_and_resumes);
  ADD ("a-refusal-is-told", test_a_refusal_is_told);
  ADD ("a-request-is-answered", test_a_request_is_answered);
  ADD ("jobs-are-listed", test_jobs_are_listed);
  ADD ("no-job-is-said", test_no_job_is_said);
  ADD ("plots-move-while-they-are-seen", test_plots_move_while_they_are_seen);
  ADD ("peers-are-listed-and-drawn", test_peers_are_listed_and_drawn);
  ADD ("peers-are-searched", test_peers_are_searched);
  ADD ("no-peers-leads-to-an-invite", test_no_peers_leads_to_an_invite);
  ADD ("jobs-are-searched", test_jobs_are_searched);
  ADD ("peers-on-their-way", test_peers_on_their_way);
  ADD ("peers-that-can-not-be-had", test_peers_that_can_not_be_had);
  ADD ("rules-are-shown-and-set", test_rules_are_shown_and_set);
  ADD ("a-refused-rule-goes-back", test_a_refused_rule_goes_back);
  ADD ("survives-a-restart-of-the-service", test_survives_a_restart_of_the_service);
  return g_test_run ();
}
