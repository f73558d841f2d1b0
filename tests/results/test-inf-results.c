#include "common/inf-error.h"
#include "results/inf-results.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *dir;
  InfResults *results;
  InfManifest *manifest;
  InfManifestHost *oak, *ash;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("inf-results-XXXXXX", NULL);
  f->results = inf_results_new (f->dir);
  f->manifest = inf_manifest_new ();
  f->manifest->job_id = g_strdup ("abcdefgh");
  f->manifest->job_name = g_strdup ("job-1");
  f->manifest->state = g_strdup ("done");
  f->manifest->program = g_strdup ("taskadd");
  f->manifest->submitted_unix_us = 1700000000000000;
  f->manifest->spent_ucredits = 12;
  f->oak = inf_manifest_add_host (f->manifest, &(InfPeerId){ { 1 } }, "oak");
  f->ash = inf_manifest_add_host (f->manifest, &(InfPeerId){ { 2 } }, "ash");
  g_autofree char *path = inf_results_prepare (f->results, "job-1", &error);
  g_assert_no_error (error);
}

static void
remove_all (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    {
      GDir *dir = g_dir_open (path, 0, NULL);
      const char *name;
      while ((name = g_dir_read_name (dir)))
        {
          g_autofree char *child = g_build_filename (path, name, NULL);
          remove_all (child);
        }
      g_dir_close (dir);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  remove_all (f->dir);
  inf_results_unref (f->results);
  inf_manifest_free (f->manifest);
  g_free (f->dir);
}

static int
memory_file (const char *content)
{
  int fd = memfd_create ("content", MFD_CLOEXEC);

  g_assert_cmpint (write (fd, content, strlen (content)), ==, (gssize)strlen (content));
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  return fd;
}

/* Adds @content, of which the host stated that it is @stated. */
static gboolean
add_stated (Fixture *f, InfManifestHost *host, const char *path, const char *content,
            const char *stated, GError **error)
{
  guint8 sha256[32];
  int fd = memory_file (content);

  inf_sha256_of_data (stated, strlen (stated), sha256);
  gboolean ok = inf_results_add (f->results, "job-1", f->manifest, host, path, fd, sha256,
                                 strlen (stated), error);
  close (fd);
  return ok;
}

static void
add (Fixture *f, InfManifestHost *host, const char *path, const char *content)
{
  g_autoptr (GError) error = NULL;

  add_stated (f, host, path, content, content, &error);
  g_assert_no_error (error);
}

static void
finish (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  inf_results_finish (f->results, "job-1", f->manifest, &error);
  g_assert_no_error (error);
}

static void
assert_content (Fixture *f, const char *path, const char *wanted)
{
  g_autofree char *full = g_build_filename (f->dir, path, NULL);
  g_autofree char *content = NULL;

  g_file_get_contents (full, &content, NULL, NULL);
  g_assert_cmpstr (content, ==, wanted);
}

static void
assert_checks (Fixture *f, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = inf_results_verify (f->results, "job-1", &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < files->len; i++)
    {
      const InfResultFile *file = files->pdata[i];
      g_string_append_printf (text, "%s %s, ", file->path, inf_result_check_to_text (file->check));
    }
  g_assert_cmpstr (text->str, ==, wanted);
}

static void
test_keeps_outputs_and_who_made_them (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  add (f, f->oak, "sum.txt", "42\n");
  add (f, f->ash, "logs/rank 1.txt", "hello");
  f->oak->statement = g_bytes_new_static ("signed", 6);
  finish (f);
  assert_content (f, "job-1/sum.txt", "42\n");
  assert_content (f, "job-1/logs/rank 1.txt", "hello");
  g_autoptr (InfManifest) loaded = inf_results_load (f->results, "job-1", &error);
  g_assert_no_error (error);
  g_autofree char *one = inf_manifest_to_json (f->manifest);
  g_autofree char *two = inf_manifest_to_json (loaded);
  g_assert_cmpstr (one, ==, two);
  const InfManifestOutput *output = inf_manifest_find_output (loaded, "logs/rank 1.txt");
  g_assert_true (inf_peer_id_equal (&output->host, &f->ash->peer_id));
}

static void
test_content_that_is_not_what_was_stated_is_refused (Fixture *f, gconstpointer data)
{
  static const char *const contents[] = { "43\n", "42\n and more", "4" };

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (add_stated (f, f->oak, "sum.txt", contents[i], "42\n", &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
      g_assert_nonnull (strstr (error->message, "oak"));
    }
  g_autofree char *folder = inf_results_get_path (f->results, "job-1");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_assert_null (g_dir_read_name (dir));
  g_assert_cmpuint (f->manifest->outputs->len, ==, 0);
}

static void
test_first_host_wins_and_others_are_kept_apart (Fixture *f, gconstpointer data)
{
  add (f, f->oak, "out.txt", "oak's");
  add (f, f->oak, "same.txt", "same");
  add (f, f->oak, "dir", "a file");
  add (f, f->ash, "out.txt", "ash's");
  add (f, f->ash, "same.txt", "same");
  add (f, f->ash, "dir/x", "below a file");
  finish (f);
  assert_content (f, "job-1/out.txt", "oak's");
  assert_content (f, "job-1/from-ash/out.txt", "ash's");
  assert_content (f, "job-1/from-ash/dir/x", "below a file");
  assert_checks (f, "dir verified, from-ash/dir/x verified, from-ash/out.txt verified, "
                    "out.txt verified, same.txt verified, ");
}

static void
test_hosts_of_one_name_are_kept_apart (Fixture *f, gconstpointer data)
{
  InfManifestHost *twin = inf_manifest_add_host (f->manifest, &(InfPeerId){ { 3 } }, "ash");

  add (f, f->oak, "out.txt", "1");
  add (f, f->ash, "out.txt", "2");
  add (f, twin, "out.txt", "3");
  finish (f);
  assert_content (f, "job-1/from-ash/out.txt", "2");
  assert_content (f, "job-1/from-ash-amaa-aaaa/out.txt", "3");
}

static void
test_own_names_cannot_be_taken (Fixture *f, gconstpointer data)
{
  static const char *const names[]
      = { "manifest.json", "manifest.sha256", "log.txt", "from-ash/x" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *content = g_strdup_printf ("%u", i);
      g_autofree char *place = g_strdup_printf ("job-1/from-oak/%s", names[i]);
      add (f, f->oak, names[i], content);
      assert_content (f, place, content);
    }
}

static void
test_paths_that_leave_the_folder_are_refused (Fixture *f, gconstpointer data)
{
  static const char *const paths[] = { "../x", "/etc/x", "a/../../x", "", ".bashrc", "a//b" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (add_stated (f, f->oak, paths[i], "x", "x", &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
    }
}

static void
test_links_are_not_followed (Fixture *f, gconstpointer data)
{
  g_autofree char *outside = g_build_filename (f->dir, "outside", NULL);
  g_autofree char *link = g_build_filename (f->dir, "job-1", "d", NULL);
  g_autofree char *file_link = g_build_filename (f->dir, "job-1", "f", NULL);
  g_autofree char *target = g_build_filename (outside, "target", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (outside, 0755), ==, 0);
  g_assert_true (g_file_set_contents (target, "safe", -1, NULL));
  g_assert_cmpint (symlink (outside, link), ==, 0);
  g_assert_cmpint (symlink (target, file_link), ==, 0);
  g_assert_false (add_stated (f, f->oak, "d/target", "x", "x", &error));
  add (f, f->oak, "f", "mine");
  assert_content (f, "outside/target", "safe");
  assert_content (f, "job-1/f", "mine");
}

static void
test_notices_what_changed_since (Fixture *f, gconstpointer data)
{
  g_autofree char *a = g_build_filename (f->dir, "job-1", "a", NULL);
  g_autofree char *b = g_build_filename (f->dir, "job-1", "b", NULL);

  add (f, f->oak, "a", "one");
  add (f, f->oak, "b", "two");
  add (f, f->oak, "c", "three");
  finish (f);
  g_assert_true (g_file_set_contents (a, "ONE", -1, NULL));
  g_assert_cmpint (g_unlink (b), ==, 0);
  assert_checks (f, "a changed, b missing, c verified, ");
}

static void
test_notices_a_changed_manifest (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->dir, "job-1", "manifest.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  add (f, f->oak, "a", "one");
  finish (f);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  char *found = strstr (text, "\"done\"");
  memcpy (found, "\"dond\"", 6);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_autoptr (InfManifest) loaded = inf_results_load (f->results, "job-1", &error);
  g_assert_null (loaded);
  g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
}

static void
test_exports_verified_copies (Fixture *f, gconstpointer data)
{
  g_autofree char *to = g_build_filename (f->dir, "to", "here", NULL);
  g_autofree char *changed = g_build_filename (f->dir, "job-1", "d", "b", NULL);
  g_autoptr (GError) error = NULL;

  add (f, f->oak, "a", "one");
  add (f, f->oak, "d/b", "two");
  finish (f);
  g_assert_true (inf_results_export (f->results, "job-1", NULL, to, FALSE, NULL, &error));
  assert_content (f, "to/here/a", "one");
  assert_content (f, "to/here/d/b", "two");
  assert_content (f, "to/here/manifest.json", NULL);
  g_assert_false (inf_results_export (f->results, "job-1", NULL, to, FALSE, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_true (inf_results_export (f->results, "job-1", NULL, to, TRUE, NULL, &error));
  g_assert_true (g_file_set_contents (changed, "TWO", -1, NULL));
  g_assert_false (inf_results_export (f->results, "job-1", NULL, to, TRUE, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
  assert_content (f, "to/here/d/b", "two");
}

static void
test_an_unfinished_export_is_taken_back (Fixture *f, gconstpointer data)
{
  g_autofree char *to = g_build_filename (f->dir, "to", NULL);
  g_autofree char *mine = g_build_filename (to, "mine", NULL);
  g_autofree char *changed = g_build_filename (f->dir, "job-1", "z", NULL);
  g_autoptr (InfCopy) copy = inf_copy_new ();
  g_autoptr (GError) error = NULL;
  guint64 done, total;

  add (f, f->oak, "d/e/a", "one");
  add (f, f->oak, "d/b", "two");
  add (f, f->oak, "z", "three");
  finish (f);
  inf_copy_cancel (copy);
  g_assert_false (inf_results_export (f->results, "job-1", NULL, to, FALSE, copy, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (g_file_test (to, G_FILE_TEST_EXISTS));
  inf_copy_look (copy, &done, &total);
  g_assert_cmpuint (total, ==, strlen ("onetwothree"));

  /* the first two are there when the last one fails; what was in the directory before stays */
  g_assert_true (g_file_set_contents (changed, "THREE", -1, NULL));
  g_assert_cmpint (g_mkdir (to, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (mine, 0700), ==, 0);
  g_assert_false (inf_results_export (f->results, "job-1", NULL, to, FALSE, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
  g_assert_cmpint (g_rmdir (mine), ==, 0);
  g_assert_cmpint (g_rmdir (to), ==, 0);
}

static void
test_exports_some (Fixture *f, gconstpointer data)
{
  static const char *const wanted[] = { "d/b", NULL };
  static const char *const unknown[] = { "d/b", "../a", NULL };
  static const char *const none[] = { NULL };
  g_autofree char *to = g_build_filename (f->dir, "to", NULL);
  g_autofree char *left_out = g_build_filename (to, "a", NULL);
  g_autoptr (GError) error = NULL;

  add (f, f->oak, "a", "one");
  add (f, f->oak, "d/b", "two");
  finish (f);
  g_assert_false (inf_results_export (f->results, "job-1", unknown, to, FALSE, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (inf_results_export (f->results, "job-1", none, to, FALSE, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (g_file_test (to, G_FILE_TEST_EXISTS));
  inf_results_export (f->results, "job-1", wanted, to, FALSE, NULL, &error);
  g_assert_no_error (error);
  assert_content (f, "to/d/b", "two");
  g_assert_false (g_file_test (left_out, G_FILE_TEST_EXISTS));
  g_assert_false (inf_results_export (f->results, "job-1", wanted, to, FALSE, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_EXISTS);
}

static void
test_is_a_result_only_once_finished (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  add (f, f->oak, "a", "one");
  g_auto (GStrv) before = inf_results_list (f->results, NULL);
  g_assert_cmpuint (g_strv_length (before), ==, 0);
  g_autofree char *again = inf_results_prepare (f->results, "job-1", &error);
  g_assert_no_error (error);
  finish (f);
  g_auto (GStrv) after = inf_results_list (f->results, NULL);
  g_assert_cmpuint (g_strv_length (after), ==, 1);
  g_assert_cmpstr (after[0], ==, "job-1");
  g_autofree char *taken = inf_results_prepare (f->results, "job-1", &error);
  g_assert_null (taken);
  g_assert_error (error, INF_ERROR, INF_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_true (inf_results_remove (f->results, "job-1", &error));
  g_assert_false (inf_results_remove (f->results, "job-1", &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
}

static void
test_strange_names_are_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfManifest) manifest = inf_results_load (f->results, "../job-1", &error);

  g_assert_null (manifest);
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (inf_results_remove (f->results, "..", &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/results/keeps-outputs", test_keeps_outputs_and_who_made_them);
  ADD ("/results/wrong-content", test_content_that_is_not_what_was_stated_is_refused);
  ADD ("/results/first-host-wins", test_first_host_wins_and_others_are_kept_apart);
  ADD ("/results/hosts-of-one-name", test_hosts_of_one_name_are_kept_apart);
  ADD ("/results/own-names", test_own_names_cannot_be_taken);
  ADD ("/results/paths", test_paths_that_leave_the_folder_are_refused);
  ADD ("/results/links", test_links_are_not_followed);
  ADD ("/results/changed-files", test_notices_what_changed_since);
  ADD ("/results/changed-manifest", test_notices_a_changed_manifest);
  ADD ("/results/export", test_exports_verified_copies);
  ADD ("/results/export-taken-back", test_an_unfinished_export_is_taken_back);
  ADD ("/results/export-some", test_exports_some);
  ADD ("/results/finished", test_is_a_result_only_once_finished);
  ADD ("/results/strange-names", test_strange_names_are_refused);
  return g_test_run ();
}
