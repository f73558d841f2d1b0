#include "grid/jobs/inf-task-catalogue.h"

#include "grid/jobs/inf-task-form.h"

#include <string.h>

/* The tasks that Infinity brings: whatever has a NAME.task in their directory, so that a new task
 * needs no code but its own. */

#define SUFFIX ".task"

struct _InfTaskCatalogue
{
  GPtrArray *forms; /* of InfTaskForm, by name */
};

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  const InfTaskForm *const *first = a;
  const InfTaskForm *const *second = b;

  return strcmp (inf_task_form_get_name (*first), inf_task_form_get_name (*second));
}

static InfTaskForm *
load_form (const char *directory, const char *file_name, GError **error)
{
  g_autofree char *path = g_build_filename (directory, file_name, NULL);
  g_autofree char *name = g_strndup (file_name, strlen (file_name) - strlen (SUFFIX));
  g_autofree char *data = NULL;
  gsize size_bytes;

  if (!g_file_get_contents (path, &data, &size_bytes, error))
    return NULL;
  return inf_task_form_parse (name, data, size_bytes, error);
}

/**
 * inf_task_catalogue_load:
 * @directory: where the NAME.task files are
 *
 * A file that is no task is told of and passed over; the others are there.
 *
 * Returns: (transfer full): the tasks; none where there is no such directory
 */
InfTaskCatalogue *
inf_task_catalogue_load (const char *directory)
{
  InfTaskCatalogue *catalogue = g_new0 (InfTaskCatalogue, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (directory, 0, &error);
  const char *file_name;

  catalogue->forms = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_task_form_free);
  if (!dir)
    g_info ("no built-in tasks: %s", error->message);
  while (dir && (file_name = g_dir_read_name (dir)))
    {
      g_autoptr (GError) skipped = NULL;
      InfTaskForm *form;

      if (!g_str_has_suffix (file_name, SUFFIX))
        continue;
      form = load_form (directory, file_name, &skipped);
      if (form)
        g_ptr_array_add (catalogue->forms, form);
      else
        g_warning ("%s", skipped->message);
    }
  g_ptr_array_sort (catalogue->forms, compare_names);
  return catalogue;
}

/**
 * inf_task_catalogue_free:
 * @catalogue: (nullable): a catalogue
 */
void
inf_task_catalogue_free (InfTaskCatalogue *catalogue)
{
  if (!catalogue)
    return;
  g_ptr_array_unref (catalogue->forms);
  g_free (catalogue);
}

gboolean
inf_task_catalogue_has (const InfTaskCatalogue *catalogue, const char *name)
{
  for (guint i = 0; i < catalogue->forms->len; i++)
    if (g_str_equal (inf_task_form_get_name (catalogue->forms->pdata[i]), name))
      return TRUE;
  return FALSE;
}

/**
 * inf_task_catalogue_dup_names:
 * @catalogue: a catalogue
 *
 * Returns: (transfer full): the names of all tasks, for people; "" where there are none
 */
char *
inf_task_catalogue_dup_names (const InfTaskCatalogue *catalogue)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < catalogue->forms->len; i++)
    g_string_append_printf (names, "%s%s", i ? ", " : "",
                            inf_task_form_get_name (catalogue->forms->pdata[i]));
  return g_string_free (names, FALSE);
}

/**
 * inf_task_catalogue_describe:
 * @catalogue: a catalogue
 * @language: of the texts, such as "de" or "de_AT"; "" for English
 *
 * Returns: (transfer floating): "aa{sv}", by name, each as inf_task_form_describe()
 */
GVariant *
inf_task_catalogue_describe (const InfTaskCatalogue *catalogue, const char *language)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < catalogue->forms->len; i++)
    g_variant_builder_add_value (&builder,
                                 inf_task_form_describe (catalogue->forms->pdata[i], language));
  return g_variant_builder_end (&builder);
}
