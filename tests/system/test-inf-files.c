#include "tests/system/grid-checks.h"

#include "tests/lab/lab-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* Files that owners keep and fetch by their hash, on real machines of a lab. */

#define NOBODYS "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define N_NUMBERS 200000

/* Returns: (transfer full): the hash of a file of oak's that it shares */
static char *
share (Grid *grid)
{
  g_autoptr (GridResult) result = NULL;

  grid_write_integers (grid, "oak", "numbers.txt", N_NUMBERS, 7);
  result = grid_call (grid, "oak", "files", "add", "/tmp/numbers.txt", NULL);
  g_assert_cmpint (result->status, ==, 0);
  g_assert_cmpuint (strlen (result->out), >, 64);
  return g_strndup (result->out, 64);
}

static void
assert_is_the_file (Grid *grid, const char *host, const char *name)
{
  g_autofree char *sent = grid_read (grid, "oak", "numbers.txt");
  g_autofree char *got = grid_read (grid, host, name);

  g_assert_nonnull (sent);
  g_assert_cmpstr (got, ==, sent);
}

static void
assert_listed (Grid *grid, const char *host, const char *sha256, gboolean is_listed)
{
  g_autoptr (JsonNode) list = grid_json (grid, host, "files", NULL);
  JsonObject *file = grid_find (list, "sha256", sha256);

  g_assert_true ((file != NULL) == is_listed);
  if (file)
    {
      g_assert_true (json_object_get_boolean_member (file, "shared"));
      g_assert_cmpstr (json_object_get_string_member (file, "name"), ==, "numbers.txt");
    }
}

static void
test_a_file_comes_from_another_host (void)
{
  g_autoptr (Grid) grid = grid_start (3);
  g_autofree char *sha256 = share (grid);

  grid_must (grid, "elm", "files", "get", "--to", "/tmp/got.txt", sha256, NULL);
  assert_is_the_file (grid, "elm", "got.txt");
  assert_listed (grid, "elm", sha256, TRUE);
  grid_refused (grid, 1, "exists", "elm", "files", "get", "--to", "/tmp/got.txt", sha256, NULL);

  /* who has fetched it gives it to others */
  grid_must (grid, "oak", "files", "remove", "numbers.txt", NULL);
  grid_must (grid, "ash", "files", "get", "--to", "/tmp/got.txt", sha256, NULL);
  assert_is_the_file (grid, "ash", "got.txt");
  grid_must (grid, "elm", "files", "remove", "numbers.txt", NULL);
  grid_must (grid, "ash", "files", "remove", "numbers.txt", NULL);
  grid_refused (grid, 1, "none of the peers", "elm", "files", "get", sha256, NULL);
}

static void
test_a_hash_that_nobody_has (void)
{
  g_autoptr (Grid) grid = grid_start (2);
  g_autofree char *sha256 = share (grid);

  grid_refused (grid, 1, "none of the peers", "elm", "files", "get", NOBODYS, NULL);
  grid_refused (grid, 1, "64 digits", "elm", "files", "get", "ba7816", NULL);
  assert_listed (grid, "elm", sha256, FALSE);
}

/* Changes the bytes of the object on the host's disk, not how many there are. */
static void
damage (Grid *grid, const char *host, const char *sha256)
{
  g_autofree char *script
      = g_strdup_printf ("f=$INFINITY_HOME/objects/%.2s/%s && chmod 600 $f && "
                         "printf X | dd of=$f bs=1 count=1 conv=notrunc 2>/dev/null",
                         sha256, sha256 + 2);

  g_assert_cmpint (lab_fixture_sh (grid->lab, host, script, NULL), ==, 0);
}

static void
test_wrong_bytes_are_dropped (void)
{
  g_autoptr (Grid) grid = grid_start (3);
  g_autofree char *sha256 = share (grid);

  grid_must (grid, "ash", "files", "get", sha256, NULL);
  damage (grid, "oak", sha256);
  /* whichever of the two is asked first, the good one is the one that counts */
  grid_must (grid, "elm", "files", "get", "--to", "/tmp/got.txt", sha256, NULL);
  assert_is_the_file (grid, "elm", "got.txt");
  grid_must (grid, "elm", "files", "remove", "numbers.txt", NULL);
  damage (grid, "ash", sha256);
  grid_refused (grid, 1, "something other than the object", "elm", "files", "get", sha256, NULL);
  assert_listed (grid, "elm", sha256, FALSE);
}

static gboolean
is_looking (gpointer data)
{
  g_autoptr (JsonNode) list = grid_json (data, "elm", "files", "transfers", NULL);
  JsonObject *transfer = grid_find (list, "state", "looking");

  return transfer != NULL;
}

/* A host that does not answer is waited for, but not against one's will. */
static void
test_a_transfer_is_given_up (void)
{
  g_autoptr (Grid) grid = grid_start (2);
  g_autofree char *sha256 = share (grid);
  InfLabProcess *get;

  grid_signal_node (grid, "oak", SIGSTOP);
  get = grid_spawn (grid, "elm", "get", "files", "get", sha256, NULL);
  grid_poll (is_looking, grid, 4000, "a transfer that looks");
  grid_must (grid, "elm", "files", "cancel", "1", NULL);
  g_assert_cmpint (grid_await_exit (get), ==, 1);
  grid_signal_node (grid, "oak", SIGCONT);
  g_autoptr (JsonNode) list = grid_json (grid, "elm", "files", "transfers", NULL);
  g_assert_nonnull (grid_find (list, "state", "cancelled"));
  assert_listed (grid, "elm", sha256, FALSE);
}

/* Neither the submitter's job nor the host's lease takes along what their owners keep. */
static void
test_jobs_leave_what_owners_keep (void)
{
  g_autoptr (Grid) grid = grid_start (2);
  g_autofree char *sha256 = share (grid);

  grid_must (grid, "elm", "files", "get", sha256, NULL);
  grid_must (grid, "oak", "run", "--nodes", "2", "--to", "/tmp/out", "taskadd", "--input",
             "/tmp/numbers.txt", NULL);
  grid_check_result (grid, "oak", "sum", "numbers.txt", "out/sum.txt");
  assert_listed (grid, "oak", sha256, TRUE);
  assert_listed (grid, "elm", sha256, TRUE);
  g_autoptr (JsonNode) list = grid_json (grid, "elm", "files", NULL);
  /* and what the job brought goes with it */
  g_assert_cmpuint (json_array_get_length (json_node_get_array (list)), ==, 1);
}

static void
add_tests (void)
{
  g_test_add_func ("/system/files/from-another-host", test_a_file_comes_from_another_host);
  g_test_add_func ("/system/files/nobody-has-it", test_a_hash_that_nobody_has);
  g_test_add_func ("/system/files/wrong-bytes", test_wrong_bytes_are_dropped);
  g_test_add_func ("/system/files/given-up", test_a_transfer_is_given_up);
  g_test_add_func ("/system/files/jobs-leave-them", test_jobs_leave_what_owners_keep);
}

int
main (int argc, char **argv)
{
  return grid_fixture_main (argc, argv, add_tests);
}
