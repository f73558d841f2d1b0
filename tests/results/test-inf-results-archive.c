#include "common/inf-error.h"
#include "results/inf-results.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define LONG_SIZE 1000000

typedef struct
{
  char *dir;
  char *out;
  char *long_text;
  InfResults *results;
} Fixture;

static void
add (Fixture *f, InfManifest *manifest, InfManifestHost *host, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  guint8 sha256[32];
  int fd = memfd_create ("content", MFD_CLOEXEC);

  g_assert_cmpint (write (fd, text, strlen (text)), ==, (gssize)strlen (text));
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  inf_sha256_of_data (text, strlen (text), sha256);
  inf_results_add (f->results, "job-1", manifest, host, path, fd, sha256, strlen (text), &error);
  g_assert_no_error (error);
  close (fd);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (InfManifest) manifest = inf_manifest_new ();
  g_autofree char *folder = NULL, *log = NULL;
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("inf-archive-XXXXXX", NULL);
  f->out = g_dir_make_tmp ("inf-archive-XXXXXX", NULL);
  f->long_text = g_strnfill (LONG_SIZE, '7');
  f->results = inf_results_new (f->dir);
  manifest->job_id = g_strdup ("abcdefgh");
  manifest->job_name = g_strdup ("job-1");
  manifest->state = g_strdup ("done");
  manifest->program = g_strdup ("taskadd");
  manifest->ended_unix_us = 1700000000000000;
  InfManifestHost *oak = inf_manifest_add_host (manifest, &(InfPeerId){ { 1 } }, "oak");
  folder = inf_results_prepare (f->results, "job-1", &error);
  g_assert_no_error (error);
  add (f, manifest, oak, "product.txt", f->long_text);
  add (f, manifest, oak, "d/größe", "two");
  log = g_build_filename (f->out, "the.log", NULL);
  g_assert_true (g_file_set_contents (log, "printed\n", -1, NULL));
  g_assert_true (inf_results_add_log (f->results, "job-1", log, &error));
  g_assert_true (inf_results_add_log (f->results, "job-1", "/nonexistent/log", &error));
  g_assert_cmpint (g_unlink (log), ==, 0);
  inf_results_finish (f->results, "job-1", manifest, &error);
  g_assert_no_error (error);
}

static void
remove_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      g_assert_cmpint (g_remove (child), ==, 0);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_true (inf_results_remove (f->results, "job-1", NULL));
  g_assert_cmpint (g_rmdir (f->dir), ==, 0);
  remove_files (f->out);
  inf_results_unref (f->results);
  g_free (f->long_text);
  g_free (f->dir);
  g_free (f->out);
}

/* Returns: (transfer full): what the archive has, by name. To read names takes a locale with UTF-8;
 * they were written without one. */
static GHashTable *
read_archive (const char *file)
{
  GHashTable *found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  struct archive *archive = archive_read_new ();
  locale_t utf8 = newlocale (LC_CTYPE_MASK, "C.UTF-8", NULL);
  locale_t before = uselocale (utf8);
  struct archive_entry *entry;

  archive_read_support_format_all (archive);
  archive_read_support_filter_all (archive);
  g_assert_cmpint (archive_read_open_filename (archive, file, 10240), ==, ARCHIVE_OK);
  int status;
  while ((status = archive_read_next_header (archive, &entry)) == ARCHIVE_OK)
    {
      gsize size = (gsize)archive_entry_size (entry);
      char *text = g_malloc0 (size + 1);
      g_assert_cmpint (archive_read_data (archive, text, size), ==, (gssize)size);
      g_assert_cmpint (archive_entry_mtime (entry), ==, 1700000000);
      g_assert_cmpint (archive_entry_filetype (entry), ==, AE_IFREG);
      g_hash_table_insert (found, g_strdup (archive_entry_pathname_utf8 (entry)), text);
    }
  g_test_message ("the last header: %d, %s", status, archive_error_string (archive));
  g_assert_cmpint (status, ==, ARCHIVE_EOF);
  g_assert_cmpint (archive_read_free (archive), ==, ARCHIVE_OK);
  uselocale (before);
  freelocale (utf8);
  return found;
}

static void
assert_complete (Fixture *f, const char *file)
{
  g_autoptr (GHashTable) found = read_archive (file);
  g_autofree char *line = NULL, *json_path = NULL, *json = NULL;

  json_path = g_build_filename (f->dir, "job-1", INF_RESULTS_MANIFEST, NULL);
  g_assert_true (g_file_get_contents (json_path, &json, NULL, NULL));
  line = g_compute_checksum_for_string (G_CHECKSUM_SHA256, json, -1);
  g_assert_cmpuint (g_hash_table_size (found), ==, 5);
  g_assert_cmpstr (g_hash_table_lookup (found, "job-1/product.txt"), ==, f->long_text);
  g_assert_cmpstr (g_hash_table_lookup (found, "job-1/d/größe"), ==, "two");
  g_assert_cmpstr (g_hash_table_lookup (found, "job-1/log.txt"), ==, "printed\n");
  g_assert_cmpstr (g_hash_table_lookup (found, "job-1/manifest.json"), ==, json);
  g_assert_true (g_str_has_prefix (g_hash_table_lookup (found, "job-1/manifest.sha256"), line));
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  return n;
}

static void
test_every_kind_has_everything (Fixture *f, gconstpointer data)
{
  static const char *const endings[] = { ".zip", ".tar.gz", ".tar.zst" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *name = g_strconcat ("out", endings[i], NULL);
      g_autofree char *file = g_build_filename (f->out, name, NULL);
      g_autoptr (GError) error = NULL;
      GStatBuf info;

      inf_results_archive (f->results, "job-1", file, NULL, &error);
      g_assert_no_error (error);
      assert_complete (f, file);
      g_assert_cmpint (g_stat (file, &info), ==, 0);
      g_assert_cmpint (info.st_size, <, LONG_SIZE / 10);
    }
  g_assert_cmpuint (count_files (f->out), ==, G_N_ELEMENTS (endings));
}

static void
test_replaces_once_complete (Fixture *f, gconstpointer data)
{
  g_autofree char *file = g_build_filename (f->out, "out.zip", NULL);
  g_autofree char *output = g_build_filename (f->dir, "job-1", "product.txt", NULL);
  g_autofree char *before = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "before", -1, NULL));
  f->long_text[LONG_SIZE - 1] = '8';
  g_assert_true (g_file_set_contents (output, f->long_text, -1, NULL));
  g_assert_false (inf_results_archive (f->results, "job-1", file, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
  g_assert_true (g_file_get_contents (file, &before, NULL, NULL));
  g_assert_cmpstr (before, ==, "before");
  g_assert_cmpuint (count_files (f->out), ==, 1);

  f->long_text[LONG_SIZE - 1] = '7';
  g_assert_true (g_file_set_contents (output, f->long_text, -1, NULL));
  g_clear_error (&error);
  inf_results_archive (f->results, "job-1", file, NULL, &error);
  g_assert_no_error (error);
  assert_complete (f, file);
}

static void
test_a_cancelled_one_leaves_nothing (Fixture *f, gconstpointer data)
{
  g_autofree char *file = g_build_filename (f->out, "out.zip", NULL);
  g_autoptr (InfCopy) copy = inf_copy_new ();
  g_autoptr (GError) error = NULL;
  guint64 done, total;

  inf_results_archive (f->results, "job-1", file, copy, &error);
  g_assert_no_error (error);
  inf_copy_look (copy, &done, &total);
  g_assert_cmpuint (done, ==, LONG_SIZE + strlen ("two") + strlen ("printed\n"));
  g_assert_cmpuint (total, ==, done);
  g_assert_cmpint (g_unlink (file), ==, 0);
  inf_copy_cancel (copy);
  g_assert_false (inf_results_archive (f->results, "job-1", file, copy, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CANCELLED);
  g_assert_cmpuint (count_files (f->out), ==, 0);
}

static void
assert_refused (Fixture *f, const char *name, const char *file, InfError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (inf_results_archive (f->results, name, file, NULL, &error));
  g_assert_error (error, INF_ERROR, (int)code);
}

static void
test_says_what_it_can_not_do (Fixture *f, gconstpointer data)
{
  g_autofree char *file = g_build_filename (f->out, "out.zip", NULL);
  g_autofree char *rar = g_build_filename (f->out, "out.rar", NULL);
  g_autofree char *manifest = g_build_filename (f->dir, "job-1", INF_RESULTS_MANIFEST, NULL);
  g_autofree char *output = g_build_filename (f->dir, "job-1", "product.txt", NULL);
  g_autofree char *longer = g_strconcat (f->long_text, "1", NULL);

  assert_refused (f, "job-1", rar, INF_ERROR_INVALID);
  assert_refused (f, "job-1", "out.zip", INF_ERROR_INVALID);
  assert_refused (f, "job-2", file, INF_ERROR_NOT_FOUND);
  assert_refused (f, "../job-1", file, INF_ERROR_INVALID);
  assert_refused (f, "job-1", "/nonexistent/dir/out.zip", INF_ERROR_FAILED);
  g_assert_cmpint (g_unlink (output), ==, 0);
  assert_refused (f, "job-1", file, INF_ERROR_NOT_FOUND);
  g_assert_true (g_file_set_contents (output, longer, -1, NULL));
  assert_refused (f, "job-1", file, INF_ERROR_CORRUPT);
  g_assert_true (g_file_set_contents (output, "7", -1, NULL));
  assert_refused (f, "job-1", file, INF_ERROR_CORRUPT);
  g_assert_true (g_file_set_contents (manifest, "{}", -1, NULL));
  assert_refused (f, "job-1", file, INF_ERROR_CORRUPT);
  g_assert_cmpuint (count_files (f->out), ==, 0);
}

/* A limit of the process on the size of a file is as good as a full disk. */
static void
test_a_full_disk_is_told (Fixture *f, gconstpointer data)
{
  g_autofree char *file = g_build_filename (f->out, "out.tar.gz", NULL);
  g_autoptr (GError) error = NULL;
  struct rlimit before, limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = 100;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_false (inf_results_archive (f->results, "job-1", file, NULL, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_error (error, INF_ERROR, INF_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, g_strerror (EFBIG)));
  g_assert_cmpuint (count_files (f->out), ==, 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/results/archive/has-everything", test_every_kind_has_everything);
  ADD ("/results/archive/replaces-once-complete", test_replaces_once_complete);
  ADD ("/results/archive/a-cancelled-one-leaves-nothing", test_a_cancelled_one_leaves_nothing);
  ADD ("/results/archive/says-what-it-can-not-do", test_says_what_it_can_not_do);
  ADD ("/results/archive/a-full-disk-is-told", test_a_full_disk_is_told);
  return g_test_run ();
}
