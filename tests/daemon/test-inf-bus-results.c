#include "common/inf-error.h"
#include "common/inf-tree.h"
#include "tests/daemon/node-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Results1 of a node with one result, which no job made. */

static void
make_result (NodeFixture *fixture, const char *name)
{
  InfResults *results = inf_node_get_results (fixture->node);
  g_autoptr (InfManifest) manifest = inf_manifest_new ();
  g_autofree char *folder = inf_results_prepare (results, name, NULL);
  g_autoptr (GError) error = NULL;
  InfManifestHost *oak = inf_manifest_add_host (manifest, &(InfPeerId){ { 1 } }, "oak");

  g_assert_nonnull (folder);
  manifest->job_id = g_strdup ("abcdefgh");
  manifest->job_name = g_strdup (name);
  manifest->state = g_strdup ("done");
  manifest->program = g_strdup ("taskadd");
  for (guint i = 0; i < 2; i++)
    {
      const char *text = i ? "two" : "one";
      guint8 sha256[32];
      int fd = memfd_create ("content", MFD_CLOEXEC);
      g_assert_cmpint (write (fd, text, 3), ==, 3);
      g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
      inf_sha256_of_data (text, 3, sha256);
      g_assert_true (
          inf_results_add (results, name, manifest, oak, i ? "b" : "a", fd, sha256, 3, NULL));
      close (fd);
    }
  inf_results_finish (results, name, manifest, &error);
  g_assert_no_error (error);
}

static GVariant *
some (const char *name, const char *output, const char *directory)
{
  const char *outputs[] = { output, NULL };

  return g_variant_new ("(s^asss)", name, outputs, directory, "");
}

static void
test_exports_and_archives (NodeFixture *fixture, gconstpointer data)
{
  g_autofree char *to = g_build_filename (fixture->dir, "to", NULL);
  g_autofree char *a = g_build_filename (to, "a", NULL);
  g_autofree char *b = g_build_filename (to, "b", NULL);
  g_autofree char *zip = g_build_filename (to, "all.zip", NULL);
  g_autofree char *rar = g_build_filename (to, "all.rar", NULL);

  make_result (fixture, "sum-1");
  node_fixture_must (fixture, "Results1.ExportSome", some ("sum-1", "b", to));
  g_assert_true (g_file_test (b, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (a, G_FILE_TEST_EXISTS));
  node_fixture_must_fail (fixture, "Results1.ExportSome", some ("sum-1", "b", to),
                          INF_ERROR_EXISTS);
  node_fixture_must_fail (fixture, "Results1.ExportSome", some ("sum-1", "c", to),
                          INF_ERROR_NOT_FOUND);
  node_fixture_must (fixture, "Results1.Archive", g_variant_new ("(sss)", "sum-1", zip, ""));
  g_assert_true (g_file_test (zip, G_FILE_TEST_EXISTS));
  node_fixture_must_fail (fixture, "Results1.Archive", g_variant_new ("(sss)", "sum-1", rar, ""),
                          INF_ERROR_INVALID);
  node_fixture_must_fail (fixture, "Results1.Archive", g_variant_new ("(sss)", "sum-2", zip, ""),
                          INF_ERROR_NOT_FOUND);
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *signal, GVariant *parameters, gpointer user_data)
{
  const char *name;

  g_variant_get (parameters, "(&s)", &name);
  if (g_str_equal (name, "sum-1"))
    *(gboolean *)user_data = TRUE;
}

static void
test_tells_of_one_that_is_gone (NodeFixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  gboolean heard = FALSE;

  make_result (fixture, "other-1");
  node_fixture_restart (fixture);
  make_result (fixture, "sum-1");
  g_dbus_connection_signal_subscribe (fixture->connection, NULL, "org.infinitygrid.Results1",
                                      "ResultChanged", INF_BUS_OBJECT_PATH, NULL,
                                      G_DBUS_SIGNAL_FLAGS_NONE, on_signal, &heard, NULL);
  /* once it answers, it also tells */
  node_fixture_must (fixture, "Results1.Get", g_variant_new ("(s)", "sum-1"));
  path = inf_results_get_path (inf_node_get_results (fixture->node), "sum-1");
  g_assert_true (inf_tree_remove (path, NULL));
  while (!heard)
    g_main_context_iteration (NULL, TRUE);
}

/* A job that runs on this machine alone. */
static void
test_tells_of_a_new_one (NodeFixture *fixture, gconstpointer data)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "tasks", "taskadd", NULL);
  g_autofree char *path = g_canonicalize_filename (program, NULL);
  g_autofree char *text = g_strdup_printf (
      "{'program': <'%s'>, 'args': <['--generate', '10']>, 'name': <'sum'>}", path);
  g_autoptr (GVariant) before = node_fixture_call (fixture, "Results1.List", NULL);
  g_autoptr (GVariant) result = NULL;
  g_autofree char *log = NULL, *printed = NULL;
  gboolean heard = FALSE;

  g_dbus_connection_signal_subscribe (fixture->connection, NULL, "org.infinitygrid.Results1",
                                      "ResultChanged", INF_BUS_OBJECT_PATH, NULL,
                                      G_DBUS_SIGNAL_FLAGS_NONE, on_signal, &heard, NULL);
  node_fixture_must (fixture, "Jobs1.Submit",
                     g_variant_new ("(@a{sv})", g_variant_new_parsed (text)));
  while (!heard)
    g_main_context_iteration (NULL, TRUE);
  /* it is there when it is told of, with what was printed */
  result = node_fixture_call (fixture, "Results1.Get", g_variant_new ("(s)", "sum-1"));
  log = g_build_filename (fixture->dir, "results", "sum-1", "log.txt", NULL);
  g_assert_true (g_file_get_contents (log, &printed, NULL, NULL));
  g_assert_nonnull (strstr (printed, "added 10 integers"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/bus/results/exports-and-archives", NodeFixture, NULL, node_fixture_set_up,
              test_exports_and_archives, node_fixture_tear_down);
  g_test_add ("/bus/results/tells-of-a-new-one", NodeFixture, NULL, node_fixture_set_up,
              test_tells_of_a_new_one, node_fixture_tear_down);
  g_test_add ("/bus/results/tells-of-one-that-is-gone", NodeFixture, NULL, node_fixture_set_up,
              test_tells_of_one_that_is_gone, node_fixture_tear_down);
  return g_test_run ();
}
