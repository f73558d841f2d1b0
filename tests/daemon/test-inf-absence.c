#include "common/inf-error.h"
#include "daemon/inf-absence.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <poll.h>
#include <unistd.h>

/* A logind of our own on a bus of our own. */
#define LOGIND_XML                                                                                 \
  "<node><interface name='org.freedesktop.login1.Manager'>"                                        \
  "<method name='Inhibit'><arg name='what' type='s' direction='in'/>"                              \
  "<arg name='who' type='s' direction='in'/><arg name='why' type='s' direction='in'/>"             \
  "<arg name='mode' type='s' direction='in'/><arg name='fd' type='h' direction='out'/></method>"   \
  "<signal name='PrepareForSleep'><arg name='start' type='b'/></signal>"                           \
  "</interface></node>"
#define HOUR_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef struct
{
  GTestDBus *dbus;
  GDBusConnection *logind, *client;
  guint object;
  int lock_fd; /* logind's end of the lock's pipe; -1 while there is none */
  guint n_locks;
  InfAbsence *absence;
  guint n_told;
  gint64 told_unix_us;
  gboolean was_locked_when_told;
} Fixture;

static void
on_inhibit (GDBusConnection *connection, const char *sender, const char *path,
            const char *interface, const char *method, GVariant *parameters,
            GDBusMethodInvocation *invocation, gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  const char *what, *mode;
  int ends[2];

  g_variant_get (parameters, "(&s&s&s&s)", &what, NULL, NULL, &mode);
  g_assert_cmpstr (what, ==, "sleep");
  g_assert_cmpstr (mode, ==, "delay");
  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  g_assert_cmpint (g_unix_fd_list_append (fds, ends[1], NULL), ==, 0);
  close (ends[1]);
  if (fixture->lock_fd >= 0)
    close (fixture->lock_fd);
  fixture->lock_fd = ends[0];
  fixture->n_locks++;
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, g_variant_new ("(h)", 0),
                                                           fds);
}

static const GDBusInterfaceVTable vtable = { .method_call = on_inhibit };

static GDBusConnection *
connect_to_bus (Fixture *fixture)
{
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (fixture->dbus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, NULL);

  g_assert_nonnull (connection);
  return connection;
}

static void
start_logind (Fixture *fixture)
{
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (LOGIND_XML, NULL);

  fixture->logind = connect_to_bus (fixture);
  fixture->object
      = g_dbus_connection_register_object (fixture->logind, "/org/freedesktop/login1",
                                           info->interfaces[0], &vtable, fixture, NULL, NULL);
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      fixture->logind, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "RequestName", g_variant_new ("(su)", "org.freedesktop.login1", 0), NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (reply);
}

static gboolean
is_locked (const Fixture *fixture)
{
  struct pollfd polled = { fixture->lock_fd, 0, 0 };

  return fixture->lock_fd >= 0 && poll (&polled, 1, 0) == 0;
}

static void
on_told (gint64 until_unix_us, gpointer data)
{
  Fixture *fixture = data;

  fixture->n_told++;
  fixture->told_unix_us = until_unix_us;
  fixture->was_locked_when_told = is_locked (fixture);
}

static void
await (Fixture *fixture, const guint *counter, guint n)
{
  while (*counter < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->lock_fd = -1;
  fixture->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->dbus);
  start_logind (fixture);
  fixture->client = connect_to_bus (fixture);
  fixture->absence = inf_absence_new (fixture->client, on_told, fixture);
  await (fixture, &fixture->n_locks, 1);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_absence_free (fixture->absence);
  g_dbus_connection_unregister_object (fixture->logind, fixture->object);
  g_clear_object (&fixture->logind);
  g_clear_object (&fixture->client);
  if (fixture->lock_fd >= 0)
    close (fixture->lock_fd);
  g_test_dbus_down (fixture->dbus);
  g_object_unref (fixture->dbus);
}

static void
announce (Fixture *fixture, gboolean sleeps)
{
  guint n = fixture->n_told;

  g_assert_true (g_dbus_connection_emit_signal (fixture->logind, NULL, "/org/freedesktop/login1",
                                                "org.freedesktop.login1.Manager", "PrepareForSleep",
                                                g_variant_new ("(b)", sleeps), NULL));
  await (fixture, &fixture->n_told, n + 1);
}

static void
await_unlocked (Fixture *fixture)
{
  while (is_locked (fixture))
    g_main_context_iteration (NULL, FALSE);
}

static void
test_grid_hears_before_the_machine_sleeps (Fixture *fixture, gconstpointer data)
{
  gint64 now_unix_us = g_get_real_time ();

  announce (fixture, TRUE);
  g_assert_true (fixture->was_locked_when_told);
  g_assert_cmpint (fixture->told_unix_us, >=, now_unix_us + 24 * HOUR_US);
  await_unlocked (fixture);
  announce (fixture, FALSE);
  g_assert_cmpint (fixture->told_unix_us, ==, 0);
  await (fixture, &fixture->n_locks, 2);
}

static void
test_owners_absence_outlasts_a_sleep (Fixture *fixture, gconstpointer data)
{
  gint64 until_unix_us = g_get_real_time () + HOUR_US;

  g_assert_true (inf_absence_set (fixture->absence, until_unix_us, NULL));
  g_assert_cmpint (fixture->told_unix_us, ==, until_unix_us);
  announce (fixture, TRUE);
  announce (fixture, FALSE);
  g_assert_cmpint (fixture->told_unix_us, ==, until_unix_us);
  g_assert_true (inf_absence_set (fixture->absence, 0, NULL));
  g_assert_cmpint (fixture->told_unix_us, ==, 0);
}

static void
test_absence_in_the_past_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (inf_absence_set (fixture->absence, g_get_real_time () - HOUR_US, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_assert_false (inf_absence_set (fixture->absence, g_get_real_time () + 1000 * HOUR_US, NULL));
  g_assert_cmpuint (fixture->n_told, ==, 0);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/absence/grid-hears-before-the-machine-sleeps", test_grid_hears_before_the_machine_sleeps);
  add ("/absence/owners-absence-outlasts-a-sleep", test_owners_absence_outlasts_a_sleep);
  add ("/absence/absence-in-the-past-is-refused", test_absence_in_the_past_is_refused);
  return g_test_run ();
}
