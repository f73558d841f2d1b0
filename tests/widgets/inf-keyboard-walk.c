#include "tests/widgets/inf-keyboard-walk.h"

#include "tests/widgets/inf-gui-test.h"

#define MOST_STEPS 400

static gboolean
has_ancestor (GtkWidget *widget, GType type)
{
  return gtk_widget_get_ancestor (widget, type) != NULL;
}

/* The arrow keys choose there, and what is chosen changes the screen. */
static gboolean
chooses (GtkWidget *list)
{
  return GTK_IS_LIST_BOX (list)
         && gtk_list_box_get_selection_mode (GTK_LIST_BOX (list)) == GTK_SELECTION_BROWSE;
}

/* What a mouse would be used on, and what has no other way to it. */
static gboolean
is_control (GtkWidget *widget)
{
  if (GTK_IS_WINDOW_CONTROLS (widget) || has_ancestor (widget, GTK_TYPE_WINDOW_CONTROLS))
    return FALSE; /* the desktop's keys do that */
  if (GTK_IS_LIST_BOX_ROW (widget) && chooses (gtk_widget_get_parent (widget)))
    return gtk_list_box_row_is_selected (GTK_LIST_BOX_ROW (widget));
  if (GTK_IS_LIST_BOX_ROW (widget))
    return gtk_list_box_row_get_activatable (GTK_LIST_BOX_ROW (widget));
  /* the buttons of these are what the arrow keys do */
  if (has_ancestor (widget, GTK_TYPE_SPIN_BUTTON) || has_ancestor (widget, GTK_TYPE_COLUMN_VIEW))
    return FALSE;
  return GTK_IS_BUTTON (widget) || GTK_IS_SWITCH (widget) || GTK_IS_TEXT (widget);
}

static void
collect (GtkWidget *widget, GPtrArray *controls)
{
  if (!gtk_widget_get_mapped (widget) || !gtk_widget_get_child_visible (widget)
      || !gtk_widget_is_sensitive (widget))
    return;
  if (is_control (widget))
    g_ptr_array_add (controls, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    collect (child, controls);
}

static GtkWidget *
get_focused_row (GtkWidget *root)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (root));

  return focus ? gtk_widget_get_ancestor (focus, GTK_TYPE_LIST_BOX_ROW) : NULL;
}

/* The arrow keys go from row to row, and Tab to what is in one. */
static void
go_down (GtkWidget *root, GHashTable *lists, GHashTable *reached)
{
  GtkWidget *first = get_focused_row (root);
  GtkWidget *row = first;

  /* once for each list, as Tab has to lead out of it */
  if (!first || chooses (gtk_widget_get_parent (first))
      || !g_hash_table_add (lists, gtk_widget_get_parent (first)))
    return;
  for (guint i = 0; i < MOST_STEPS && row; i++)
    {
      GtkWidget *next;

      gtk_widget_grab_focus (row);
      g_hash_table_add (reached, gtk_root_get_focus (GTK_ROOT (root)));
      while (gtk_widget_child_focus (row, GTK_DIR_TAB_FORWARD))
        g_hash_table_add (reached, gtk_root_get_focus (GTK_ROOT (root)));
      gtk_widget_grab_focus (row);
      g_signal_emit_by_name (gtk_widget_get_parent (row), "move-cursor", GTK_MOVEMENT_DISPLAY_LINES,
                             1, FALSE, FALSE);
      next = get_focused_row (root);
      row = next != row ? next : NULL;
    }
  gtk_widget_grab_focus (first);
}

/* Returns: (transfer full): all that have had the focus once */
static GHashTable *
walk_with_keys (GtkWidget *root)
{
  GHashTable *reached = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) lists = g_hash_table_new (NULL, NULL);

  gtk_window_set_focus (GTK_WINDOW (root), NULL);
  for (guint i = 0; i < MOST_STEPS && gtk_widget_child_focus (root, GTK_DIR_TAB_FORWARD); i++)
    {
      g_hash_table_add (reached, gtk_root_get_focus (GTK_ROOT (root)));
      go_down (root, lists, reached);
    }
  return reached;
}

/* What has the focus may be a part of it. */
static gboolean
is_reached (GtkWidget *control, GHashTable *reached)
{
  GHashTableIter iter;
  gpointer widget;

  g_hash_table_iter_init (&iter, reached);
  while (g_hash_table_iter_next (&iter, &widget, NULL))
    if (control == widget || gtk_widget_is_ancestor (widget, control))
      return TRUE;
  return FALSE;
}

/**
 * inf_keyboard_walk_check:
 * @root: a window that is shown
 * @screen: what it shows, for the message
 *
 * Fails the test where a control that can be seen is not reached with Tab and the arrow keys.
 */
void
inf_keyboard_walk_check (GtkWidget *root, const char *screen)
{
  g_autoptr (GPtrArray) controls = g_ptr_array_new ();
  g_autoptr (GHashTable) reached = NULL;

  inf_gui_test_settle (root);
  collect (root, controls);
  reached = walk_with_keys (root);
  g_assert_cmpuint (controls->len, >, 0);
  for (guint i = 0; i < controls->len; i++)
    if (!is_reached (controls->pdata[i], reached))
      {
        GtkWidget *control = controls->pdata[i];
        g_test_message ("%s: no key leads to a %s (%s) in a %s", screen,
                        G_OBJECT_TYPE_NAME (control),
                        GTK_IS_BUTTON (control) ? gtk_button_get_label (GTK_BUTTON (control)) : "",
                        G_OBJECT_TYPE_NAME (gtk_widget_get_parent (control)));
        g_test_fail ();
      }
}
