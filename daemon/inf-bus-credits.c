#include "daemon/inf-bus-views.h"

#include "common/inf-base32.h"
#include "common/inf-error.h"
#include "inf-dbus.h"

/* At each change of the ledger, so that whoever hears of a job's end, say, finds its cost here.
 * What changes before the main loop goes on is told as one: the skeleton does that. */
static void
update (InfNode *node, gpointer user_data)
{
  InfDBusCredits1 *skeleton = user_data;
  InfLedger *ledger = inf_node_get_ledger (node);

  inf_dbus_credits1_set_balance (skeleton, ledger ? (gint64)inf_ledger_get_balance (ledger) : 0);
  inf_dbus_credits1_set_escrowed (skeleton, ledger ? (gint64)inf_ledger_get_escrowed (ledger) : 0);
  inf_dbus_credits1_set_earned (skeleton, ledger ? (gint64)inf_ledger_get_earned (ledger) : 0);
  inf_dbus_credits1_set_paid (skeleton, ledger ? (gint64)inf_ledger_get_paid (ledger) : 0);
}

static GVariant *
describe_entry (InfNode *node, const InfEntry *entry)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  gboolean is_grant = entry->kind == INF_ENTRY_GRANT;
  g_autofree char *peer = is_grant ? g_strdup ("") : inf_bus_peer_name (node, &entry->peer);
  g_autofree char *job
      = is_grant ? g_strdup ("") : inf_base32_encode (entry->job_id, sizeof entry->job_id);
  g_autofree char *lease
      = is_grant ? g_strdup ("") : inf_base32_encode (entry->lease_id, sizeof entry->lease_id);

  g_variant_dict_insert (&dict, "number", "t", entry->number);
  g_variant_dict_insert (&dict, "kind", "s", inf_entry_kind_name (entry->kind));
  g_variant_dict_insert (&dict, "amount", "x", (gint64)entry->amount_ucredits);
  g_variant_dict_insert (&dict, "balance", "x", (gint64)entry->balance_ucredits);
  g_variant_dict_insert (&dict, "peer", "s", peer);
  g_variant_dict_insert (&dict, "job", "s", job);
  g_variant_dict_insert (&dict, "lease", "s", lease);
  g_variant_dict_insert (&dict, "time-unix", "x", entry->time_unix_us);
  return g_variant_dict_end (&dict);
}

static gboolean
handle_history (InfDBusCredits1 *skeleton, GDBusMethodInvocation *invocation, guint offset,
                guint limit, InfNode *node)
{
  GError *error = NULL;

  if (!inf_node_get_ledger (node) && !inf_bus_require_grid (node, invocation))
    return TRUE;
  g_autoptr (GArray) entries = inf_ledger_list_history (
      inf_node_get_ledger (node), offset, MIN (limit, INF_LEDGER_MAX_HISTORY), &error);
  GVariantBuilder builder;

  if (!entries)
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < entries->len; i++)
    g_variant_builder_add_value (&builder,
                                 describe_entry (node, &g_array_index (entries, InfEntry, i)));
  inf_dbus_credits1_complete_history (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

/**
 * inf_bus_credits_new:
 * @node: the node
 *
 * Returns: (transfer full): org.infinitygrid.Credits1
 */
GDBusInterfaceSkeleton *
inf_bus_credits_new (InfNode *node)
{
  InfDBusCredits1 *skeleton = inf_dbus_credits1_skeleton_new ();

  g_signal_connect (skeleton, "handle-history", G_CALLBACK (handle_history), node);
  g_signal_connect_object (node, "credits-changed", G_CALLBACK (update), skeleton, 0);
  g_signal_connect_object (node, "grid-changed", G_CALLBACK (update), skeleton, 0);
  update (node, skeleton);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
