#include "widgets/inf-log-view.h"

#include "widgets/inf-accessible.h"
#include "widgets/inf-log-rows.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

/* How long the main loop looks for matches at a time: half of a frame. */
#define SLICE_US 8000

/**
 * InfLogView:
 *
 * A log of any length that is given to it piece by piece, with search, and a switch that keeps its
 * end in sight. It knows nothing of where the log comes from.
 */
struct _InfLogView
{
  AdwBin parent_instance;

  InfLogLines *lines;
  InfLogSearch *matches;
  guint search_id;
  int direction;     /* of a match that somebody waits for: -1, 1, 0 nobody does */
  InfLogMatch match; /* where one is; its number is 0 nowhere */
  gboolean is_loading;
  char *problem;
  guint64 n_skipped_bytes;
  GtkStack *stack;
  AdwStatusPage *empty;
  AdwStatusPage *failure;
  GtkSearchEntry *search;
  GtkLabel *count;
  GtkWidget *previous;
  GtkWidget *next;
  GtkToggleButton *follow;
  GtkLabel *notice;
  InfLogRows *rows;
};

G_DEFINE_FINAL_TYPE (InfLogView, inf_log_view, ADW_TYPE_BIN)

static void
show_page (InfLogView *self)
{
  gboolean is_empty = inf_log_view_get_n_lines (self) == 0;
  const char *page = !is_empty          ? "log"
                     : self->problem    ? "problem"
                     : self->is_loading ? "loading"
                                        : "empty";

  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_set_sensitive (GTK_WIDGET (self->search), !is_empty);
  gtk_widget_set_sensitive (GTK_WIDGET (self->follow), !is_empty);
}

static void
show_notice (InfLogView *self)
{
  guint64 n_bytes = self->n_skipped_bytes + inf_log_lines_get_dropped_bytes (self->lines);
  g_autofree char *size = inf_phrase_size (n_bytes);
  /* Translators: of a long log; %s is a size */
  g_autofree char *text = g_strdup_printf (_ ("The first %s are not shown"), size);

  gtk_label_set_text (self->notice, text);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), n_bytes > 0);
}

static void
show_count (InfLogView *self)
{
  guint n_matches = (guint)inf_log_search_get_n_matches (self->matches);
  gboolean is_done = inf_log_search_is_done (self->matches);
  g_autofree char *text = NULL;

  if (!inf_log_search_is_set (self->matches))
    text = g_strdup ("");
  else if (!n_matches)
    text = g_strdup (is_done ? _ ("No matches") : _ ("Searching…"));
  else if (self->match.number)
    /* Translators: the third of 12 places where the searched text was found */
    text = g_strdup_printf (_ ("%'u of %'u"), (guint)self->match.number, n_matches);
  else
    text = g_strdup_printf (ngettext ("%'u match", "%'u matches", n_matches), n_matches);
  if (g_strcmp0 (text, gtk_label_get_text (self->count)) != 0)
    gtk_label_set_text (self->count, text);
  gtk_widget_set_visible (GTK_WIDGET (self->count), *text);
  gtk_widget_set_sensitive (self->previous, n_matches > 0);
  gtk_widget_set_sensitive (self->next, n_matches > 0);
  if (inf_log_search_is_set (self->matches) && is_done && !n_matches)
    gtk_widget_add_css_class (GTK_WIDGET (self->search), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->search), "error");
}

/* Goes where somebody waits to go, if that is known by now. */
static void
go_to_match (InfLogView *self)
{
  gboolean is_forward = self->direction > 0;
  guint64 row = self->match.number ? self->match.row : G_MAXUINT64;
  InfLogMatch match;

  if (!self->direction)
    return;
  switch (inf_log_search_find (self->matches, row, self->match.start, is_forward, &match))
    {
    case INF_LOG_FIND_FOUND:
      self->match = match;
      inf_log_rows_show_match (self->rows, &match);
      self->direction = 0;
      break;
    case INF_LOG_FIND_NOTHING:
      self->direction = 0;
      break;
    default:
      break;
    }
}

static gboolean
on_search_idle (gpointer user_data)
{
  InfLogView *self = user_data;
  gint64 end_us = g_get_monotonic_time () + SLICE_US;
  gboolean has_more;

  while ((has_more = inf_log_search_step (self->matches)) && g_get_monotonic_time () < end_us)
    ;
  go_to_match (self);
  show_count (self);
  if (has_more)
    return G_SOURCE_CONTINUE;
  self->search_id = 0;
  return G_SOURCE_REMOVE;
}

static void
search_on (InfLogView *self)
{
  if (!self->search_id && inf_log_search_is_set (self->matches))
    self->search_id = g_idle_add (on_search_idle, self);
}

static void
on_search_changed (InfLogView *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));

  inf_log_search_set_text (self->matches, text);
  self->match = (InfLogMatch){ 0 };
  self->direction = *text ? 1 : 0;
  inf_log_rows_highlight (self->rows);
  show_count (self);
  search_on (self);
}

static void
step (InfLogView *self, int direction)
{
  if (!inf_log_search_is_set (self->matches))
    return;
  self->direction = direction;
  go_to_match (self);
  show_count (self);
}

static void
on_next (InfLogView *self)
{
  step (self, 1);
}

static void
on_previous (InfLogView *self)
{
  step (self, -1);
}

static void
on_stop_search (InfLogView *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->rows));
}

static void
inf_log_view_dispose (GObject *object)
{
  InfLogView *self = INF_LOG_VIEW (object);

  g_clear_handle_id (&self->search_id, g_source_remove);
  if (self->rows)
    inf_log_rows_set_log (self->rows, NULL, NULL);
  self->rows = NULL;
  G_OBJECT_CLASS (inf_log_view_parent_class)->dispose (object);
}

static void
inf_log_view_finalize (GObject *object)
{
  InfLogView *self = INF_LOG_VIEW (object);

  inf_log_search_free (self->matches);
  inf_log_lines_free (self->lines);
  g_free (self->problem);
  G_OBJECT_CLASS (inf_log_view_parent_class)->finalize (object);
}

static void
inf_log_view_class_init (InfLogViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_log_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = inf_log_view_finalize;
  g_type_ensure (INF_TYPE_LOG_ROWS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/widgets/inf-log-view.ui");
  gtk_widget_class_bind_template_child (widget_class, InfLogView, stack);
  gtk_widget_class_bind_template_child (widget_class, InfLogView, empty);
  gtk_widget_class_bind_template_child (widget_class, InfLogView, failure);
  gtk_widget_class_bind_template_child (widget_class, InfLogView, search);
  gtk_widget_class_bind_template_child (widget_class, InfLogView, count);
  gtk_widget_class_bind_template_child (widget_class, InfLogView, previous);
  gtk_widget_class_bind_template_child (widget_class, InfLogView, next);
  gtk_widget_class_bind_template_child (widget_class, InfLogView, follow);
  gtk_widget_class_bind_template_child (widget_class, InfLogView, notice);
  gtk_widget_class_bind_template_child (widget_class, InfLogView, rows);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
}

static void
inf_log_view_init (InfLogView *self)
{
  self->lines = inf_log_lines_new (INF_LOG_MAX_BYTES, INF_LOG_MAX_ROWS);
  self->matches = inf_log_search_new (self->lines);
  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_follow_stack (GTK_WIDGET (self->stack));
  inf_log_rows_set_log (self->rows, self->lines, self->matches);
  g_object_bind_property (self->rows, "following", self->follow, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  show_page (self);
  show_count (self);
}

GtkWidget *
inf_log_view_new (void)
{
  return g_object_new (INF_TYPE_LOG_VIEW, NULL);
}

/* Returns: how many rows it has; a very long line is several */
guint64
inf_log_view_get_n_lines (InfLogView *self)
{
  return inf_log_lines_get_end_row (self->lines) - inf_log_lines_get_first_row (self->lines);
}

/**
 * inf_log_view_append:
 * @self: a view
 * @data: (array length=size_bytes): what the log has in addition; whole characters or lines are not
 *   needed
 * @size_bytes: its length; some hundred KiB at a time, so that the main loop has its turn
 */
void
inf_log_view_append (InfLogView *self, const guint8 *data, gsize size_bytes)
{
  inf_log_lines_append (self->lines, data, size_bytes);
  show_page (self);
  show_notice (self);
  inf_log_rows_update (self->rows);
  search_on (self);
}

/* Forgets the log, as when another is to be shown; what is searched for stays. */
void
inf_log_view_clear (InfLogView *self)
{
  inf_log_lines_clear (self->lines);
  self->match = (InfLogMatch){ 0 };
  self->n_skipped_bytes = 0;
  inf_log_rows_set_log (self->rows, self->lines, self->matches);
  inf_log_rows_set_following (self->rows, TRUE);
  show_page (self);
  show_notice (self);
  search_on (self);
}

/* What is said while there is nothing in the log. */
void
inf_log_view_set_empty (InfLogView *self, const char *title, const char *description)
{
  adw_status_page_set_title (self->empty, title);
  adw_status_page_set_description (self->empty, description);
}

/* Whether something may still come of what the log has already. */
void
inf_log_view_set_loading (InfLogView *self, gboolean is_loading)
{
  self->is_loading = is_loading;
  show_page (self);
}

/* @problem: (nullable): why the log can't be had; seen while nothing of it is there */
void
inf_log_view_set_problem (InfLogView *self, const char *problem)
{
  g_autofree char *escaped = problem ? g_markup_escape_text (problem, -1) : NULL;

  g_free (self->problem);
  self->problem = g_strdup (problem);
  adw_status_page_set_description (self->failure, escaped);
  show_page (self);
}

/* @skipped_bytes: how much of the log's beginning was not appended */
void
inf_log_view_set_skipped (InfLogView *self, guint64 skipped_bytes)
{
  self->n_skipped_bytes = skipped_bytes;
  show_notice (self);
}

/* Puts the cursor where one searches. */
void
inf_log_view_search (InfLogView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}
