#include "widgets/inf-sign-in.h"

#include "tests/widgets/inf-desktop-node.h"
#include "tests/widgets/inf-gui-test.h"

typedef struct
{
  char *dir;
  InfDesktopNode *node;
  InfService *service;
  GtkWidget *page;
  GtkWidget *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = inf_gui_test_make_dir ();
  fixture->node = inf_desktop_node_new (fixture->dir);
  fixture->service = inf_service_new ();
}

static void
open_page (Fixture *fixture, const char *state)
{
  g_autofree char *text = g_strdup_printf ("'%s'", state);

  inf_desktop_node_set (fixture->node, "Identity1.State", text);
  inf_desktop_node_set (fixture->node, "Identity1.Name", "'birch'");
  inf_service_open (fixture->service);
  INF_GUI_WAIT (inf_service_get_state (fixture->service) == INF_SERVICE_UP);
  fixture->page = g_object_new (INF_TYPE_SIGN_IN, NULL);
  inf_sign_in_set_service (INF_SIGN_IN (fixture->page), fixture->service);
  fixture->window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 640, 720);
  adw_window_set_content (ADW_WINDOW (fixture->window), fixture->page);
  gtk_window_present (GTK_WINDOW (fixture->window));
  inf_gui_test_settle (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->window)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  inf_service_close (fixture->service);
  g_object_unref (fixture->service);
  inf_desktop_node_free (fixture->node);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  inf_gui_test_remove_dir (fixture->dir);
}

static void
shoot (Fixture *fixture, const char *name)
{
  inf_gui_test_screenshots (GTK_WINDOW (fixture->window), name);
}

static gboolean
is_possible (Fixture *fixture, const char *button)
{
  return gtk_widget_is_sensitive (inf_gui_test_find (fixture->page, GTK_TYPE_BUTTON, button));
}

static void
test_registers (Fixture *fixture, gconstpointer data)
{
  open_page (fixture, "unregistered");
  shoot (fixture, "register");
  inf_gui_test_type (fixture->page, "Name of This Computer", "birch");
  g_assert_false (is_possible (fixture, "_Register"));
  inf_gui_test_type (fixture->page, "Passphrase", "correct horse");
  g_assert_false (is_possible (fixture, "_Register"));
  inf_gui_test_type (fixture->page, "Passphrase Again", "correct horse");
  g_assert_true (is_possible (fixture, "_Register"));
  inf_gui_test_click (fixture->page, "_Register");
  INF_GUI_WAIT (
      inf_desktop_node_find_call (fixture->node, "Identity1.Register ('birch', 'correct horse')"));
}

static void
test_tells_what_is_wrong_with_a_passphrase (Fixture *fixture, gconstpointer data)
{
  open_page (fixture, "unregistered");
  inf_gui_test_type (fixture->page, "Passphrase", "short");
  g_assert_true (inf_gui_test_shows (fixture->page, "eight characters or more"));
  inf_gui_test_type (fixture->page, "Passphrase", "long enough");
  g_assert_false (inf_gui_test_shows (fixture->page, "eight characters or more"));
  inf_gui_test_type (fixture->page, "Passphrase Again", "long enouhg");
  g_assert_true (inf_gui_test_shows (fixture->page, "The two passphrases differ."));
  inf_gui_test_screenshots (GTK_WINDOW (fixture->window), "register-differs");
}

static void
test_a_wrong_passphrase_is_told (Fixture *fixture, gconstpointer data)
{
  inf_desktop_node_fail (fixture->node, "Identity1.Unlock", "that is not the passphrase");
  open_page (fixture, "locked");
  shoot (fixture, "unlock");
  inf_gui_test_type (fixture->page, "Passphrase", "wrong horse");
  inf_gui_test_click (fixture->page, "_Sign In");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->page, "The passphrase is wrong."));
  inf_gui_test_screenshots (GTK_WINDOW (fixture->window), "unlock-wrong");
}

static void
test_after_repeated_failures_it_waits (Fixture *fixture, gconstpointer data)
{
  g_autofree char *retry = g_strdup_printf ("@x %" G_GINT64_FORMAT,
                                            g_get_real_time () + 3600 * (gint64)G_USEC_PER_SEC);

  inf_desktop_node_set (fixture->node, "Identity1.Failures", "@u 5");
  inf_desktop_node_set (fixture->node, "Identity1.RetryUnix", retry);
  open_page (fixture, "locked");
  inf_gui_test_type (fixture->page, "Passphrase", "correct horse");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->page, "Another try is possible in"));
  g_assert_false (is_possible (fixture, "_Sign In"));
  inf_gui_test_screenshots (GTK_WINDOW (fixture->window), "unlock-waits");
}

static void
test_a_moved_identity_is_taken_back (Fixture *fixture, gconstpointer data)
{
  open_page (fixture, "moved");
  shoot (fixture, "moved");
  inf_gui_test_type (fixture->page, "Passphrase", "correct horse");
  inf_gui_test_click (fixture->page, "_Take It Back");
  INF_GUI_WAIT (inf_desktop_node_find_call (
      fixture->node, "Identity1.Unlock ('correct horse', {'reclaim': <true>})"));
}

static void
test_founds_a_grid (Fixture *fixture, gconstpointer data)
{
  open_page (fixture, "unlocked");
  shoot (fixture, "join");
  inf_gui_test_type (fixture->page, "Name of the Grid", "wood");
  inf_gui_test_click (fixture->page, "_Found a Grid");
  INF_GUI_WAIT (inf_desktop_node_find_call (fixture->node, "Node1.CreateGrid ('wood', '', "));
}

static GtkDropTarget *
find_drop_target (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  GtkDropTarget *target = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);
      if (GTK_IS_DROP_TARGET (controller))
        return GTK_DROP_TARGET (controller);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child && !target;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_child_visible (child))
      target = find_drop_target (child);
  return target;
}

static void
test_joins_with_what_was_dropped (Fixture *fixture, gconstpointer data)
{
  g_auto (GValue) text = G_VALUE_INIT;
  GtkDropTarget *target;
  gboolean is_taken = FALSE;

  open_page (fixture, "unlocked");
  target = find_drop_target (fixture->page);
  g_assert_nonnull (target);
  g_value_init (&text, G_TYPE_STRING);
  g_value_set_static_string (&text, "Come in: infinity:abc234 \n");
  g_signal_emit_by_name (target, "drop", &text, 0.0, 0.0, &is_taken);
  g_assert_true (is_taken);
  inf_gui_test_click (fixture->page, "_Join");
  INF_GUI_WAIT (
      inf_desktop_node_find_call (fixture->node, "Node1.JoinGrid ('infinity:abc234', '')"));
}

static void
test_joining_can_be_cancelled (Fixture *fixture, gconstpointer data)
{
  inf_desktop_node_hold (fixture->node, "Node1.JoinGrid");
  open_page (fixture, "unlocked");
  inf_sign_in_take_invite (INF_SIGN_IN (fixture->page), "infinity:abc234");
  inf_gui_test_click (fixture->page, "_Join");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->page, "Joining the grid…"));
  inf_gui_test_screenshots (GTK_WINDOW (fixture->window), "joining");
  inf_gui_test_click (fixture->page, "_Cancel");
  INF_GUI_WAIT (inf_gui_test_find (fixture->page, GTK_TYPE_BUTTON, "_Join"));
}

static void
test_what_is_no_invite_is_told (Fixture *fixture, gconstpointer data)
{
  open_page (fixture, "unlocked");
  inf_sign_in_take_invite (INF_SIGN_IN (fixture->page), "https://example.org/");
  g_assert_true (inf_gui_test_shows (fixture->page, "There is no invite"));
  g_assert_false (is_possible (fixture, "_Join"));
}

static void
test_finds_invites (void)
{
  const char *const texts[][2] = {
    { "infinity:abc", "infinity:abc" },
    { "  infinity:abc234\nmore", "infinity:abc234" },
    { "<infinity:abc>", "infinity:abc" },
    { "infinity://abc", "infinity:abc" },
    { "infinity:", NULL },
    { "hello", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *invite = inf_sign_in_find_invite (texts[i][0]);
      g_assert_cmpstr (invite, ==, texts[i][1]);
    }
}

#define ADD(path, function)                                                                        \
  g_test_add ("/sign-in/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  inf_gui_test_init (&argc, &argv);
  ADD ("registers", test_registers);
  ADD ("tells-what-is-wrong-with-a-passphrase", test_tells_what_is_wrong_with_a_passphrase);
  ADD ("a-wrong-passphrase-is-told", test_a_wrong_passphrase_is_told);
  ADD ("after-repeated-failures-it-waits", test_after_repeated_failures_it_waits);
  ADD ("a-moved-identity-is-taken-back", test_a_moved_identity_is_taken_back);
  ADD ("founds-a-grid", test_founds_a_grid);
  ADD ("joins-with-what-was-dropped", test_joins_with_what_was_dropped);
  ADD ("joining-can-be-cancelled", test_joining_can_be_cancelled);
  ADD ("what-is-no-invite-is-told", test_what_is_no_invite_is_told);
  g_test_add_func ("/sign-in/finds-invites", test_finds_invites);
  return g_test_run ();
}
