#include "daemon/inf-sleep-watch.h"

#include <gio/gunixfdlist.h>
#include <unistd.h>

/* https://www.freedesktop.org/wiki/Software/systemd/inhibit/: a delay lock is a descriptor; logind
 * says PrepareForSleep (true), waits until all are closed (5 s at most), sleeps, and says
 * PrepareForSleep (false). */
#define LOGIND_NAME "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_MANAGER "org.freedesktop.login1.Manager"

struct _InfSleepWatch
{
  InfSleepWatchFunc func;
  gpointer data;
  GCancellable *cancellable;
  GDBusConnection *connection; /* NULL where there is no system bus */
  guint subscription;
  int lock_fd; /* -1 while there is none */
};

static void
let_go (InfSleepWatch *watch)
{
  if (watch->lock_fd >= 0)
    close (watch->lock_fd);
  watch->lock_fd = -1;
}

static void
on_inhibited (GObject *source, GAsyncResult *result, gpointer data)
{
  InfSleepWatch *watch = data;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), &fds, result, &error);
  gint32 index;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!reply || !fds)
    {
      g_debug ("no delay of sleep: %s", error ? error->message : "no descriptor");
      return;
    }
  g_variant_get (reply, "(h)", &index);
  let_go (watch);
  watch->lock_fd = g_unix_fd_list_get (fds, index, NULL);
}

static void
inhibit (InfSleepWatch *watch)
{
  g_dbus_connection_call_with_unix_fd_list (
      watch->connection, LOGIND_NAME, LOGIND_PATH, LOGIND_MANAGER, "Inhibit",
      g_variant_new ("(ssss)", "sleep", "Infinity", "Telling the grid", "delay"),
      G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, watch->cancellable,
      on_inhibited, watch);
}

static void
on_prepare_for_sleep (GDBusConnection *connection, const char *sender, const char *path,
                      const char *interface, const char *signal, GVariant *parameters,
                      gpointer data)
{
  InfSleepWatch *watch = data;
  gboolean sleeps;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &sleeps);
  watch->func (sleeps, watch->data);
  if (sleeps)
    let_go (watch);
  else
    inhibit (watch);
}

static void
begin (InfSleepWatch *watch, GDBusConnection *connection)
{
  watch->connection = g_object_ref (connection);
  watch->subscription = g_dbus_connection_signal_subscribe (
      connection, LOGIND_NAME, LOGIND_MANAGER, "PrepareForSleep", LOGIND_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_prepare_for_sleep, watch, NULL);
  inhibit (watch);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);

  /* After a cancellation the watch is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (connection)
    begin (data, connection);
  else
    g_debug ("no system bus: %s", error->message);
}

/**
 * inf_sleep_watch_new:
 * @connection: (nullable): the bus that logind is on; %NULL for the system's
 * @func: called around each sleep; must not free the watch
 * @data: for @func
 *
 * Returns: (transfer full): a watch that begins once the main context has run a little
 */
InfSleepWatch *
inf_sleep_watch_new (GDBusConnection *connection, InfSleepWatchFunc func, gpointer data)
{
  InfSleepWatch *watch = g_new0 (InfSleepWatch, 1);

  watch->func = func;
  watch->data = data;
  watch->lock_fd = -1;
  watch->cancellable = g_cancellable_new ();
  if (connection)
    begin (watch, connection);
  else
    g_bus_get (G_BUS_TYPE_SYSTEM, watch->cancellable, on_bus, watch);
  return watch;
}

void
inf_sleep_watch_free (InfSleepWatch *watch)
{
  if (!watch)
    return;
  g_cancellable_cancel (watch->cancellable);
  if (watch->subscription)
    g_dbus_connection_signal_unsubscribe (watch->connection, watch->subscription);
  let_go (watch);
  g_clear_object (&watch->connection);
  g_object_unref (watch->cancellable);
  g_free (watch);
}
