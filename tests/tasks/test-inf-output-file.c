#include "tasks/inf-output-file.h"

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *directory;
  char *path;
  InfOutputFile file;
  InfTaskError error;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = g_dir_make_tmp ("inf-output-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->directory, "sum.txt", NULL);
  fixture->error.status = INF_TASK_OK;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  /* fails where a temporary file was left */
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->path);
  g_free (fixture->directory);
}

static void
test_appears_when_committed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *contents = NULL;
  GStatBuf status;

  g_assert_true (inf_output_file_open (&fixture->file, fixture->path, &fixture->error));
  g_assert_true (inf_output_file_write (&fixture->file, "42\n", 3, &fixture->error));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_true (inf_output_file_commit (&fixture->file, &fixture->error));
  g_assert_true (g_file_get_contents (fixture->path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "42\n");
  mode_t mask = umask (0);
  umask (mask);
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0666 & ~mask);
}

static void
test_discarding_keeps_what_was_there (Fixture *fixture, gconstpointer data)
{
  g_autofree char *contents = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "old", -1, NULL));
  g_assert_true (inf_output_file_open (&fixture->file, fixture->path, &fixture->error));
  g_assert_true (inf_output_file_write (&fixture->file, "42\n", 3, &fixture->error));
  inf_output_file_discard (&fixture->file);
  g_assert_true (g_file_get_contents (fixture->path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "old");
}

static void
test_committing_replaces_what_was_there (Fixture *fixture, gconstpointer data)
{
  g_autofree char *contents = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "old and longer", -1, NULL));
  g_assert_true (inf_output_file_open (&fixture->file, fixture->path, &fixture->error));
  g_assert_true (inf_output_file_write (&fixture->file, "42\n", 3, &fixture->error));
  g_assert_true (inf_output_file_commit (&fixture->file, &fixture->error));
  g_assert_true (g_file_get_contents (fixture->path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "42\n");
}

static void
test_a_directory_in_the_way_is_told (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  g_assert_true (inf_output_file_open (&fixture->file, fixture->path, &fixture->error));
  g_assert_false (inf_output_file_commit (&fixture->file, &fixture->error));
  g_assert_cmpint (fixture->error.status, ==, INF_TASK_IO);
  g_assert_cmpint (g_rmdir (fixture->path), ==, 0);
}

static void
test_a_signal_leaves_nothing (Fixture *fixture, gconstpointer data)
{
  int status;
  pid_t child = fork ();

  if (child == 0)
    {
      inf_output_file_discard_all_on_signals ();
      inf_output_file_open (&fixture->file, fixture->path, &fixture->error);
      inf_output_file_write (&fixture->file, "42\n", 3, &fixture->error);
      raise (GPOINTER_TO_INT (data));
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == GPOINTER_TO_INT (data));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_a_full_disk_is_told (Fixture *fixture, gconstpointer data)
{
  g_assert_true (inf_output_file_open (&fixture->file, fixture->path, &fixture->error));
  close (fixture->file.fd);
  fixture->file.fd = g_open ("/dev/full", O_WRONLY, 0);
  g_assert_false (inf_output_file_write (&fixture->file, "42\n", 3, &fixture->error));
  g_assert_cmpint (fixture->error.status, ==, INF_TASK_IO);
  g_assert_nonnull (g_strstr_len (fixture->error.message, -1, "No space left on device"));
  inf_output_file_discard (&fixture->file);
}

static void
test_a_missing_directory_is_told (Fixture *fixture, gconstpointer data)
{
  g_assert_false (inf_output_file_open (&fixture->file, "/nowhere/sum.txt", &fixture->error));
  g_assert_cmpint (fixture->error.status, ==, INF_TASK_IO);
  g_assert_cmpstr (fixture->error.message, ==,
                   "can't create /nowhere/sum.txt: No such file or directory");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD_WITH(name, data, test)                                                                 \
  g_test_add ("/output-file/" name, Fixture, data, set_up, test, tear_down)
#define ADD(name, test) ADD_WITH (name, NULL, test)
  ADD ("appears-when-committed", test_appears_when_committed);
  ADD ("discarding-keeps-what-was-there", test_discarding_keeps_what_was_there);
  ADD ("committing-replaces-what-was-there", test_committing_replaces_what_was_there);
  ADD ("a-directory-in-the-way-is-told", test_a_directory_in_the_way_is_told);
  ADD_WITH ("sigterm-leaves-nothing", GINT_TO_POINTER (SIGTERM), test_a_signal_leaves_nothing);
  ADD_WITH ("sigint-leaves-nothing", GINT_TO_POINTER (SIGINT), test_a_signal_leaves_nothing);
  ADD ("a-full-disk-is-told", test_a_full_disk_is_told);
  ADD ("a-missing-directory-is-told", test_a_missing_directory_is_told);
#undef ADD
#undef ADD_WITH
  return g_test_run ();
}
