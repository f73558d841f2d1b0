#include "widgets/inf-log-rows-private.h"

#include <glib/gi18n.h>

/* Selecting rows of a log and copying them, with mouse and keyboard. */

static void
redraw (InfLogRows *self)
{
  gboolean has_selection = self->has_selection;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.copy", has_selection);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
move_cursor (InfLogRows *self, guint64 row, gboolean is_extending)
{
  self->cursor = row;
  if (!is_extending || !self->has_selection)
    self->anchor = row;
  self->has_selection = TRUE;
  inf_log_rows_scroll_to (self, row, 0);
  redraw (self);
}

/**
 * inf_log_rows_get_selection:
 * @self: rows
 * @ret_first: (out): the first that is selected
 * @ret_end: (out): the one after the last
 *
 * Returns: whether any is
 */
gboolean
inf_log_rows_get_selection (InfLogRows *self, guint64 *ret_first, guint64 *ret_end)
{
  if (!self->has_selection)
    return FALSE;
  *ret_first = MIN (self->anchor, self->cursor);
  *ret_end = MAX (self->anchor, self->cursor) + 1;
  return TRUE;
}

static void
copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  InfLogRows *self = INF_LOG_ROWS (widget);
  g_autofree char *text = NULL;
  guint64 first;
  guint64 end;

  if (!self->lines || !inf_log_rows_get_selection (self, &first, &end))
    return;
  text = inf_log_lines_dup_rows (self->lines, first, end);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
select_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  InfLogRows *self = INF_LOG_ROWS (widget);

  if (!self->lines
      || inf_log_lines_get_end_row (self->lines) == inf_log_lines_get_first_row (self->lines))
    return;
  self->anchor = inf_log_lines_get_first_row (self->lines);
  self->cursor = inf_log_lines_get_end_row (self->lines) - 1;
  self->has_selection = TRUE;
  redraw (self);
}

static gboolean
on_key_copy (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  copy (widget, NULL, NULL);
  return TRUE;
}

static gboolean
on_key_select_all (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  select_all (widget, NULL, NULL);
  return TRUE;
}

/* @args: by how many rows, or pages of them, and whether what was selected stays so */
static gboolean
on_key_move (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  InfLogRows *self = INF_LOG_ROWS (widget);
  gint64 by_rows;
  gint64 by_pages;
  gint64 n_page;
  gint64 first;
  gint64 last;
  gint64 from;
  gboolean is_extending;

  if (!self->lines)
    return FALSE;
  g_variant_get (args, "(xxb)", &by_rows, &by_pages, &is_extending);
  first = (gint64)inf_log_lines_get_first_row (self->lines);
  last = (gint64)inf_log_lines_get_end_row (self->lines) - 1;
  if (last < first)
    return TRUE;
  n_page = MAX (gtk_widget_get_height (widget) / self->line_px - 1, 1);
  from = self->has_selection ? (gint64)self->cursor : (gint64)inf_log_rows_pick_row (self, 0);
  from = CLAMP (from, first, last);
  /* the ends are further than any number of rows */
  by_rows = CLAMP (by_rows, first - from, last - from);
  move_cursor (self, (guint64)CLAMP (from + by_rows + by_pages * n_page, first, last),
               is_extending);
  return TRUE;
}

/* A click: of the keys that are held, Shift counts. */
static void
press (InfLogRows *self, GtkGesture *gesture, double y)
{
  GdkModifierType state
      = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->lines
      && inf_log_lines_get_end_row (self->lines) > inf_log_lines_get_first_row (self->lines))
    move_cursor (self, inf_log_rows_pick_row (self, y), (state & GDK_SHIFT_MASK) != 0);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, gpointer user_data)
{
  press (user_data, GTK_GESTURE (gesture), y);
}

static void
on_dragged (GtkGestureDrag *gesture, double offset_x, double offset_y, gpointer user_data)
{
  InfLogRows *self = user_data;
  double y;

  if (self->has_selection && gtk_gesture_drag_get_start_point (gesture, NULL, &y))
    move_cursor (self, inf_log_rows_pick_row (self, y + offset_y), TRUE);
}

static void
pop_up (InfLogRows *self, double x, double y)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (!self->menu)
    {
      g_autoptr (GMenu) menu = g_menu_new ();

      g_menu_append (menu, _ ("_Copy"), "log.copy");
      g_menu_append (menu, _ ("Select _All"), "log.select-all");
      self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, widget);
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_menu_click (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  InfLogRows *self = user_data;
  guint64 row = inf_log_rows_pick_row (self, y);
  guint64 first;
  guint64 end;

  if (!inf_log_rows_get_selection (self, &first, &end) || row < first || row >= end)
    press (self, GTK_GESTURE (gesture), y);
  pop_up (self, x, y);
}

static gboolean
on_key_menu (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  pop_up (INF_LOG_ROWS (widget), 0, 0);
  return TRUE;
}

static void
add_moves (GtkWidgetClass *widget_class, guint key, gint64 by_rows, gint64 by_pages)
{
  gtk_widget_class_add_binding (widget_class, key, 0, on_key_move, "(xxb)", by_rows, by_pages,
                                FALSE);
  gtk_widget_class_add_binding (widget_class, key, GDK_SHIFT_MASK, on_key_move, "(xxb)", by_rows,
                                by_pages, TRUE);
}

void
inf_log_rows_install_selection (GtkWidgetClass *widget_class)
{
  const gint64 far = G_MAXINT64 / 4;

  gtk_widget_class_install_action (widget_class, "log.copy", NULL, copy);
  gtk_widget_class_install_action (widget_class, "log.select-all", NULL, select_all);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, on_key_copy, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Insert, GDK_CONTROL_MASK, on_key_copy, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_a, GDK_CONTROL_MASK, on_key_select_all, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, on_key_menu, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, on_key_menu, NULL);
  add_moves (widget_class, GDK_KEY_Up, -1, 0);
  add_moves (widget_class, GDK_KEY_Down, 1, 0);
  add_moves (widget_class, GDK_KEY_Page_Up, 0, -1);
  add_moves (widget_class, GDK_KEY_Page_Down, 0, 1);
  add_moves (widget_class, GDK_KEY_Home, -far, 0);
  add_moves (widget_class, GDK_KEY_End, far, 0);
}

void
inf_log_rows_init_selection (InfLogRows *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_dragged), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_menu_click), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.copy", FALSE);
}
