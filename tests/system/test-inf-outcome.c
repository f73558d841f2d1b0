#include "tests/system/grid-fixture.h"

#include <string.h>
#include <unistd.h>

/* What a job leaves behind: complete, checked, and found out when somebody changes it. */

#define REPORT "[word] 3\nbrought along\n"

/* Returns: (transfer full): a grid of two, where oak's result mine-1 holds report.txt */
static Grid *
start_with_a_result (void)
{
  Grid *grid = grid_start (2);
  g_autofree char *program = grid_built ("tests/system/system-mpi");

  grid_write (grid, "oak", "input.txt", "brought along\n");
  grid_must (grid, "oak", "run", "--name", "mine", "--nodes", "2", "--input", "/tmp/input.txt",
             program, "report", "word", NULL);
  return grid;
}

static char *
result_path (Grid *grid, const char *name)
{
  g_autofree char *home = inf_lab_dup_infinity_home (grid->lab, "oak");

  return g_build_filename (home, "results", "mine-1", name, NULL);
}

static void
change (Grid *grid, const char *name, const char *text)
{
  g_autofree char *path = result_path (grid, name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
verify (Grid *grid, int status, const char *state)
{
  g_autoptr (GridResult) result
      = grid_call (grid, "oak", "results", "--verify", "--json", "mine-1", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) outputs = json_from_string (result->out, &error);
  JsonObject *report;

  g_assert_no_error (error);
  g_assert_cmpint (result->status, ==, status);
  report = grid_find (outputs, "name", "report.txt");
  g_assert_nonnull (report);
  g_assert_cmpstr (json_object_get_string_member (report, "state"), ==, state);
}

static void
test_a_result_says_what_it_holds (void)
{
  g_autoptr (Grid) grid = start_with_a_result ();
  g_autoptr (JsonNode) result = grid_json (grid, "oak", "results", "mine-1", NULL);
  JsonObject *object = json_node_get_object (result);
  JsonObject *report = grid_find (json_object_get_member (object, "outputs"), "name", "report.txt");
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, REPORT, -1);

  g_assert_true (json_object_get_boolean_member (object, "complete"));
  g_assert_nonnull (report);
  g_assert_cmpint (json_object_get_int_member (report, "size-bytes"), ==, strlen (REPORT));
  g_assert_cmpstr (json_object_get_string_member (report, "sha256"), ==, sha256);
  verify (grid, 0, "verified");
  /* a page of docs/results.md: anybody can check a manifest */
  g_assert_cmpint (
      lab_fixture_sh (grid->lab, "oak",
                      "cd $INFINITY_HOME/results/mine-1 && sha256sum -c manifest.sha256", NULL),
      ==, 0);
}

static void
test_a_changed_output_is_found (void)
{
  g_autoptr (Grid) grid = start_with_a_result ();
  g_autofree char *path = result_path (grid, "report.txt");

  change (grid, "report.txt", "[word] 4\nbrought along\n");
  verify (grid, 1, "changed");
  grid_refused (grid, 1, "not as the job left them", "oak", "results", "--verify", "mine-1", NULL);
  change (grid, "report.txt", REPORT);
  verify (grid, 0, "verified");
  g_assert_cmpint (unlink (path), ==, 0);
  verify (grid, 1, "missing");
}

static void
test_a_changed_manifest_is_refused (void)
{
  g_autoptr (Grid) grid = start_with_a_result ();
  g_autofree char *path = result_path (grid, "manifest.json");
  g_autofree char *text = NULL;
  g_autoptr (GString) changed = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  changed = g_string_new (text);
  g_assert_cmpuint (g_string_replace (changed, "report.txt", "retort.txt", 0), >, 0);
  change (grid, "manifest.json", changed->str);
  grid_refused (grid, 1, "manifest", "oak", "results", "--verify", "mine-1", NULL);
}

static void
test_export (void)
{
  g_autoptr (Grid) grid = start_with_a_result ();
  g_autofree char *report = NULL, *changed = NULL;

  grid_must (grid, "oak", "results", "--export", "--to", "/tmp/new/dir", "mine-1", NULL);
  report = grid_read (grid, "oak", "new/dir/report.txt");
  g_assert_cmpstr (report, ==, REPORT);
  grid_refused (grid, 1, "report.txt", "oak", "results", "--export", "--to", "/tmp/new/dir",
                "mine-1", NULL);
  change (grid, "report.txt", "forged");
  grid_refused (grid, 1, "report.txt", "oak", "results", "--export", "--to", "/tmp/other", "mine-1",
                NULL);
  changed = grid_read (grid, "oak", "other/report.txt");
  g_assert_null (changed);
}

/* Any tar reads it, and what was in it can be checked without us. */
static void
test_archive (void)
{
  g_autoptr (Grid) grid = start_with_a_result ();
  g_autofree char *report = NULL, *log = NULL, *left = NULL;

  grid_must (grid, "oak", "results", "--archive", "/tmp/mine.tar.gz", "mine-1", NULL);
  g_assert_cmpint (lab_fixture_sh (grid->lab, "oak",
                                   "cd /tmp && tar xzf mine.tar.gz && cd mine-1 && "
                                   "sha256sum -c manifest.sha256",
                                   NULL),
                   ==, 0);
  report = grid_read (grid, "oak", "mine-1/report.txt");
  g_assert_cmpstr (report, ==, REPORT);
  log = grid_read (grid, "oak", "mine-1/log.txt");
  g_autoptr (GridResult) printed = grid_call (grid, "oak", "job", "log", "mine-1", NULL);
  g_assert_cmpstr (log, ==, printed->out);
  change (grid, "report.txt", "forged");
  grid_refused (grid, 1, "report.txt", "oak", "results", "--archive", "/tmp/forged.zip", "mine-1",
                NULL);
  left = grid_read (grid, "oak", "forged.zip");
  g_assert_null (left);
}

static void
add_tests (void)
{
  g_test_add_func ("/system/outcome/says-what-it-holds", test_a_result_says_what_it_holds);
  g_test_add_func ("/system/outcome/changed-output", test_a_changed_output_is_found);
  g_test_add_func ("/system/outcome/changed-manifest", test_a_changed_manifest_is_refused);
  g_test_add_func ("/system/outcome/export", test_export);
  g_test_add_func ("/system/outcome/archive", test_archive);
}

int
main (int argc, char **argv)
{
  return grid_fixture_main (argc, argv, add_tests);
}
