#include "widgets/inf-accessible.h"

/* What GTK 4.8 and libadwaita 1.2 leave out for screen readers. */

static void
hide_unseen (GObject *stack, GParamSpec *pspec, gpointer user_data)
{
  g_autoptr (GtkWidget) visible = NULL;

  g_object_get (stack, "visible-child", &visible, NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (stack)); child;
       child = gtk_widget_get_next_sibling (child))
    gtk_accessible_update_state (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_STATE_HIDDEN,
                                 child != visible, -1);
}

/**
 * inf_accessible_follow_stack:
 * @stack: a GtkStack or AdwViewStack with all its pages
 *
 * Tells assistive technology that the pages that can't be seen are hidden; by themselves, stacks
 * leave all of them to be read.
 */
void
inf_accessible_follow_stack (GtkWidget *stack)
{
  g_signal_connect (stack, "notify::visible-child", G_CALLBACK (hide_unseen), NULL);
  hide_unseen (G_OBJECT (stack), NULL, NULL);
}

static void
hide_unrevealed (GObject *revealer, GParamSpec *pspec, gpointer user_data)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (revealer), GTK_ACCESSIBLE_STATE_HIDDEN,
                               !gtk_revealer_get_reveal_child (GTK_REVEALER (revealer)), -1);
}

/**
 * inf_accessible_follow_revealer:
 * @revealer: a GtkRevealer
 *
 * Tells assistive technology that what is not revealed is hidden.
 */
void
inf_accessible_follow_revealer (GtkWidget *revealer)
{
  g_signal_connect (revealer, "notify::reveal-child", G_CALLBACK (hide_unrevealed), NULL);
  hide_unrevealed (G_OBJECT (revealer), NULL, NULL);
}

/**
 * inf_accessible_name_inner:
 * @outer: a widget that is made of others
 * @type: the kind of those to name
 * @name: what to call them
 *
 * Names what a widget of the toolkit has inside and does not name: the switch of an expander row,
 * the button of a drop-down.
 */
void
inf_accessible_name_inner (GtkWidget *outer, GType type, const char *name)
{
  for (GtkWidget *child = gtk_widget_get_first_child (outer); child;
       child = gtk_widget_get_next_sibling (child))
    {
      if (g_type_is_a (G_OBJECT_TYPE (child), type))
        gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                        -1);
      inf_accessible_name_inner (child, type, name);
    }
}
