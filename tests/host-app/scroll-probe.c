#include "host-app/inf-host-window.h"

#include "inf-host-resources.h"
#include "tests/host-app/inf-host-scenario.h"
#include "tests/widgets/inf-gui-test.h"
#include "tests/widgets/inf-loop-probe.h"

#include <stdlib.h>

/* Scrolls through a long list while it changes, a step each frame, for the benchmark:
 *
 *   scroll-probe peers|jobs N [WIDTH HEIGHT]
 *
 * prints the milliseconds that making a frame took (the median, the 99th of a hundred, the worst)
 * and how many frames came in a second.
 */

/* of peers: a quarter of 5,000 each second */
#define CHANGES_PER_FRAME 20
/* a job ends here four times a second */
#define FRAMES_PER_END 15

typedef struct
{
  InfDesktopNode *node;
  guint n_items;
  gboolean is_peers;
} Probe;

static void
change_peers (guint n_frames, gpointer user_data)
{
  Probe *probe = user_data;

  for (guint i = 0; i < CHANGES_PER_FRAME; i++)
    {
      g_autofree char *text = g_strdup_printf (
          "('peer%08u', {'rtt-us': <@x %u>})",
          (n_frames * CHANGES_PER_FRAME + i) * 7 % probe->n_items, 200 + n_frames);
      inf_desktop_node_emit (probe->node, "Node1.PeerChanged", g_variant_new_parsed (text));
    }
}

/* What runs has its usage told, and now and then a job that ended joins those of the past. */
static void
change_jobs (guint n_frames, gpointer user_data)
{
  Probe *probe = user_data;
  g_autofree char *running = g_strdup_printf (
      "({'id': <'lease2'>, 'state': <'running'>, 'earned': <@t %u>, 'cpu-milli': <@x 1930>},)",
      754000 + n_frames);
  g_autofree char *ended = g_strdup_printf (
      "({'id': <'ended%u'>, 'client-name': <'elm'>, 'program': <'taskmult'>, 'state': <'closed'>,"
      " 'since-unix': <@x 1700000000000000>, 'ended-unix': <@x %" G_GINT64_FORMAT ">,"
      " 'earned': <@t 754000>, 'end-reason': <''>},)",
      n_frames, g_get_real_time ());

  inf_desktop_node_emit (probe->node, "Host1.LeaseChanged", g_variant_new_parsed (running));
  if (n_frames % FRAMES_PER_END == 0)
    inf_desktop_node_emit (probe->node, "Host1.LeaseChanged", g_variant_new_parsed (ended));
}

static void
scroll (GtkWidget *window, Probe *probe)
{
  GtkWidget *view;
  InfFrameTimes times;

  INF_GUI_WAIT ((view = inf_gui_test_find (window, GTK_TYPE_COLUMN_VIEW, NULL)) != NULL);
  inf_gui_test_settle (window);
  times = inf_loop_probe_scroll (window, view, probe->is_peers ? change_peers : change_jobs, probe);
  g_print ("%.2f %.2f %.2f %.1f\n", times.median_ms, times.most_ms, times.worst_ms, times.rate_hz);
}

int
main (int argc, char **argv)
{
  static Probe probe;
  gboolean is_peers = argc >= 3 && g_str_equal (argv[1], "peers");
  char *dir = inf_gui_test_make_dir ();
  g_autoptr (InfService) service = NULL;
  g_autoptr (InfHostModel) model = NULL;
  g_autoptr (GSettings) settings = NULL;
  InfHostWindow *window;

  g_assert_true (argc == 3 || argc == 5);
  probe.is_peers = is_peers;
  probe.n_items = (guint)atoi (argv[2]);
  inf_gui_test_init (&argc, &argv);
  g_resources_register (inf_host_get_resource ());
  probe.node = inf_desktop_node_new (dir);
  inf_host_scenario_hosting (probe.node);
  inf_host_scenario_add_peers (probe.node, is_peers ? probe.n_items : 9);
  inf_host_scenario_add_past (probe.node, is_peers ? 0 : probe.n_items);
  service = inf_service_new ();
  model = inf_host_model_new (service);
  settings = g_settings_new ("org.infinitygrid.Host");
  if (argc == 5)
    {
      g_settings_set_int (settings, "window-width", atoi (argv[3]));
      g_settings_set_int (settings, "window-height", atoi (argv[4]));
    }
  window = inf_host_window_new (NULL, model, settings);
  gtk_window_present (GTK_WINDOW (window));
  inf_service_open (service);
  INF_GUI_WAIT (inf_gui_test_shows (GTK_WIDGET (window), "Sharing:"));
  inf_host_window_show_page (window, is_peers ? "peers" : "jobs");
  if (!is_peers)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (inf_gui_test_find (
                                      GTK_WIDGET (window), GTK_TYPE_TOGGLE_BUTTON, "P_ast")),
                                  TRUE);
  inf_gui_test_settle (GTK_WIDGET (window));
  scroll (GTK_WIDGET (window), &probe);
  gtk_window_destroy (GTK_WINDOW (window));
  inf_service_close (service);
  inf_desktop_node_free (probe.node);
  inf_gui_test_remove_dir (dir);
  return EXIT_SUCCESS;
}
