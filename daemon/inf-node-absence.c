#include "daemon/inf-node-private.h"

#include "common/inf-error.h"

/* A node that is away: what the grid is told. */

/**
 * inf_node_tell_absence:
 * @node: a node
 *
 * Tells the grid, if it is in contact with one, until when this node is away.
 */
void
inf_node_tell_absence (InfNode *node)
{
  InfGossip *gossip = inf_node_get_gossip (node);

  if (gossip && node->absence)
    inf_gossip_set_away (gossip, inf_absence_get_until_unix_us (node->absence));
}

static void
on_absence (gint64 until_unix_us, gpointer data)
{
  inf_node_tell_absence (data);
}

/**
 * inf_node_watch_absence:
 * @node: a node that starts
 */
void
inf_node_watch_absence (InfNode *node)
{
  node->absence = inf_absence_new (NULL, on_absence, node);
}

/**
 * inf_node_set_away:
 * @node: a node
 * @until_unix_us: until when its owner has no use of it, 0 for no longer
 * @error: #INF_ERROR_NOT_FOUND in no grid, #INF_ERROR_INVALID
 */
gboolean
inf_node_set_away (InfNode *node, gint64 until_unix_us, GError **error)
{
  if (node->session)
    return inf_absence_set (node->absence, until_unix_us, error);
  g_set_error_literal (error, INF_ERROR, INF_ERROR_NOT_FOUND,
                       "this node is in contact with no grid, so nobody looks for it");
  return FALSE;
}
