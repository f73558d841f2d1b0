#include "common/inf-error.h"
#include "common/inf-tree.h"
#include "discovery/files/inf-file-find.h"
#include "discovery/files/inf-shelf.h"
#include "discovery/files/inf-store-pins.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *dir;
  char *list;
  InfStore *store;
  InfShelf *shelf;
} Fixture;

static void
open_shelf (Fixture *f)
{
  g_autofree char *objects = g_build_filename (f->dir, "objects", NULL);
  g_autoptr (GError) error = NULL;

  f->store = inf_store_new (objects, &error);
  g_assert_no_error (error);
  f->shelf = inf_shelf_new (f->list, f->store);
}

static void
close_shelf (Fixture *f)
{
  inf_shelf_free (f->shelf);
  inf_store_unref (f->store);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->dir = g_dir_make_tmp ("infinity-shelf-XXXXXX", NULL);
  f->list = g_build_filename (f->dir, "files", NULL);
  open_shelf (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  close_shelf (f);
  g_assert_true (inf_tree_remove (f->dir, NULL));
  g_free (f->list);
  g_free (f->dir);
}

/* The object is pinned for the caller. */
static InfObjectId
store_text (Fixture *f, const char *text)
{
  g_autofree char *path = g_build_filename (f->dir, "input", NULL);
  g_autoptr (GError) error = NULL;
  InfObjectId id;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  inf_store_add_file (f->store, path, NULL, &id, NULL, &error);
  g_assert_no_error (error);
  return id;
}

/* As infinityd does: the shelf's pin remains. */
static InfObjectId
add (Fixture *f, const char *text, const char *name)
{
  InfObjectId id = store_text (f, text);
  g_autoptr (GError) error = NULL;

  inf_shelf_put (f->shelf, &id, name, 5, &error);
  g_assert_no_error (error);
  inf_store_unpin (f->store, &id);
  return id;
}

static void
test_keeps_files_over_a_restart (Fixture *f, gconstpointer data)
{
  InfObjectId id = add (f, "abc", "letters.txt");

  close_shelf (f);
  open_shelf (f);
  const InfShelfFile *file = inf_shelf_look (f->shelf, &id);
  g_assert_nonnull (file);
  g_assert_cmpstr (file->name, ==, "letters.txt");
  g_assert_cmpint (file->added_unix_us, ==, 5);
  g_assert_true (inf_store_has (f->store, &id));
}

static void
test_no_lease_takes_a_file_along (Fixture *f, gconstpointer data)
{
  InfObjectId id = add (f, "abc", "letters.txt");
  InfStorePins *lease = inf_store_pins_new (f->store);

  inf_store_pins_add (lease, &id);
  inf_store_pins_free (lease);
  g_assert_true (inf_store_has (f->store, &id));
}

static void
test_taking_off_leaves_what_a_job_brought (Fixture *f, gconstpointer data)
{
  InfObjectId brought = store_text (f, "of a job");
  g_autoptr (GError) error = NULL;

  g_assert_false (inf_shelf_take (f->shelf, &brought, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (inf_store_remove_unneeded (f->store, &brought, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_REFUSED);
  g_assert_true (inf_store_has (f->store, &brought));
}

static void
test_what_is_in_use_stays (Fixture *f, gconstpointer data)
{
  InfObjectId id = add (f, "abc", "letters.txt");
  InfStorePins *job = inf_store_pins_new (f->store);
  g_autoptr (GError) error = NULL;

  inf_store_pins_add (job, &id);
  g_assert_false (inf_shelf_take (f->shelf, &id, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_REFUSED);
  g_clear_error (&error);
  inf_store_pins_free (job);
  inf_shelf_take (f->shelf, &id, &error);
  g_assert_no_error (error);
  g_assert_false (inf_store_has (f->store, &id));
  g_assert_null (inf_shelf_look (f->shelf, &id));
  g_assert_false (inf_store_remove_unneeded (f->store, &id, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
}

static void
assert_found (Fixture *f, const char *text, const InfObjectId *id)
{
  g_autoptr (GError) error = NULL;
  InfObjectId found;

  inf_shelf_find (f->shelf, text, &found, &error);
  g_assert_no_error (error);
  g_assert_true (inf_object_id_equal (&found, id));
}

static void
test_finds_by_name_and_by_hash (Fixture *f, gconstpointer data)
{
  InfObjectId first = add (f, "abc", "letters.txt"), second = add (f, "123", "numbers.txt");
  InfObjectId third = add (f, "4", "numbers.txt"), brought = store_text (f, "of a job");
  g_autofree char *hex = inf_sha256_to_hex (second.bytes);
  g_autofree char *other_hex = inf_sha256_to_hex (brought.bytes);
  g_autofree char *prefix = g_strndup (hex, 12);
  g_autoptr (GError) error = NULL;
  InfObjectId found;

  assert_found (f, "letters.txt", &first);
  assert_found (f, prefix, &second);
  assert_found (f, other_hex, &brought);
  g_assert_false (inf_shelf_find (f->shelf, "numbers.txt", &found, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (inf_shelf_find (f->shelf, "other.txt", &found, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (inf_shelf_find (f->shelf, "", &found, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
  g_assert_false (inf_object_id_equal (&third, &second));
}

static void
test_one_content_has_one_name (Fixture *f, gconstpointer data)
{
  InfObjectId id = add (f, "abc", "letters.txt");

  add (f, "abc", "abc.txt");
  g_assert_cmpstr (inf_shelf_look (f->shelf, &id)->name, ==, "abc.txt");
  add (f, "abc", "");
  g_assert_cmpstr (inf_shelf_look (f->shelf, &id)->name, ==, "abc.txt");
  g_assert_true (inf_shelf_take (f->shelf, &id, NULL));
  g_assert_false (inf_store_has (f->store, &id));
}

static void
test_names_are_names (Fixture *f, gconstpointer data)
{
  InfObjectId id = store_text (f, "abc");
  g_autofree char *filler = g_strnfill (256, 'x');
  const char *const wrong[] = { "a/b", "..", ".hidden", "a\nb", "a\xff", filler };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_clear_error (&error);
      g_assert_false (inf_shelf_put (f->shelf, &id, wrong[i], 1, &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
    }
  g_assert_null (inf_shelf_look (f->shelf, &id));
  g_assert_true (inf_file_name_is_safe ("größe 1.txt"));
}

static void
test_a_damaged_list_is_no_end (Fixture *f, gconstpointer data)
{
  InfObjectId id = add (f, "abc", "letters.txt");

  close_shelf (f);
  g_assert_true (g_file_set_contents (f->list, "nonsense", -1, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*is damaged*");
  open_shelf (f);
  g_test_assert_expected_messages ();
  g_assert_null (inf_shelf_look (f->shelf, &id));
  /* what it was is still here, and can be removed */
  g_assert_true (inf_store_remove_unneeded (f->store, &id, NULL));
}

static void
test_a_file_that_is_gone_is_told_of (Fixture *f, gconstpointer data)
{
  InfObjectId id = add (f, "abc", "letters.txt");
  g_autofree char *path = inf_store_get_path (f->store, &id);

  close_shelf (f);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "1 of the files*");
  open_shelf (f);
  g_test_assert_expected_messages ();
  g_assert_null (inf_shelf_look (f->shelf, &id));
}

static void
test_saves_never_over_a_file (Fixture *f, gconstpointer data)
{
  InfObjectId id = add (f, "abc", "letters.txt");
  g_autofree char *path = g_build_filename (f->dir, "saved", NULL);
  g_autofree char *object = inf_store_get_path (f->store, &id);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  inf_store_save (f->store, &id, path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "abc");
  g_assert_false (inf_store_save (f->store, &id, path, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (inf_store_save (f->store, &id, "/nonexistent/a", NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_FAILED);
  g_clear_error (&error);
  /* the disk is not to be trusted for ever */
  g_assert_cmpint (g_chmod (object, 0600), ==, 0);
  g_assert_true (g_file_set_contents (object, "abd", -1, NULL));
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_false (inf_store_save (f->store, &id, path, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
note (const InfObjectId *id, gboolean is_here, gpointer user_data)
{
  g_string_append (user_data, is_here ? "+" : "-");
}

static void
test_the_store_tells_what_comes_and_goes (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) news = g_string_new (NULL);

  inf_store_set_changed (f->store, note, news);
  InfObjectId id = store_text (f, "abc");
  store_text (f, "abc");
  g_autoptr (GArray) objects = inf_store_list (f->store);
  g_assert_cmpuint (objects->len, ==, 1);
  g_assert_cmpuint (g_array_index (objects, InfStoreObject, 0).n_pins, ==, 2);
  g_assert_cmpuint (g_array_index (objects, InfStoreObject, 0).size_bytes, ==, 3);
  inf_store_unpin (f->store, &id);
  inf_store_unpin (f->store, &id);
  g_assert_cmpstr (news->str, ==, "");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (news->str, ==, "+-");
}

#define ADD(name, func) g_test_add ("/shelf/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("keeps-files-over-a-restart", test_keeps_files_over_a_restart);
  ADD ("no-lease-takes-a-file-along", test_no_lease_takes_a_file_along);
  ADD ("taking-off-leaves-what-a-job-brought", test_taking_off_leaves_what_a_job_brought);
  ADD ("what-is-in-use-stays", test_what_is_in_use_stays);
  ADD ("finds-by-name-and-by-hash", test_finds_by_name_and_by_hash);
  ADD ("one-content-has-one-name", test_one_content_has_one_name);
  ADD ("names-are-names", test_names_are_names);
  ADD ("a-damaged-list-is-no-end", test_a_damaged_list_is_no_end);
  ADD ("a-file-that-is-gone-is-told-of", test_a_file_that_is_gone_is_told_of);
  ADD ("saves-never-over-a-file", test_saves_never_over_a_file);
  ADD ("the-store-tells-what-comes-and-goes", test_the_store_tells_what_comes_and_goes);
  return g_test_run ();
}
