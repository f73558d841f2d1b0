#include "daemon/inf-node-private.h"

/* What the node's owner keeps and fetches: the shelf is there always, transfers while there is a
 * session. */

void
inf_node_init_files (InfNode *node)
{
  g_autofree char *path = g_build_filename (node->state_dir, "files", NULL);

  node->shelf = inf_shelf_new (path, node->store);
  node->transfers = inf_transfers_new (node->store, node->shelf);
  node->copies = inf_copies_new ();
}

static GPtrArray *
list_peers (gpointer user_data)
{
  InfNode *node = user_data;
  g_autoptr (GPtrArray) infos = inf_gossip_list (inf_node_get_gossip (node));
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_transfer_peer_free);

  for (guint i = 0; i < infos->len; i++)
    {
      const InfPeerInfo *info = infos->pdata[i];
      if (info->is_self || info->state != INF_PEER_ALIVE)
        continue;
      g_autoptr (InfEndpoint) endpoint
          = inf_endpoint_new (&info->id, (const char *const *)info->addresses);
      g_ptr_array_add (peers, inf_transfer_peer_new (endpoint, info->name));
    }
  return peers;
}

void
inf_node_open_files (InfNode *node)
{
  const InfJobContext *context = inf_session_get_context (node->session);

  inf_transfers_open (node->transfers, context->links, context->files, list_peers, node);
}

void
inf_node_close_files (InfNode *node, const char *why)
{
  if (node->transfers)
    inf_transfers_close (node->transfers, why);
}

void
inf_node_clear_files (InfNode *node)
{
  g_clear_object (&node->transfers);
  g_clear_object (&node->copies);
  g_clear_pointer (&node->shelf, inf_shelf_free);
}

InfStore *
inf_node_get_store (InfNode *node)
{
  return node->store;
}

InfShelf *
inf_node_get_shelf (InfNode *node)
{
  return node->shelf;
}

InfTransfers *
inf_node_get_transfers (InfNode *node)
{
  return node->transfers;
}

InfCopies *
inf_node_get_copies (InfNode *node)
{
  return node->copies;
}
