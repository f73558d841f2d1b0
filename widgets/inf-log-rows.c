#include "widgets/inf-log-rows.h"

#include "widgets/inf-log-rows-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define MARGIN_PX 12
#define LINE_SPACING_PX 2
/* What is measured with, for the width of a character. */
#define SAMPLE "0123456789"
/* What is seen around a match that one goes to. */
#define MATCH_CONTEXT_ROWS 4

enum
{
  PROP_0,
  PROP_FOLLOWING,
  N_PROPS,
  PROP_HADJUSTMENT = N_PROPS,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE_WITH_CODE (InfLogRows, inf_log_rows, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static guint64
get_n_rows (InfLogRows *self)
{
  return self->lines
             ? inf_log_lines_get_end_row (self->lines) - inf_log_lines_get_first_row (self->lines)
             : 0;
}

static double
get_value (GtkAdjustment *adjustment)
{
  return adjustment ? gtk_adjustment_get_value (adjustment) : 0;
}

static int
get_content_width (InfLogRows *self)
{
  guint n_columns = self->lines ? inf_log_lines_get_max_columns (self->lines) : 0;

  return (int)ceil (n_columns * self->column_px) + 2 * MARGIN_PX;
}

/* Returns: whether the last row can be seen when scrolled to @value */
static gboolean
is_end (InfLogRows *self, double value)
{
  return value + gtk_adjustment_get_page_size (self->adjustments[1])
         >= gtk_adjustment_get_upper (self->adjustments[1]) - self->line_px / 2.0;
}

/* What can be scrolled to. Rows that were dropped at the beginning do not move those that are
 * read. */
static void
configure (InfLogRows *self)
{
  GtkAdjustment *horizontal = self->adjustments[0];
  GtkAdjustment *vertical = self->adjustments[1];
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  double upper = (double)get_n_rows (self) * self->line_px + 2 * MARGIN_PX;
  guint64 first_row = self->lines ? inf_log_lines_get_first_row (self->lines) : 0;
  double value = get_value (vertical);

  if (!horizontal || !vertical)
    return;
  if (first_row > self->first_row)
    value -= (double)(first_row - self->first_row) * self->line_px;
  self->first_row = first_row;
  if (self->is_following)
    value = upper;
  self->is_configuring = TRUE;
  gtk_adjustment_configure (vertical, CLAMP (value, 0, MAX (upper - height, 0)), 0, upper,
                            3 * self->line_px, MAX (height - self->line_px, 0), height);
  gtk_adjustment_configure (horizontal, get_value (horizontal), 0,
                            MAX (get_content_width (self), width), 3 * self->column_px, width / 2.0,
                            width);
  self->is_configuring = FALSE;
}

static void
on_match (const InfLogMatch *match, gpointer user_data)
{
  InfLogRows *self = user_data;
  gboolean is_current = match->row == self->match.row && match->start == self->match.start;
  PangoAttribute *attributes[] = {
    /* on any theme: dark on yellow, and on orange where one is */
    pango_attr_foreground_new (0, 0, 0),
    is_current ? pango_attr_background_new (0xFFFF, 0x7800, 0)
               : pango_attr_background_new (0xF6F6, 0xD3D3, 0x2D2D),
  };

  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
    {
      attributes[i]->start_index = (guint)match->start;
      attributes[i]->end_index = (guint)(match->start + match->size_bytes);
      pango_attr_list_insert (self->attributes, attributes[i]);
    }
}

/* Gives a child the row it is to show. */
static void
bind (InfLogRows *self, InfLogRow *row, guint64 number)
{
  gsize size_bytes;
  const char *text = inf_log_lines_peek_row (self->lines, number, &size_bytes);
  gboolean is_selected = number >= MIN (self->anchor, self->cursor)
                         && number <= MAX (self->anchor, self->cursor) && self->has_selection;

  if (row->number != number || row->size_bytes != size_bytes || row->is_stale)
    {
      g_autofree char *copy = g_strndup (text, size_bytes);

      gtk_inscription_set_text (row->child, copy);
      self->attributes = pango_attr_list_new ();
      if (self->search)
        inf_log_search_each_in_row (self->search, number, on_match, self);
      gtk_inscription_set_attributes (row->child, self->attributes);
      g_clear_pointer (&self->attributes, pango_attr_list_unref);
    }
  if (row->is_selected != is_selected || row->is_stale)
    {
      if (is_selected)
        gtk_widget_set_state_flags (GTK_WIDGET (row->child), GTK_STATE_FLAG_SELECTED, FALSE);
      else
        gtk_widget_unset_state_flags (GTK_WIDGET (row->child), GTK_STATE_FLAG_SELECTED);
      gtk_accessible_update_state (GTK_ACCESSIBLE (row->child), GTK_ACCESSIBLE_STATE_SELECTED,
                                   is_selected, -1);
    }
  *row = (InfLogRow){ row->child, number, size_bytes, is_selected, FALSE };
}

/* The children stand for the rows that are seen, each for every n-th, so that scrolling by a row
 * changes one of them. */
static void
place_rows (InfLogRows *self)
{
  double value = get_value (self->adjustments[1]) - MARGIN_PX;
  guint64 n_rows = get_n_rows (self);
  guint64 first = value > 0 ? (guint64)(value / self->line_px) : 0;
  guint n_children = self->rows->len;
  int x = MARGIN_PX - (int)get_value (self->adjustments[0]);
  int width = MAX (get_content_width (self), gtk_widget_get_width (GTK_WIDGET (self))) - MARGIN_PX;

  for (guint64 i = first; i < first + n_children; i++)
    {
      InfLogRow *row = &g_array_index (self->rows, InfLogRow, i % n_children);
      int y = (int)((double)i * self->line_px - value);
      gboolean is_seen = i < n_rows && y < gtk_widget_get_height (GTK_WIDGET (self));

      gtk_widget_set_child_visible (GTK_WIDGET (row->child), is_seen);
      if (!is_seen)
        continue;
      bind (self, row, self->first_row + i);
      gtk_widget_size_allocate (GTK_WIDGET (row->child),
                                &(GtkAllocation){ x, y, width, self->line_px }, -1);
    }
}

static guint
get_n_needed (InfLogRows *self)
{
  return (guint)(gtk_widget_get_height (GTK_WIDGET (self)) / MAX (self->line_px, 1) + 2);
}

static void
add_children (InfLogRows *self)
{
  while (self->rows->len < get_n_needed (self))
    {
      InfLogRow row = { .is_stale = TRUE };

      row.child = g_object_new (GTK_TYPE_INSCRIPTION, "css-name", "line", "accessible-role",
                                GTK_ACCESSIBLE_ROLE_LIST_ITEM, "xalign", 0.0f, "yalign", 0.0f,
                                "wrap-mode", PANGO_WRAP_CHAR, "text-overflow",
                                GTK_INSCRIPTION_OVERFLOW_CLIP, NULL);
      gtk_widget_set_can_target (GTK_WIDGET (row.child), FALSE);
      gtk_widget_set_parent (GTK_WIDGET (row.child), GTK_WIDGET (self));
      g_array_append_val (self->rows, row);
    }
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  InfLogRows *self = INF_LOG_ROWS (widget);

  self->tick_id = 0;
  if (self->rows->len < get_n_needed (self))
    {
      add_children (self);
      /* which row a child stands for goes by their number */
      for (guint i = 0; i < self->rows->len; i++)
        g_array_index (self->rows, InfLogRow, i).is_stale = TRUE;
    }
  configure (self);
  gtk_widget_queue_allocate (widget);
  return G_SOURCE_REMOVE;
}

/**
 * inf_log_rows_update:
 * @self: rows whose log has changed
 *
 * Whatever happens before the next frame is shown with it.
 */
void
inf_log_rows_update (InfLogRows *self)
{
  if (!self->tick_id && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

/* What is looked for is another. */
void
inf_log_rows_highlight (InfLogRows *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    g_array_index (self->rows, InfLogRow, i).is_stale = TRUE;
  self->match = (InfLogMatch){ .row = G_MAXUINT64 };
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
measure_text (InfLogRows *self)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), SAMPLE);
  int width;
  int height;

  pango_layout_get_size (layout, &width, &height);
  self->column_px = (double)width / PANGO_SCALE / (double)strlen (SAMPLE);
  self->line_px = (height + PANGO_SCALE - 1) / PANGO_SCALE + LINE_SPACING_PX;
}

static void
inf_log_rows_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (inf_log_rows_parent_class)->css_changed (widget, change);
  measure_text (INF_LOG_ROWS (widget));
  inf_log_rows_update (INF_LOG_ROWS (widget));
}

static void
inf_log_rows_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                      int *natural, int *minimum_baseline, int *natural_baseline)
{
  InfLogRows *self = INF_LOG_ROWS (widget);

  /* it shows as much as there is room for, whatever its log holds */
  *minimum = *natural = 3 * self->line_px + 2 * MARGIN_PX;
}

static void
inf_log_rows_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  InfLogRows *self = INF_LOG_ROWS (widget);

  configure (self);
  /* a child can't be added while sizes are given out */
  if (self->rows->len < get_n_needed (self))
    inf_log_rows_update (self);
  if (self->rows->len)
    place_rows (self);
  if (self->menu)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
inf_log_rows_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (inf_log_rows_parent_class)->map (widget);
  inf_log_rows_update (INF_LOG_ROWS (widget));
}

static void
inf_log_rows_unmap (GtkWidget *widget)
{
  InfLogRows *self = INF_LOG_ROWS (widget);

  if (self->tick_id)
    gtk_widget_remove_tick_callback (widget, self->tick_id);
  self->tick_id = 0;
  GTK_WIDGET_CLASS (inf_log_rows_parent_class)->unmap (widget);
}

static void
on_scrolled (InfLogRows *self)
{
  if (self->is_configuring)
    return;
  inf_log_rows_set_following (self, is_end (self, get_value (self->adjustments[1])));
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
set_adjustment (InfLogRows *self, guint index, GtkAdjustment *adjustment)
{
  if (self->adjustments[index])
    g_signal_handlers_disconnect_by_data (self->adjustments[index], self);
  g_set_object (&self->adjustments[index], adjustment);
  if (!adjustment)
    return;
  g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (on_scrolled), self);
  configure (self);
}

static void
inf_log_rows_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  InfLogRows *self = INF_LOG_ROWS (object);

  switch (id)
    {
    case PROP_FOLLOWING:
      g_value_set_boolean (value, self->is_following);
      break;
    case PROP_HADJUSTMENT:
      g_value_set_object (value, self->adjustments[0]);
      break;
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[1]);
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, GTK_SCROLL_MINIMUM);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
inf_log_rows_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  InfLogRows *self = INF_LOG_ROWS (object);

  switch (id)
    {
    case PROP_FOLLOWING:
      inf_log_rows_set_following (self, g_value_get_boolean (value));
      break;
    case PROP_HADJUSTMENT:
      set_adjustment (self, 0, g_value_get_object (value));
      break;
    case PROP_VADJUSTMENT:
      set_adjustment (self, 1, g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      /* its size does not depend on what it shows */
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
inf_log_rows_dispose (GObject *object)
{
  InfLogRows *self = INF_LOG_ROWS (object);

  set_adjustment (self, 0, NULL);
  set_adjustment (self, 1, NULL);
  for (guint i = 0; i < self->rows->len; i++)
    gtk_widget_unparent (GTK_WIDGET (g_array_index (self->rows, InfLogRow, i).child));
  g_array_set_size (self->rows, 0);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  self->lines = NULL;
  self->search = NULL;
  G_OBJECT_CLASS (inf_log_rows_parent_class)->dispose (object);
}

static void
inf_log_rows_finalize (GObject *object)
{
  g_array_unref (INF_LOG_ROWS (object)->rows);
  G_OBJECT_CLASS (inf_log_rows_parent_class)->finalize (object);
}

static void
inf_log_rows_class_init (InfLogRowsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = inf_log_rows_dispose;
  object_class->finalize = inf_log_rows_finalize;
  object_class->get_property = inf_log_rows_get_property;
  object_class->set_property = inf_log_rows_set_property;
  widget_class->css_changed = inf_log_rows_css_changed;
  widget_class->measure = inf_log_rows_measure;
  widget_class->size_allocate = inf_log_rows_size_allocate;
  widget_class->map = inf_log_rows_map;
  widget_class->unmap = inf_log_rows_unmap;

  props[PROP_FOLLOWING]
      = g_param_spec_boolean ("following", NULL, NULL, TRUE,
                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
  gtk_widget_class_set_css_name (widget_class, "log");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
  inf_log_rows_install_selection (widget_class);
}

static void
inf_log_rows_init (InfLogRows *self)
{
  self->rows = g_array_new (FALSE, TRUE, sizeof (InfLogRow));
  self->is_following = TRUE;
  self->match.row = G_MAXUINT64;
  gtk_widget_add_css_class (GTK_WIDGET (self), "monospace");
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Log"),
                                  GTK_ACCESSIBLE_PROPERTY_MULTI_SELECTABLE, TRUE, -1);
  measure_text (self);
  inf_log_rows_init_selection (self);
}

gboolean
inf_log_rows_is_following (InfLogRows *self)
{
  return self->is_following;
}

/**
 * inf_log_rows_set_log:
 * @self: rows
 * @lines: (nullable): what they show; it has to live until another, or %NULL, is set
 * @search: (nullable): what is marked in them
 */
void
inf_log_rows_set_log (InfLogRows *self, InfLogLines *lines, InfLogSearch *search)
{
  self->lines = lines;
  self->search = search;
  self->first_row = 0;
  self->has_selection = FALSE;
  inf_log_rows_highlight (self);
  inf_log_rows_update (self);
}

/* Goes to the end, and stays there whatever comes, until somebody scrolls away. */
void
inf_log_rows_set_following (InfLogRows *self, gboolean is_following)
{
  if (self->is_following == is_following)
    return;
  self->is_following = is_following;
  if (is_following)
    inf_log_rows_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FOLLOWING]);
}

/* Makes @row seen, and @n_context rows before and after it where it was not. */
void
inf_log_rows_scroll_to (InfLogRows *self, guint64 row, guint n_context)
{
  double top = (double)(row - self->first_row) * self->line_px + MARGIN_PX;
  double context = (double)n_context * self->line_px;
  gboolean is_first = row == self->first_row;
  gboolean is_last = row + 1 == self->first_row + get_n_rows (self);
  GtkAdjustment *adjustment = self->adjustments[1];
  double value = get_value (adjustment);

  if (!adjustment)
    return;
  if (top >= value && top + self->line_px <= value + gtk_adjustment_get_page_size (adjustment))
    context = 0;
  gtk_adjustment_clamp_page (adjustment, is_first ? 0 : top - context,
                             is_last ? gtk_adjustment_get_upper (adjustment)
                                     : top + self->line_px + context);
}

/* Returns: the row at @y of the widget, the nearest where there is none */
guint64
inf_log_rows_pick_row (InfLogRows *self, double y)
{
  double at = (y + get_value (self->adjustments[1]) - MARGIN_PX) / self->line_px;
  guint64 n_rows = get_n_rows (self);

  return self->first_row + (guint64)CLAMP (at, 0, n_rows ? (double)(n_rows - 1) : 0);
}

/* Marks @match among the others, and scrolls to it. */
void
inf_log_rows_show_match (InfLogRows *self, const InfLogMatch *match)
{
  gsize size_bytes;
  const char *text;
  double x;

  if (match->row < inf_log_lines_get_first_row (self->lines))
    return;
  inf_log_rows_highlight (self);
  self->match = *match;
  inf_log_rows_set_following (self, FALSE);
  configure (self);
  text = inf_log_lines_peek_row (self->lines, match->row, &size_bytes);
  x = (double)g_utf8_strlen (text, (gssize)match->start) * self->column_px;
  inf_log_rows_scroll_to (self, match->row, MATCH_CONTEXT_ROWS);
  if (self->adjustments[0])
    gtk_adjustment_clamp_page (self->adjustments[0], x < MARGIN_PX ? 0 : x,
                               x + 2 * MARGIN_PX + (double)match->size_bytes * self->column_px);
}
