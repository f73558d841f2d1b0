#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_LOG_VIEW (inf_log_view_get_type ())

G_DECLARE_FINAL_TYPE (InfLogView, inf_log_view, INF, LOG_VIEW, AdwBin)

GtkWidget *inf_log_view_new (void);

guint64 inf_log_view_get_n_lines (InfLogView *self);

void inf_log_view_append (InfLogView *self, const guint8 *data, gsize size_bytes);
void inf_log_view_clear (InfLogView *self);
void inf_log_view_set_empty (InfLogView *self, const char *title, const char *description);
void inf_log_view_set_loading (InfLogView *self, gboolean is_loading);
void inf_log_view_set_problem (InfLogView *self, const char *problem);
void inf_log_view_set_skipped (InfLogView *self, guint64 skipped_bytes);
void inf_log_view_search (InfLogView *self);

G_END_DECLS
