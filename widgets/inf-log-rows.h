#pragma once

#include "widgets/inf-log-search.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define INF_TYPE_LOG_ROWS (inf_log_rows_get_type ())

G_DECLARE_FINAL_TYPE (InfLogRows, inf_log_rows, INF, LOG_ROWS, GtkWidget)

gboolean inf_log_rows_is_following (InfLogRows *self);
gboolean inf_log_rows_get_selection (InfLogRows *self, guint64 *ret_first, guint64 *ret_end);

void inf_log_rows_set_log (InfLogRows *self, InfLogLines *lines, InfLogSearch *search);
void inf_log_rows_set_following (InfLogRows *self, gboolean is_following);
void inf_log_rows_update (InfLogRows *self);
void inf_log_rows_highlight (InfLogRows *self);
void inf_log_rows_show_match (InfLogRows *self, const InfLogMatch *match);

G_END_DECLS
