#include "common/inf-error.h"
#include "tests/daemon/node-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define TEXT "one two three"
#define HUGE_BYTES (G_GINT64_CONSTANT (1) << 33)
/* sha256sum says so */
#define OTHER "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

/* Files1 of a node that is alone in its grid. */

static char *
add (NodeFixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  char *sha256;

  g_assert_true (g_file_set_contents (path, TEXT, -1, NULL));
  g_autoptr (GVariant) reply
      = node_fixture_call (fixture, "Files1.Add", g_variant_new ("(ss)", path, ""));
  g_variant_get (reply, "(s)", &sha256);
  return sha256;
}

/* Returns: (transfer full): the only row that METHOD lists */
static GVariant *
get_row (NodeFixture *fixture, const char *method)
{
  g_autoptr (GVariant) reply = node_fixture_call (fixture, method, NULL);
  g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 0);

  g_assert_cmpuint (g_variant_n_children (rows), ==, 1);
  return g_variant_get_child_value (rows, 0);
}

static void
assert_key (GVariant *row, const char *key, const char *expected)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (row, key, NULL);
  g_autofree char *text = value ? g_variant_print (value, FALSE) : NULL;

  g_assert_cmpstr (text, ==, expected);
}

static void
test_keeps_what_was_added (NodeFixture *fixture, gconstpointer data)
{
  g_autofree char *sha256 = add (fixture, "numbers.txt");
  g_autofree char *to = g_build_filename (fixture->dir, "saved", NULL);
  g_autofree char *text = NULL, *quoted = g_strdup_printf ("'%s'", sha256);

  node_fixture_restart (fixture);
  g_autoptr (GVariant) row = get_row (fixture, "Files1.List");
  assert_key (row, "sha256", quoted);
  assert_key (row, "name", "'numbers.txt'");
  assert_key (row, "size", "13");
  assert_key (row, "shared", "true");
  assert_key (row, "in-use", "false");
  node_fixture_must (fixture, "Files1.Save", g_variant_new ("(sss)", "numbers.txt", to, ""));
  g_assert_true (g_file_get_contents (to, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, TEXT);
  node_fixture_must_fail (fixture, "Files1.Save", g_variant_new ("(sss)", "numbers.txt", to, ""),
                          INF_ERROR_EXISTS);
  node_fixture_must (fixture, "Files1.Remove", g_variant_new ("(s)", sha256));
  node_fixture_must_fail (fixture, "Files1.Remove", g_variant_new ("(s)", sha256),
                          INF_ERROR_NOT_FOUND);
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *signal, GVariant *parameters, gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", signal);
}

static void
test_tells_what_comes_and_goes (NodeFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autoptr (GVariant) before = node_fixture_call (fixture, "Files1.List", NULL);
  guint subscription = g_dbus_connection_signal_subscribe (
      fixture->connection, NULL, "org.infinitygrid.Files1", NULL, INF_BUS_OBJECT_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_signal, heard, NULL);
  g_autofree char *sha256 = add (fixture, "numbers.txt");

  node_fixture_must (fixture, "Files1.Remove", g_variant_new ("(s)", "numbers.txt"));
  while (!strstr (heard->str, "FileRemoved"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_str_has_prefix (heard->str, "FileAdded "));
  g_dbus_connection_signal_unsubscribe (fixture->connection, subscription);
}

static void
test_a_job_uses_a_file (NodeFixture *fixture, gconstpointer data)
{
  g_autofree char *sha256 = add (fixture, "numbers.txt");
  InfStore *store = inf_node_get_store (fixture->node);
  InfObjectId id;

  g_assert_true (inf_sha256_from_hex (sha256, id.bytes));
  inf_store_pin (store, &id);
  g_autoptr (GVariant) row = get_row (fixture, "Files1.List");
  assert_key (row, "in-use", "true");
  node_fixture_must_fail (fixture, "Files1.Remove", g_variant_new ("(s)", sha256),
                          INF_ERROR_REFUSED);
  inf_store_unpin (store, &id);
  g_assert_true (inf_store_has (store, &id));
}

static void
test_nobody_can_be_asked (NodeFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  node_fixture_must_fail (fixture, "Files1.Fetch", g_variant_new ("(sss)", OTHER, "", ""),
                          INF_ERROR_NOT_FOUND);
  g_assert_true (inf_node_found_grid (fixture->node, "wood", "oak", 1000, &error));
  g_assert_no_error (error);
  node_fixture_must (fixture, "Files1.Fetch", g_variant_new ("(sss)", OTHER, "abc.txt", ""));
  for (const char *state = ""; !g_str_equal (state, "failed");)
    {
      g_autoptr (GVariant) row = get_row (fixture, "Files1.ListTransfers");
      g_assert_true (g_variant_lookup (row, "state", "&s", &state));
      assert_key (row, "name", "'abc.txt'");
      g_assert_cmpstr (state, !=, "done");
      state = g_intern_string (state);
    }
  node_fixture_must_fail (fixture, "Files1.CancelTransfer", g_variant_new ("(s)", "1"),
                          INF_ERROR_NOT_FOUND);
  node_fixture_must_fail (fixture, "Files1.CancelTransfer", g_variant_new ("(s)", "one"),
                          INF_ERROR_NOT_FOUND);
}

static void
test_says_what_is_wrong (NodeFixture *fixture, gconstpointer data)
{
  node_fixture_must_fail (fixture, "Files1.Add", g_variant_new ("(ss)", "numbers.txt", ""),
                          INF_ERROR_INVALID);
  node_fixture_must_fail (fixture, "Files1.Add", g_variant_new ("(ss)", "/nonexistent/a", ""),
                          INF_ERROR_NOT_FOUND);
  node_fixture_must_fail (fixture, "Files1.Add", g_variant_new ("(ss)", fixture->dir, ""),
                          INF_ERROR_INVALID);
  node_fixture_must_fail (fixture, "Files1.Fetch", g_variant_new ("(sss)", "abc", "", ""),
                          INF_ERROR_INVALID);
  node_fixture_must_fail (fixture, "Files1.Save", g_variant_new ("(sss)", "none", "/tmp/x", ""),
                          INF_ERROR_NOT_FOUND);
  node_fixture_must_fail (fixture, "Files1.Save", g_variant_new ("(sss)", "none", "x", ""),
                          INF_ERROR_INVALID);
}

/* Copying it takes many times longer than what the tests do meanwhile. */
static char *
make_huge_file (NodeFixture *fixture)
{
  char *path = g_build_filename (fixture->dir, "huge", NULL);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (ftruncate (fd, HUGE_BYTES), ==, 0);
  close (fd);
  return path;
}

static void
on_progress (GDBusConnection *connection, const char *sender, const char *path,
             const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  guint64 *done_bytes = user_data, total_bytes;
  const char *copy;

  g_variant_get (parameters, "(&stt)", &copy, done_bytes, &total_bytes);
  g_assert_cmpstr (copy, ==, "mine");
  g_assert_cmpuint (*done_bytes, <, total_bytes);
  g_assert_cmpuint (total_bytes, ==, HUGE_BYTES);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static void
begin_to_add (NodeFixture *fixture, const char *path, GAsyncResult **ret_result)
{
  g_dbus_connection_call (fixture->connection, NULL, INF_BUS_OBJECT_PATH, "org.infinitygrid.Files1",
                          "Add", g_variant_new ("(ss)", path, "mine"), NULL, G_DBUS_CALL_FLAGS_NONE,
                          -1, NULL, on_answer, ret_result);
}

static void
assert_cancelled (NodeFixture *fixture, GAsyncResult **result)
{
  g_autofree char *tmp = g_build_filename (fixture->dir, "objects", "tmp", NULL);
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  answer = g_steal_pointer (result);
  reply = g_dbus_connection_call_finish (fixture->connection, answer, &error);
  g_assert_error (error, INF_ERROR, INF_ERROR_CANCELLED);
  /* it is empty */
  g_assert_cmpint (g_rmdir (tmp), ==, 0);
  g_assert_cmpint (g_mkdir (tmp, 0700), ==, 0);
}

static void
test_a_copy_is_followed_and_cancelled (NodeFixture *fixture, gconstpointer data)
{
  g_autofree char *path = make_huge_file (fixture);
  g_autoptr (GDBusConnection) other = node_fixture_connect (fixture);
  guint64 done_bytes = 0, none_bytes = 0;
  GAsyncResult *answer = NULL;
  guint mine = g_dbus_connection_signal_subscribe (
      fixture->connection, NULL, "org.infinitygrid.Copies1", "Progress", INF_BUS_OBJECT_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_progress, &done_bytes, NULL);
  guint others = g_dbus_connection_signal_subscribe (
      other, NULL, "org.infinitygrid.Copies1", "Progress", INF_BUS_OBJECT_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_progress, &none_bytes, NULL);

  begin_to_add (fixture, path, &answer);
  while (!done_bytes)
    g_main_context_iteration (NULL, TRUE);
  /* the node answers meanwhile, and the name is taken */
  node_fixture_must_fail (fixture, "Files1.Add", g_variant_new ("(ss)", path, "mine"),
                          INF_ERROR_EXISTS);
  node_fixture_must_fail (fixture, "Copies1.Cancel", g_variant_new ("(s)", "other"),
                          INF_ERROR_NOT_FOUND);
  g_assert_null (answer);
  node_fixture_must (fixture, "Copies1.Cancel", g_variant_new ("(s)", "mine"));
  assert_cancelled (fixture, &answer);
  node_fixture_must_fail (fixture, "Copies1.Cancel", g_variant_new ("(s)", "mine"),
                          INF_ERROR_NOT_FOUND);
  g_assert_cmpuint (none_bytes, ==, 0);
  g_dbus_connection_signal_unsubscribe (fixture->connection, mine);
  g_dbus_connection_signal_unsubscribe (other, others);
  g_dbus_connection_close_sync (other, NULL, NULL);
}

static void
test_a_node_that_ends_takes_its_copies_back (NodeFixture *fixture, gconstpointer data)
{
  g_autofree char *path = make_huge_file (fixture);
  g_autoptr (GAsyncResult) is_down = NULL;
  GAsyncResult *answer = NULL;

  begin_to_add (fixture, path, &answer);
  /* answered after the other has begun */
  node_fixture_must (fixture, "Files1.List", NULL);
  inf_node_shut_down_async (fixture->node, on_answer, &is_down);
  while (!is_down)
    g_main_context_iteration (NULL, TRUE);
  assert_cancelled (fixture, &answer);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/bus/files/" name, NodeFixture, NULL, node_fixture_set_up, function,                \
              node_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("keeps-what-was-added", test_keeps_what_was_added);
  ADD ("tells-what-comes-and-goes", test_tells_what_comes_and_goes);
  ADD ("a-job-uses-a-file", test_a_job_uses_a_file);
  ADD ("a-copy-is-followed-and-cancelled", test_a_copy_is_followed_and_cancelled);
  ADD ("a-node-that-ends-takes-its-copies-back", test_a_node_that_ends_takes_its_copies_back);
  ADD ("nobody-can-be-asked", test_nobody_can_be_asked);
  ADD ("says-what-is-wrong", test_says_what_is_wrong);
  return g_test_run ();
}
