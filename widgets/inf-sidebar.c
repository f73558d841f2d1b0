#include "widgets/inf-sidebar.h"

#include <glib/gi18n.h>

/**
 * InfSidebar:
 *
 * The pages of its property "stack", an AdwViewStack, by icon and title, one below the other.
 */
struct _InfSidebar
{
  AdwBin parent_instance;

  GtkListBox *list;
  AdwViewStack *stack;
};

enum
{
  PROP_0,
  PROP_STACK,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (InfSidebar, inf_sidebar, ADW_TYPE_BIN)

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  AdwViewStackPage *page = item;
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name (adw_view_stack_page_get_icon_name (page));
  GtkWidget *label = gtk_label_new (adw_view_stack_page_get_title (page));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  adw_view_stack_page_get_title (page), -1);
  return row;
}

static void
on_row_selected (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  InfSidebar *self = user_data;
  g_autoptr (GtkSelectionModel) pages = NULL;

  if (!row)
    return;
  pages = adw_view_stack_get_pages (self->stack);
  gtk_selection_model_select_item (pages, (guint)gtk_list_box_row_get_index (row), TRUE);
}

static void
on_visible_child (InfSidebar *self)
{
  g_autoptr (GtkSelectionModel) pages = adw_view_stack_get_pages (self->stack);
  guint n_pages = g_list_model_get_n_items (G_LIST_MODEL (pages));

  for (guint i = 0; i < n_pages; i++)
    if (gtk_selection_model_is_selected (pages, i))
      gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, (int)i));
}

static void
set_stack (InfSidebar *self, AdwViewStack *stack)
{
  g_autoptr (GtkSelectionModel) pages = NULL;

  if (!stack)
    return;
  self->stack = g_object_ref (stack);
  pages = adw_view_stack_get_pages (stack);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (pages), make_row, NULL, NULL);
  g_signal_connect_object (stack, "notify::visible-child", G_CALLBACK (on_visible_child), self,
                           G_CONNECT_SWAPPED);
  on_visible_child (self);
}

static void
inf_sidebar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STACK)
    g_value_set_object (value, INF_SIDEBAR (object)->stack);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
inf_sidebar_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STACK)
    set_stack (INF_SIDEBAR (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

/* Tab goes to the page that is shown and from there to what is on it; the arrow keys choose. A list
 * box would have Tab go through all pages, and show each. */
static gboolean
inf_sidebar_focus (GtkWidget *widget, GtkDirectionType direction)
{
  InfSidebar *self = INF_SIDEBAR (widget);
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (!row || (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD))
    return GTK_WIDGET_CLASS (inf_sidebar_parent_class)->focus (widget, direction);
  return !gtk_widget_get_focus_child (widget) && gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
inf_sidebar_dispose (GObject *object)
{
  g_clear_object (&INF_SIDEBAR (object)->stack);
  G_OBJECT_CLASS (inf_sidebar_parent_class)->dispose (object);
}

static void
inf_sidebar_class_init (InfSidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = inf_sidebar_dispose;
  object_class->get_property = inf_sidebar_get_property;
  object_class->set_property = inf_sidebar_set_property;
  GTK_WIDGET_CLASS (klass)->focus = inf_sidebar_focus;

  props[PROP_STACK] = g_param_spec_object ("stack", NULL, NULL, ADW_TYPE_VIEW_STACK,
                                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
inf_sidebar_init (InfSidebar *self)
{
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_BROWSE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Screens"), -1);
  g_signal_connect (self->list, "row-selected", G_CALLBACK (on_row_selected), self);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->list));
}
