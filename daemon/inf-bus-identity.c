#include "daemon/inf-bus-views.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "inf-dbus.h"

/* What is not a passphrase, nor needs one, of these calls is the node's; here they only come and
 * go. A passphrase is in memory twice: in the message, which GDBus frees without wiping it, and in
 * the node, which wipes it. */

static void
update (InfNode *node, gpointer user_data)
{
  InfDBusIdentity1 *skeleton = user_data;
  g_autofree char *id = inf_node_dup_peer_id_text (node);

  inf_dbus_identity1_set_state (skeleton,
                                inf_identity_state_to_text (inf_node_get_identity_state (node)));
  inf_dbus_identity1_set_sealed (skeleton, inf_node_is_sealed (node));
  inf_dbus_identity1_set_name (skeleton, inf_node_get_own_name (node));
  inf_dbus_identity1_set_peer_id (skeleton, id);
  inf_dbus_identity1_set_failures (skeleton, inf_node_get_failures (node));
  inf_dbus_identity1_set_retry_unix (skeleton, inf_node_get_retry_unix_us (node));
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;

  if (inf_node_identity_finish (INF_NODE (source), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static gboolean
handle_register (InfDBusIdentity1 *skeleton, GDBusMethodInvocation *invocation, const char *name,
                 const char *passphrase, InfNode *node)
{
  inf_node_register_async (node, name, passphrase, on_done, invocation);
  return TRUE;
}

/* Reads the one option that there is; another, or one of another type, is an error. */
static gboolean
take_option (GDBusMethodInvocation *invocation, GVariant *options, const char *name,
             gboolean *ret_value)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  *ret_value = FALSE;
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;
      if (g_str_equal (key, name) && g_variant_is_of_type (owned, G_VARIANT_TYPE_BOOLEAN))
        {
          *ret_value = g_variant_get_boolean (owned);
          continue;
        }
      g_dbus_method_invocation_return_error (invocation, INF_ERROR, INF_ERROR_INVALID,
                                             "there is no option “%s” of type %s", key,
                                             g_variant_get_type_string (owned));
      return FALSE;
    }
  return TRUE;
}

static gboolean
handle_unlock (InfDBusIdentity1 *skeleton, GDBusMethodInvocation *invocation,
               const char *passphrase, GVariant *options, InfNode *node)
{
  gboolean reclaims;

  if (take_option (invocation, options, "reclaim", &reclaims))
    inf_node_unlock_async (node, passphrase, reclaims, on_done, invocation);
  return TRUE;
}

static void
on_locked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;

  if (inf_node_down_finish (INF_NODE (source), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static gboolean
handle_lock (InfDBusIdentity1 *skeleton, GDBusMethodInvocation *invocation, const char *how,
             InfNode *node)
{
  inf_node_lock_async (node, how, on_locked, invocation);
  return TRUE;
}

static gboolean
handle_change (InfDBusIdentity1 *skeleton, GDBusMethodInvocation *invocation,
               const char *old_passphrase, const char *new_passphrase, InfNode *node)
{
  inf_node_change_passphrase_async (node, old_passphrase, new_passphrase, on_done, invocation);
  return TRUE;
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;
  g_autoptr (GBytes) data = inf_node_export_finish (INF_NODE (source), result, &error);

  if (data)
    inf_dbus_identity1_complete_export (NULL, invocation, inf_wire_variant_from_bytes (data));
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static gboolean
handle_export (InfDBusIdentity1 *skeleton, GDBusMethodInvocation *invocation,
               const char *passphrase, GVariant *options, InfNode *node)
{
  gboolean moves;

  if (take_option (invocation, options, "move", &moves))
    inf_node_export_async (node, passphrase, moves, on_exported, invocation);
  return TRUE;
}

static gboolean
handle_import (InfDBusIdentity1 *skeleton, GDBusMethodInvocation *invocation, GVariant *data,
               const char *passphrase, InfNode *node)
{
  g_autoptr (GBytes) bytes = inf_wire_bytes_from_variant (data);

  inf_node_import_async (node, bytes, passphrase, on_done, invocation);
  return TRUE;
}

/**
 * inf_bus_identity_new:
 * @node: the node
 *
 * Returns: (transfer full): org.infinitygrid.Identity1
 */
GDBusInterfaceSkeleton *
inf_bus_identity_new (InfNode *node)
{
  InfDBusIdentity1 *skeleton = inf_dbus_identity1_skeleton_new ();

  g_signal_connect (skeleton, "handle-register", G_CALLBACK (handle_register), node);
  g_signal_connect (skeleton, "handle-unlock", G_CALLBACK (handle_unlock), node);
  g_signal_connect (skeleton, "handle-lock", G_CALLBACK (handle_lock), node);
  g_signal_connect (skeleton, "handle-change-passphrase", G_CALLBACK (handle_change), node);
  g_signal_connect (skeleton, "handle-export", G_CALLBACK (handle_export), node);
  g_signal_connect (skeleton, "handle-import", G_CALLBACK (handle_import), node);
  g_signal_connect_object (node, "identity-changed", G_CALLBACK (update), skeleton, 0);
  update (node, skeleton);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
