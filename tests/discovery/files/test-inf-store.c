#include "common/inf-error.h"
#include "common/inf-tree.h"
#include "discovery/files/inf-file-request.h"
#include "discovery/files/inf-store-pins.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char *dir;
  char *file;
  InfStore *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("infinity-store-XXXXXX", NULL);
  fixture->file = g_build_filename (fixture->dir, "input", NULL);
  g_assert_true (g_file_set_contents (fixture->file, "abc", 3, NULL));
  g_autofree char *objects = g_build_filename (fixture->dir, "objects", NULL);
  fixture->store = inf_store_new (objects, &error);
  g_assert_no_error (error);
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  return n;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_store_unref (fixture->store);
  g_assert_true (inf_tree_remove (fixture->dir, NULL));
  g_free (fixture->file);
  g_free (fixture->dir);
}

static void
test_object_is_named_by_its_hash (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  InfObjectId id;
  guint64 size = 0;
  char content[8];

  g_assert_true (inf_store_add_file (fixture->store, fixture->file, NULL, &id, &size, &error));
  g_autofree char *hex = inf_sha256_to_hex (id.bytes);
  g_assert_cmpstr (hex, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_assert_cmpuint (size, ==, 3);
  g_assert_true (inf_store_has (fixture->store, &id));

  int fd = inf_store_open_object (fixture->store, &id, &size, &error);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (read (fd, content, sizeof content), ==, 3);
  g_assert_cmpmem (content, 3, "abc", 3);
  close (fd);
}

static void
test_adding_twice_is_one_object (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  InfObjectId first, second;

  g_assert_true (inf_store_add_file (fixture->store, fixture->file, NULL, &first, NULL, &error));
  g_assert_true (inf_store_add_file (fixture->store, fixture->file, NULL, &second, NULL, &error));
  g_assert_cmpmem (&first, sizeof first, &second, sizeof second);
  inf_store_unpin (fixture->store, &first);
  g_assert_true (inf_store_has (fixture->store, &first));
  inf_store_unpin (fixture->store, &first);
  g_assert_false (inf_store_has (fixture->store, &first));
}

static void
test_pins_are_let_go_of_together (Fixture *fixture, gconstpointer data)
{
  InfStorePins *mine = inf_store_pins_new (fixture->store);
  InfStorePins *theirs = inf_store_pins_new (fixture->store);
  InfObjectId id;

  g_assert_true (inf_store_add_file (fixture->store, fixture->file, NULL, &id, NULL, NULL));
  inf_store_pins_take (mine, &id);
  inf_store_pins_add (theirs, &id);
  inf_store_pins_free (mine);
  g_assert_true (inf_store_has (fixture->store, &id));
  inf_store_pins_free (theirs);
  g_assert_false (inf_store_has (fixture->store, &id));
}

static void
test_says_what_it_can_not_take (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  InfObjectId id = { { 7 } };
  guint64 size = 99;

  g_assert_false (inf_store_add_file (fixture->store, "/does/not/exist", NULL, &id, &size, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (inf_store_add_file (fixture->store, fixture->dir, NULL, &id, &size, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_cmpint (inf_store_open_object (fixture->store, &id, &size, &error), ==, -1);
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
  g_assert_cmpuint (size, ==, 99);
}

static void
test_a_cancelled_copy_leaves_nothing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *tmp = g_build_filename (fixture->dir, "objects", "tmp", NULL);
  g_autofree char *saved = g_build_filename (fixture->dir, "saved", NULL);
  g_autoptr (InfCopy) copy = inf_copy_new ();
  g_autoptr (GError) error = NULL;
  guint64 done = 0, total = 0;
  InfObjectId id;

  inf_copy_cancel (copy);
  g_assert_false (inf_store_add_file (fixture->store, fixture->file, copy, &id, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CANCELLED);
  g_clear_error (&error);
  inf_copy_look (copy, &done, &total);
  g_assert_cmpuint (done, ==, 3);
  g_assert_cmpuint (total, ==, 3);
  g_assert_cmpint (g_rmdir (tmp), ==, 0);
  g_assert_cmpint (g_mkdir (tmp, 0700), ==, 0);

  g_assert_true (inf_store_add_file (fixture->store, fixture->file, NULL, &id, NULL, &error));
  g_assert_false (inf_store_save (fixture->store, &id, saved, copy, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CANCELLED);
  g_assert_cmpint (g_rmdir (tmp), ==, 0);
  /* only what was there before */
  g_assert_cmpuint (count_entries (fixture->dir), ==, 2);
}

static void
test_start_sweeps_what_was_being_written (Fixture *fixture, gconstpointer data)
{
  g_autofree char *objects = g_build_filename (fixture->dir, "objects", NULL);
  g_autofree char *leftover = NULL;
  g_autoptr (GError) error = NULL;

  close (inf_store_create_temporary (fixture->store, &leftover, &error));
  g_assert_true (g_file_test (leftover, G_FILE_TEST_EXISTS));
  g_autoptr (InfStore) again = inf_store_new (objects, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (leftover, G_FILE_TEST_EXISTS));
}

static void
test_request_round_trip (void)
{
  InfObjectId id = { { 1, 2, 3 } }, back;
  g_autoptr (GBytes) bytes = inf_file_request_encode (&id);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, g_bytes_get_size (bytes) - 5);
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_file_request_decode (&back, bytes, &error));
  g_assert_cmpmem (&id, sizeof id, &back, sizeof back);
  g_assert_false (inf_file_request_decode (&back, cut, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/object-is-named-by-its-hash", Fixture, NULL, set_up,
              test_object_is_named_by_its_hash, tear_down);
  g_test_add ("/store/adding-twice-is-one-object", Fixture, NULL, set_up,
              test_adding_twice_is_one_object, tear_down);
  g_test_add ("/store/pins-are-let-go-of-together", Fixture, NULL, set_up,
              test_pins_are_let_go_of_together, tear_down);
  g_test_add ("/store/says-what-it-can-not-take", Fixture, NULL, set_up,
              test_says_what_it_can_not_take, tear_down);
  g_test_add ("/store/a-cancelled-copy-leaves-nothing", Fixture, NULL, set_up,
              test_a_cancelled_copy_leaves_nothing, tear_down);
  g_test_add ("/store/start-sweeps-what-was-being-written", Fixture, NULL, set_up,
              test_start_sweeps_what_was_being_written, tear_down);
  g_test_add_func ("/store/request-round-trip", test_request_round_trip);
  return g_test_run ();
}
