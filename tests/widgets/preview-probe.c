#include "widgets/inf-preview.h"

#include "tests/widgets/inf-gui-test.h"

#include <stdlib.h>
#include <string.h>

/* Opens a file of one line of digits in a preview, for the benchmark:
 *
 *   preview-probe N
 *
 * prints the milliseconds until its first digits, and then its last, are drawn, and by how many KiB
 * the process grew.
 */

#define FIRST_DIGITS "27182818"
#define LAST_DIGITS "31415926"

static guint64
get_resident_kib (void)
{
  g_autofree char *status = NULL;
  const char *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, "VmRSS:");
  return line ? g_ascii_strtoull (line + strlen ("VmRSS:"), NULL, 10) : 0;
}

static void
write_digits (const char *path, gsize n_digits)
{
  g_autofree char *digits = g_strnfill (n_digits, '5');

  memcpy (digits, FIRST_DIGITS, strlen (FIRST_DIGITS));
  memcpy (digits + n_digits - strlen (LAST_DIGITS), LAST_DIGITS, strlen (LAST_DIGITS));
  g_assert_true (g_file_set_contents (path, digits, (gssize)n_digits, NULL));
}

/* Returns: the milliseconds from @began_us until @digits can be seen */
static double
wait_for (GtkWidget *window, const char *digits, gint64 began_us)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  gint64 counter;

  INF_GUI_WAIT (inf_gui_test_shows (window, digits));
  counter = gdk_frame_clock_get_frame_counter (clock);
  gtk_widget_queue_draw (window);
  INF_GUI_WAIT (gdk_frame_clock_get_frame_counter (clock) > counter);
  return (double)(g_get_monotonic_time () - began_us) / 1000;
}

int
main (int argc, char **argv)
{
  char *dir = inf_gui_test_make_dir ();
  g_autofree char *path = g_build_filename (dir, "product.txt", NULL);
  GtkWidget *window;
  GtkWidget *preview;
  guint64 before_kib;
  gint64 began_us;
  double first_ms;
  double last_ms;

  g_assert_cmpint (argc, ==, 2);
  write_digits (path, (gsize)atol (argv[1]));
  inf_gui_test_init (&argc, &argv);
  window = adw_window_new ();
  preview = inf_preview_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), 800, 600);
  adw_window_set_content (ADW_WINDOW (window), preview);
  gtk_window_present (GTK_WINDOW (window));
  inf_gui_test_settle (window);
  before_kib = get_resident_kib ();
  began_us = g_get_monotonic_time ();
  inf_preview_show_file (INF_PREVIEW (preview), dir, "product.txt");
  first_ms = wait_for (window, FIRST_DIGITS, began_us);
  inf_gui_test_settle (window);
  began_us = g_get_monotonic_time ();
  inf_gui_test_click (window, "End of the file");
  last_ms = wait_for (window, LAST_DIGITS, began_us);
  g_print ("%.1f %.1f %" G_GUINT64_FORMAT "\n", first_ms, last_ms,
           get_resident_kib () - before_kib);
  gtk_window_destroy (GTK_WINDOW (window));
  inf_gui_test_remove_dir (dir);
  return EXIT_SUCCESS;
}
