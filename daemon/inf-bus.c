#include "daemon/inf-bus.h"

#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* infinityd's D-Bus server: peer to peer on a Unix socket, every interface on one object, and every
 * connection sees all of them. A lock file beside the socket says who owns it, so that the socket
 * of a killed daemon is told from that of a running one. */
struct _InfBus
{
  char *socket_path;
  int lock_fd;
  GDBusServer *server;
  GPtrArray *skeletons;   /* of GDBusInterfaceSkeleton */
  GPtrArray *connections; /* of GDBusConnection */
};

static void
unexport_from (InfBus *bus, GDBusConnection *connection)
{
  for (guint i = 0; i < bus->skeletons->len; i++)
    {
      GDBusInterfaceSkeleton *skeleton = bus->skeletons->pdata[i];
      if (g_dbus_interface_skeleton_has_connection (skeleton, connection))
        g_dbus_interface_skeleton_unexport_from_connection (skeleton, connection);
    }
}

static void
forget_connection (GDBusConnection *connection, gboolean remote_vanished, GError *error,
                   gpointer user_data)
{
  InfBus *bus = user_data;

  unexport_from (bus, connection);
  g_signal_handlers_disconnect_by_data (connection, bus);
  g_ptr_array_remove_fast (bus->connections, connection);
}

static gboolean
take_connection (GDBusServer *server, GDBusConnection *connection, gpointer user_data)
{
  InfBus *bus = user_data;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < bus->skeletons->len; i++)
    if (!g_dbus_interface_skeleton_export (bus->skeletons->pdata[i], connection,
                                           INF_BUS_OBJECT_PATH, &error))
      {
        g_warning ("can't serve a client: %s", error->message);
        return FALSE;
      }
  g_ptr_array_add (bus->connections, g_object_ref (connection));
  g_signal_connect (connection, "closed", G_CALLBACK (forget_connection), bus);
  return TRUE;
}

static int
take_lock (const char *socket_path, GError **error)
{
  g_autofree char *lock_path = g_strconcat (socket_path, ".lock", NULL);
  int fd = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", lock_path, g_strerror (errno));
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_EXISTS, "infinityd is already running at %s",
                   socket_path);
      close (fd);
      return -1;
    }
  return fd;
}

/**
 * inf_bus_new:
 * @socket_path: the socket to listen on, in a directory that exists
 * @error: #INF_ERROR_EXISTS when another infinityd owns it, #INF_ERROR_TOO_LARGE when the path is
 *   longer than a socket's may be, #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): a server that takes no connection before inf_bus_start()
 */
InfBus *
inf_bus_new (const char *socket_path, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (strlen (socket_path) >= sizeof ((struct sockaddr_un *)0)->sun_path)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "the path %s is too long for a socket; set INFINITY_HOME to a shorter one",
                   socket_path);
      return NULL;
    }
  int lock_fd = take_lock (socket_path, error);
  if (lock_fd < 0)
    return NULL;

  InfBus *bus = g_new0 (InfBus, 1);
  bus->socket_path = g_strdup (socket_path);
  bus->lock_fd = lock_fd;
  bus->skeletons = g_ptr_array_new_with_free_func (g_object_unref);
  bus->connections = g_ptr_array_new_with_free_func (g_object_unref);
  g_unlink (socket_path);

  g_autofree char *escaped = g_dbus_address_escape_value (socket_path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  g_autofree char *guid = g_dbus_generate_guid ();
  bus->server
      = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_AUTHENTICATION_REQUIRE_SAME_USER, guid,
                                NULL, NULL, &local_error);
  if (!bus->server)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", socket_path, local_error->message);
      inf_bus_free (bus);
      return NULL;
    }
  g_chmod (socket_path, 0600);
  g_signal_connect (bus->server, "new-connection", G_CALLBACK (take_connection), bus);
  return bus;
}

/**
 * inf_bus_add:
 * @bus: a server that is not started yet
 * @skeleton: (transfer none): an interface for every client to see
 */
void
inf_bus_add (InfBus *bus, GDBusInterfaceSkeleton *skeleton)
{
  g_ptr_array_add (bus->skeletons, g_object_ref (skeleton));
}

void
inf_bus_start (InfBus *bus)
{
  g_dbus_server_start (bus->server);
}

/**
 * inf_bus_free:
 * @bus: (nullable): a server
 *
 * Sends what is still queued, closes every connection and removes the socket.
 */
void
inf_bus_free (InfBus *bus)
{
  if (!bus)
    return;
  if (bus->server)
    {
      g_signal_handlers_disconnect_by_data (bus->server, bus);
      g_dbus_server_stop (bus->server);
    }
  for (guint i = 0; i < bus->connections->len; i++)
    {
      GDBusConnection *connection = bus->connections->pdata[i];
      g_signal_handlers_disconnect_by_data (connection, bus);
      g_dbus_connection_flush_sync (connection, NULL, NULL);
      unexport_from (bus, connection);
      g_dbus_connection_close_sync (connection, NULL, NULL);
    }
  g_ptr_array_unref (bus->connections);
  g_ptr_array_unref (bus->skeletons);
  g_clear_object (&bus->server);
  g_unlink (bus->socket_path);
  if (bus->lock_fd >= 0)
    close (bus->lock_fd);
  g_free (bus->socket_path);
  g_free (bus);
}
