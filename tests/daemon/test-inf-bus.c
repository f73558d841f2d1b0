#include "common/inf-error.h"
#include "daemon/inf-bus.h"
#include "inf-dbus.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define TIMEOUT_MS 20000

typedef struct
{
  char *dir;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("infinity-bus-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "bus", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lock = g_strconcat (fixture->path, ".lock", NULL);

  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_unlink (lock);
  g_rmdir (fixture->dir);
  g_free (fixture->path);
  g_free (fixture->dir);
}

static InfBus *
bus_with_version (Fixture *fixture, const char *version)
{
  g_autoptr (GError) error = NULL;
  InfBus *bus = inf_bus_new (fixture->path, &error);
  g_autoptr (InfDBusNode1) skeleton = inf_dbus_node1_skeleton_new ();

  g_assert_no_error (error);
  inf_dbus_node1_set_version (skeleton, version);
  inf_bus_add (bus, G_DBUS_INTERFACE_SKELETON (skeleton));
  inf_bus_start (bus);
  return bus;
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **ret_result = user_data;

  *ret_result = g_object_ref (result);
}

static GDBusConnection *
connect_to (Fixture *fixture)
{
  g_autofree char *escaped = g_dbus_address_escape_value (fixture->path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_new_for_address (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                     NULL, on_result, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  GDBusConnection *connection = g_dbus_connection_new_for_address_finish (result, &error);
  g_assert_no_error (error);
  return connection;
}

static char *
ask_version (GDBusConnection *connection)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) inner = NULL;

  g_dbus_connection_call (connection, NULL, INF_BUS_OBJECT_PATH, "org.freedesktop.DBus.Properties",
                          "Get", g_variant_new ("(ss)", "org.infinitygrid.Node1", "Version"),
                          G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL,
                          on_result, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (connection, result, &error);
  g_assert_no_error (error);
  g_variant_get (reply, "(v)", &inner);
  return g_variant_dup_string (inner, NULL);
}

static void
test_clients_see_what_is_added (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfBus) bus = bus_with_version (fixture, "0.7");
  g_autoptr (GDBusConnection) first = connect_to (fixture);
  g_autoptr (GDBusConnection) second = connect_to (fixture);
  g_autofree char *told_first = ask_version (first);
  g_autofree char *told_second = ask_version (second);

  g_assert_cmpstr (told_first, ==, "0.7");
  g_assert_cmpstr (told_second, ==, "0.7");
}

static void
test_one_client_may_leave_another (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfBus) bus = bus_with_version (fixture, "0.7");

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GDBusConnection) connection = connect_to (fixture);
      g_autofree char *told = ask_version (connection);
      g_assert_cmpstr (told, ==, "0.7");
      g_dbus_connection_close_sync (connection, NULL, NULL);
    }
}

static void
test_the_socket_is_its_owners_alone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfBus) bus = bus_with_version (fixture, "0.7");
  GStatBuf info;

  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
}

/* The rights of the socket aside: whoever connects says who it is, and the kernel agrees or not. */
static void
test_another_user_is_not_let_in (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfBus) bus = bus_with_version (fixture, "0.7");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  /* "EXTERNAL", and a uid in hexadecimal digits of its decimal ones: 4242 */
  const char hello[] = "\0AUTH EXTERNAL 34323432\r\n";
  char answer[64] = "";

  g_strlcpy (address.sun_path, fixture->path, sizeof address.sun_path);
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint (send (fd, hello, sizeof hello - 1, 0), ==, sizeof hello - 1);
  while (recv (fd, answer, sizeof answer - 1, MSG_PEEK) < 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (recv (fd, answer, sizeof answer - 1, 0), >=, 0);
  g_assert_false (g_str_has_prefix (answer, "OK"));
  close (fd);
}

static void
test_a_second_server_is_told_of_the_first (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfBus) bus = bus_with_version (fixture, "first");
  g_autoptr (GError) error = NULL;

  g_assert_null (inf_bus_new (fixture->path, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_EXISTS);
  g_autoptr (GDBusConnection) connection = connect_to (fixture);
  g_autofree char *told = ask_version (connection);
  g_assert_cmpstr (told, ==, "first");
}

static void
test_the_socket_of_a_killed_server_is_no_obstacle (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lock = g_strconcat (fixture->path, ".lock", NULL);

  g_assert_true (g_file_set_contents (fixture->path, "", 0, NULL));
  g_assert_true (g_file_set_contents (lock, "", 0, NULL));
  g_autoptr (InfBus) bus = bus_with_version (fixture, "again");
  g_autoptr (GDBusConnection) connection = connect_to (fixture);
  g_autofree char *told = ask_version (connection);
  g_assert_cmpstr (told, ==, "again");
}

static void
test_a_path_too_long_for_a_socket_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strnfill (120, 'x');
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (inf_bus_new (path, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "INFINITY_HOME"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/bus/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("clients-see-what-is-added", test_clients_see_what_is_added);
  ADD ("one-client-may-leave-another", test_one_client_may_leave_another);
  ADD ("the-socket-is-its-owners-alone", test_the_socket_is_its_owners_alone);
  ADD ("another-user-is-not-let-in", test_another_user_is_not_let_in);
  ADD ("a-second-server-is-told-of-the-first", test_a_second_server_is_told_of_the_first);
  ADD ("the-socket-of-a-killed-server-is-no-obstacle",
       test_the_socket_of_a_killed_server_is_no_obstacle);
  ADD ("a-path-too-long-for-a-socket-is-told", test_a_path_too_long_for_a_socket_is_told);
  return g_test_run ();
}
