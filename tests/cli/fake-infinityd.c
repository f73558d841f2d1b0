#include "tests/cli/inf-fake-node.h"

#include "common/inf-paths.h"

#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

/* What the tests of starting find instead of infinityd: it answers until it is asked to end, and
 * writes into its state directory what it was started with. */

static GMainLoop *loop;

static void
quit (InfFakeNode *fake)
{
  g_main_loop_quit (loop);
}

static gboolean
give_up (gpointer user_data)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  g_autofree char *state_dir = inf_paths_state_dir ();
  g_autofree char *about_path = g_build_filename (state_dir, "about", NULL);
  g_autofree char *directory = g_get_current_dir ();
  g_autofree char *about
      = g_strdup_printf ("%d %d %s", getsid (0) == getpid (), isatty (STDOUT_FILENO), directory);
  InfFakeNode *fake;

  g_print ("the fake infinityd runs\n");
  g_assert_true (g_file_set_contents (about_path, about, -1, NULL));
  loop = g_main_loop_new (NULL, FALSE);
  fake = inf_fake_node_new (state_dir);
  fake->on_quit = quit;
  /* a test that fails does not leave it behind */
  g_timeout_add_seconds (60, give_up, NULL);
  g_main_loop_run (loop);
  inf_fake_node_free (fake);
  g_main_loop_unref (loop);
  return 0;
}
