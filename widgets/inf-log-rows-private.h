#pragma once

#include "widgets/inf-log-rows.h"

G_BEGIN_DECLS

/* A child, and what it shows. */
typedef struct
{
  GtkInscription *child;
  guint64 number;
  gsize size_bytes;
  gboolean is_selected;
  gboolean is_stale;
} InfLogRow;

/**
 * InfLogRows:
 *
 * The rows of a log, to be put into a #GtkScrolledWindow. There are as many children as can be
 * seen, whatever the number of rows, and all rows are of one height, so that any place is reached
 * at once. While it is scrolled to the end it is "following": it stays there.
 */
struct _InfLogRows
{
  GtkWidget parent_instance;

  InfLogLines *lines;   /* not owned */
  InfLogSearch *search; /* not owned */
  GtkAdjustment *adjustments[2];
  GArray *rows;              /* InfLogRow */
  guint64 first_row;         /* of the log, when it was last looked at */
  InfLogMatch match;         /* where one is, G_MAXUINT64 nowhere */
  PangoAttrList *attributes; /* of the row that is being bound */
  int line_px;
  double column_px;
  guint tick_id;
  gboolean is_configuring;
  gboolean is_following;

  gboolean has_selection;
  guint64 anchor;
  guint64 cursor; /* the other end of what is selected */
  GtkWidget *menu;
};

void inf_log_rows_install_selection (GtkWidgetClass *widget_class);
void inf_log_rows_init_selection (InfLogRows *self);
guint64 inf_log_rows_pick_row (InfLogRows *self, double y);
void inf_log_rows_scroll_to (InfLogRows *self, guint64 row, guint n_context);

G_END_DECLS
