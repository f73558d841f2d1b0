#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-list.h"

/* What a task takes, as it is written on the command line. */
static char *
format_options (GVariant *row)
{
  g_autoptr (GVariant) parameters
      = g_variant_lookup_value (row, "parameters", G_VARIANT_TYPE ("aa{sv}"));
  GString *text = g_string_new (NULL);

  for (gsize i = 0; parameters && i < g_variant_n_children (parameters); i++)
    {
      g_autoptr (GVariant) parameter = g_variant_get_child_value (parameters, i);
      const char *option = "", *type = "", *name = "";
      gboolean is_required = FALSE;
      g_autofree char *value = NULL;

      g_variant_lookup (parameter, "option", "&s", &option);
      g_variant_lookup (parameter, "type", "&s", &type);
      g_variant_lookup (parameter, "name", "&s", &name);
      g_variant_lookup (parameter, "required", "b", &is_required);
      value = g_ascii_strup (g_str_equal (type, "file") ? "file" : name, -1);
      if (text->len)
        g_string_append_c (text, ' ');
      g_string_append_printf (text, "%s%s%s%s%s", is_required ? "" : "[", option,
                              *option && !g_str_equal (type, "boolean") ? " " : "",
                              g_str_equal (type, "boolean") ? "" : value, is_required ? "" : "]");
    }
  return g_string_free (text, FALSE);
}

static const InfColumn columns[] = {
  { "name", "NAME", INF_CELL_TEXT },
  { "title", "WHAT IT DOES", INF_CELL_TEXT },
  { "parameters", "OPTIONS", INF_CELL_TEXT, .format = format_options },
  { "description", "DESCRIPTION", INF_CELL_TEXT, .is_extra = TRUE },
  { NULL },
};

static int
run_tasks (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) list = NULL;
  InfDBusJobs1 *jobs;
  int status;

  if (!inf_list_begin (columns, &status, error))
    return status;
  client = inf_client_connect (error);
  jobs = client ? inf_client_get_jobs (client, error) : NULL;
  if (!jobs || !inf_dbus_jobs1_call_list_tasks_sync (jobs, "", &list, NULL, error))
    return INF_EXIT_FAILURE;
  return inf_list_print (columns, "name", list, "This Infinity brings no tasks.", error);
}

static const GOptionEntry options[] = { INF_LIST_ENTRIES, G_OPTION_ENTRY_NULL };

const InfCommand inf_commands_tasks[] = {
  { .name = "tasks",
    .summary = "List the programs for “run” and “submit” that come with Infinity",
    .options = options,
    .run = run_tasks },
  { NULL },
};
