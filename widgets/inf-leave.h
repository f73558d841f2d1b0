#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * InfLeaveFunc:
 * @window: what was asked about
 * @how: "finish" what runs first, "stop" it now, or "" where nothing runs
 */
typedef void (*InfLeaveFunc) (gpointer window, const char *how);

void inf_leave_ask (GtkWindow *window, const char *heading, const char *body, InfLeaveFunc leave);

G_END_DECLS
