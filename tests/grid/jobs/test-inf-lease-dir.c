#include "common/inf-error.h"
#include "common/inf-tree.h"
#include "grid/jobs/inf-lease-dir.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a hostile job may leave behind for its host. */

typedef struct
{
  char *top;
  char *lease_path;
  InfStore *store;
  InfStorePins *pins;
  InfLeaseDir *dir;
  InfLeaseOutputs outputs;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->top = g_dir_make_tmp ("infinity-lease-XXXXXX", NULL);
  fixture->lease_path = g_build_filename (fixture->top, "lease", NULL);
  g_autofree char *objects = g_build_filename (fixture->top, "objects", NULL);
  fixture->store = inf_store_new (objects, &error);
  g_assert_no_error (error);
  fixture->pins = inf_store_pins_new (fixture->store);
  fixture->dir = inf_lease_dir_new (fixture->lease_path, &error);
  g_assert_no_error (error);
  inf_lease_outputs_init (&fixture->outputs);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  inf_lease_outputs_clear (&fixture->outputs);
  inf_lease_dir_free (fixture->dir);
  g_assert_false (g_file_test (fixture->lease_path, G_FILE_TEST_EXISTS));
  inf_store_pins_free (fixture->pins);
  inf_store_unref (fixture->store);
  g_assert_true (inf_tree_remove (fixture->top, &error));
  g_assert_no_error (error);
  g_free (fixture->lease_path);
  g_free (fixture->top);
}

static char *
in_job (Fixture *fixture, const char *name)
{
  return g_build_filename (inf_lease_dir_get_job_path (fixture->dir), name, NULL);
}

static void
write_in_job (Fixture *fixture, const char *name, const char *content)
{
  g_autofree char *path = in_job (fixture, name);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, content, -1, NULL));
}

static gboolean
collect (Fixture *fixture, GError **error)
{
  return inf_lease_dir_collect (fixture->dir, fixture->store, fixture->pins, &fixture->outputs,
                                error);
}

static const InfLeaseOutput *
find_output (Fixture *fixture, const char *path)
{
  for (guint i = 0; i < fixture->outputs.outputs->len; i++)
    {
      const InfLeaseOutput *output = fixture->outputs.outputs->pdata[i];
      if (g_str_equal (output->path, path))
        return output;
    }
  return NULL;
}

static void
assert_only_output (Fixture *fixture, const char *path)
{
  g_assert_cmpuint (fixture->outputs.outputs->len, ==, 1);
  g_assert_nonnull (find_output (fixture, path));
}

static void
test_files_are_collected_by_their_paths (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  write_in_job (fixture, "sum.txt", "42\n");
  write_in_job (fixture, "parts/a/1", "one");
  g_assert_true (collect (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->outputs.outputs->len, ==, 2);
  g_assert_cmpuint (find_output (fixture, "sum.txt")->object.size_bytes, ==, 3);
  g_assert_cmpuint (find_output (fixture, "parts/a/1")->object.size_bytes, ==, 3);
  g_assert_false (fixture->outputs.is_truncated);
}

static void
test_links_are_not_followed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *secret = g_build_filename (fixture->top, "secret", NULL);
  g_autofree char *file_link = in_job (fixture, "link");
  g_autofree char *dir_link = in_job (fixture, "up");

  g_assert_true (g_file_set_contents (secret, "secret", -1, NULL));
  g_assert_cmpint (symlink (secret, file_link), ==, 0);
  g_assert_cmpint (symlink (fixture->top, dir_link), ==, 0);
  write_in_job (fixture, "plain", "x");
  g_assert_true (collect (fixture, NULL));
  assert_only_output (fixture, "plain");
  g_assert_true (fixture->outputs.is_truncated);

  g_clear_pointer (&fixture->dir, inf_lease_dir_free);
  g_assert_true (g_file_test (secret, G_FILE_TEST_EXISTS));
}

static void
test_a_fifo_does_not_hang (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = in_job (fixture, "fifo");

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  write_in_job (fixture, "plain", "x");
  g_assert_true (collect (fixture, NULL));
  assert_only_output (fixture, "plain");
  g_assert_true (fixture->outputs.is_truncated);
}

static void
test_names_that_are_no_text_are_left_out (Fixture *fixture, gconstpointer data)
{
  write_in_job (fixture, "bad-\xff\xfe", "x");
  write_in_job (fixture, "good", "x");
  g_assert_true (collect (fixture, NULL));
  assert_only_output (fixture, "good");
  g_assert_true (fixture->outputs.is_truncated);
}

/* Each level in the one before, so that no path gets too long to be made. */
static void
make_deep (const char *top, guint depth)
{
  int fd = open (top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  for (guint i = 0; i < depth; i++)
    {
      g_assert_cmpint (mkdirat (fd, "d", 0700), ==, 0);
      int next = openat (fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      g_assert_cmpint (next, >=, 0);
      close (fd);
      fd = next;
    }
  int file = openat (fd, "bottom", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (file, >=, 0);
  close (file);
  close (fd);
}

static void
test_a_deep_tree_is_cut_and_removed (Fixture *fixture, gconstpointer data)
{
  make_deep (inf_lease_dir_get_job_path (fixture->dir), 3000);
  write_in_job (fixture, "plain", "x");
  g_assert_true (collect (fixture, NULL));
  assert_only_output (fixture, "plain");
  g_assert_true (fixture->outputs.is_truncated);
}

static void
test_unreadable_directories_are_removed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = in_job (fixture, "closed");

  write_in_job (fixture, "closed/inside/file", "x");
  g_assert_cmpint (g_chmod (path, 0), ==, 0);
  g_assert_true (collect (fixture, NULL));
  /* root reads it all the same */
  if (geteuid () != 0)
    g_assert_true (fixture->outputs.is_truncated);
}

static void
test_too_many_files_are_cut (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < INF_LEASE_MAX_OUTPUTS + 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("f%u", i);
      g_autofree char *path = in_job (fixture, name);
      close (open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    }
  g_assert_true (collect (fixture, NULL));
  g_assert_cmpuint (fixture->outputs.outputs->len, ==, INF_LEASE_MAX_OUTPUTS);
  g_assert_true (fixture->outputs.is_truncated);
}

static void
test_a_file_longer_than_the_disk_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = in_job (fixture, "endless");
  g_autoptr (GError) error = NULL;
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  gboolean made = ftruncate (fd, (off_t)1 << 43) == 0;

  close (fd);
  if (!made)
    {
      g_test_skip ("this file system has no such long files");
      return;
    }
  g_assert_false (collect (fixture, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TOO_LARGE);
}

static void
stage_input (Fixture *fixture, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (fixture->top, "input", NULL);
  g_auto (InfLeasePrepare) prepare = { 0 };
  InfJobInput *input = inf_job_input_new (name, NULL);
  g_autoptr (GError) error = NULL;
  InfObjectId id;

  inf_lease_prepare_init (&prepare);
  g_assert_true (g_file_set_contents (path, content, -1, NULL));
  inf_store_add_file (fixture->store, path, NULL, &id, &input->object.size_bytes, &error);
  g_assert_no_error (error);
  inf_store_pins_take (fixture->pins, &id);
  memcpy (input->object.sha256, id.bytes, sizeof id.bytes);
  g_ptr_array_add (prepare.inputs, input);
  prepare.program_kind = INF_PROGRAM_INSTALLED;
  inf_lease_dir_fill (fixture->dir, fixture->store, &prepare, &error);
  g_assert_no_error (error);
}

static void
test_an_input_is_an_output_only_when_it_changed (Fixture *fixture, gconstpointer data)
{
  stage_input (fixture, "numbers", "1 2 3");
  stage_input (fixture, "log", "begun");
  write_in_job (fixture, "log", "begun and ended");
  g_assert_true (collect (fixture, NULL));
  assert_only_output (fixture, "log");
  g_assert_false (fixture->outputs.is_truncated);
}

static void
test_a_missing_object_is_told (Fixture *fixture, gconstpointer data)
{
  g_auto (InfLeasePrepare) prepare = { 0 };
  g_autoptr (GError) error = NULL;

  inf_lease_prepare_init (&prepare);
  prepare.program_kind = INF_PROGRAM_OWN;
  prepare.program_name = g_strdup ("prog");
  g_assert_false (inf_lease_dir_fill (fixture->dir, fixture->store, &prepare, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
  g_assert_null (inf_lease_dir_get_program_path (fixture->dir));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *, gconstpointer);
  } cases[] = {
    { "files-are-collected-by-their-paths", test_files_are_collected_by_their_paths },
    { "links-are-not-followed", test_links_are_not_followed },
    { "a-fifo-does-not-hang", test_a_fifo_does_not_hang },
    { "names-that-are-no-text-are-left-out", test_names_that_are_no_text_are_left_out },
    { "a-deep-tree-is-cut-and-removed", test_a_deep_tree_is_cut_and_removed },
    { "unreadable-directories-are-removed", test_unreadable_directories_are_removed },
    { "too-many-files-are-cut", test_too_many_files_are_cut },
    { "a-file-longer-than-the-disk-is-refused", test_a_file_longer_than_the_disk_is_refused },
    { "an-input-is-an-output-only-when-it-changed",
      test_an_input_is_an_output_only_when_it_changed },
    { "a-missing-object-is-told", test_a_missing_object_is_told },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/lease-dir/", cases[i].name, NULL);
      g_test_add (path, Fixture, NULL, set_up, cases[i].func, tear_down);
    }
  return g_test_run ();
}
