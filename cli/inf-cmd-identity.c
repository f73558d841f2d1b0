#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-list.h"
#include "cli/inf-passphrase.h"
#include "cli/inf-terminal.h"
#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

static int opt_passphrase_fd = -1;
static char *opt_name;
static gboolean opt_no_passphrase;
static gboolean opt_reclaim;
static gboolean opt_move;
static gboolean opt_finish;
static gboolean opt_stop;

static InfDBusIdentity1 *
open_identity (InfClient **ret_client, GError **error)
{
  *ret_client = inf_client_connect (error);
  return *ret_client ? inf_client_get_identity (*ret_client, error) : NULL;
}

/* What the two options say of what still runs; NULL with @error when they say both. */
static const char *
read_how (GError **error)
{
  if (!opt_finish || !opt_stop)
    return opt_finish ? "finish" : opt_stop ? "stop" : "";
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "--finish and --stop exclude each other");
  return NULL;
}

static int
run_create (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusIdentity1 *identity = open_identity (&client, error);
  char *passphrase = NULL;
  gboolean created;

  if (!identity)
    return INF_EXIT_FAILURE;
  if (!opt_no_passphrase && !(passphrase = inf_passphrase_read_new (opt_passphrase_fd, error)))
    return INF_EXIT_USAGE;
  created
      = inf_dbus_identity1_call_register_sync (identity, opt_name ? opt_name : g_get_host_name (),
                                               passphrase ? passphrase : "", NULL, error);
  inf_passphrase_wipe (passphrase);
  if (!created)
    return INF_EXIT_FAILURE;
  inf_terminal_message ("This node has an identity now. “infinity grid create” or “infinity grid "
                        "join” comes next.");
  return INF_EXIT_SUCCESS;
}

static int
run_unlock (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusIdentity1 *identity = open_identity (&client, error);
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  char *passphrase = NULL;
  gboolean unlocked;

  if (!identity)
    return INF_EXIT_FAILURE;
  if (inf_dbus_identity1_get_sealed (identity)
      && !(passphrase = inf_passphrase_read (opt_passphrase_fd, "Passphrase", error)))
    return INF_EXIT_USAGE;
  if (opt_reclaim)
    g_variant_dict_insert (&options, "reclaim", "b", TRUE);
  unlocked = inf_dbus_identity1_call_unlock_sync (identity, passphrase ? passphrase : "",
                                                  g_variant_dict_end (&options), NULL, error);
  inf_passphrase_wipe (passphrase);
  if (!unlocked)
    return INF_EXIT_FAILURE;
  inf_terminal_message ("The identity is unlocked.");
  return INF_EXIT_SUCCESS;
}

static int
run_lock (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  const char *how = read_how (error);
  InfDBusIdentity1 *identity = how ? open_identity (&client, error) : NULL;

  if (!identity || !inf_dbus_identity1_call_lock_sync (identity, how, NULL, error))
    return INF_EXIT_FAILURE;
  inf_terminal_message (opt_finish ? "The identity is locked when what runs has ended."
                                   : "The identity is locked.");
  return INF_EXIT_SUCCESS;
}

static int
run_passwd (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusIdentity1 *identity = open_identity (&client, error);
  gboolean is_sealed = identity && inf_dbus_identity1_get_sealed (identity);
  char *old_passphrase = NULL, *new_passphrase = NULL;
  gboolean changed = FALSE;

  if (!identity)
    return INF_EXIT_FAILURE;
  if ((!is_sealed
       || (old_passphrase = inf_passphrase_read (opt_passphrase_fd, "Passphrase now", error)))
      && (opt_no_passphrase
          || (new_passphrase = inf_passphrase_read_new (opt_passphrase_fd, error))))
    changed = inf_dbus_identity1_call_change_passphrase_sync (
        identity, old_passphrase ? old_passphrase : "", new_passphrase ? new_passphrase : "", NULL,
        error);
  inf_passphrase_wipe (old_passphrase);
  inf_passphrase_wipe (new_passphrase);
  if (!changed)
    return INF_EXIT_FAILURE;
  inf_terminal_message (opt_no_passphrase ? "The identity has no passphrase any more."
                                          : "The identity has the new passphrase.");
  return INF_EXIT_SUCCESS;
}

/* Before anything is asked for: a file that can't be made must not cost an identity. */
static gboolean
make_file (const char *path, GError **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (fd >= 0)
    {
      close (fd);
      return TRUE;
    }
  g_set_error (error, INF_ERROR, errno == EEXIST ? INF_ERROR_EXISTS : INF_ERROR_FAILED, "%s: %s",
               path, g_strerror (errno));
  return FALSE;
}

static gboolean
write_export (const char *path, GVariant *data, GError **error)
{
  gsize size;
  const char *bytes = g_variant_get_fixed_array (data, &size, 1);

  return g_file_set_contents_full (path, bytes, (gssize)size,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

static int
run_export (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusIdentity1 *identity = open_identity (&client, error);
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) data = NULL;
  char *passphrase;

  if (!identity)
    return INF_EXIT_FAILURE;
  passphrase = inf_dbus_identity1_get_sealed (identity)
                   ? inf_passphrase_read (opt_passphrase_fd, "Passphrase", error)
                   : inf_passphrase_read_new (opt_passphrase_fd, error);
  if (!passphrase)
    return INF_EXIT_USAGE;
  if (!make_file (arguments[0], error))
    {
      inf_passphrase_wipe (passphrase);
      return INF_EXIT_FAILURE;
    }
  if (opt_move)
    g_variant_dict_insert (&options, "move", "b", TRUE);
  inf_dbus_identity1_call_export_sync (identity, passphrase, g_variant_dict_end (&options), &data,
                                       NULL, error);
  inf_passphrase_wipe (passphrase);
  if (!data || !write_export (arguments[0], data, error))
    {
      g_unlink (arguments[0]);
      return INF_EXIT_FAILURE;
    }
  if (opt_move)
    inf_terminal_message ("%s is this node's identity now, and this node is nobody; on the other "
                          "machine: infinity identity import %s",
                          arguments[0], arguments[0]);
  else
    inf_terminal_message ("%s is a copy of this node's identity. Don't import it anywhere while "
                          "this node goes on.",
                          arguments[0]);
  return INF_EXIT_SUCCESS;
}

static int
run_import (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autofree char *content = NULL;
  InfDBusIdentity1 *identity;
  char *passphrase;
  gboolean imported;
  gsize size;

  if (!g_file_get_contents (arguments[0], &content, &size, error)
      || !(identity = open_identity (&client, error)))
    return INF_EXIT_FAILURE;
  if (!(passphrase = inf_passphrase_read (opt_passphrase_fd, "Passphrase", error)))
    return INF_EXIT_USAGE;
  imported = inf_dbus_identity1_call_import_sync (
      identity, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, content, size, 1), passphrase, NULL,
      error);
  inf_passphrase_wipe (passphrase);
  if (!imported)
    return INF_EXIT_FAILURE;
  inf_terminal_message ("This node is that identity now. Keep %s in a safe place or remove it.",
                        arguments[0]);
  return INF_EXIT_SUCCESS;
}

static const InfColumn columns[] = {
  { "state", "State", INF_CELL_TEXT },
  { "name", "Name", INF_CELL_TEXT },
  { "id", "Peer id", INF_CELL_TEXT },
  { "sealed", "Passphrase", INF_CELL_YES_NO },
  { "failures", "Wrong passphrases in a row", INF_CELL_NUMBER },
  { "retry-unix", "Next try from", INF_CELL_TIME },
  { NULL },
};

static int
run_show (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusIdentity1 *identity = open_identity (&client, error);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) row = NULL;

  if (!identity)
    return INF_EXIT_FAILURE;
  g_variant_dict_insert (&dict, "state", "s", inf_dbus_identity1_get_state (identity));
  g_variant_dict_insert (&dict, "name", "s", inf_dbus_identity1_get_name (identity));
  g_variant_dict_insert (&dict, "id", "s", inf_dbus_identity1_get_peer_id (identity));
  g_variant_dict_insert (&dict, "sealed", "b", inf_dbus_identity1_get_sealed (identity));
  g_variant_dict_insert (&dict, "failures", "u", inf_dbus_identity1_get_failures (identity));
  if (inf_dbus_identity1_get_retry_unix (identity) > 0)
    g_variant_dict_insert (&dict, "retry-unix", "x", inf_dbus_identity1_get_retry_unix (identity));
  row = g_variant_ref_sink (g_variant_dict_end (&dict));
  return inf_list_print_record (columns, row);
}

static int
run_connect (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = inf_client_connect (error);
  InfDBusNode1 *node = client ? inf_client_get_node (client, error) : NULL;

  if (!node || !inf_dbus_node1_call_connect_sync (node, NULL, error))
    return INF_EXIT_FAILURE;
  inf_terminal_message ("This node takes part in its grid.");
  return INF_EXIT_SUCCESS;
}

static int
run_disconnect (char **arguments, GError **error)
{
  const char *how = read_how (error);
  g_autoptr (InfClient) client = how ? inf_client_connect (error) : NULL;
  InfDBusNode1 *node = client ? inf_client_get_node (client, error) : NULL;

  if (!node || !inf_dbus_node1_call_disconnect_sync (node, how, NULL, error))
    return INF_EXIT_FAILURE;
  inf_terminal_message (opt_finish ? "This node leaves its grid alone when what runs has ended."
                                   : "This node keeps out of its grid. “infinity connect” ends "
                                     "that.");
  return INF_EXIT_SUCCESS;
}

#define PASSPHRASE_FD_ENTRY                                                                        \
  {                                                                                                \
    "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &opt_passphrase_fd,                                   \
        "Read passphrases from this descriptor, a line each", "FD"                                 \
  }
#define HOW_ENTRIES                                                                                \
  { "finish", 0, 0, G_OPTION_ARG_NONE, &opt_finish, "Let what runs come to its end first", NULL }, \
  {                                                                                                \
    "stop", 0, 0, G_OPTION_ARG_NONE, &opt_stop, "Stop what runs", NULL                             \
  }

static const GOptionEntry create_options[] = {
  { "name", 0, 0, G_OPTION_ARG_STRING, &opt_name, "What to call this node (default: its host name)",
    "NAME" },
  { "no-passphrase", 0, 0, G_OPTION_ARG_NONE, &opt_no_passphrase, "Do without a passphrase", NULL },
  PASSPHRASE_FD_ENTRY,
  G_OPTION_ENTRY_NULL,
};
static const GOptionEntry unlock_options[] = {
  { "reclaim", 0, 0, G_OPTION_ARG_NONE, &opt_reclaim,
    "Take back an identity that was moved to another machine", NULL },
  PASSPHRASE_FD_ENTRY,
  G_OPTION_ENTRY_NULL,
};
static const GOptionEntry passwd_options[] = {
  { "no-passphrase", 0, 0, G_OPTION_ARG_NONE, &opt_no_passphrase, "Do without a passphrase", NULL },
  PASSPHRASE_FD_ENTRY,
  G_OPTION_ENTRY_NULL,
};
static const GOptionEntry export_options[] = {
  { "move", 0, 0, G_OPTION_ARG_NONE, &opt_move,
    "Move it: this node disconnects and is nobody from then on", NULL },
  PASSPHRASE_FD_ENTRY,
  G_OPTION_ENTRY_NULL,
};
static const GOptionEntry import_options[] = { PASSPHRASE_FD_ENTRY, G_OPTION_ENTRY_NULL };
static const GOptionEntry how_options[] = { HOW_ENTRIES, G_OPTION_ENTRY_NULL };
static const GOptionEntry show_options[] = { INF_JSON_ENTRY, G_OPTION_ENTRY_NULL };

const InfCommand inf_commands_identity[] = {
  { .name = "identity create",
    .summary = "Make this node's identity and seal it with a passphrase",
    .details = "A node without one gets one by itself when it founds or joins a grid, without a "
               "passphrase.",
    .options = create_options,
    .run = run_create },
  { .name = "identity unlock",
    .summary = "Sign in: open the identity with its passphrase",
    .options = unlock_options,
    .run = run_unlock },
  { .name = "identity lock",
    .summary = "Sign out: disconnect, and forget the key until it is unlocked",
    .options = how_options,
    .run = run_lock },
  { .name = "identity passwd",
    .summary = "Change the passphrase, or set one, or take it off",
    .options = passwd_options,
    .run = run_passwd },
  { .name = "identity export",
    .arguments = "FILE",
    .summary = "Write the identity, its grid and its account to one sealed file",
    .options = export_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_export },
  { .name = "identity import",
    .arguments = "FILE",
    .summary = "Become the identity that another machine exported",
    .options = import_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_import },
  { .name = "identity show",
    .summary = "Show who this node is and whether it is locked",
    .options = show_options,
    .run = run_show },
  { .name = "connect", .summary = "Take part in the grid again", .run = run_connect },
  { .name = "disconnect",
    .summary = "Keep out of the grid until told to connect",
    .options = how_options,
    .run = run_disconnect },
  { NULL },
};
