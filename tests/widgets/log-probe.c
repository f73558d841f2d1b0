#include "tests/widgets/inf-gui-test.h"
#include "tests/widgets/inf-loop-probe.h"
#include "widgets/inf-log-view.h"

#include <stdlib.h>

/* Reads, follows and searches a log of N lines, for the benchmark:
 *
 *   log-probe N
 *
 * prints the longest time in milliseconds that the main loop was busy while the log was read, while
 * it was followed, and while it was searched; and how long the search for something rare took. */

#define CHUNK_BYTES (64 * 1024)
#define N_FOLLOWED_FRAMES 300
#define LINES_PER_FRAME 200
#define N_STEPS 100

typedef struct
{
  GtkWidget *window;
  InfLogView *view;
  guint n_lines;
} Log;

static void
add_line (GString *text, guint number)
{
  g_string_append_printf (text, "\033[2m12:%02u:%02u\033[0m rank %u: step %u, residual %.9f, ok\n",
                          number / 60 % 60, number % 60, number % 8, number, 1.0 / (number + 1));
}

static void
read_all (Log *log, guint n_lines)
{
  g_autoptr (GString) text = g_string_new (NULL);

  while (log->n_lines < n_lines)
    {
      g_string_truncate (text, 0);
      while (text->len < CHUNK_BYTES && log->n_lines < n_lines)
        add_line (text, log->n_lines++);
      /* as an answer of infinityd comes: the loop turns between two */
      inf_log_view_append (log->view, (const guint8 *)text->str, text->len);
      g_main_context_iteration (NULL, FALSE);
    }
  inf_gui_test_settle (log->window);
}

static void
on_frame (guint n_frames, gpointer user_data)
{
  Log *log = user_data;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < LINES_PER_FRAME; i++)
    add_line (text, log->n_lines++);
  inf_log_view_append (log->view, (const guint8 *)text->str, text->len);
}

static void
search (Log *log, const char *text, const char *expected)
{
  GtkWidget *entry = inf_gui_test_find (log->window, GTK_TYPE_SEARCH_ENTRY, NULL);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  INF_GUI_WAIT (inf_gui_test_shows (log->window, expected));
}

/* Searches for something rare, then for what is on every line several times, and goes through it.
 */
static double
search_all (Log *log)
{
  gint64 began_us = g_get_monotonic_time ();
  double took_ms;

  search (log, "step 777777,", "1 of 1");
  took_ms = (double)(g_get_monotonic_time () - began_us) / 1000;
  search (log, "s", "1 of ");
  inf_gui_test_settle (log->window);
  for (guint i = 0; i < N_STEPS; i++)
    {
      inf_gui_test_click (log->window, i % 3 ? "Next Match" : "Previous Match");
      g_main_context_iteration (NULL, FALSE);
    }
  search (log, "nowhere to be found", "No matches");
  return took_ms;
}

int
main (int argc, char **argv)
{
  Log log = { 0 };
  double read_ms;
  double follow_ms;
  double search_ms;
  double took_ms;
  guint n_lines = argc == 2 ? (guint)atoi (argv[1]) : 0;

  if (!n_lines)
    return EXIT_FAILURE;
  argc = 1;
  inf_gui_test_init (&argc, &argv);
  log.view = INF_LOG_VIEW (inf_log_view_new ());
  log.window = g_object_new (ADW_TYPE_WINDOW, "default-width", 1000, "default-height", 800,
                             "content", log.view, NULL);
  gtk_window_present (GTK_WINDOW (log.window));
  inf_gui_test_settle (log.window);

  inf_loop_probe_begin ();
  read_all (&log, n_lines);
  read_ms = inf_loop_probe_end ();
  inf_loop_probe_begin ();
  inf_loop_probe_frames (log.window, N_FOLLOWED_FRAMES, on_frame, &log);
  follow_ms = inf_loop_probe_end ();
  inf_loop_probe_begin ();
  took_ms = search_all (&log);
  search_ms = inf_loop_probe_end ();
  g_print ("%.2f %.2f %.2f %.2f\n", read_ms, follow_ms, search_ms, took_ms);
  gtk_window_destroy (GTK_WINDOW (log.window));
  return EXIT_SUCCESS;
}
