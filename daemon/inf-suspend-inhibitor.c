#include "daemon/inf-suspend-inhibitor.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <unistd.h>

/* logind gives a descriptor; the machine may sleep again once that is closed, also when infinityd
 * dies. https://systemd.io/INHIBITOR_LOCKS */
struct _InfSuspendInhibitor
{
  gboolean inhibits;
  int fd;                    /* -1 while nothing is inhibited */
  GCancellable *cancellable; /* of the question under way; NULL for none */
};

InfSuspendInhibitor *
inf_suspend_inhibitor_new (void)
{
  InfSuspendInhibitor *inhibitor = g_new0 (InfSuspendInhibitor, 1);

  inhibitor->fd = -1;
  return inhibitor;
}

static void
let_go (InfSuspendInhibitor *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

void
inf_suspend_inhibitor_free (InfSuspendInhibitor *inhibitor)
{
  if (!inhibitor)
    return;
  let_go (inhibitor);
  g_free (inhibitor);
}

static void
on_inhibited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), &fds, result, &error);
  InfSuspendInhibitor *self = user_data;
  gint32 place;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (!reply)
    {
      g_message ("the machine may go to sleep while a job runs: %s", error->message);
      return;
    }
  g_variant_get (reply, "(h)", &place);
  self->fd = g_unix_fd_list_get (fds, place, NULL);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);
  InfSuspendInhibitor *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!bus)
    {
      g_clear_object (&self->cancellable);
      g_message ("the machine may go to sleep while a job runs: %s", error->message);
      return;
    }
  g_dbus_connection_call_with_unix_fd_list (
      bus, "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
      "Inhibit",
      g_variant_new ("(ssss)", "sleep:idle", "Infinity", "A job of another machine runs", "block"),
      G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, self->cancellable, on_inhibited,
      self);
}

/**
 * inf_suspend_inhibitor_set:
 * @inhibitor: an inhibitor
 * @inhibits: whether the machine must not sleep from now on
 */
void
inf_suspend_inhibitor_set (InfSuspendInhibitor *inhibitor, gboolean inhibits)
{
  if (inhibitor->inhibits == inhibits)
    return;
  inhibitor->inhibits = inhibits;
  if (!inhibits)
    {
      let_go (inhibitor);
      return;
    }
  inhibitor->cancellable = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SYSTEM, inhibitor->cancellable, on_bus, inhibitor);
}
