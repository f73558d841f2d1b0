#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-copy-call.h"
#include "cli/inf-list.h"
#include "cli/inf-terminal.h"
#include "common/inf-error.h"

static gboolean opt_verify;
static gboolean opt_export;
static char *opt_to;
static char *opt_archive;

static char *
format_outputs (GVariant *row)
{
  g_autoptr (GVariant) outputs
      = g_variant_lookup_value (row, "outputs", G_VARIANT_TYPE ("a(stss)"));

  return outputs ? g_strdup_printf ("%" G_GSIZE_FORMAT, g_variant_n_children (outputs)) : NULL;
}

static const InfColumn list_columns[] = {
  { "name", "NAME", INF_CELL_TEXT },
  { "program", "PROGRAM", INF_CELL_TEXT },
  { "finished-unix", "FINISHED", INF_CELL_TIME },
  { "complete", "COMPLETE", INF_CELL_YES_NO },
  { "outputs", "FILES", INF_CELL_NUMBER, .format = format_outputs },
  { "directory", "DIRECTORY", INF_CELL_TEXT },
  { "job", "JOB", INF_CELL_ID, .is_extra = TRUE },
  { NULL },
};

static const InfColumn record_columns[] = {
  { "name", "Name", INF_CELL_TEXT },
  { "job", "Job", INF_CELL_TEXT },
  { "program", "Program", INF_CELL_TEXT },
  { "finished-unix", "Finished", INF_CELL_TIME },
  { "complete", "Complete", INF_CELL_YES_NO },
  { "directory", "Directory", INF_CELL_TEXT },
  { NULL },
};

static const InfColumn output_columns[] = {
  { "name", "FILE", INF_CELL_TEXT },
  { "size-bytes", "SIZE", INF_CELL_SIZE },
  { "host", "HOST", INF_CELL_TEXT },
  { "sha256", "SHA-256", INF_CELL_TEXT },
  { NULL },
};

static const InfColumn verified_columns[] = {
  { "name", "FILE", INF_CELL_TEXT },
  { "state", "STATE", INF_CELL_TEXT },
  { NULL },
};

/* Returns: (transfer full): the outputs of @result as rows, `aa{sv}` */
static GVariant *
make_output_rows (GVariant *result)
{
  g_autoptr (GVariant) outputs
      = g_variant_lookup_value (result, "outputs", G_VARIANT_TYPE ("a(stss)"));
  const char *name, *sha256, *host;
  guint64 size_bytes;
  GVariantBuilder builder;
  GVariantIter iter;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  if (outputs)
    g_variant_iter_init (&iter, outputs);
  while (outputs && g_variant_iter_loop (&iter, "(&st&s&s)", &name, &size_bytes, &sha256, &host))
    g_variant_builder_add_parsed (
        &builder, "{'name': <%s>, 'size-bytes': <%t>, 'sha256': <%s>, 'host': <%s>}", name,
        size_bytes, sha256, host);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static int
show (InfDBusResults1 *results, const char *name, GError **error)
{
  g_autoptr (GVariant) result = NULL, rows = NULL;

  if (!inf_dbus_results1_call_get_sync (results, name, &result, NULL, error))
    return INF_EXIT_FAILURE;
  if (inf_list_options.is_json)
    return inf_list_print_record (record_columns, result);
  rows = make_output_rows (result);
  if (!inf_list_options.is_quiet)
    {
      inf_list_print_record (record_columns, result);
      inf_terminal_print ("\n");
    }
  return inf_list_print (output_columns, "name", rows, "The result holds no files.", error);
}

/* Returns: how many of the outputs are not as the job left them */
static guint
count_wrong (GVariant *rows)
{
  guint n_wrong = 0;

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *state = "";
      g_variant_lookup (row, "state", "&s", &state);
      n_wrong += !g_str_equal (state, "verified");
    }
  return n_wrong;
}

static int
verify (InfDBusResults1 *results, const char *name, GError **error)
{
  g_autoptr (GVariant) outputs = NULL, rows = NULL;
  const char *file, *state;
  GVariantBuilder builder;
  GVariantIter iter;
  guint n_wrong;
  int status;

  if (!inf_dbus_results1_call_verify_sync (results, name, &outputs, NULL, error))
    return INF_EXIT_FAILURE;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_iter_init (&iter, outputs);
  while (g_variant_iter_loop (&iter, "(&s&s)", &file, &state))
    g_variant_builder_add_parsed (&builder, "{'name': <%s>, 'state': <%s>}", file, state);
  rows = g_variant_ref_sink (g_variant_builder_end (&builder));

  status = inf_list_print (verified_columns, "name", rows, "The result holds no files.", error);
  n_wrong = count_wrong (rows);
  if (n_wrong)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT,
                   "%u of %" G_GSIZE_FORMAT " files of “%s” are not as the job left them", n_wrong,
                   g_variant_n_children (rows), name);
      return INF_EXIT_FAILURE;
    }
  return status;
}

static int
export_files (InfClient *client, InfDBusResults1 *results, char **arguments, GError **error)
{
  const char *name = arguments[0];
  g_autofree char *directory = g_canonicalize_filename (opt_to, NULL);
  GVariant *values = arguments[1]
                         ? g_variant_new ("(s^asss)", name, arguments + 1, directory, INF_COPY_ID)
                         : g_variant_new ("(sss)", name, directory, INF_COPY_ID);
  g_autoptr (GVariant) answer
      = inf_copy_call (client, results, arguments[1] ? "ExportSome" : "Export", values,
                       !inf_list_options.is_quiet, error);

  if (!answer)
    return INF_EXIT_FAILURE;
  inf_terminal_message ("The files of “%s” are in %s.", name, directory);
  return INF_EXIT_SUCCESS;
}

static int
make_archive (InfClient *client, InfDBusResults1 *results, const char *name, GError **error)
{
  g_autofree char *file = g_canonicalize_filename (opt_archive, NULL);
  g_autoptr (GVariant) answer
      = inf_copy_call (client, results, "Archive", g_variant_new ("(sss)", name, file, INF_COPY_ID),
                       !inf_list_options.is_quiet, error);

  if (!answer)
    return INF_EXIT_FAILURE;
  inf_terminal_message ("“%s” is in %s.", name, file);
  return INF_EXIT_SUCCESS;
}

static gboolean
check_options (char **arguments, GError **error)
{
  const char *problem = NULL;

  if (opt_verify + opt_export + (opt_archive != NULL) > 1)
    problem = "--verify, --export and --archive exclude each other";
  else if ((opt_verify || opt_export || opt_archive) && !arguments[0])
    problem = "which result? “infinity results” lists them";
  else if (opt_export != (opt_to != NULL))
    problem = "--export and --to need each other";
  else if (!opt_export && arguments[0] && arguments[1])
    problem = "only --export takes the names of files";
  if (problem)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, problem);
  return problem == NULL;
}

static int
run_results (char **arguments, GError **error)
{
  const char *name = arguments[0];
  const InfColumn *columns = opt_verify ? verified_columns : name ? output_columns : list_columns;
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) list = NULL;
  InfDBusResults1 *results;
  int status;

  if (!check_options (arguments, error))
    return INF_EXIT_USAGE;
  if (!inf_list_begin (columns, &status, error))
    return status;
  client = inf_client_connect (error);
  results = client ? inf_client_get_results (client, error) : NULL;
  if (!results)
    return INF_EXIT_FAILURE;
  if (opt_verify)
    return verify (results, name, error);
  if (opt_export)
    return export_files (client, results, arguments, error);
  if (opt_archive)
    return make_archive (client, results, name, error);
  if (name)
    return show (results, name, error);
  if (!inf_dbus_results1_call_list_sync (results, &list, NULL, error))
    return INF_EXIT_FAILURE;
  return inf_list_print (list_columns, "name", list, "No job has left results yet.", error);
}

static const GOptionEntry options[] = {
  INF_LIST_ENTRIES,
  { "verify", 0, 0, G_OPTION_ARG_NONE, &opt_verify, "Hash every file of the result again", NULL },
  { "export", 0, 0, G_OPTION_ARG_NONE, &opt_export, "Copy the files of the result", NULL },
  { "to", 0, 0, G_OPTION_ARG_FILENAME, &opt_to, "Where --export copies to", "DIR" },
  { "archive", 0, 0, G_OPTION_ARG_FILENAME, &opt_archive,
    "Put all of the result into one file, .zip, .tar.gz or .tar.zst", "FILE" },
  G_OPTION_ENTRY_NULL,
};

const InfCommand inf_commands_results[] = {
  { .name = "results",
    .arguments = "[NAME [FILE…]]",
    .summary = "List what jobs left behind, or show, verify, export or archive one result",
    .details
    = "With --verify the exit status is 1 when a file is missing or has changed. --export "
      "copies all\nfiles, or those that are named. Ctrl+C cancels an export or an archive, and "
      "leaves nothing of it.",
    .options = options,
    .max_arguments = INF_ANY_NUMBER,
    .words = INF_WORDS_RESULTS,
    .run = run_results },
  { NULL },
};
