#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_LOG_WINDOW (inf_log_window_get_type ())

G_DECLARE_FINAL_TYPE (InfLogWindow, inf_log_window, INF, LOG_WINDOW, AdwWindow)

void inf_log_window_show (GtkWindow *parent, const char *title, const char *path);

G_END_DECLS
