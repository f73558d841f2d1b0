#include "daemon/inf-sensors.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

/* logind knows from every session whether its user is away; a server without one has terminals. */

#define LOGIND_NAME "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_MANAGER "org.freedesktop.login1.Manager"

struct _InfIdleWatch
{
  GCancellable *cancellable;
  GDBusProxy *logind; /* NULL where there is none */
};

static void
on_logind (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GDBusProxy *proxy = g_dbus_proxy_new_for_bus_finish (result, &error);
  InfIdleWatch *watch = user_data;

  /* After a cancellation the watch is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  watch->logind = proxy;
}

/**
 * inf_idle_watch_new:
 *
 * Returns: (transfer full): a watch that knows of logind once the main context has run a little
 */
InfIdleWatch *
inf_idle_watch_new (void)
{
  InfIdleWatch *watch = g_new0 (InfIdleWatch, 1);

  watch->cancellable = g_cancellable_new ();
  g_dbus_proxy_new_for_bus (G_BUS_TYPE_SYSTEM, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NULL,
                            LOGIND_NAME, LOGIND_PATH, LOGIND_MANAGER, watch->cancellable, on_logind,
                            watch);
  return watch;
}

void
inf_idle_watch_free (InfIdleWatch *watch)
{
  if (!watch)
    return;
  g_cancellable_cancel (watch->cancellable);
  g_object_unref (watch->cancellable);
  g_clear_object (&watch->logind);
  g_free (watch);
}

static gboolean
is_terminal (const char *name)
{
  return g_str_has_prefix (name, "tty") && g_ascii_isdigit (name[3]);
}

/* The kernel notes when a terminal was last read from; tty(4), w(1). */
static gint64
latest_use_unix_s (const char *dir_path, gboolean (*matches) (const char *name))
{
  g_autoptr (GDir) dir = g_dir_open (dir_path, 0, NULL);
  gint64 latest = -1;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (dir_path, name, NULL);
      GStatBuf info;
      if (matches && !matches (name))
        continue;
      if (!matches && !g_ascii_isdigit (*name))
        continue;
      if (g_stat (path, &info) == 0)
        latest = MAX (latest, (gint64)info.st_atime);
    }
  return latest;
}

/**
 * inf_terminals_idle_s:
 * @dev_dir: "/dev"
 * @now_unix_s: the time
 *
 * Returns: how long ago somebody typed at a terminal; -1 where there are none
 */
gint64
inf_terminals_idle_s (const char *dev_dir, gint64 now_unix_s)
{
  g_autofree char *pts = g_build_filename (dev_dir, "pts", NULL);
  gint64 latest = MAX (latest_use_unix_s (dev_dir, is_terminal), latest_use_unix_s (pts, NULL));

  return latest < 0 ? -1 : MAX (now_unix_s - latest, 0);
}

static gboolean
ask_logind (InfIdleWatch *watch, gint64 *ret_idle_s)
{
  g_autofree char *owner = watch->logind ? g_dbus_proxy_get_name_owner (watch->logind) : NULL;

  if (!owner)
    return FALSE;
  g_autoptr (GVariant) hint = g_dbus_proxy_get_cached_property (watch->logind, "IdleHint");
  g_autoptr (GVariant) since = g_dbus_proxy_get_cached_property (watch->logind, "IdleSinceHint");
  if (!hint || !g_variant_is_of_type (hint, G_VARIANT_TYPE_BOOLEAN) || !since
      || !g_variant_is_of_type (since, G_VARIANT_TYPE_UINT64))
    return FALSE;
  gint64 idle_us = g_get_real_time () - (gint64)g_variant_get_uint64 (since);
  *ret_idle_s = g_variant_get_boolean (hint) ? MAX (idle_us, 0) / G_USEC_PER_SEC : 0;
  return TRUE;
}

/**
 * inf_idle_watch_get_idle_s:
 * @watch: a watch
 * @ret_source: (out) (transfer none): who says so: "logind", "terminals", or "" for nobody
 *
 * logind counts from the moment when a session called itself idle, so that its own delay, some
 * minutes on most desktops, comes before. A terminal that is typed at counts whatever logind says,
 * for it knows of no user who came over the network.
 *
 * Returns: for how long nobody has used the computer, in seconds; -1: can't tell
 */
gint64
inf_idle_watch_get_idle_s (InfIdleWatch *watch, const char **ret_source)
{
  gint64 terminals = inf_terminals_idle_s ("/dev", g_get_real_time () / G_USEC_PER_SEC);
  gint64 logind;

  if (ask_logind (watch, &logind))
    {
      *ret_source = "logind";
      return terminals >= 0 ? MIN (logind, terminals) : logind;
    }
  *ret_source = terminals >= 0 ? "terminals" : "";
  return terminals;
}
