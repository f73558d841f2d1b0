#include "widgets/inf-log-view.h"

#include "tests/widgets/inf-gui-test.h"
#include "widgets/inf-log-rows.h"

typedef struct
{
  GtkWidget *window;
  InfLogView *view;
  GtkAdjustment *adjustment;
} Fixture;

static void
append (Fixture *fixture, const char *text)
{
  inf_log_view_append (fixture->view, (const guint8 *)text, strlen (text));
}

static void
append_lines (Fixture *fixture, guint n_lines)
{
  for (guint i = 0; i < n_lines; i++)
    {
      g_autofree char *line
          = g_strdup_printf ("\033[2m%02u:%02u:%02u\033[0m rank %u: step %u, residual %.6f\n",
                             i / 3600 % 24, i / 60 % 60, i % 60, i % 4, i, 1.0 / (i + 1));
      append (fixture, line);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  fixture->view = INF_LOG_VIEW (inf_log_view_new ());
  gtk_widget_set_vexpand (GTK_WIDGET (fixture->view), TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (fixture->view));
  fixture->window = g_object_new (ADW_TYPE_WINDOW, "default-width", 720, "default-height", 480,
                                  "title", "Log", "content", box, NULL);
  gtk_window_present (GTK_WINDOW (fixture->window));
  inf_gui_test_settle (fixture->window);
}

static void
find_adjustment (Fixture *fixture)
{
  GtkWidget *rows = inf_gui_test_find (fixture->window, INF_TYPE_LOG_ROWS, NULL);

  g_assert_nonnull (rows);
  fixture->adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (rows));
  inf_gui_test_settle (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
}

static gboolean
sees (Fixture *fixture, const char *text)
{
  return inf_gui_test_find (fixture->window, GTK_TYPE_INSCRIPTION, text) != NULL;
}

static GtkToggleButton *
get_follow (Fixture *fixture)
{
  return GTK_TOGGLE_BUTTON (
      inf_gui_test_find (fixture->window, GTK_TYPE_TOGGLE_BUTTON, "Follow the End"));
}

static void
search (Fixture *fixture, const char *text)
{
  gtk_editable_set_text (
      GTK_EDITABLE (inf_gui_test_find (fixture->window, GTK_TYPE_SEARCH_ENTRY, NULL)), text);
}

static void
test_states_without_a_log (Fixture *fixture, gconstpointer data)
{
  inf_log_view_set_empty (fixture->view, "Nothing Printed Yet", "It will be here.");
  g_assert_true (inf_gui_test_shows (fixture->window, "Nothing Printed Yet"));
  inf_gui_test_screenshot (GTK_WINDOW (fixture->window), "log-empty-light");
  inf_log_view_set_loading (fixture->view, TRUE);
  INF_GUI_WAIT (inf_gui_test_find (fixture->window, GTK_TYPE_SPINNER, NULL));
  inf_log_view_set_problem (fixture->view, "it is <gone>");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->window, "it is <gone>"));
  inf_gui_test_screenshot (GTK_WINDOW (fixture->window), "log-problem-light");
}

static void
test_follows_until_scrolled_away (Fixture *fixture, gconstpointer data)
{
  append_lines (fixture, 5000);
  find_adjustment (fixture);
  INF_GUI_WAIT (sees (fixture, "step 4999,"));
  g_assert_true (gtk_toggle_button_get_active (get_follow (fixture)));
  inf_gui_test_screenshots (GTK_WINDOW (fixture->window), "log");
  append (fixture, "one more\n");
  INF_GUI_WAIT (sees (fixture, "one more"));
  gtk_adjustment_set_value (fixture->adjustment, 0);
  INF_GUI_WAIT (sees (fixture, "step 0,"));
  g_assert_false (gtk_toggle_button_get_active (get_follow (fixture)));
  append (fixture, "and more\n");
  inf_gui_test_settle (fixture->window);
  g_assert_true (sees (fixture, "step 0,"));
  gtk_toggle_button_set_active (get_follow (fixture), TRUE);
  INF_GUI_WAIT (sees (fixture, "and more"));
  gtk_adjustment_set_value (fixture->adjustment, 500);
  gtk_adjustment_set_value (fixture->adjustment, gtk_adjustment_get_upper (fixture->adjustment));
  INF_GUI_WAIT (gtk_toggle_button_get_active (get_follow (fixture)));
}

static void
test_has_few_children_whatever_the_log (Fixture *fixture, gconstpointer data)
{
  GtkWidget *rows;
  guint n_children = 0;

  append_lines (fixture, 100000);
  find_adjustment (fixture);
  rows = inf_gui_test_find (fixture->window, INF_TYPE_LOG_ROWS, NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (rows); child;
       child = gtk_widget_get_next_sibling (child))
    n_children++;
  g_assert_cmpuint (n_children, <, 100);
  gtk_adjustment_set_value (fixture->adjustment,
                            gtk_adjustment_get_upper (fixture->adjustment) / 2);
  INF_GUI_WAIT (sees (fixture, "step 50000,"));
}

static void
test_a_screen_reader_is_told_the_rows (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row;

  append (fixture, "a line\n");
  find_adjustment (fixture);
  INF_GUI_WAIT ((row = inf_gui_test_find (fixture->window, GTK_TYPE_INSCRIPTION, "a line"))
                != NULL);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "a line");
}

static void
test_searches (Fixture *fixture, gconstpointer data)
{
  append_lines (fixture, 20000);
  find_adjustment (fixture);
  search (fixture, "STEP 1234");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->window, "1 of 11"));
  INF_GUI_WAIT (sees (fixture, "step 1234,"));
  g_assert_false (gtk_toggle_button_get_active (get_follow (fixture)));
  inf_gui_test_click (fixture->window, "Next Match");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->window, "2 of 11"));
  INF_GUI_WAIT (sees (fixture, "step 12340,"));
  inf_gui_test_screenshots (GTK_WINDOW (fixture->window), "log-search");
  inf_gui_test_click (fixture->window, "Previous Match");
  inf_gui_test_click (fixture->window, "Previous Match");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->window, "11 of 11"));
  append (fixture, "step 1234 again\n");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->window, "11 of 12"));
  search (fixture, "nowhere");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->window, "No matches"));
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(char **)user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
assert_copied (Fixture *fixture, GtkWidget *rows, const char *expected)
{
  g_autofree char *text = NULL;

  gtk_widget_activate_action (rows, "log.copy", NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (rows), NULL, on_text, &text);
  INF_GUI_WAIT (text != NULL);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_copies_whole_lines (Fixture *fixture, gconstpointer data)
{
  g_autofree char *filler = g_strnfill (5000, 'x');
  g_autofree char *text = g_strconcat ("first\n", filler, "\nlast\n", NULL);
  GtkWidget *rows;

  append (fixture, text);
  find_adjustment (fixture);
  rows = inf_gui_test_find (fixture->window, INF_TYPE_LOG_ROWS, NULL);
  gtk_widget_activate_action (rows, "log.select-all", NULL);
  assert_copied (fixture, rows, text);
  inf_gui_test_screenshot (GTK_WINDOW (fixture->window), "log-selected-light");
}

static void
test_an_endless_line_and_rubbish_are_shown (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint8 bytes[65536];

  for (guint i = 0; i < 32; i++)
    {
      for (gsize j = 0; j < sizeof bytes; j++)
        bytes[j] = (guint8)g_rand_int (random);
      inf_log_view_append (fixture->view, bytes, sizeof bytes);
      memset (bytes, 'x', sizeof bytes);
      inf_log_view_append (fixture->view, bytes, sizeof bytes);
    }
  append (fixture, "\nthe end\n");
  find_adjustment (fixture);
  INF_GUI_WAIT (sees (fixture, "the end"));
  gtk_adjustment_set_value (fixture->adjustment, 5000);
  inf_gui_test_screenshot (GTK_WINDOW (fixture->window), "log-rubbish-light");
}

static void
test_another_log (Fixture *fixture, gconstpointer data)
{
  append_lines (fixture, 1000);
  find_adjustment (fixture);
  inf_log_view_set_skipped (fixture->view, 3 << 20);
  g_assert_true (inf_gui_test_shows (fixture->window, "The first 3.0\u00A0MiB are not shown"));
  inf_log_view_clear (fixture->view);
  g_assert_false (inf_gui_test_shows (fixture->window, "are not shown"));
  append (fixture, "another\n");
  INF_GUI_WAIT (sees (fixture, "another"));
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  inf_gui_test_init (&argc, &argv);
  add ("/log-view/states-without-a-log", test_states_without_a_log);
  add ("/log-view/follows-until-scrolled-away", test_follows_until_scrolled_away);
  add ("/log-view/has-few-children-whatever-the-log", test_has_few_children_whatever_the_log);
  add ("/log-view/a-screen-reader-is-told-the-rows", test_a_screen_reader_is_told_the_rows);
  add ("/log-view/searches", test_searches);
  add ("/log-view/copies-whole-lines", test_copies_whole_lines);
  add ("/log-view/an-endless-line-and-rubbish-are-shown",
       test_an_endless_line_and_rubbish_are_shown);
  add ("/log-view/another-log", test_another_log);
  return g_test_run ();
}
