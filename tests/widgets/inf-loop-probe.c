#include "tests/widgets/inf-loop-probe.h"

#include "tests/widgets/inf-gui-test.h"

#include <stdlib.h>

/* How long an app's main loop is busy at a time, for the benchmarks. */

#define N_SCROLL_FRAMES 600
#define STEP_PX 60

typedef struct
{
  InfLoopProbeFunc func;
  gpointer user_data;
  GtkAdjustment *adjustment; /* (nullable): what is scrolled */
  gint64 first_us;
  gint64 last_us;
  gint64 began_us;
  double *frames_ms;
  guint n_frames;
  guint n_wanted;
} Probe;

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  Probe *probe = user_data;

  if (probe->func)
    probe->func (probe->n_frames, probe->user_data);
  if (probe->adjustment)
    {
      double upper = gtk_adjustment_get_upper (probe->adjustment);
      double next = gtk_adjustment_get_value (probe->adjustment) + STEP_PX;

      gtk_adjustment_set_value (probe->adjustment, next < upper * 0.9 ? next : 0);
    }
  gtk_widget_queue_draw (widget);
  return G_SOURCE_CONTINUE;
}

static void
on_before (GdkFrameClock *clock, gpointer user_data)
{
  Probe *probe = user_data;

  probe->began_us = g_get_monotonic_time ();
  if (!probe->first_us)
    probe->first_us = probe->began_us;
}

static void
on_after (GdkFrameClock *clock, gpointer user_data)
{
  Probe *probe = user_data;

  if (probe->n_frames == probe->n_wanted)
    return;
  probe->last_us = g_get_monotonic_time ();
  probe->frames_ms[probe->n_frames++] = (double)(probe->last_us - probe->began_us) / 1000;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double one = *(const double *)a;
  double other = *(const double *)b;

  return (one > other) - (one < other);
}

static InfFrameTimes
measure (GtkWidget *window, Probe *probe)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  guint n_wanted = probe->n_wanted;
  g_autofree double *frames_ms = g_new0 (double, n_wanted);
  guint tick_id;

  probe->frames_ms = frames_ms;
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before), probe);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_after), probe);
  tick_id = gtk_widget_add_tick_callback (window, on_tick, probe, NULL);
  while (probe->n_frames < n_wanted)
    g_main_context_iteration (NULL, TRUE);
  gtk_widget_remove_tick_callback (window, tick_id);
  g_signal_handlers_disconnect_by_data (clock, probe);
  qsort (frames_ms, n_wanted, sizeof (double), compare);
  return (InfFrameTimes){ frames_ms[n_wanted / 2], frames_ms[n_wanted * 99 / 100],
                          frames_ms[n_wanted - 1],
                          n_wanted * (double)G_USEC_PER_SEC
                              / (double)(probe->last_us - probe->first_us) };
}

/**
 * inf_loop_probe_scroll:
 * @window: a mapped window
 * @list: something in it that scrolls
 * @func: (nullable): what happens meanwhile
 * @user_data: for @func
 *
 * Scrolls through a list as fast as frames come.
 *
 * Returns: how long the frames took, each from before its first to after its last phase
 */
InfFrameTimes
inf_loop_probe_scroll (GtkWidget *window, GtkWidget *list, InfLoopProbeFunc func,
                       gpointer user_data)
{
  Probe probe = { func, user_data, gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list)),
                  .n_wanted = N_SCROLL_FRAMES };

  return measure (window, &probe);
}

/* As inf_loop_probe_scroll(), of @n_frames frames in which only @func does something. */
InfFrameTimes
inf_loop_probe_frames (GtkWidget *window, guint n_frames, InfLoopProbeFunc func, gpointer user_data)
{
  Probe probe = { func, user_data, .n_wanted = n_frames };

  return measure (window, &probe);
}

static gint64 woke_us;
static gint64 longest_us;

/* The loop is in here while it has nothing to do. */
static int
poll_and_note (GPollFD *fds, guint n_fds, int timeout_ms)
{
  int result;

  if (woke_us)
    longest_us = MAX (longest_us, g_get_monotonic_time () - woke_us);
  result = g_poll (fds, n_fds, timeout_ms);
  woke_us = g_get_monotonic_time ();
  return result;
}

/* From now on it is noted how long the main loop does not come to look for events. */
void
inf_loop_probe_begin (void)
{
  woke_us = 0;
  longest_us = 0;
  g_main_context_set_poll_func (NULL, poll_and_note);
}

/* Returns: the longest of these times, in milliseconds */
double
inf_loop_probe_end (void)
{
  if (woke_us)
    longest_us = MAX (longest_us, g_get_monotonic_time () - woke_us);
  g_main_context_set_poll_func (NULL, NULL);
  return (double)longest_us / 1000;
}
