#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-list.h"
#include "cli/inf-terminal.h"

#include <string.h>

static char *
format_hosting (GVariant *row)
{
  gboolean hosting = FALSE;
  const char *obstacle = "";

  g_variant_lookup (row, "hosting", "b", &hosting);
  g_variant_lookup (row, "obstacle", "&s", &obstacle);
  if (*obstacle)
    return g_strdup_printf ("no: %s", obstacle);
  return g_strdup (hosting ? "yes" : "no; “infinity host start” turns it on");
}

static char *
format_grid (GVariant *row)
{
  const char *grid = "";
  gboolean is_founder = FALSE;

  g_variant_lookup (row, "grid", "&s", &grid);
  g_variant_lookup (row, "is-founder", "b", &is_founder);
  if (!*grid)
    return g_strdup ("none yet; “infinity grid create” and “infinity grid join” change that");
  return g_strdup_printf ("%s%s", grid, is_founder ? " (founded here)" : "");
}

/* What to do about it is said where something can be done. */
static char *
format_connection (GVariant *row)
{
  static const struct
  {
    const char *state, *remedy;
  } remedies[] = {
    { "locked", "; “infinity identity unlock” opens the identity" },
    { "moved", " to another machine; “infinity identity unlock --reclaim” takes it back" },
    { "offline", "; “infinity connect” changes that" },
  };
  const char *state = "";

  g_variant_lookup (row, "connection", "&s", &state);
  for (guint i = 0; i < G_N_ELEMENTS (remedies); i++)
    if (g_str_equal (state, remedies[i].state))
      return g_strconcat (state, remedies[i].remedy, NULL);
  return g_strdup (state);
}

static const InfColumn columns[] = {
  { "name", "Node", INF_CELL_TEXT },
  { "id", "Peer id", INF_CELL_TEXT },
  { "grid", "Grid", INF_CELL_TEXT, .format = format_grid },
  { "connection", "Connection", INF_CELL_TEXT, .format = format_connection },
  { "peers-alive", "Other peers alive", INF_CELL_NUMBER },
  { "hosting", "Takes jobs", INF_CELL_YES_NO, .format = format_hosting },
  { "leases", "Leases here", INF_CELL_NUMBER },
  { "jobs-active", "Jobs under way", INF_CELL_NUMBER },
  { "balance", "Credits", INF_CELL_CREDITS },
  { "escrowed", "Credits set aside", INF_CELL_CREDITS },
  { "port", "Port", INF_CELL_NUMBER },
  { "state-directory", "State", INF_CELL_TEXT },
  { "version", "Version", INF_CELL_TEXT },
  { NULL },
};

static void
insert (GVariantDict *row, const char *key, const char *text)
{
  g_variant_dict_insert (row, key, "s", text ? text : "");
}

static gboolean
collect_node (GVariantDict *row, InfClient *client, GError **error)
{
  InfDBusNode1 *node = inf_client_get_node (client, error);
  GVariant *capabilities;

  if (!node)
    return FALSE;
  insert (row, "name", inf_dbus_node1_get_name (node));
  insert (row, "id", inf_dbus_node1_get_peer_id (node));
  insert (row, "connection", inf_dbus_node1_get_state (node));
  insert (row, "grid", inf_dbus_node1_get_grid_name (node));
  insert (row, "grid-id", inf_dbus_node1_get_grid_id (node));
  insert (row, "version", inf_dbus_node1_get_version (node));
  insert (row, "state-directory", inf_dbus_node1_get_state_directory (node));
  g_variant_dict_insert (row, "is-founder", "b", inf_dbus_node1_get_is_founder (node));
  g_variant_dict_insert (row, "peers-alive", "u", inf_dbus_node1_get_peers_alive (node));
  g_variant_dict_insert (row, "port", "u", (guint32)inf_dbus_node1_get_port (node));
  capabilities = inf_dbus_node1_get_capabilities (node);
  if (capabilities)
    g_variant_dict_insert_value (row, "capabilities", capabilities);
  return TRUE;
}

static gboolean
collect_host (GVariantDict *row, InfClient *client, GError **error)
{
  InfDBusHost1 *host = inf_client_get_host (client, error);
  g_autoptr (GVariant) leases = NULL;
  GVariant *policy;
  gboolean hosting = FALSE;

  if (!host || !inf_dbus_host1_call_list_leases_sync (host, &leases, NULL, error))
    return FALSE;
  policy = inf_dbus_host1_get_policy (host);
  if (policy)
    g_variant_lookup (policy, "hosting", "b", &hosting);
  g_variant_dict_insert (row, "hosting", "b", hosting);
  insert (row, "obstacle", inf_dbus_host1_get_obstacle (host));
  g_variant_dict_insert (row, "leases", "u", (guint32)g_variant_n_children (leases));
  return TRUE;
}

static gboolean
collect_jobs_and_credits (GVariantDict *row, InfClient *client, GError **error)
{
  InfDBusJobs1 *jobs = inf_client_get_jobs (client, error);
  InfDBusCredits1 *credits = jobs ? inf_client_get_credits (client, error) : NULL;
  g_autoptr (GVariant) active = NULL;

  if (!credits || !inf_dbus_jobs1_call_list_sync (jobs, "active", &active, NULL, error))
    return FALSE;
  g_variant_dict_insert (row, "jobs-active", "u", (guint32)g_variant_n_children (active));
  g_variant_dict_insert (row, "balance", "x", inf_dbus_credits1_get_balance (credits));
  g_variant_dict_insert (row, "escrowed", "x", inf_dbus_credits1_get_escrowed (credits));
  return TRUE;
}

/* What is missing on this machine, why that matters, and how to mend it. */
static void
print_shortcomings (GVariant *row)
{
  g_autoptr (GVariant) capabilities
      = g_variant_lookup_value (row, "capabilities", G_VARIANT_TYPE ("a(sbsss)"));
  const char *name, *found, *why, *mend;
  gboolean available;
  GVariantIter iter;

  if (!capabilities)
    return;
  g_variant_iter_init (&iter, capabilities);
  while (g_variant_iter_loop (&iter, "(&sb&s&s&s)", &name, &available, &found, &why, &mend))
    if (!available)
      inf_terminal_message ("%s is missing (%s): %s%s%s", name, found, why,
                            *mend ? "; to mend it: " : "", mend);
}

static int
run_status (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = inf_client_connect_running (error);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) row = NULL;

  if (!client)
    return INF_EXIT_UNREACHABLE;
  if (!collect_node (&dict, client, error) || !collect_host (&dict, client, error)
      || !collect_jobs_and_credits (&dict, client, error))
    return INF_EXIT_FAILURE;
  row = g_variant_ref_sink (g_variant_dict_end (&dict));
  inf_list_print_record (columns, row);
  if (!inf_list_options.is_json)
    print_shortcomings (row);
  return INF_EXIT_SUCCESS;
}

static const GOptionEntry options[] = { INF_JSON_ENTRY, G_OPTION_ENTRY_NULL };

const InfCommand inf_commands_status[] = {
  { .name = "status",
    .summary = "This node, its grid, its jobs and its credits",
    .details = "“infinity” alone does the same. The exit status is 3 when Infinity is not running.",
    .options = options,
    .run = run_status },
  { NULL },
};
