#include "config.h"
#include "host-app/inf-host-application.h"

#include <glib/gi18n.h>
#include <locale.h>

/* A program that was not installed finds its settings' schema and its translations beside it. */
static const char *
find_build_tree (void)
{
  static char *tree;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *dir = self ? g_path_get_dirname (self) : NULL;
  g_autofree char *parent = dir ? g_path_get_dirname (dir) : NULL;
  g_autofree char *mark = parent ? g_build_filename (parent, "build.ninja", NULL) : NULL;

  if (mark && g_file_test (mark, G_FILE_TEST_IS_REGULAR))
    tree = g_steal_pointer (&parent);
  return tree;
}

int
main (int argc, char **argv)
{
  const char *tree = find_build_tree ();
  const char *locale_dir = INF_LOCALE_DIR;
  g_autoptr (InfHostApplication) application = NULL;

  if (tree)
    {
      g_autofree char *schemas = g_build_filename (tree, "assets", "apps", NULL);

      g_setenv ("GSETTINGS_SCHEMA_DIR", schemas, FALSE);
      locale_dir = g_build_filename (tree, "po", NULL);
    }
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name (_ ("Infinity Host"));
  application = inf_host_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
