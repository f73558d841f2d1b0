#include "tests/system/grid-checks.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Input that nobody sane gives a node: garbage on its socket, a second node on the same state, and
 * state files that are not what they were. Each ends in a message, and none in a crash. */

#define GARBAGE_BYTES 65536

static Grid *grid;

static void
send_garbage (const char *bytes, gsize size)
{
  g_autofree char *home = inf_lab_dup_infinity_home (grid->lab, "oak");
  g_autofree char *path = g_build_filename (home, "bus", NULL);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (connect (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  /* it may well hang up in the midst of it */
  while (size > 0)
    {
      gssize n = send (fd, bytes, size, MSG_NOSIGNAL);
      if (n <= 0)
        break;
      bytes += n;
      size -= (gsize)n;
    }
  close (fd);
}

static void
test_garbage_on_the_socket (void)
{
  GPid pid = grid_node_pid (grid, "oak");
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autofree char *bytes = g_malloc (GARBAGE_BYTES);
  static const char handshake[] = "\0AUTH EXTERNAL 30\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n";

  for (guint round = 0; round < 20; round++)
    {
      for (guint i = 0; i < GARBAGE_BYTES; i++)
        bytes[i] = (char)g_rand_int (random);
      if (round % 4 == 1)
        bytes[0] = '\0';
      else if (round % 4 == 2)
        memcpy (bytes, handshake, sizeof handshake - 1);
      else if (round % 4 == 3)
        memcpy (bytes, "l\1\0\1\377\377\377\377", 8);
      send_garbage (bytes, round == 0 ? 0 : GARBAGE_BYTES);
    }
  grid_must (grid, "oak", "status", NULL);
  g_assert_cmpint (grid_node_pid (grid, "oak"), ==, pid);
}

static void
test_a_second_node (void)
{
  g_autofree char *program = grid_built ("daemon/infinityd");
  const char *argv[] = { program, NULL };
  GPid pid = grid_node_pid (grid, "oak");
  g_autofree char *err = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  inf_lab_run (grid->lab, "oak", argv, GRID_TIMEOUT_MS, NULL, &err, &status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
  g_test_message ("%s", err);
  g_assert_nonnull (strstr (err, "already"));
  g_assert_cmpint (grid_node_pid (grid, "oak"), ==, pid);
}

/* Returns: (transfer full) (array zero-terminated=1): files of oak's state with that beginning */
static char **
list_state (const char *prefix)
{
  g_autofree char *home = inf_lab_dup_infinity_home (grid->lab, "oak");
  g_autoptr (GDir) dir = g_dir_open (home, 0, NULL);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)))
    if (g_str_has_prefix (name, prefix) && !g_str_has_suffix (name, "-wal")
        && !g_str_has_suffix (name, "-shm"))
      {
        char *path = g_build_filename (home, name, NULL);
        if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
          g_strv_builder_add (names, path);
        g_free (path);
      }
  return g_strv_builder_end (names);
}

/* With the file damaged, a command says which it is, or works without it; it never crashes. */
static void
try_damaged (const char *path, const char *bytes, gsize size)
{
  g_autofree char *saved = NULL;
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GError) error = NULL;
  gsize saved_size;

  grid_must (grid, "oak", "daemon", "start", NULL);
  grid_must (grid, "oak", "daemon", "stop", NULL);
  g_assert_true (g_file_get_contents (path, &saved, &saved_size, &error));
  g_assert_true (g_file_set_contents_full (path, bytes, (gssize)size,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error));
  {
    g_autoptr (GridResult) result = grid_call (grid, "oak", "daemon", "start", NULL);
    g_test_message ("%s of %" G_GSIZE_FORMAT " bytes: %d %s", name, size, result->status,
                    result->err);
    g_assert_null (strstr (result->err, "by signal"));
    g_assert_null (strstr (result->err, "CRITICAL"));
    if (result->status != 0 && !strstr (result->err, name))
      g_error ("“%s” is damaged, and the message does not name it: %s", name, result->err);
    if (result->status == 0)
      grid_must (grid, "oak", "daemon", "stop", NULL);
  }
  g_assert_true (g_file_set_contents_full (path, saved, (gssize)saved_size,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error));
}

static void
test_damaged (gconstpointer data)
{
  g_auto (GStrv) paths = list_state (data);
  g_autofree char *garbage = g_malloc (4096);
  g_autofree char *head = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  gsize size;

  for (guint i = 0; i < 4096; i++)
    garbage[i] = (char)g_rand_int (random);
  g_assert_nonnull (paths[0]);
  for (guint i = 0; paths[i]; i++)
    {
      try_damaged (paths[i], "", 0);
      try_damaged (paths[i], garbage, 4096);
      g_assert_true (g_file_get_contents (paths[i], &head, &size, NULL));
      try_damaged (paths[i], head, size / 2);
      g_clear_pointer (&head, g_free);
    }
  grid_must (grid, "oak", "daemon", "start", NULL);
}

static void
add_tests (void)
{
  grid = grid_start (1);
  grid_must (grid, "oak", "host", "set", "--slots", "2", NULL);
  g_test_add_func ("/hostile/garbage-on-the-socket", test_garbage_on_the_socket);
  g_test_add_func ("/hostile/a-second-node", test_a_second_node);
  g_test_add_data_func ("/hostile/damaged-settings", "settings.ini", test_damaged);
  g_test_add_data_func ("/hostile/damaged-identity", "identity", test_damaged);
  g_test_add_data_func ("/hostile/damaged-membership", "membership", test_damaged);
  g_test_add_data_func ("/hostile/damaged-jobs", "jobs.db", test_damaged);
  g_test_add_data_func ("/hostile/damaged-ledger", "ledger-", test_damaged);
}

int
main (int argc, char **argv)
{
  int status = grid_fixture_main (argc, argv, add_tests);

  g_clear_pointer (&grid, grid_free);
  return status;
}
