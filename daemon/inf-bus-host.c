#include "daemon/inf-bus-views.h"

#include "common/inf-base32.h"
#include "common/inf-error.h"
#include "daemon/inf-policy-dictionary.h"
#include "inf-dbus.h"

#define READ_SIZE_BYTES 65536

static char *
lease_id_text (InfHostLease *lease)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (inf_host_lease_get_lease (lease));

  return inf_base32_encode (terms->lease_id, sizeof terms->lease_id);
}

static GVariant *
describe_lease (InfNode *node, InfHostLease *lease)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (inf_host_lease_get_lease (lease));
  g_autofree char *id = lease_id_text (lease);
  g_autofree char *job = inf_base32_encode (terms->job_id, sizeof terms->job_id);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  gint64 cpu_milli, memory_bytes;
  InfPeerId client;

  inf_peer_id_of_key (&terms->client, &client);
  g_autofree char *client_id = inf_peer_id_to_text (&client);
  inf_resources_look_at_lease (inf_node_get_resources (node), lease, &cpu_milli, &memory_bytes);
  g_variant_dict_insert (&dict, "id", "s", id);
  g_variant_dict_insert (&dict, "job", "s", job);
  g_variant_dict_insert (&dict, "client", "s", client_id);
  g_variant_dict_insert (&dict, "client-name", "s", inf_host_lease_get_client_name (lease));
  g_variant_dict_insert (&dict, "program", "s", inf_host_lease_get_program (lease));
  g_variant_dict_insert (&dict, "slots", "u", terms->slots);
  g_variant_dict_insert (&dict, "state", "s",
                         inf_host_lease_state_to_text (inf_host_lease_get_state (lease)));
  g_variant_dict_insert (&dict, "since-unix", "x", terms->signed_unix_us);
  g_variant_dict_insert (&dict, "ended-unix", "x", inf_host_lease_get_ended_unix_us (lease));
  g_variant_dict_insert (&dict, "end-reason", "s", inf_host_lease_get_end_reason (lease));
  g_variant_dict_insert (&dict, "price", "t", terms->price_ucredits);
  g_variant_dict_insert (&dict, "earned", "t", inf_host_lease_get_earned_ucredits (lease));
  g_variant_dict_insert (&dict, "cpu-milli", "x", cpu_milli);
  g_variant_dict_insert (&dict, "memory-used", "x", memory_bytes);
  return g_variant_dict_end (&dict);
}

static GVariant *
describe_past_lease (const InfPastLease *lease)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "id", "s", lease->id);
  g_variant_dict_insert (&dict, "job", "s", lease->job);
  g_variant_dict_insert (&dict, "client", "s", lease->client);
  g_variant_dict_insert (&dict, "client-name", "s", lease->client_name);
  g_variant_dict_insert (&dict, "program", "s", lease->program);
  g_variant_dict_insert (&dict, "slots", "u", lease->slots);
  g_variant_dict_insert (&dict, "state", "s", inf_host_lease_state_to_text (INF_HOST_LEASE_CLOSED));
  g_variant_dict_insert (&dict, "since-unix", "x", lease->since_unix_us);
  g_variant_dict_insert (&dict, "ended-unix", "x", lease->ended_unix_us);
  g_variant_dict_insert (&dict, "end-reason", "s", lease->end_reason);
  g_variant_dict_insert (&dict, "price", "t", lease->price_ucredits);
  g_variant_dict_insert (&dict, "earned", "t", lease->earned_ucredits);
  g_variant_dict_insert (&dict, "cpu-milli", "x", (gint64)-1);
  g_variant_dict_insert (&dict, "memory-used", "x", (gint64)-1);
  return g_variant_dict_end (&dict);
}

static void
update (InfNode *node, gpointer user_data)
{
  InfDBusHost1 *skeleton = user_data;
  const char *obstacle = inf_node_get_obstacle (node);

  inf_dbus_host1_set_policy (skeleton, inf_policy_to_dictionary (inf_node_get_settings (node)));
  inf_dbus_host1_set_obstacle (skeleton, obstacle ? obstacle : "");
  inf_dbus_host1_set_state (skeleton, inf_node_describe_sharing (node));
}

static void
on_lease_changed (InfLeaseHost *host, InfHostLease *lease, gpointer user_data)
{
  InfNode *node = g_object_get_data (user_data, "node");

  inf_dbus_host1_emit_lease_changed (user_data, describe_lease (node, lease));
}

static void
on_leases_used (InfNode *node, gpointer user_data)
{
  InfLeaseHost *host = inf_node_get_lease_host (node);
  g_autoptr (GPtrArray) leases = host ? inf_lease_host_list (host) : g_ptr_array_new ();

  for (guint i = 0; i < leases->len; i++)
    if (inf_host_lease_get_state (leases->pdata[i]) == INF_HOST_LEASE_RUNNING)
      inf_dbus_host1_emit_lease_changed (user_data, describe_lease (node, leases->pdata[i]));
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
  GError *error = NULL;

  /* Other settings may be changed while it can't host; asking it to is answered truly. */
  if (asks_to_host (policy) && inf_node_get_obstacle (node))
    g_set_error (&error, INF_ERROR, INF_ERROR_UNSUPPORTED, "this machine can't host: %s",
                 inf_node_get_obstacle (node));
  if (!error && inf_policy_take_dictionary (&settings, policy, &error)
      && inf_node_set_settings (node, &settings, &error))
    inf_dbus_host1_complete_set_policy (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

/* When a pause of the owner's ends; FALSE where UNTIL is nothing that can be. */
static gboolean
read_until (const char *until, guint seconds, gint64 *ret_unix_us, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (g_str_equal (until, "resumed"))
    *ret_unix_us = INF_OWNER_SNOOZED_UNTIL_RESUMED;
  else if (g_str_equal (until, "tomorrow"))
    *ret_unix_us = inf_owner_rules_tomorrow_unix_us (now);
  else if (g_str_equal (until, "time") && seconds > 0)
    *ret_unix_us = g_get_real_time () + (gint64)seconds * G_USEC_PER_SEC;
  else
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "a pause lasts until “tomorrow”, until “resumed”, or for a “time” of at least "
                   "a second");
      return FALSE;
    }
  return TRUE;
}

static gboolean
handle_pause (InfDBusHost1 *skeleton, GDBusMethodInvocation *invocation, const char *until,
              guint seconds, const char *running, InfNode *node)
{
  gboolean stops
      = *running ? g_str_equal (running, "stop") : inf_node_get_settings (node)->pause_stops;
  gint64 until_unix_us;
  GError *error = NULL;

  if (*running && !stops && !g_str_equal (running, "finish"))
    g_set_error (&error, INF_ERROR, INF_ERROR_INVALID,
                 "jobs that run “finish” or “stop”, they don't “%s”", running);
  if (!error && read_until (until, seconds, &until_unix_us, &error)
      && inf_node_pause (node, until_unix_us, stops, &error))
    inf_dbus_host1_complete_pause (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
handle_resume (InfDBusHost1 *skeleton, GDBusMethodInvocation *invocation, InfNode *node)
{
  GError *error = NULL;

  if (inf_node_pause (node, 0, FALSE, &error))
    inf_dbus_host1_complete_resume (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
handle_get_sensors (InfDBusHost1 *skeleton, GDBusMethodInvocation *invocation, InfNode *node)
{
  inf_dbus_host1_complete_get_sensors (skeleton, invocation, inf_node_describe_sensors (node));
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
    g_variant_builder_add_value (&builder, describe_lease (node, leases->pdata[i]));
  inf_dbus_host1_complete_list_leases (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
handle_list_past_leases (InfDBusHost1 *skeleton, GDBusMethodInvocation *invocation, guint offset,
                         guint limit, InfNode *node)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) leases = inf_history_list_leases (
      inf_resources_get_history (inf_node_get_resources (node)), offset, limit, &error);
  GVariantBuilder builder;

  if (!leases)
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < leases->len; i++)
    g_variant_builder_add_value (&builder, describe_past_lease (leases->pdata[i]));
  inf_dbus_host1_complete_list_past_leases (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static GVariant *
describe_request (const InfRequest *request)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, request->id);
  g_autofree char *client = inf_peer_id_to_text (&request->client);
  guint64 seconds = (guint64)((request->duration_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);

  g_variant_dict_insert (&dict, "id", "s", id);
  g_variant_dict_insert (&dict, "client", "s", client);
  g_variant_dict_insert (&dict, "client-name", "s", request->client_name);
  g_variant_dict_insert (&dict, "program", "s", request->program);
  g_variant_dict_insert (&dict, "slots", "u", request->slots);
  g_variant_dict_insert (&dict, "memory-bytes", "t", request->memory_bytes);
  g_variant_dict_insert (&dict, "seconds", "u", (guint32)MIN (seconds, G_MAXUINT32));
  g_variant_dict_insert (&dict, "price", "t", request->price_ucredits);
  g_variant_dict_insert (&dict, "worth", "t", request->price_ucredits * seconds);
  g_variant_dict_insert (&dict, "asked-unix", "x", request->asked_unix_us);
  g_variant_dict_insert (&dict, "expires-unix", "x", request->expires_unix_us);
  return g_variant_dict_end (&dict);
}

static gboolean
handle_list_requests (InfDBusHost1 *skeleton, GDBusMethodInvocation *invocation, InfNode *node)
{
  GPtrArray *requests = inf_requests_list (inf_node_get_requests (node));
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < requests->len; i++)
    g_variant_builder_add_value (&builder, describe_request (requests->pdata[i]));
  inf_dbus_host1_complete_list_requests (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
handle_answer_request (InfDBusHost1 *skeleton, GDBusMethodInvocation *invocation, const char *id,
                       const char *answer, InfNode *node)
{
  GError *error = NULL;
  guint64 number = 0;

  /* No number is the number of no request. */
  g_ascii_string_to_unsigned (id, 10, 1, G_MAXUINT64, &number, NULL);
  if (inf_node_answer_request (node, number, answer, &error))
    inf_dbus_host1_complete_answer_request (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static void
on_request_added (const InfRequest *request, gpointer user_data)
{
  inf_dbus_host1_emit_request_added (user_data, describe_request (request));
}

static void
on_request_removed (const InfRequest *request, const char *outcome, gpointer user_data)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, request->id);

  inf_dbus_host1_emit_request_removed (user_data, id, outcome);
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

/* Returns: (transfer full) (nullable): the only lease whose id begins so; answers the invocation
 * with the error when there is none, or several */
static InfHostLease *
find_lease (InfNode *node, GDBusMethodInvocation *invocation, const char *prefix)
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
    return g_object_ref (found);
  g_dbus_method_invocation_return_error (
      invocation, INF_ERROR, n_found ? INF_ERROR_INVALID : INF_ERROR_NOT_FOUND,
      n_found ? "“%s” could be several leases; give more of the id" : "no lease begins with “%s”",
      prefix);
  return NULL;
}

static gboolean
handle_stop_lease (InfDBusHost1 *skeleton, GDBusMethodInvocation *invocation, const char *prefix,
                   InfNode *node)
{
  g_autoptr (InfHostLease) lease = find_lease (node, invocation, prefix);

  if (lease)
    inf_host_lease_end_async (lease, "the owner stopped it", on_stopped, invocation);
  return TRUE;
}

static gboolean
handle_read_lease_log (InfDBusHost1 *skeleton, GDBusMethodInvocation *invocation,
                       const char *prefix, guint64 offset, InfNode *node)
{
  g_autoptr (InfHostLease) lease = find_lease (node, invocation, prefix);
  g_autoptr (GBytes) bytes = NULL;
  guint64 start;
  gsize size;

  if (!lease)
    return TRUE;
  bytes = inf_host_lease_read_log (lease, offset, READ_SIZE_BYTES, &start);
  const void *data = g_bytes_get_data (bytes, &size);
  inf_dbus_host1_complete_read_lease_log (
      skeleton, invocation, start, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, size, 1));
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
  const InfRequestsFuncs funcs = { .added = on_request_added, .removed = on_request_removed };

  inf_requests_set_funcs (inf_node_get_requests (node), &funcs, skeleton);
  g_signal_connect (skeleton, "handle-set-policy", G_CALLBACK (handle_set_policy), node);
  g_signal_connect (skeleton, "handle-list-leases", G_CALLBACK (handle_list_leases), node);
  g_signal_connect (skeleton, "handle-stop-lease", G_CALLBACK (handle_stop_lease), node);
  g_signal_connect (skeleton, "handle-read-lease-log", G_CALLBACK (handle_read_lease_log), node);
  g_object_set_data (G_OBJECT (skeleton), "node", node);
  g_signal_connect (skeleton, "handle-list-past-leases", G_CALLBACK (handle_list_past_leases),
                    node);
  g_signal_connect (skeleton, "handle-list-requests", G_CALLBACK (handle_list_requests), node);
  g_signal_connect (skeleton, "handle-answer-request", G_CALLBACK (handle_answer_request), node);
  g_signal_connect (skeleton, "handle-pause", G_CALLBACK (handle_pause), node);
  g_signal_connect (skeleton, "handle-resume", G_CALLBACK (handle_resume), node);
  g_signal_connect (skeleton, "handle-get-sensors", G_CALLBACK (handle_get_sensors), node);
  g_signal_connect_object (node, "leases-used", G_CALLBACK (on_leases_used), skeleton, 0);
  g_signal_connect_object (node, "state-changed", G_CALLBACK (update), skeleton, 0);
  g_signal_connect_object (node, "capacity-changed", G_CALLBACK (update), skeleton, 0);
  g_signal_connect_object (node, "grid-changed", G_CALLBACK (on_grid_changed), skeleton, 0);
  on_grid_changed (node, skeleton);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
