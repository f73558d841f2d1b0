#include "tests/daemon/node-fixture.h"

#include "common/inf-error.h"
#include "common/inf-paths.h"
#include "common/inf-tree.h"
#include "discovery/identity/inf-sealed-identity.h"

#include <glib/gstdio.h>
#include <string.h>

#define TIMEOUT_MS 20000

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **ret_result = user_data;

  *ret_result = g_object_ref (result);
}

static void
await (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (NULL, TRUE);
}

GDBusConnection *
node_fixture_connect (NodeFixture *fixture)
{
  g_autofree char *path = inf_paths_socket (fixture->dir);
  g_autofree char *escaped = g_dbus_address_escape_value (path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_new_for_address (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                     NULL, on_result, &result);
  await (&result);
  GDBusConnection *connection = g_dbus_connection_new_for_address_finish (result, &error);
  g_assert_no_error (error);
  return connection;
}

static void
start (NodeFixture *fixture)
{
  g_autofree char *path = inf_paths_socket (fixture->dir);
  g_autoptr (GError) error = NULL;

  fixture->bus = inf_bus_new (path, &error);
  g_assert_no_error (error);
  fixture->node = inf_node_new (fixture->dir, &error);
  g_assert_no_error (error);
  g_assert_true (inf_node_start (fixture->node, &error));
  g_assert_no_error (error);
  GDBusInterfaceSkeleton *views[] = { inf_bus_node_new (fixture->node, fixture->loop),
                                      inf_bus_identity_new (fixture->node),
                                      inf_bus_host_new (fixture->node),
                                      inf_bus_resources_new (fixture->node),
                                      inf_bus_jobs_new (fixture->node),
                                      inf_bus_results_new (fixture->node),
                                      inf_bus_files_new (fixture->node),
                                      inf_bus_copies_new (fixture->node),
                                      inf_bus_credits_new (fixture->node) };
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      inf_bus_add (fixture->bus, views[i]);
      g_object_unref (views[i]);
    }
  inf_bus_start (fixture->bus);
  fixture->connection = node_fixture_connect (fixture);
}

static void
stop (NodeFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;

  inf_node_shut_down_async (fixture->node, on_result, &result);
  await (&result);
  g_dbus_connection_close_sync (fixture->connection, NULL, NULL);
  g_clear_object (&fixture->connection);
  inf_bus_free (fixture->bus);
  /* What the views still had to tell holds on to them, and they to the node. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&fixture->node);
}

void
node_fixture_set_up (NodeFixture *fixture, gconstpointer data)
{
  inf_sealed_identity_set_test_cost (1, 8192);
  fixture->dir = g_dir_make_tmp ("infinity-node-XXXXXX", NULL);
  fixture->loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *settings = g_build_filename (fixture->dir, "settings.ini", NULL);
  g_assert_true (g_file_set_contents (settings, "[node]\nport=0\n", -1, NULL));
  start (fixture);
}

void
node_fixture_tear_down (NodeFixture *fixture, gconstpointer data)
{
  stop (fixture);
  g_main_loop_unref (fixture->loop);
  g_assert_true (inf_tree_remove (fixture->dir, NULL));
  g_free (fixture->dir);
}

void
node_fixture_restart (NodeFixture *fixture)
{
  stop (fixture);
  start (fixture);
}

static GVariant *
call (NodeFixture *fixture, const char *interface, const char *method, GVariant *arguments,
      GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_dbus_connection_call (fixture->connection, NULL, INF_BUS_OBJECT_PATH, interface, method,
                          arguments, NULL, G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, on_result,
                          &result);
  await (&result);
  return g_dbus_connection_call_finish (fixture->connection, result, error);
}

/* METHOD: "Node1.Connect" for example */
GVariant *
node_fixture_try (NodeFixture *fixture, const char *method, GVariant *arguments, GError **error)
{
  g_auto (GStrv) words = g_strsplit (method, ".", 2);
  g_autofree char *interface = g_strconcat ("org.infinitygrid.", words[0], NULL);

  return call (fixture, interface, words[1], arguments, error);
}

GVariant *
node_fixture_call (NodeFixture *fixture, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = node_fixture_try (fixture, method, arguments, &error);

  g_assert_no_error (error);
  return reply;
}

void
node_fixture_must (NodeFixture *fixture, const char *method, GVariant *arguments)
{
  g_autoptr (GVariant) reply = node_fixture_call (fixture, method, arguments);

  g_assert_nonnull (reply);
}

void
node_fixture_must_fail (NodeFixture *fixture, const char *method, GVariant *arguments, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = node_fixture_try (fixture, method, arguments, &error);

  g_assert_null (reply);
  g_assert_error (error, INF_ERROR, code);
}

/* PROPERTY: "Node1.State" for example */
GVariant *
node_fixture_get (NodeFixture *fixture, const char *property)
{
  g_auto (GStrv) words = g_strsplit (property, ".", 2);
  g_autofree char *interface = g_strconcat ("org.infinitygrid.", words[0], NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = call (fixture, "org.freedesktop.DBus.Properties", "Get",
                                     g_variant_new ("(ss)", interface, words[1]), &error);
  GVariant *value;

  g_assert_no_error (error);
  g_variant_get (reply, "(v)", &value);
  return value;
}

void
node_fixture_assert_text (NodeFixture *fixture, const char *property, const char *text)
{
  g_autoptr (GVariant) value = node_fixture_get (fixture, property);

  g_assert_cmpstr (g_variant_get_string (value, NULL), ==, text);
}

void
node_fixture_assert_detail (NodeFixture *fixture, const char *property, const char *key,
                            const char *text)
{
  g_autoptr (GVariant) value = node_fixture_get (fixture, property);
  const char *found = NULL;

  g_assert_true (g_variant_lookup (value, key, "&s", &found));
  g_assert_cmpstr (found, ==, text);
}

/* The test's own time-out ends a wait for what never comes. */
void
node_fixture_await_text (NodeFixture *fixture, const char *property, const char *text)
{
  for (;;)
    {
      g_autoptr (GVariant) value = node_fixture_get (fixture, property);
      if (g_str_equal (g_variant_get_string (value, NULL), text))
        return;
      g_main_context_iteration (NULL, FALSE);
    }
}
