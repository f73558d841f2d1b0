#include "daemon/inf-node-private.h"

#include "common/inf-error.h"
#include "daemon/inf-enrolment-service.h"
#include "discovery/identity/inf-name.h"

#include <string.h>

/* A node's ways into a grid and out of it, and what its founder may do. */

/* What the owner called it, else its host name, as far as that can be one. */
static char *
default_name (InfNode *self)
{
  if (*inf_node_get_own_name (self))
    return g_strdup (inf_node_get_own_name (self));
  g_autofree char *name = g_ascii_strdown (g_get_host_name (), -1);
  char *dot = strchr (name, '.');

  if (dot)
    *dot = '\0';
  return inf_name_is_valid (name) ? g_steal_pointer (&name) : g_strdup ("node");
}

static gboolean
is_alone (InfNode *self)
{
  g_autoptr (GPtrArray) peers = inf_gossip_list (inf_session_get_gossip (self->session));

  return inf_membership_is_founder (inf_session_get_membership (self->session)) && peers->len <= 1;
}

/* A lease that is stopped but not closed yet may still be hashing its outputs. */
static gboolean
is_idle (InfNode *self)
{
  g_autoptr (GPtrArray) leases = inf_lease_host_list (inf_session_get_lease_host (self->session));

  return inf_jobs_count_active (inf_session_get_jobs (self->session)) == 0 && leases->len == 0;
}

/* A grid that nobody else has joined is given up without a word: it was founded to run something on
 * this machine alone. */
static gboolean
make_room (InfNode *self, GError **error)
{
  if (!self->membership)
    return TRUE;
  if (!self->session || !is_alone (self))
    {
      InfGrid *grid = inf_membership_get_grid (self->membership);
      g_set_error (error, INF_ERROR, INF_ERROR_EXISTS,
                   "this node is in the grid “%s”; run “infinity grid leave” first",
                   inf_grid_get_name (grid));
      return FALSE;
    }
  return inf_node_leave_grid (self, error);
}

/**
 * inf_node_found_grid:
 * @node: a node in no grid, or alone in one
 * @grid_name: the grid's name
 * @node_name: this node's in it; "" for the host name
 * @grant_ucredits: every member's welcome grant
 * @error: #INF_ERROR_EXISTS, #INF_ERROR_INVALID; #INF_ERROR_DENIED while it is locked
 */
gboolean
inf_node_found_grid (InfNode *node, const char *grid_name, const char *node_name,
                     guint64 grant_ucredits, GError **error)
{
  g_autofree char *name = *node_name ? g_strdup (node_name) : default_name (node);
  if (!inf_node_ensure_identity (node, error))
    return FALSE;
  g_autoptr (InfMembership) membership = inf_membership_found (
      node->keypair, grid_name, name, grant_ucredits, g_get_real_time (), error);

  return membership && make_room (node, error)
         && inf_membership_save (membership, node->state_dir, error)
         && inf_node_enter_grid (node, membership, error);
}

/**
 * inf_node_ensure_grid:
 * @node: a node
 * @error: as inf_node_found_grid()
 *
 * Founds a grid of this machine alone where there is none, so that a job can run before anybody
 * else is there.
 */
gboolean
inf_node_ensure_grid (InfNode *node, GError **error)
{
  const guint64 grant_ucredits = G_GUINT64_CONSTANT (1000000000);

  if (node->membership)
    return inf_node_require_session (node, error);
  return inf_node_found_grid (node, "solo", "", grant_ucredits, error);
}

/**
 * inf_node_leave_grid:
 * @node: a node
 * @error: #INF_ERROR_NOT_FOUND when it is in none; #INF_ERROR_REFUSED while jobs or leases are open
 */
gboolean
inf_node_leave_grid (InfNode *node, GError **error)
{
  if (!node->membership)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_NOT_FOUND, "this node is in no grid");
      return FALSE;
    }
  if (node->session && !is_idle (node))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_REFUSED,
                           "jobs or leases are under way; cancel them or wait for their end");
      return FALSE;
    }
  if (!inf_membership_forget (node->state_dir, error))
    return FALSE;
  if (node->session)
    inf_node_close_session (node);
  inf_node_drop_membership (node);
  inf_node_update_state (node);
  return TRUE;
}

/**
 * inf_node_invite:
 * @node: the founder's node
 * @lifetime_s: how long the invite holds, in seconds; 0 for a day
 * @ret_expires_unix_us: (out): until when
 * @error: #INF_ERROR_NOT_FOUND in no grid, #INF_ERROR_DENIED at anybody but the founder
 *
 * Returns: (transfer full) (nullable): the token
 */
char *
inf_node_invite (InfNode *node, guint lifetime_s, gint64 *ret_expires_unix_us, GError **error)
{
  if (!inf_node_require_session (node, error))
    return NULL;
  return inf_session_invite (node->session, lifetime_s, ret_expires_unix_us, error);
}

/* Multicast doesn't reach everywhere: where the invite led to is where gossip begins. */
static void
seek_at (InfNode *self, const char *const *addresses)
{
  InfGossip *gossip = inf_session_get_gossip (self->session);

  for (guint i = 0; addresses[i]; i++)
    inf_gossip_add_invited_address (gossip, addresses[i], NULL);
}

static void
on_joined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  InfNode *self = g_task_get_source_object (task);
  g_auto (GStrv) addresses = NULL;
  GError *error = NULL;
  g_autoptr (InfMembership) membership = inf_enrolment_join_finish (result, &addresses, &error);

  if (!membership || !make_room (self, &error)
      || !inf_membership_save (membership, self->state_dir, &error)
      || !inf_node_enter_grid (self, membership, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  seek_at (self, (const char *const *)addresses);
  g_task_return_boolean (task, TRUE);
}

/**
 * inf_node_join_async:
 * @node: a node in no grid, or alone in one
 * @token: an invite, from anyone
 * @node_name: this node's name in the grid; "" for the host name
 * @callback: when this node is a member
 * @user_data: for @callback
 */
void
inf_node_join_async (InfNode *node, const char *token, const char *node_name,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (node, NULL, callback, user_data);
  g_autofree char *name = *node_name ? g_strdup (node_name) : default_name (node);

  GError *error = NULL;
  if (!inf_node_ensure_identity (node, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (node->membership && !(node->session && is_alone (node)))
    {
      g_task_return_new_error (task, INF_ERROR, INF_ERROR_EXISTS,
                               "this node is in a grid; run “infinity grid leave” first");
      return;
    }
  inf_enrolment_join_async (node->keypair, token, name, on_joined, g_steal_pointer (&task));
}

gboolean
inf_node_join_finish (InfNode *node, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * inf_node_find_peer:
 * @node: a node
 * @text: a name, or a prefix of an id
 * @error: #INF_ERROR_NOT_FOUND, or #INF_ERROR_INVALID when it could be several
 *
 * Returns: (transfer full) (nullable): what is known of the peer
 */
InfPeerInfo *
inf_node_find_peer (InfNode *node, const char *text, GError **error)
{
  InfPeerInfo *found = NULL;

  if (!inf_node_require_session (node, error))
    return NULL;
  g_autoptr (GPtrArray) peers = inf_gossip_list (inf_session_get_gossip (node->session));
  for (guint i = 0; i < peers->len; i++)
    {
      InfPeerInfo *peer = peers->pdata[i];
      g_autofree char *id = inf_peer_id_to_text (&peer->id);
      if (!g_str_equal (peer->name, text) && !g_str_has_prefix (id, text))
        continue;
      if (found)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                       "“%s” could be several peers; give more of the id", text);
          return NULL;
        }
      found = peer;
    }
  if (!found)
    g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "no peer is called “%s”", text);
  return found ? inf_peer_info_ref (found) : NULL;
}

/**
 * inf_node_remove_member:
 * @node: the founder's node
 * @member: a name, or a prefix of an id
 * @error: #INF_ERROR_DENIED at anybody but the founder, #INF_ERROR_NOT_FOUND
 */
gboolean
inf_node_remove_member (InfNode *node, const char *member, GError **error)
{
  g_autoptr (InfPeerInfo) peer = inf_node_find_peer (node, member, error);

  if (!peer)
    return FALSE;
  if (peer->is_self)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                           "the founder can't remove itself; run “infinity grid leave”");
      return FALSE;
    }
  return inf_session_revoke (node->session, &peer->id, error);
}
