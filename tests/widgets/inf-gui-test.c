#include "tests/widgets/inf-gui-test.h"

#include "common/inf-tree.h"
#include "widgets/inf-widgets.h"

#include <glib/gstdio.h>
#include <locale.h>

#define NARROW_WIDTH 360
#define NARROW_HEIGHT 720
#define LARGE_TEXT_DPI (1.5 * 96 * 1024)

/**
 * inf_gui_test_init:
 *
 * As gtk_test_init(), with the widgets known. Nothing moves, so that what is seen is what there is.
 */
void
inf_gui_test_init (int *argc, char ***argv)
{
  g_setenv ("LC_ALL", "C.UTF-8", FALSE);
  gtk_test_init (argc, argv, NULL);
  setlocale (LC_ALL, "C.UTF-8");
  adw_init ();
  inf_widgets_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, "gtk-font-name",
                "Cantarell 11", NULL);
}

static gboolean
wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Returns: whether there is time left */
gboolean
inf_gui_test_iterate (gint64 deadline_us)
{
  guint id = g_timeout_add (50, wake, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
  return g_get_monotonic_time () < deadline_us;
}

/* Returns: (transfer full): a directory for a node's state, and makes it this process's */
char *
inf_gui_test_make_dir (void)
{
  g_autoptr (GError) error = NULL;
  char *dir = g_dir_make_tmp ("inf-gui-XXXXXX", &error);

  g_assert_no_error (error);
  g_setenv ("INFINITY_HOME", dir, TRUE);
  return dir;
}

/* @dir: (transfer full) */
void
inf_gui_test_remove_dir (char *dir)
{
  g_assert_true (inf_tree_remove (dir, NULL));
  g_free (dir);
}

/* What a person reads on @widget: a label, a title. */
static gboolean
says (GtkWidget *widget, const char *text)
{
  const char *said = NULL;

  if (GTK_IS_LABEL (widget))
    said = gtk_label_get_text (GTK_LABEL (widget));
  else if (GTK_IS_INSCRIPTION (widget))
    said = gtk_inscription_get_text (GTK_INSCRIPTION (widget));
  else if (ADW_IS_PREFERENCES_ROW (widget))
    said = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget));
  else if (GTK_IS_BUTTON (widget))
    said = gtk_button_get_label (GTK_BUTTON (widget));
  else if (GTK_IS_MENU_BUTTON (widget))
    said = gtk_menu_button_get_label (GTK_MENU_BUTTON (widget));
  if (said && strstr (said, text))
    return TRUE;
  said = gtk_widget_get_tooltip_text (widget);
  return said && strstr (said, text);
}

/**
 * inf_gui_test_find:
 * @root: where to look
 * @type: what kind of widget
 * @text: (nullable): part of what it says; a mnemonic's underline belongs to it
 *
 * Returns: (transfer none) (nullable): the first that can be seen
 */
GtkWidget *
inf_gui_test_find (GtkWidget *root, GType type, const char *text)
{
  GtkWidget *child;

  if (!gtk_widget_get_child_visible (root) || !gtk_widget_get_visible (root))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (root), type) && (!text || says (root, text)))
    return root;
  for (child = gtk_widget_get_first_child (root); child;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = inf_gui_test_find (child, type, text);
      if (found)
        return found;
    }
  return NULL;
}

/* Returns: whether a label below @root that can be seen has @text */
gboolean
inf_gui_test_shows (GtkWidget *root, const char *text)
{
  return inf_gui_test_find (root, GTK_TYPE_LABEL, text) != NULL;
}

/* @label: of a button, with its mnemonic's underline, or its tooltip */
void
inf_gui_test_click (GtkWidget *root, const char *label)
{
  GtkWidget *button = inf_gui_test_find (root, GTK_TYPE_BUTTON, label);

  if (!button)
    g_error ("no button says “%s”", label);
  if (!gtk_widget_is_sensitive (button))
    g_error ("the button “%s” can't be pressed", label);
  g_signal_emit_by_name (button, "clicked");
}

/* @title: of an entry row */
void
inf_gui_test_type (GtkWidget *root, const char *title, const char *text)
{
  GtkWidget *row = inf_gui_test_find (root, ADW_TYPE_ENTRY_ROW, title);

  if (!row)
    g_error ("no entry is called “%s”", title);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
}

static gboolean
count_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  guint *n_frames = user_data;

  (*n_frames)++;
  return G_SOURCE_CONTINUE;
}

/* Lets @widget be laid out and drawn with what it has been told. */
void
inf_gui_test_settle (GtkWidget *widget)
{
  guint n_frames = 0;
  guint id = gtk_widget_add_tick_callback (widget, count_frame, &n_frames, NULL);

  INF_GUI_WAIT (n_frames >= 4 && !g_main_context_pending (NULL));
  gtk_widget_remove_tick_callback (widget, id);
}

/**
 * inf_gui_test_screenshot:
 * @window: a mapped window
 * @name: of the file in `screenshots` of the build tree, without its ending
 */
void
inf_gui_test_screenshot (GtkWindow *window, const char *name)
{
  g_autofree char *dir = g_build_filename (g_getenv ("INFINITY_TEST_ROOT"), "screenshots", NULL);
  g_autofree char *file = g_strconcat (name, ".png", NULL);
  g_autofree char *path = g_build_filename (dir, file, NULL);
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  int width;
  int height;

  inf_gui_test_settle (GTK_WIDGET (window));
  paintable = gtk_widget_paintable_new (GTK_WIDGET (window));
  width = gdk_paintable_get_intrinsic_width (paintable);
  height = gdk_paintable_get_intrinsic_height (paintable);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  g_assert_nonnull (node);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  g_assert_cmpint (g_mkdir_with_parents (dir, 0755), ==, 0);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

static void
shoot (GtkWindow *window, const char *name, const char *variant)
{
  g_autofree char *file = g_strdup_printf ("%s-%s", name, variant);

  inf_gui_test_screenshot (window, file);
}

static void
resize (GtkWindow *window, int width, int height)
{
  gtk_window_set_default_size (window, width, height);
  inf_gui_test_settle (GTK_WIDGET (window));
}

/* What turns where nobody sees it costs sixty frames a second. */
static void
check_unseen (GtkWidget *widget)
{
  if (GTK_IS_SPINNER (widget) && !gtk_widget_get_mapped (widget))
    g_assert_false (gtk_spinner_get_spinning (GTK_SPINNER (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    check_unseen (child);
}

/**
 * inf_gui_test_screenshots:
 * @window: a mapped window that may be made narrow
 * @name: of the screen and its state
 *
 * Takes it light, dark, 360 pixels wide, and with text half as large again. Nothing may be busy
 * out of sight.
 */
void
inf_gui_test_screenshots (GtkWindow *window, const char *name)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  GtkSettings *settings = gtk_settings_get_default ();
  int width;
  int height;
  int dpi;

  inf_gui_test_settle (GTK_WIDGET (window));
  check_unseen (GTK_WIDGET (window));
  width = gtk_widget_get_width (GTK_WIDGET (window));
  height = gtk_widget_get_height (GTK_WIDGET (window));
  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  shoot (window, name, "light");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  shoot (window, name, "dark");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_LIGHT);
  /* a question is as high as it has to be */
  resize (window, NARROW_WIDTH, gtk_window_get_resizable (window) ? NARROW_HEIGHT : -1);
  inf_gui_test_settle (GTK_WIDGET (window));
  shoot (window, name, "narrow");
  resize (window, width, height);
  g_object_set (settings, "gtk-xft-dpi", (int)LARGE_TEXT_DPI, NULL);
  shoot (window, name, "large-text");
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
  resize (window, width, height);
  inf_gui_test_settle (GTK_WIDGET (window));
}
