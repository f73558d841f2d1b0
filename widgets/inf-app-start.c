#include "widgets/inf-app-start.h"

#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <locale.h>

/* Returns: (transfer full) (nullable): the build tree that this program lies in */
static char *
find_build_tree (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *dir = self ? g_path_get_dirname (self) : NULL;
  g_autofree char *parent = dir ? g_path_get_dirname (dir) : NULL;
  g_autofree char *mark = parent ? g_build_filename (parent, "build.ninja", NULL) : NULL;

  if (mark && g_file_test (mark, G_FILE_TEST_IS_REGULAR))
    return g_steal_pointer (&parent);
  return NULL;
}

/**
 * inf_app_start:
 *
 * What an app's main() does first: the language, and where settings' schemas and translations are.
 * A program that was not installed finds them beside it.
 */
void
inf_app_start (void)
{
  g_autofree char *tree = find_build_tree ();
  g_autofree char *locale_dir
      = tree ? g_build_filename (tree, "po", NULL) : g_strdup (INF_LOCALE_DIR);

  if (tree)
    {
      g_autofree char *schemas = g_build_filename (tree, "assets", "apps", NULL);
      g_setenv ("GSETTINGS_SCHEMA_DIR", schemas, FALSE);
    }
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
