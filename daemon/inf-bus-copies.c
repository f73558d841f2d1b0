#include "daemon/inf-bus-views.h"

#include "inf-dbus.h"

#define INTERFACE "org.infinitygrid.Copies1"

/* Returns: (transfer full) (nullable): a copy for whoever asked, by the name they give it; the
 * invocation is answered when there is none */
InfCopy *
inf_bus_begin_copy (InfNode *node, GDBusMethodInvocation *invocation, const char *id)
{
  GError *error = NULL;
  InfCopy *copy = inf_copies_begin (
      inf_node_get_copies (node), g_dbus_method_invocation_get_connection (invocation), id, &error);

  if (!copy)
    g_dbus_method_invocation_take_error (invocation, error);
  return copy;
}

static gboolean
handle_cancel (InfDBusCopies1 *skeleton, GDBusMethodInvocation *invocation, const char *id,
               InfNode *node)
{
  GError *error = NULL;

  if (inf_copies_cancel (inf_node_get_copies (node),
                         g_dbus_method_invocation_get_connection (invocation), id, &error))
    inf_dbus_copies1_complete_cancel (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

/* Only to whoever wanted it: others may call theirs the same. */
static void
on_progress (InfCopies *copies, gpointer client, const char *id, guint64 done_bytes,
             guint64 total_bytes, GDBusInterfaceSkeleton *skeleton)
{
  if (g_dbus_interface_skeleton_has_connection (skeleton, client))
    g_dbus_connection_emit_signal (client, NULL, INF_BUS_OBJECT_PATH, INTERFACE, "Progress",
                                   g_variant_new ("(stt)", id, done_bytes, total_bytes), NULL);
}

/**
 * inf_bus_copies_new:
 * @node: the node
 *
 * Returns: (transfer full): org.infinitygrid.Copies1
 */
GDBusInterfaceSkeleton *
inf_bus_copies_new (InfNode *node)
{
  InfDBusCopies1 *skeleton = inf_dbus_copies1_skeleton_new ();

  g_signal_connect (skeleton, "handle-cancel", G_CALLBACK (handle_cancel), node);
  g_signal_connect_object (inf_node_get_copies (node), "progress", G_CALLBACK (on_progress),
                           skeleton, 0);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
