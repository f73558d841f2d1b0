#include "host-app/inf-host-window.h"

#include "inf-host-resources.h"
#include "tests/host-app/inf-host-scenario.h"
#include "tests/widgets/inf-gui-test.h"

#include <stdlib.h>

/* Scrolls through a long list while its items change, as fast as frames come, for the benchmark:
 *
 *   scroll-probe peers|jobs N
 *
 * prints the milliseconds that making a frame took: the median, the 99th of a hundred, the worst.
 */

#define N_FRAMES 600
#define STEP_PX 60
#define CHANGES_PER_FRAME 2

typedef struct
{
  GtkAdjustment *adjustment;
  InfDesktopNode *node;
  guint n_items;
  gint64 began_us;
  double frames_ms[N_FRAMES];
  guint n_frames;
} Probe;

static void
change_some (Probe *probe)
{
  for (guint i = 0; i < CHANGES_PER_FRAME; i++)
    {
      g_autofree char *text = g_strdup_printf (
          "('peer%08u', {'rtt-us': <@x %u>})",
          (probe->n_frames * CHANGES_PER_FRAME + i) * 7 % probe->n_items, 200 + probe->n_frames);
      inf_desktop_node_emit (probe->node, "Node1.PeerChanged", g_variant_new_parsed (text));
    }
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  Probe *probe = user_data;
  double upper = gtk_adjustment_get_upper (probe->adjustment);
  double next = gtk_adjustment_get_value (probe->adjustment) + STEP_PX;

  change_some (probe);
  gtk_adjustment_set_value (probe->adjustment, next < upper * 0.9 ? next : 0);
  return G_SOURCE_CONTINUE;
}

static void
on_before (GdkFrameClock *clock, gpointer user_data)
{
  ((Probe *)user_data)->began_us = g_get_monotonic_time ();
}

static void
on_after (GdkFrameClock *clock, gpointer user_data)
{
  Probe *probe = user_data;

  if (probe->n_frames < N_FRAMES)
    probe->frames_ms[probe->n_frames++]
        = (double)(g_get_monotonic_time () - probe->began_us) / 1000;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double one = *(const double *)a;
  double other = *(const double *)b;

  return (one > other) - (one < other);
}

static void
scroll (GtkWidget *window, Probe *probe)
{
  GtkWidget *view;
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  INF_GUI_WAIT ((view = inf_gui_test_find (window, GTK_TYPE_COLUMN_VIEW, NULL)) != NULL);
  inf_gui_test_settle (window);
  probe->adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before), probe);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_after), probe);
  gtk_widget_add_tick_callback (window, on_tick, probe, NULL);
  INF_GUI_WAIT (probe->n_frames == N_FRAMES);
  qsort (probe->frames_ms, N_FRAMES, sizeof (double), compare);
  g_print ("%.2f %.2f %.2f\n", probe->frames_ms[N_FRAMES / 2],
           probe->frames_ms[N_FRAMES * 99 / 100], probe->frames_ms[N_FRAMES - 1]);
}

int
main (int argc, char **argv)
{
  static Probe probe;
  gboolean is_peers = argc == 3 && g_str_equal (argv[1], "peers");
  char *dir = inf_gui_test_make_dir ();
  g_autoptr (InfService) service = NULL;
  g_autoptr (InfHostModel) model = NULL;
  g_autoptr (GSettings) settings = NULL;
  InfHostWindow *window;

  g_assert_cmpint (argc, ==, 3);
  probe.n_items = (guint)atoi (argv[2]);
  inf_gui_test_init (&argc, &argv);
  g_resources_register (inf_host_get_resource ());
  probe.node = inf_desktop_node_new (dir);
  inf_host_scenario_ready (probe.node);
  inf_host_scenario_add_peers (probe.node, is_peers ? probe.n_items : 9);
  inf_host_scenario_add_past (probe.node, is_peers ? 0 : probe.n_items);
  service = inf_service_new ();
  model = inf_host_model_new (service);
  settings = g_settings_new ("org.infinitygrid.Host");
  window = inf_host_window_new (NULL, model, settings);
  gtk_window_present (GTK_WINDOW (window));
  inf_service_open (service);
  INF_GUI_WAIT (inf_gui_test_shows (GTK_WIDGET (window), "Ready"));
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
