#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-list.h"
#include "cli/inf-peer-columns.h"
#include "cli/inf-peer-graph.h"
#include "cli/inf-terminal.h"

static char *graph_format;

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

  if (!inf_list_begin (inf_peer_list_columns, &status, error)
      || !check_graph_format (&status, error))
    return status;
  client = inf_client_connect (error);
  node = client ? inf_client_get_node (client, error) : NULL;
  if (!node || !inf_dbus_node1_call_list_peers_sync (node, &peers, NULL, error))
    return INF_EXIT_FAILURE;
  if (graph_format)
    return print_graph (peers);
  inf_peer_columns_remember (peers);
  status = inf_list_print (inf_peer_list_columns, "id", peers,
                           "No peers: this node is in no grid yet.", error);
  inf_peer_columns_forget ();
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
  /* for the names of its neighbours and the time to it; without them there are ids, and none */
  if (!inf_list_options.is_json && inf_dbus_node1_call_list_peers_sync (node, &peers, NULL, NULL))
    inf_peer_columns_remember (peers);
  status = inf_list_print_record (inf_peer_record_columns, peer);
  inf_peer_columns_forget ();
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
    = "FREE is of all slots that a node lends; PRICE is in credits per node and second; RTT is "
      "as measured, or with a ~ as foretold where the two nodes never met; LOSS "
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
