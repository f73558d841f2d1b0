#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * InfFrameTimes:
 * @median_ms: of the work of making a frame
 * @most_ms: 99 of a hundred take no longer
 * @worst_ms: the longest
 * @rate_hz: frames that came in a second
 */
typedef struct
{
  double median_ms;
  double most_ms;
  double worst_ms;
  double rate_hz;
} InfFrameTimes;

/* Called at the beginning of every frame. */
typedef void (*InfLoopProbeFunc) (guint n_frames, gpointer user_data);

InfFrameTimes inf_loop_probe_scroll (GtkWidget *window, GtkWidget *list, InfLoopProbeFunc func,
                                     gpointer user_data);
InfFrameTimes inf_loop_probe_frames (GtkWidget *window, guint n_frames, InfLoopProbeFunc func,
                                     gpointer user_data);

void inf_loop_probe_begin (void);
double inf_loop_probe_end (void);

G_END_DECLS
