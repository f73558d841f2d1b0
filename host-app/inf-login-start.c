#include "host-app/inf-login-start.h"

#include "host-app/inf-host-application.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

/* Whether the app, and with it infinityd, is started at log-in: a file in the user's own autostart
 * folder, which is what the desktop's settings show and remove too. */

static char *
get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart",
                           INF_HOST_APPLICATION_ID ".desktop", NULL);
}

gboolean
inf_login_start_is_on (void)
{
  g_autofree char *path = get_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return FALSE;
  return !g_key_file_get_boolean (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_HIDDEN,
                                  NULL);
}

/* Returns: (transfer full): @word as the Exec of a desktop entry has it, which is not as a shell
 * does
 */
static char *
quote_for_exec (const char *word)
{
  GString *quoted = g_string_new ("\"");

  for (const char *c = word; *c; c++)
    {
      if (strchr ("\"`$\\", *c))
        g_string_append_c (quoted, '\\');
      else if (*c == '%')
        g_string_append_c (quoted, '%');
      g_string_append_c (quoted, *c);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

static gboolean
write_file (const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *dir = g_path_get_dirname (path);
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *quoted = quote_for_exec (self ? self : "infinity-host");
  g_autofree char *command = g_strconcat (quoted, " --background", NULL);
  const char *group = G_KEY_FILE_DESKTOP_GROUP;

  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      int saved = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "%s: %s", dir,
                   g_strerror (saved));
      return FALSE;
    }
  g_key_file_set_string (file, group, G_KEY_FILE_DESKTOP_KEY_TYPE, "Application");
  g_key_file_set_string (file, group, G_KEY_FILE_DESKTOP_KEY_NAME, _ ("Infinity Host"));
  g_key_file_set_string (file, group, G_KEY_FILE_DESKTOP_KEY_ICON, INF_HOST_APPLICATION_ID);
  g_key_file_set_string (file, group, G_KEY_FILE_DESKTOP_KEY_EXEC, command);
  return g_key_file_save_to_file (file, path, error);
}

/**
 * inf_login_start_set:
 * @is_on: whether to start at log-in
 * @error: why it stays as it is
 */
gboolean
inf_login_start_set (gboolean is_on, GError **error)
{
  g_autofree char *path = get_path ();

  if (is_on)
    return write_file (path, error);
  if (g_remove (path) != 0 && errno != ENOENT)
    {
      int saved = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "%s: %s", path,
                   g_strerror (saved));
      return FALSE;
    }
  return TRUE;
}
