#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-list.h"
#include "cli/inf-peer-graph.h"
#include "cli/inf-quantity.h"
#include "cli/inf-terminal.h"

static char *graph_format;

/* Names of the peers that rows of neighbours know by their ids only. */
static GHashTable *names_by_id;

static char *
format_slots (GVariant *row)
{
  guint32 free_slots = 0, total = 0;

  g_variant_lookup (row, "slots-free", "u", &free_slots);
  g_variant_lookup (row, "slots-total", "u", &total);
  return g_strdup_printf ("%u/%u", free_slots, total);
}

static char *
join_neighbours (GVariant *row, gboolean has_times)
{
  g_autoptr (GVariant) neighbours
      = g_variant_lookup_value (row, "neighbours", G_VARIANT_TYPE ("a(sxi)"));
  gsize n_neighbours = neighbours ? g_variant_n_children (neighbours) : 0;
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n_neighbours; i++)
    {
      g_autofree char *rtt = NULL;
      const char *id, *name;
      gint64 rtt_us;
      gint32 loss_permille;

      g_variant_get_child (neighbours, i, "(&sxi)", &id, &rtt_us, &loss_permille);
      name = names_by_id ? g_hash_table_lookup (names_by_id, id) : NULL;
      g_string_append (text, i ? ", " : "");
      if (name)
        g_string_append (text, name);
      else
        g_string_append_printf (text, "%.10s", id);
      rtt = rtt_us < 0 ? g_strdup ("not measured") : inf_quantity_format_duration (rtt_us);
      if (has_times)
        g_string_append_printf (text, " (%s", rtt);
      if (has_times && loss_permille >= 0)
        g_string_append_printf (text, ", %.1f%% lost", loss_permille / 10.0);
      if (has_times)
        g_string_append_c (text, ')');
    }
  return g_string_free (text, FALSE);
}

static char *
format_neighbours (GVariant *row)
{
  return join_neighbours (row, FALSE);
}

static char *
format_neighbours_with_times (GVariant *row)
{
  return join_neighbours (row, TRUE);
}

static char *
format_heard (GVariant *row)
{
  const char *state = "";
  gint64 heard_ms = -1;

  g_variant_lookup (row, "state", "&s", &state);
  if (!g_variant_lookup (row, "heard-ms", "x", &heard_ms) || heard_ms < 0
      || g_str_equal (state, "self"))
    return NULL;
  return inf_quantity_format_duration (MIN (heard_ms, G_MAXINT64 / 1000) * 1000);
}

static char *
format_heard_ago (GVariant *row)
{
  g_autofree char *duration = format_heard (row);

  return duration ? g_strdup_printf ("%s ago", duration) : NULL;
}

static char *
format_loss (GVariant *row)
{
  gint32 loss_permille = -1;

  if (!g_variant_lookup (row, "loss-permille", "i", &loss_permille) || loss_permille < 0)
    return NULL;
  return g_strdup_printf ("%.1f%%", loss_permille / 10.0);
}

static char *
format_coordinate (GVariant *row)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (row, "coordinate", G_VARIANT_TYPE ("ad"));
  gsize n = 0;
  const double *numbers = value ? g_variant_get_fixed_array (value, &n, sizeof *numbers) : NULL;

  if (n != 4)
    return NULL;
  return g_strdup_printf ("%.1f, %.1f + %.1f ms (±%.0f%%)", numbers[0] / 1000, numbers[1] / 1000,
                          numbers[2] / 1000, numbers[3] * 100);
}

static const InfColumn list_columns[] = {
  { "name", "NAME", INF_CELL_TEXT },
  { "address", "ADDRESS", INF_CELL_TEXT },
  { "cores", "CORES", INF_CELL_NUMBER },
  { "memory-bytes", "MEMORY", INF_CELL_SIZE },
  { "slots-free", "FREE", INF_CELL_NUMBER, .format = format_slots },
  { "load-milli", "LOAD", INF_CELL_MILLI },
  { "price", "PRICE", INF_CELL_CREDITS },
  { "state", "STATE", INF_CELL_TEXT },
  { "rtt-us", "RTT", INF_CELL_RTT },
  { "loss-permille", "LOSS", INF_CELL_NUMBER, .format = format_loss },
  { "heard-ms", "HEARD", INF_CELL_NUMBER, .format = format_heard },
  { "neighbours", "NEIGHBOURS", INF_CELL_TEXT, .format = format_neighbours },
  { "id", "ID", INF_CELL_ID, .is_extra = TRUE },
  { "hosting", "HOSTING", INF_CELL_YES_NO, .is_extra = TRUE },
  { "away-until-unix", "AWAY UNTIL", INF_CELL_TIME, .is_extra = TRUE },
  { "observed-address", "SEEN AT", INF_CELL_TEXT, .is_extra = TRUE },
  { "coordinate", "COORDINATE", INF_CELL_TEXT, .is_extra = TRUE, .format = format_coordinate },
  { "expires-unix", "EXPIRES", INF_CELL_TIME, .is_extra = TRUE },
  { "open-mpi", "OPEN MPI", INF_CELL_TEXT, .is_extra = TRUE },
  { "arch", "ARCH", INF_CELL_TEXT, .is_extra = TRUE },
  { "os", "OS", INF_CELL_TEXT, .is_extra = TRUE },
  { "offers", "OFFERS", INF_CELL_TEXT, .is_extra = TRUE },
  { NULL },
};

static const InfColumn record_columns[] = {
  { "name", "Name", INF_CELL_TEXT },
  { "id", "Peer id", INF_CELL_TEXT },
  { "state", "State", INF_CELL_TEXT },
  { "away-until-unix", "Away until", INF_CELL_TIME },
  { "address", "Address", INF_CELL_TEXT },
  { "observed-address", "Seen at", INF_CELL_TEXT },
  { "cores", "Cores", INF_CELL_NUMBER },
  { "memory-bytes", "Memory", INF_CELL_SIZE },
  { "slots-free", "Free slots", INF_CELL_NUMBER, .format = format_slots },
  { "load-milli", "Load", INF_CELL_MILLI },
  { "hosting", "Takes jobs", INF_CELL_YES_NO },
  { "price", "Credits per second", INF_CELL_CREDITS },
  { "rtt-us", "Round trip", INF_CELL_RTT },
  { "loss-permille", "Lost probes", INF_CELL_NUMBER, .format = format_loss },
  { "heard-ms", "Last heard", INF_CELL_TEXT, .format = format_heard_ago },
  { "expires-unix", "Record expires", INF_CELL_TIME },
  { "coordinate", "Coordinate", INF_CELL_TEXT, .format = format_coordinate },
  { "arch", "Architecture", INF_CELL_TEXT },
  { "os", "System", INF_CELL_TEXT },
  { "open-mpi", "Open MPI", INF_CELL_TEXT },
  { "offers", "Offers", INF_CELL_TEXT },
  { "neighbours", "Neighbours", INF_CELL_TEXT, .format = format_neighbours_with_times },
  { NULL },
};

static void
remember_names (GVariant *peers)
{
  names_by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (gsize i = 0; i < g_variant_n_children (peers); i++)
    {
      g_autoptr (GVariant) peer = g_variant_get_child_value (peers, i);
      const char *id, *name;
      if (g_variant_lookup (peer, "id", "&s", &id) && g_variant_lookup (peer, "name", "&s", &name)
          && *name)
        g_hash_table_insert (names_by_id, g_strdup (id), g_strdup (name));
    }
}

static gboolean
check_graph_format (int *ret_status, GError **error)
{
  if (!graph_format)
    return TRUE;
  *ret_status = INF_EXIT_USAGE;
  gboolean is_dot = g_str_equal (graph_format, "dot");
  if ((inf_list_options.is_json && is_dot) || inf_list_options.is_quiet || inf_list_options.columns)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--graph goes with none of --json, --quiet and --columns");
      return FALSE;
    }
  if (is_dot || g_str_equal (graph_format, "json"))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "no graph as “%s”; there are dot, json", graph_format);
  return FALSE;
}

static int
print_graph (GVariant *peers)
{
  g_autoptr (InfPeerGraph) graph = inf_peer_graph_new (peers);
  g_autofree char *text = g_str_equal (graph_format, "dot") ? inf_peer_graph_to_dot (graph)
                                                            : inf_peer_graph_to_json (graph);

  inf_terminal_print (text);
  return INF_EXIT_SUCCESS;
}

static int
run_peers (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) peers = NULL;
  InfDBusNode1 *node;
  int status;

  if (!inf_list_begin (list_columns, &status, error) || !check_graph_format (&status, error))
    return status;
  client = inf_client_connect (error);
  node = client ? inf_client_get_node (client, error) : NULL;
  if (!node || !inf_dbus_node1_call_list_peers_sync (node, &peers, NULL, error))
    return INF_EXIT_FAILURE;
  if (graph_format)
    return print_graph (peers);
  remember_names (peers);
  status
      = inf_list_print (list_columns, "id", peers, "No peers: this node is in no grid yet.", error);
  g_clear_pointer (&names_by_id, g_hash_table_unref);
  return status;
}

static int
run_add (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = inf_client_connect (error);
  InfDBusNode1 *node = client ? inf_client_get_node (client, error) : NULL;

  if (!node || !inf_dbus_node1_call_add_peer_address_sync (node, arguments[0], NULL, error))
    return INF_EXIT_FAILURE;
  inf_terminal_message ("%s is tried now and remembered.", arguments[0]);
  return INF_EXIT_SUCCESS;
}

static int
run_show (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = inf_client_connect (error);
  g_autoptr (GVariant) peer = NULL, peers = NULL;
  InfDBusNode1 *node = client ? inf_client_get_node (client, error) : NULL;
  int status;

  if (!node || !inf_dbus_node1_call_get_peer_sync (node, arguments[0], &peer, NULL, error))
    return INF_EXIT_FAILURE;
  /* for the names of its neighbours; without them there are their ids */
  if (!inf_list_options.is_json && inf_dbus_node1_call_list_peers_sync (node, &peers, NULL, NULL))
    remember_names (peers);
  status = inf_list_print_record (record_columns, peer);
  g_clear_pointer (&names_by_id, g_hash_table_unref);
  return status;
}

static const GOptionEntry list_options[]
    = { INF_LIST_ENTRIES,
        { "graph", 0, 0, G_OPTION_ARG_STRING, &graph_format,
          "Print all peers and who exchanges probes with whom, for Graphviz or as JSON",
          "dot|json" },
        G_OPTION_ENTRY_NULL };
static const GOptionEntry show_options[] = { INF_JSON_ENTRY, G_OPTION_ENTRY_NULL };

const InfCommand inf_commands_peers[] = {
  { .name = "peers",
    .summary = "List the nodes of the grid and what they have to offer",
    .details
    = "FREE is of all slots that a node lends; PRICE is in credits per node and second; LOSS "
      "is the share of this node's probes that got no answer; HEARD is how long ago the "
      "node was last heard here. States: self, alive, reclaimed (alive, but its owner, who "
      "lends it, needs it now), suspect (did not answer), away (asleep for a while, as it "
      "said), dead, left.",
    .options = list_options,
    .run = run_peers },
  { .name = "peers add",
    .arguments = "ADDRESS",
    .summary = "Try to reach a member at an address, IP:PORT, and remember it",
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_add },
  { .name = "peer show",
    .arguments = "PEER",
    .summary = "Show all that is known of one node, given by name or by the beginning of its id",
    .options = show_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .words = INF_WORDS_PEERS,
    .run = run_show },
  { NULL },
};
