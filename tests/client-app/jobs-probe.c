#include "tests/client-app/inf-client-fixture.h"
#include "tests/client-app/inf-jobs-scenario.h"
#include "tests/widgets/inf-loop-probe.h"

#include <stdlib.h>

/* Lists N jobs, and scrolls through them while some change, for the benchmark:
 *
 *   jobs-probe N
 *
 * prints milliseconds: from the connection to infinityd until the first frame with jobs, until all
 * are listed, the longest that the main loop was busy meanwhile; and of the frames while it scrolls
 * the median, the 99th of a hundred, the worst. */

#define CHANGES_PER_FRAME 2

typedef struct
{
  InfClientFixture *fixture;
  guint n_jobs;
  gint64 began_us;
  double first_ms;
} Probe;

static guint
count (Probe *probe)
{
  return g_list_model_get_n_items (
      G_LIST_MODEL (inf_client_model_get_jobs (probe->fixture->model)));
}

static void
on_after_paint (GdkFrameClock *clock, gpointer user_data)
{
  Probe *probe = user_data;

  if (!probe->first_ms && inf_gui_test_find (probe->fixture->root, GTK_TYPE_COLUMN_VIEW, NULL)
      && count (probe))
    probe->first_ms = (double)(g_get_monotonic_time () - probe->began_us) / 1000;
}

/* Jobs that run get on, and are told of. */
static void
change_some (guint n_frames, gpointer user_data)
{
  Probe *probe = user_data;

  for (guint i = 0; i < CHANGES_PER_FRAME; i++)
    {
      guint n_changes = n_frames * CHANGES_PER_FRAME + i;
      g_autofree char *id
          = g_strdup_printf ("job%05u", probe->n_jobs - n_changes % INF_JOBS_SCENARIO_RUNNING);
      g_autofree char *text = g_strdup_printf ("{'progress': <%f>, 'spent': <@t %u>}",
                                               0.3 + n_frames / 2000.0, n_frames * 1000);

      inf_jobs_scenario_tell (probe->fixture->node, id, text);
    }
}

int
main (int argc, char **argv)
{
  InfClientFixture fixture = { 0 };
  Probe probe = { .fixture = &fixture };
  InfFrameTimes times;
  double all_ms;
  double busy_ms;

  probe.n_jobs = argc == 2 ? (guint)atoi (argv[1]) : 0;
  if (!probe.n_jobs)
    return EXIT_FAILURE;
  argc = 1;
  inf_client_fixture_init (&argc, &argv);
  inf_client_fixture_set_up (&fixture, NULL);
  inf_client_scenario_ready (fixture.node);
  inf_jobs_scenario_many (fixture.node, probe.n_jobs);
  fixture.window = inf_client_window_new (NULL, fixture.model, fixture.settings);
  fixture.root = GTK_WIDGET (fixture.window);
  inf_client_window_show_page (fixture.window, "jobs");
  gtk_window_present (GTK_WINDOW (fixture.window));
  inf_gui_test_settle (fixture.root);
  g_signal_connect (gtk_widget_get_frame_clock (fixture.root), "after-paint",
                    G_CALLBACK (on_after_paint), &probe);

  inf_loop_probe_begin ();
  probe.began_us = g_get_monotonic_time ();
  inf_service_open (fixture.service);
  while (count (&probe) < probe.n_jobs)
    g_main_context_iteration (NULL, TRUE);
  all_ms = (double)(g_get_monotonic_time () - probe.began_us) / 1000;
  inf_gui_test_settle (fixture.root);
  busy_ms = inf_loop_probe_end ();
  times = inf_loop_probe_scroll (fixture.root,
                                 inf_gui_test_find (fixture.root, GTK_TYPE_COLUMN_VIEW, NULL),
                                 change_some, &probe);
  g_print ("%.1f %.1f %.1f %.2f %.2f %.2f\n", probe.first_ms, all_ms, busy_ms, times.median_ms,
           times.most_ms, times.worst_ms);
  inf_client_fixture_tear_down (&fixture, NULL);
  return EXIT_SUCCESS;
}
