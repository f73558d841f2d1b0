#include "widgets/inf-spinner.h"

#include "tests/widgets/inf-gui-test.h"

static gboolean
is_spinning (GtkWidget *spinner)
{
  return gtk_spinner_get_spinning (GTK_SPINNER (gtk_widget_get_first_child (spinner)));
}

static void
test_turns_in_sight_only (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *stack = gtk_stack_new ();
  GtkWidget *spinner = inf_spinner_new ();

  gtk_stack_add_named (GTK_STACK (stack), spinner, "loading");
  gtk_stack_add_named (GTK_STACK (stack), gtk_label_new ("Loaded"), "loaded");
  gtk_window_set_child (GTK_WINDOW (window), stack);
  g_assert_false (is_spinning (spinner));
  gtk_window_present (GTK_WINDOW (window));
  INF_GUI_WAIT (is_spinning (spinner));
  gtk_stack_set_visible_child_name (GTK_STACK (stack), "loaded");
  INF_GUI_WAIT (!is_spinning (spinner));
  gtk_stack_set_visible_child_name (GTK_STACK (stack), "loading");
  INF_GUI_WAIT (is_spinning (spinner));
  gtk_widget_set_visible (spinner, FALSE);
  INF_GUI_WAIT (!is_spinning (spinner));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  inf_gui_test_init (&argc, &argv);
  g_test_add_func ("/spinner/turns-in-sight-only", test_turns_in_sight_only);
  return g_test_run ();
}
