#include "daemon/inf-bus-views.h"

#include "common/inf-error.h"
#include "config.h"
#include "inf-dbus.h"

#define DEFAULT_GRANT_UCREDITS G_GUINT64_CONSTANT (1000000000)

/* What the interface's methods need besides the node. */
typedef struct
{
  InfNode *node;
  GMainLoop *loop;
} View;

/**
 * inf_bus_peer_name:
 * @node: the node
 * @id: any peer
 *
 * Returns: (transfer full): its name, or the beginning of its id when it is not known
 */
char *
inf_bus_peer_name (InfNode *node, const InfPeerId *id)
{
  InfGossip *gossip = inf_node_get_gossip (node);
  g_autoptr (InfPeerInfo) info = gossip ? inf_gossip_lookup (gossip, id) : NULL;

  return info ? g_strdup (info->name) : inf_peer_id_to_short (id);
}

/**
 * inf_bus_require_grid:
 * @node: the node
 * @invocation: answered with an error when the node takes part in no grid
 *
 * Returns: whether it takes part in one
 */
gboolean
inf_bus_require_grid (InfNode *node, GDBusMethodInvocation *invocation)
{
  GError *error = NULL;

  /* What is known of the grid can be asked for until it is left. */
  if (inf_node_get_gossip (node) || inf_node_require_session (node, &error))
    return TRUE;
  g_dbus_method_invocation_take_error (invocation, error);
  return FALSE;
}

static GVariant *
describe_capabilities (InfNode *node)
{
  InfSandboxReport *report = inf_node_get_report (node);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sbsss)"));
  for (guint i = 0; report && i < report->capabilities->len; i++)
    {
      const InfSandboxCapability *each = report->capabilities->pdata[i];
      g_variant_builder_add (&builder, "(sbsss)", each->name, each->works, each->found, each->why,
                             each->remedy);
    }
  return g_variant_builder_end (&builder);
}

static guint
count_alive (InfNode *node)
{
  InfGossip *gossip = inf_node_get_gossip (node);

  return gossip ? inf_gossip_count_others (gossip) : 0;
}

static void
update (InfNode *node, gpointer user_data)
{
  InfDBusNode1 *skeleton = user_data;
  InfMembership *membership = inf_node_get_membership (node);
  InfGrid *grid = membership ? inf_membership_get_grid (membership) : NULL;
  g_autofree char *grid_id = grid ? inf_grid_id_to_text (inf_grid_get_id (grid)) : g_strdup ("");

  inf_dbus_node1_set_name (skeleton, inf_node_get_name (node));
  inf_dbus_node1_set_grid_name (skeleton, grid ? inf_grid_get_name (grid) : "");
  inf_dbus_node1_set_grid_id (skeleton, grid_id);
  inf_dbus_node1_set_is_founder (skeleton, membership && inf_membership_is_founder (membership));
  inf_dbus_node1_set_port (skeleton, inf_node_get_port (node));
  inf_dbus_node1_set_capabilities (skeleton, describe_capabilities (node));
  inf_dbus_node1_set_peers_alive (skeleton, count_alive (node));
}

static void
update_state (InfNode *node, gpointer user_data)
{
  InfDBusNode1 *skeleton = user_data;

  inf_dbus_node1_set_state (skeleton, inf_node_get_state (node));
  inf_dbus_node1_set_state_detail (skeleton, inf_node_describe_state (node));
}

static void
on_identity_changed (InfNode *node, gpointer user_data)
{
  g_autofree char *id = inf_node_dup_peer_id_text (node);

  inf_dbus_node1_set_peer_id (user_data, id);
}

static void
on_peer (InfNode *node, const InfPeerId *id, gpointer user_data)
{
  inf_dbus_node1_set_peers_alive (user_data, count_alive (node));
}

static gboolean
handle_create_grid (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation, const char *name,
                    const char *node_name, GVariant *options, View *view)
{
  guint64 grant = DEFAULT_GRANT_UCREDITS;
  GError *error = NULL;

  g_variant_lookup (options, "grant", "t", &grant);
  if (inf_node_found_grid (view->node, name, node_name, grant, &error))
    inf_dbus_node1_complete_create_grid (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
handle_invite (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation, guint lifetime_s,
               View *view)
{
  GError *error = NULL;
  gint64 expires_unix_us = 0;
  g_autofree char *token = inf_node_invite (view->node, lifetime_s, &expires_unix_us, &error);

  if (token)
    inf_dbus_node1_complete_invite (skeleton, invocation, token, expires_unix_us);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static void
on_joined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;

  if (inf_node_join_finish (INF_NODE (source), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static gboolean
handle_join_grid (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation, const char *token,
                  const char *node_name, View *view)
{
  inf_node_join_async (view->node, token, node_name, on_joined, invocation);
  return TRUE;
}

static gboolean
handle_leave_grid (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation, View *view)
{
  GError *error = NULL;

  if (inf_node_leave_grid (view->node, &error))
    inf_dbus_node1_complete_leave_grid (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
handle_remove_member (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation, const char *member,
                      View *view)
{
  GError *error = NULL;

  if (inf_node_remove_member (view->node, member, &error))
    inf_dbus_node1_complete_remove_member (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
handle_list_peers (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation, View *view)
{
  GVariantBuilder builder;

  if (!inf_bus_require_grid (view->node, invocation))
    return TRUE;
  g_autoptr (GPtrArray) peers = inf_gossip_list (inf_node_get_gossip (view->node));
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < peers->len; i++)
    g_variant_builder_add_value (&builder, inf_bus_describe_peer (peers->pdata[i]));
  inf_dbus_node1_complete_list_peers (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
handle_get_peer (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation, const char *peer,
                 View *view)
{
  GError *error = NULL;
  g_autoptr (InfPeerInfo) info = inf_node_find_peer (view->node, peer, &error);

  if (info)
    inf_dbus_node1_complete_get_peer (skeleton, invocation, inf_bus_describe_peer (info));
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
handle_add_peer_address (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation,
                         const char *address, View *view)
{
  GError *error = NULL;

  if (!inf_bus_require_grid (view->node, invocation))
    return TRUE;
  if (inf_gossip_add_address (inf_node_get_gossip (view->node), address, &error))
    inf_dbus_node1_complete_add_peer_address (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
handle_connect (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation, View *view)
{
  GError *error = NULL;

  if (inf_node_connect (view->node, &error))
    inf_dbus_node1_complete_connect (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static void
on_disconnected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;

  if (inf_node_down_finish (INF_NODE (source), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static gboolean
handle_disconnect (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation, const char *how,
                   View *view)
{
  inf_node_disconnect_async (view->node, how, on_disconnected, invocation);
  return TRUE;
}

static gboolean
handle_set_away (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation, gint64 until_unix_us,
                 View *view)
{
  GError *error = NULL;

  if (inf_node_set_away (view->node, until_unix_us, &error))
    inf_dbus_node1_complete_set_away (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static void
on_shut_down (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

static gboolean
handle_quit (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation, View *view)
{
  inf_dbus_node1_complete_quit (skeleton, invocation);
  inf_node_shut_down_async (view->node, on_shut_down, view->loop);
  return TRUE;
}

/**
 * inf_bus_node_new:
 * @node: the node
 * @loop: ended by Quit
 *
 * Returns: (transfer full): org.infinitygrid.Node1
 */
GDBusInterfaceSkeleton *
inf_bus_node_new (InfNode *node, GMainLoop *loop)
{
  InfDBusNode1 *skeleton = inf_dbus_node1_skeleton_new ();
  View *view = g_new0 (View, 1);

  view->node = node;
  view->loop = loop;
  g_object_set_data_full (G_OBJECT (skeleton), "view", view, g_free);
  inf_dbus_node1_set_version (skeleton, INF_VERSION);
  inf_dbus_node1_set_state_directory (skeleton, inf_node_get_state_dir (node));
  g_signal_connect (skeleton, "handle-create-grid", G_CALLBACK (handle_create_grid), view);
  g_signal_connect (skeleton, "handle-invite", G_CALLBACK (handle_invite), view);
  g_signal_connect (skeleton, "handle-join-grid", G_CALLBACK (handle_join_grid), view);
  g_signal_connect (skeleton, "handle-leave-grid", G_CALLBACK (handle_leave_grid), view);
  g_signal_connect (skeleton, "handle-remove-member", G_CALLBACK (handle_remove_member), view);
  g_signal_connect (skeleton, "handle-list-peers", G_CALLBACK (handle_list_peers), view);
  g_signal_connect (skeleton, "handle-get-peer", G_CALLBACK (handle_get_peer), view);
  g_signal_connect (skeleton, "handle-add-peer-address", G_CALLBACK (handle_add_peer_address),
                    view);
  g_signal_connect (skeleton, "handle-connect", G_CALLBACK (handle_connect), view);
  g_signal_connect (skeleton, "handle-disconnect", G_CALLBACK (handle_disconnect), view);
  g_signal_connect (skeleton, "handle-set-away", G_CALLBACK (handle_set_away), view);
  g_signal_connect (skeleton, "handle-quit", G_CALLBACK (handle_quit), view);
  g_signal_connect_object (node, "grid-changed", G_CALLBACK (update), skeleton, 0);
  g_signal_connect_object (node, "capacity-changed", G_CALLBACK (update), skeleton, 0);
  g_signal_connect_object (node, "peer-changed", G_CALLBACK (on_peer), skeleton, 0);
  g_signal_connect_object (node, "peer-gone", G_CALLBACK (on_peer), skeleton, 0);
  inf_bus_peers_watch (node, G_DBUS_INTERFACE_SKELETON (skeleton));
  g_signal_connect_object (node, "state-changed", G_CALLBACK (update_state), skeleton, 0);
  g_signal_connect_object (node, "identity-changed", G_CALLBACK (on_identity_changed), skeleton, 0);
  update (node, skeleton);
  update_state (node, skeleton);
  on_identity_changed (node, skeleton);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
