#include "daemon/inf-bus-views.h"

#include "common/inf-error.h"
#include "common/inf-base32.h"
#include "inf-dbus.h"

#include <string.h>

#define MAX_OFFERS_BYTES 1000
G_STATIC_ASSERT (MAX_OFFERS_BYTES < INF_SETTINGS_MAX_OFFERS_BYTES);

static char *
lease_id_text (InfHostLease *lease)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (inf_host_lease_get_lease (lease));

  return inf_base32_encode (terms->lease_id, sizeof terms->lease_id);
}

static GVariant *
describe_lease (InfHostLease *lease)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (inf_host_lease_get_lease (lease));
  g_autofree char *id = lease_id_text (lease);
  g_autofree char *job = inf_base32_encode (terms->job_id, sizeof terms->job_id);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  InfPeerId client;

  inf_peer_id_of_key (&terms->client, &client);
  g_autofree char *client_id = inf_peer_id_to_text (&client);
  g_variant_dict_insert (&dict, "id", "s", id);
  g_variant_dict_insert (&dict, "job", "s", job);
  g_variant_dict_insert (&dict, "client", "s", client_id);
  g_variant_dict_insert (&dict, "client-name", "s", inf_host_lease_get_client_name (lease));
  g_variant_dict_insert (&dict, "program", "s", inf_host_lease_get_program (lease));
  g_variant_dict_insert (&dict, "slots", "u", terms->slots);
  g_variant_dict_insert (&dict, "state", "s",
                         inf_host_lease_state_to_text (inf_host_lease_get_state (lease)));
  g_variant_dict_insert (&dict, "since-unix", "x", terms->signed_unix_us);
  g_variant_dict_insert (&dict, "price", "t", terms->price_ucredits);
  g_variant_dict_insert (&dict, "earned", "t", inf_host_lease_get_earned_ucredits (lease));
  return g_variant_dict_end (&dict);
}

static GVariant *
describe_policy (const InfSettings *settings)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "hosting", "b", settings->hosting);
  g_variant_dict_insert (&dict, "slots", "u", settings->slots);
  g_variant_dict_insert (&dict, "memory-bytes", "t", settings->memory_bytes);
  g_variant_dict_insert (&dict, "price", "t", settings->price_ucredits);
  g_variant_dict_insert (&dict, "max-seconds", "u", settings->max_lease_s);
  g_variant_dict_insert (&dict, "offers", "s", settings->offers);
  return g_variant_dict_end (&dict);
}

static void
update (InfNode *node, gpointer user_data)
{
  InfDBusHost1 *skeleton = user_data;
  const char *obstacle = inf_node_get_obstacle (node);

  inf_dbus_host1_set_policy (skeleton, describe_policy (inf_node_get_settings (node)));
  inf_dbus_host1_set_obstacle (skeleton, obstacle ? obstacle : "");
}

static void
on_lease_changed (InfLeaseHost *host, InfHostLease *lease, gpointer user_data)
{
  inf_dbus_host1_emit_lease_changed (user_data, describe_lease (lease));
}

static void
on_grid_changed (InfNode *node, gpointer user_data)
{
  InfLeaseHost *host = inf_node_get_lease_host (node);

  if (host)
    g_signal_connect_object (host, "lease-changed", G_CALLBACK (on_lease_changed), user_data, 0);
  update (node, user_data);
}

static gboolean
take_offers (InfSettings *settings, const char *names, GError **error)
{
  if (strlen (names) <= MAX_OFFERS_BYTES)
    {
      g_strlcpy (settings->offers, names, sizeof settings->offers);
      return TRUE;
    }
  g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
               "the names of the programs offered take %zu bytes; %u are possible", strlen (names),
               MAX_OFFERS_BYTES);
  return FALSE;
}

/* Reads one key of a policy; unknown ones and wrong types are errors, not noise. */
static gboolean
take_key (InfSettings *settings, const char *key, GVariant *value, GError **error)
{
  const GVariantType *type = g_variant_get_type (value);
  gboolean is_u = g_variant_type_equal (type, G_VARIANT_TYPE_UINT32);
  gboolean is_t = g_variant_type_equal (type, G_VARIANT_TYPE_UINT64);

  if (g_str_equal (key, "hosting") && g_variant_type_equal (type, G_VARIANT_TYPE_BOOLEAN))
    settings->hosting = g_variant_get_boolean (value);
  else if (g_str_equal (key, "slots") && is_u)
    settings->slots = g_variant_get_uint32 (value);
  else if (g_str_equal (key, "memory-bytes") && is_t)
    settings->memory_bytes = g_variant_get_uint64 (value);
  else if (g_str_equal (key, "price") && is_t)
    settings->price_ucredits = g_variant_get_uint64 (value);
  else if (g_str_equal (key, "max-seconds") && is_u)
    settings->max_lease_s = g_variant_get_uint32 (value);
  else if (g_str_equal (key, "offers") && g_variant_type_equal (type, G_VARIANT_TYPE_STRING))
    return take_offers (settings, g_variant_get_string (value, NULL), error);
  else
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "a policy has no “%s” of type %s", key,
                   g_variant_get_type_string (value));
      return FALSE;
    }
  return TRUE;
}

static gboolean
asks_to_host (GVariant *policy)
{
  gboolean hosting = FALSE;

  return g_variant_lookup (policy, "hosting", "b", &hosting) && hosting;
}

static gboolean
handle_set_policy (InfDBusHost1 *skeleton, GDBusMethodInvocation *invocation, GVariant *policy,
                   InfNode *node)
{
  InfSettings settings = *inf_node_get_settings (node);
  GVariantIter iter;
  const char *key;
  GVariant *value;
  GError *error = NULL;

  g_variant_iter_init (&iter, policy);
  while (!error && g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      take_key (&settings, key, value, &error);
      g_variant_unref (value);
    }
  /* Other settings may be changed while it can't host; asking it to is answered truly. */
  if (!error && asks_to_host (policy) && inf_node_get_obstacle (node))
    g_set_error (&error, INF_ERROR, INF_ERROR_UNSUPPORTED, "this machine can't host: %s",
                 inf_node_get_obstacle (node));
  if (!error && inf_settings_check (&settings, &error)
      && inf_node_set_settings (node, &settings, &error))
    inf_dbus_host1_complete_set_policy (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
handle_list_leases (InfDBusHost1 *skeleton, GDBusMethodInvocation *invocation, InfNode *node)
{
  InfLeaseHost *host = inf_node_get_lease_host (node);
  g_autoptr (GPtrArray) leases
      = host ? inf_lease_host_list (host) : g_ptr_array_new_with_free_func (g_object_unref);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < leases->len; i++)
    g_variant_builder_add_value (&builder, describe_lease (leases->pdata[i]));
  inf_dbus_host1_complete_list_leases (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;

  if (inf_host_lease_end_finish (INF_HOST_LEASE (source), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static gboolean
handle_stop_lease (InfDBusHost1 *skeleton, GDBusMethodInvocation *invocation, const char *prefix,
                   InfNode *node)
{
  InfLeaseHost *host = inf_node_get_lease_host (node);
  g_autoptr (GPtrArray) leases
      = host ? inf_lease_host_list (host) : g_ptr_array_new_with_free_func (g_object_unref);
  InfHostLease *found = NULL;
  guint n_found = 0;

  for (guint i = 0; i < leases->len; i++)
    {
      g_autofree char *id = lease_id_text (leases->pdata[i]);
      if (!g_str_has_prefix (id, prefix))
        continue;
      found = leases->pdata[i];
      n_found++;
    }
  if (n_found == 1)
    inf_host_lease_end_async (found, "the owner stopped it", on_stopped, invocation);
  else
    g_dbus_method_invocation_return_error (
        invocation, INF_ERROR, n_found ? INF_ERROR_INVALID : INF_ERROR_NOT_FOUND,
        n_found ? "“%s” could be several leases; give more of the id" : "no lease begins with “%s”",
        prefix);
  return TRUE;
}

/**
 * inf_bus_host_new:
 * @node: the node
 *
 * Returns: (transfer full): org.infinitygrid.Host1
 */
GDBusInterfaceSkeleton *
inf_bus_host_new (InfNode *node)
{
  InfDBusHost1 *skeleton = inf_dbus_host1_skeleton_new ();

  g_signal_connect (skeleton, "handle-set-policy", G_CALLBACK (handle_set_policy), node);
  g_signal_connect (skeleton, "handle-list-leases", G_CALLBACK (handle_list_leases), node);
  g_signal_connect (skeleton, "handle-stop-lease", G_CALLBACK (handle_stop_lease), node);
  g_signal_connect_object (node, "capacity-changed", G_CALLBACK (update), skeleton, 0);
  g_signal_connect_object (node, "grid-changed", G_CALLBACK (on_grid_changed), skeleton, 0);
  on_grid_changed (node, skeleton);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
