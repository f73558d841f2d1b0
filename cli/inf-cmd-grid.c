#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-list.h"
#include "cli/inf-quantity.h"
#include "cli/inf-terminal.h"
#include "cli/inf-text.h"
#include "common/inf-error.h"

static char *opt_node_name;
static char *opt_grant;
static char *opt_lifetime;

/* Returns: (transfer none) (nullable): the proxy; what it belongs to is @ret_client */
static InfDBusNode1 *
open_node (InfClient **ret_client, GError **error)
{
  *ret_client = inf_client_connect (error);
  return *ret_client ? inf_client_get_node (*ret_client, error) : NULL;
}

static int
run_create (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  InfDBusNode1 *node;
  guint64 grant_ucredits;

  if (opt_grant)
    {
      if (!inf_quantity_parse_credits (opt_grant, &grant_ucredits, error))
        return INF_EXIT_USAGE;
      g_variant_dict_insert (&options, "grant", "t", grant_ucredits);
    }
  node = open_node (&client, error);
  if (!node
      || !inf_dbus_node1_call_create_grid_sync (node, arguments[0],
                                                opt_node_name ? opt_node_name : "",
                                                g_variant_dict_end (&options), NULL, error))
    return INF_EXIT_FAILURE;
  inf_terminal_message ("The grid “%s” is founded. “infinity grid invite” lets others join.",
                        arguments[0]);
  return INF_EXIT_SUCCESS;
}

static int
run_invite (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autofree char *token = NULL, *safe = NULL, *line = NULL, *expires = NULL;
  InfDBusNode1 *node;
  guint64 lifetime_s = 0;
  gint64 expires_unix_us;

  if (opt_lifetime && !inf_quantity_parse_duration (opt_lifetime, &lifetime_s, error))
    return INF_EXIT_USAGE;
  if (opt_lifetime && (lifetime_s == 0 || lifetime_s > G_MAXUINT32))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "an invite can't last for “%s”",
                   opt_lifetime);
      return INF_EXIT_USAGE;
    }
  node = open_node (&client, error);
  if (!node
      || !inf_dbus_node1_call_invite_sync (node, (guint32)lifetime_s, &token, &expires_unix_us,
                                           NULL, error))
    return INF_EXIT_FAILURE;
  safe = inf_text_make_safe (token);
  line = g_strconcat (safe, "\n", NULL);
  inf_terminal_print (line);
  expires = inf_quantity_format_time (expires_unix_us);
  inf_terminal_message ("Good for one “infinity grid join”, until %s.", expires);
  return INF_EXIT_SUCCESS;
}

static int
run_join (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusNode1 *node = open_node (&client, error);

  if (!node
      || !inf_dbus_node1_call_join_grid_sync (node, arguments[0],
                                              opt_node_name ? opt_node_name : "", NULL, error))
    return INF_EXIT_FAILURE;
  inf_terminal_message ("Joined. “infinity peers” shows who else is there.");
  return INF_EXIT_SUCCESS;
}

static int
run_leave (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusNode1 *node = open_node (&client, error);

  if (!node || !inf_dbus_node1_call_leave_grid_sync (node, NULL, error))
    return INF_EXIT_FAILURE;
  inf_terminal_message ("This node has left its grid.");
  return INF_EXIT_SUCCESS;
}

static int
run_remove (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusNode1 *node = open_node (&client, error);

  if (!node || !inf_dbus_node1_call_remove_member_sync (node, arguments[0], NULL, error))
    return INF_EXIT_FAILURE;
  inf_terminal_message ("%s is no member any more.", arguments[0]);
  return INF_EXIT_SUCCESS;
}

static const InfColumn member_columns[] = {
  { "name", "NAME", INF_CELL_TEXT },
  { "id", "ID", INF_CELL_ID },
  { "state", "STATE", INF_CELL_TEXT },
  { "address", "ADDRESS", INF_CELL_TEXT },
  { NULL },
};

static int
run_members (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) peers = NULL;
  InfDBusNode1 *node;
  int status;

  if (!inf_list_begin (member_columns, &status, error))
    return status;
  node = open_node (&client, error);
  if (!node || !inf_dbus_node1_call_list_peers_sync (node, &peers, NULL, error))
    return INF_EXIT_FAILURE;
  return inf_list_print (member_columns, "id", peers, "This node is in no grid.", error);
}

#define NODE_NAME_ENTRY                                                                            \
  {                                                                                                \
    "node-name", 0, 0, G_OPTION_ARG_STRING, &opt_node_name,                                        \
        "What this node is called in the grid (default: the host name)", "NAME"                    \
  }

static const GOptionEntry create_options[] = {
  NODE_NAME_ENTRY,
  { "grant", 0, 0, G_OPTION_ARG_STRING, &opt_grant,
    "What every member is given to begin with (default: 1000)", "CREDITS" },
  G_OPTION_ENTRY_NULL,
};
static const GOptionEntry invite_options[] = {
  { "lifetime", 0, 0, G_OPTION_ARG_STRING, &opt_lifetime,
    "How long the invite can be used, such as 1h (default: a day)", "DURATION" },
  G_OPTION_ENTRY_NULL,
};
static const GOptionEntry join_options[] = { NODE_NAME_ENTRY, G_OPTION_ENTRY_NULL };
static const GOptionEntry members_options[] = { INF_LIST_ENTRIES, G_OPTION_ENTRY_NULL };

const InfCommand inf_commands_grid[] = {
  { .name = "grid create",
    .arguments = "NAME",
    .summary = "Found a grid, with this node as its first member",
    .options = create_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_create },
  { .name = "grid invite",
    .summary = "Print a token that lets one node join",
    .options = invite_options,
    .run = run_invite },
  { .name = "grid join",
    .arguments = "TOKEN",
    .summary = "Join the grid that a token was made for",
    .options = join_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_join },
  { .name = "grid leave",
    .summary = "Leave the grid and forget it; open jobs and leases prevent that",
    .run = run_leave },
  { .name = "grid members",
    .summary = "List the members of the grid",
    .options = members_options,
    .run = run_members },
  { .name = "grid remove",
    .arguments = "MEMBER",
    .summary = "Take a member's certificate back (its founder only)",
    .min_arguments = 1,
    .max_arguments = 1,
    .words = INF_WORDS_PEERS,
    .run = run_remove },
  { NULL },
};
