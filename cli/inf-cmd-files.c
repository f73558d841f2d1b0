#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-copy-call.h"
#include "cli/inf-json.h"
#include "cli/inf-list.h"
#include "cli/inf-terminal.h"
#include "cli/inf-transfer-watch.h"
#include "common/inf-error.h"

static char *opt_name;
static char *opt_to;

static const InfColumn file_columns[] = {
  { "sha256", "SHA-256", INF_CELL_ID },
  { "name", "NAME", INF_CELL_TEXT },
  { "size", "SIZE", INF_CELL_SIZE },
  { "added-unix", "ADDED", INF_CELL_TIME },
  { "shared", "SHARED", INF_CELL_YES_NO },
  { "in-use", "IN USE", INF_CELL_YES_NO },
  { NULL },
};

static const InfColumn transfer_columns[] = {
  { "id", "ID", INF_CELL_TEXT },
  { "name", "NAME", INF_CELL_TEXT },
  { "sha256", "SHA-256", INF_CELL_ID },
  { "state", "STATE", INF_CELL_TEXT },
  { "got", "GOT", INF_CELL_SIZE },
  { "size", "SIZE", INF_CELL_SIZE },
  { "from", "FROM", INF_CELL_TEXT },
  { "message", "WHY", INF_CELL_TEXT },
  { "to", "TO", INF_CELL_TEXT, .is_extra = TRUE },
  { "began-unix", "BEGAN", INF_CELL_TIME, .is_extra = TRUE },
  { "ended-unix", "ENDED", INF_CELL_TIME, .is_extra = TRUE },
  { NULL },
};

static InfDBusFiles1 *
open_files (InfClient **ret_client, GError **error)
{
  *ret_client = inf_client_connect (error);
  return *ret_client ? inf_client_get_files (*ret_client, error) : NULL;
}

static int
run_list (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) list = NULL;
  InfDBusFiles1 *files;
  int status;

  if (!inf_list_begin (file_columns, &status, error))
    return status;
  files = open_files (&client, error);
  if (!files || !inf_dbus_files1_call_list_sync (files, &list, NULL, error))
    return INF_EXIT_FAILURE;
  return inf_list_print (file_columns, "sha256", list,
                         "No file is here; “infinity files add FILE” shares one.", error);
}

static int
run_transfers (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) list = NULL;
  InfDBusFiles1 *files;
  int status;

  if (!inf_list_begin (transfer_columns, &status, error))
    return status;
  files = open_files (&client, error);
  if (!files || !inf_dbus_files1_call_list_transfers_sync (files, &list, NULL, error))
    return INF_EXIT_FAILURE;
  return inf_list_print (transfer_columns, "id", list,
                         "No file was fetched since infinityd was started.", error);
}

static int
run_add (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusFiles1 *files = open_files (&client, error);

  for (guint i = 0; files && arguments[i]; i++)
    {
      g_autofree char *path = g_canonicalize_filename (arguments[i], NULL);
      g_autoptr (GVariant) answer
          = inf_copy_call (client, files, "Add", g_variant_new ("(ss)", path, INF_COPY_ID),
                           !inf_list_options.is_quiet, error);
      g_autofree char *line = NULL;
      const char *sha256;

      if (!answer)
        return INF_EXIT_FAILURE;
      g_variant_get (answer, "(&s)", &sha256);
      /* as sha256sum prints it */
      line = g_strdup_printf ("%s  %s\n", sha256, arguments[i]);
      inf_terminal_print (line);
    }
  return files ? INF_EXIT_SUCCESS : INF_EXIT_FAILURE;
}

static int
report_transfer (GVariant *transfer, int number, GError **error)
{
  const char *state = "", *message = "", *sha256 = "", *name = "";

  g_variant_lookup (transfer, "state", "&s", &state);
  g_variant_lookup (transfer, "message", "&s", &message);
  g_variant_lookup (transfer, "sha256", "&s", &sha256);
  g_variant_lookup (transfer, "name", "&s", &name);
  if (inf_list_options.is_json)
    {
      g_autofree char *json = inf_json_from_variant (transfer);
      inf_terminal_print (json);
    }
  if (g_str_equal (state, "done"))
    {
      if (!inf_list_options.is_quiet)
        inf_terminal_message ("“%s” is here.", *name ? name : sha256);
      return INF_EXIT_SUCCESS;
    }
  if (number)
    return 128 + number;
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s",
               *message ? message : "the transfer was cancelled");
  return INF_EXIT_FAILURE;
}

static int
run_get (char **arguments, GError **error)
{
  g_autofree char *to = opt_to ? g_canonicalize_filename (opt_to, NULL) : g_strdup ("");
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) transfer = NULL;
  g_autofree char *id = NULL;
  InfDBusFiles1 *files = open_files (&client, error);
  int number;

  if (!files
      || !inf_dbus_files1_call_fetch_sync (files, arguments[0], opt_name ? opt_name : "", to, &id,
                                           NULL, error))
    return INF_EXIT_FAILURE;
  transfer = inf_transfer_watch (client, files, id, !inf_list_options.is_quiet, &number, error);
  return transfer ? report_transfer (transfer, number, error) : INF_EXIT_FAILURE;
}

static int
run_cancel (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusFiles1 *files = open_files (&client, error);

  if (!files || !inf_dbus_files1_call_cancel_transfer_sync (files, arguments[0], NULL, error))
    return INF_EXIT_FAILURE;
  return INF_EXIT_SUCCESS;
}

static int
run_save (char **arguments, GError **error)
{
  g_autofree char *path = g_canonicalize_filename (arguments[1], NULL);
  g_autoptr (InfClient) client = NULL;
  InfDBusFiles1 *files = open_files (&client, error);
  g_autoptr (GVariant) answer = NULL;

  if (files)
    answer = inf_copy_call (client, files, "Save",
                            g_variant_new ("(sss)", arguments[0], path, INF_COPY_ID),
                            !inf_list_options.is_quiet, error);
  if (!answer)
    return INF_EXIT_FAILURE;
  inf_terminal_message ("“%s” is saved as %s.", arguments[0], path);
  return INF_EXIT_SUCCESS;
}

static int
run_remove (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusFiles1 *files = open_files (&client, error);

  for (guint i = 0; files && arguments[i]; i++)
    {
      if (!inf_dbus_files1_call_remove_sync (files, arguments[i], NULL, error))
        return INF_EXIT_FAILURE;
      inf_terminal_message ("“%s” is removed.", arguments[i]);
    }
  return files ? INF_EXIT_SUCCESS : INF_EXIT_FAILURE;
}

static const GOptionEntry list_options[] = { INF_LIST_ENTRIES, G_OPTION_ENTRY_NULL };
static const GOptionEntry get_options[] = {
  { "to", 0, 0, G_OPTION_ARG_FILENAME, &opt_to, "Save it there too; never over a file", "FILE" },
  { "name", 0, 0, G_OPTION_ARG_STRING, &opt_name,
    "What to call it (default: what the peer that has it does)", "NAME" },
  { "quiet", 'q', 0, G_OPTION_ARG_NONE, &inf_list_options.is_quiet, "Say nothing", NULL },
  INF_JSON_ENTRY,
  G_OPTION_ENTRY_NULL,
};

const InfCommand inf_commands_files[] = {
  { .name = "files",
    .summary = "List the files that this node holds; those that are shared can be fetched by hash",
    .options = list_options,
    .run = run_list },
  { .name = "files list",
    .summary = "The same as “files”",
    .options = list_options,
    .run = run_list },
  { .name = "files add",
    .arguments = "FILE…",
    .summary = "Share copies of files, and print their hashes",
    .details = "Ctrl+C cancels, and leaves nothing of the file that is being copied.",
    .min_arguments = 1,
    .max_arguments = INF_ANY_NUMBER,
    .run = run_add },
  { .name = "files get",
    .arguments = "SHA-256",
    .summary = "Fetch a file from whichever peer has it",
    .details = "It is shared here from then on. Ctrl+C cancels the transfer.",
    .options = get_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_get },
  { .name = "files transfers",
    .summary = "List the files that are being fetched, and those that were",
    .options = list_options,
    .run = run_transfers },
  { .name = "files cancel",
    .arguments = "TRANSFER",
    .summary = "Give up a transfer, by its id",
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_cancel },
  { .name = "files save",
    .arguments = "FILE PATH",
    .summary = "Copy a file that is here, given by its name or the beginning of its hash, to PATH",
    .details = "Ctrl+C cancels, and leaves nothing at PATH.",
    .min_arguments = 2,
    .max_arguments = 2,
    .words = INF_WORDS_FILES,
    .run = run_save },
  { .name = "files remove",
    .arguments = "FILE…",
    .summary = "Share files no longer, and drop them",
    .min_arguments = 1,
    .max_arguments = INF_ANY_NUMBER,
    .words = INF_WORDS_FILES,
    .run = run_remove },
  { NULL },
};
