#include "common/inf-error.h"
#include "grid/jobs/inf-job-stager.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char *dir;
  InfStore *store;
  InfJobSpec *spec;
  GAsyncResult *result;
} Fixture;

static char *
make_file (Fixture *fixture, const char *name, const char *content)
{
  char *path = g_build_filename (fixture->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, content, -1, NULL));
  return path;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("infinity-stager-XXXXXX", NULL);
  g_autofree char *objects = g_build_filename (fixture->dir, "objects", NULL);
  fixture->store = inf_store_new (objects, NULL);
  fixture->spec = inf_job_spec_new (INF_PROGRAM_OWN, "/program");
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->result);
  inf_job_spec_unref (fixture->spec);
  inf_store_unref (fixture->store);
  remove_tree (fixture->dir);
  g_free (fixture->dir);
}

static void
on_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Fixture *)user_data)->result = g_object_ref (result);
}

static InfStorePins *
hash (Fixture *fixture, const char *program, GCancellable *cancellable, GError **error)
{
  inf_job_stager_hash_async (fixture->store, fixture->spec, program, cancellable, on_hashed,
                             fixture);
  while (!fixture->result)
    g_main_context_iteration (NULL, TRUE);
  return inf_job_stager_hash_finish (fixture->result, error);
}

static gboolean
store_has (Fixture *fixture, const InfJobObject *object)
{
  InfObjectId id;

  memcpy (id.bytes, object->sha256, sizeof id.bytes);
  return inf_store_has (fixture->store, &id);
}

static void
test_program_and_inputs_are_kept_as_long_as_needed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *program = make_file (fixture, "program", "#!");
  g_autofree char *numbers = make_file (fixture, "numbers", "1 2 3");
  InfJobInput *input = inf_job_input_new ("in.txt", numbers);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (fixture->spec->inputs, input);
  InfStorePins *staged = hash (fixture, program, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (input->object.size_bytes, ==, 5);
  g_assert_true (store_has (fixture, &fixture->spec->object));
  g_assert_true (store_has (fixture, &input->object));
  g_clear_object (&fixture->result);
  inf_store_pins_free (staged);
  g_assert_false (store_has (fixture, &fixture->spec->object));
  g_assert_false (store_has (fixture, &input->object));
}

static void
test_an_installed_program_is_not_staged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfStorePins) staged = hash (fixture, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (staged);
  g_assert_false (inf_job_object_is_known (&fixture->spec->object));
}

static void
test_a_missing_file_is_named_and_nothing_stays (Fixture *fixture, gconstpointer data)
{
  g_autofree char *program = make_file (fixture, "program", "#!");
  g_autoptr (GError) error = NULL;
  InfObjectId id;

  g_assert_true (inf_store_add_file (fixture->store, program, NULL, &id, NULL, NULL));
  inf_store_unpin (fixture->store, &id);
  g_ptr_array_add (fixture->spec->inputs, inf_job_input_new ("in.txt", "/no/such/file"));
  g_assert_null (hash (fixture, program, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/no/such/file"));
  g_clear_object (&fixture->result);
  /* The thread that hashed lets go of it a moment later. */
  while (inf_store_has (fixture->store, &id))
    g_thread_yield ();
}

static void
test_giving_up_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *numbers = make_file (fixture, "numbers", "1 2 3");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (fixture->spec->inputs, inf_job_input_new ("in.txt", numbers));
  g_cancellable_cancel (cancellable);
  g_assert_null (hash (fixture, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/job-stager/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("program-and-inputs-are-kept-as-long-as-needed",
       test_program_and_inputs_are_kept_as_long_as_needed);
  ADD ("an-installed-program-is-not-staged", test_an_installed_program_is_not_staged);
  ADD ("a-missing-file-is-named-and-nothing-stays", test_a_missing_file_is_named_and_nothing_stays);
  ADD ("giving-up-is-told", test_giving_up_is_told);
  return g_test_run ();
}
