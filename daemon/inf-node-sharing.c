#include "daemon/inf-node-private.h"

#include "common/inf-error.h"

/* What the owner's rules do to the node: new leases, those that run, and what peers hear. */

static guint64
jobs_ticks (gpointer user_data)
{
  InfNode *self = user_data;

  return inf_resources_get_jobs_ticks (self->resources);
}

static gboolean
pause_stops (InfNode *self, InfOwnerReason reason)
{
  return reason == INF_OWNER_SNOOZED ? self->settings.snooze_stops : self->settings.pause_stops;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
}

/* Tells the session of the verdict; what runs ends where the owner wants that. */
void
inf_node_apply_verdict (InfNode *self)
{
  InfOwnerVerdict verdict = inf_owner_get_verdict (self->owner);
  gboolean lends = verdict.reason == INF_OWNER_LENDS;

  if (!self->session)
    return;
  inf_session_set_paused (self->session, lends ? NULL : inf_owner_reason_describe (verdict.reason));
  if (lends || !pause_stops (self, verdict.reason))
    return;
  g_autofree char *reason
      = g_strdup_printf ("paused by its owner (%s)", inf_owner_reason_describe (verdict.reason));
  inf_lease_host_end_all_async (inf_session_get_lease_host (self->session), reason, on_ended, NULL);
}

static void
on_verdict_changed (gpointer user_data)
{
  InfNode *self = user_data;

  inf_node_apply_verdict (self);
  inf_node_emit_capacity_changed (self);
}

void
inf_node_init_sharing (InfNode *self)
{
  const InfOwnerFuncs funcs = { .changed = on_verdict_changed, .jobs_ticks = jobs_ticks };

  self->owner = inf_owner_new (&funcs, self);
  self->inhibitor = inf_suspend_inhibitor_new ();
}

/**
 * inf_node_pause:
 * @node: a node
 * @until_unix_us: when it ends; %INF_OWNER_SNOOZED_UNTIL_RESUMED for not by itself; 0 ends one
 * @stops: whether jobs that run end
 * @error: #INF_ERROR_FAILED when it can't be saved
 *
 * The owner's own pause, which goes before all rules.
 */
gboolean
inf_node_pause (InfNode *node, gint64 until_unix_us, gboolean stops, GError **error)
{
  InfSettings settings = node->settings;

  settings.rules.snoozed_until_unix_us = until_unix_us;
  settings.snooze_stops = stops;
  return inf_node_set_settings (node, &settings, error);
}

static guint
count_leases (InfNode *self)
{
  g_autoptr (GPtrArray) leases = NULL;
  guint n = 0;

  if (!self->session)
    return 0;
  leases = inf_lease_host_list (inf_session_get_lease_host (self->session));
  for (guint i = 0; i < leases->len; i++)
    n += inf_host_lease_holds_slots (leases->pdata[i]);
  return n;
}

/* What the owner's settings ask for besides the rules; called whenever they or the leases change.
 */
void
inf_node_apply_limits (InfNode *self)
{
  if (self->disk_watch)
    inf_disk_watch_set_limit (self->disk_watch, self->settings.disk_bytes);
  inf_suspend_inhibitor_set (self->inhibitor,
                             self->settings.inhibits_suspend && count_leases (self) > 0);
}

static const char *
judge_sharing (InfNode *self, guint leases, const char **ret_reason)
{
  InfOwnerVerdict verdict = inf_owner_get_verdict (self->owner);

  *ret_reason = "";
  if (self->obstacle)
    *ret_reason = "no-sandbox";
  else if (!self->session || self->disconnecting != INF_DISCONNECTING_NOT)
    *ret_reason = inf_node_get_state (self);
  if (**ret_reason)
    return "unable";
  if (!self->settings.hosting)
    {
      *ret_reason = "sharing-off";
      return "off";
    }
  *ret_reason = inf_owner_reason_to_text (verdict.reason);
  if (verdict.reason != INF_OWNER_LENDS)
    return "paused";
  return leases > 0 ? "hosting" : "ready";
}

/**
 * inf_node_describe_sharing:
 * @node: a node
 *
 * Returns: (transfer floating): Host1.State, as the contract has it
 */
GVariant *
inf_node_describe_sharing (InfNode *node)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  InfOwnerVerdict verdict = inf_owner_get_verdict (node->owner);
  guint leases = count_leases (node);
  const char *reason;
  const char *state = judge_sharing (node, leases, &reason);
  gboolean is_paused = g_str_equal (state, "paused");
  const char *running = pause_stops (node, verdict.reason) ? "stop" : "finish";

  g_variant_dict_insert (&dict, "state", "s", state);
  g_variant_dict_insert (&dict, "reason", "s", reason);
  g_variant_dict_insert (&dict, "until-unix", "x", is_paused ? verdict.until_unix_us : 0);
  g_variant_dict_insert (&dict, "leases", "u", leases);
  g_variant_dict_insert (&dict, "running", "s", is_paused && leases > 0 ? running : "");
  return g_variant_dict_end (&dict);
}

/**
 * inf_node_describe_sensors:
 * @node: a node
 *
 * Returns: (transfer floating): what Host1.GetSensors answers
 */
GVariant *
inf_node_describe_sensors (InfNode *node)
{
  static const char *const powers[] = { "unknown", "mains", "battery" };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  InfOwnerSensors sensors;
  const char *idle_source;

  inf_owner_read_sensors (node->owner, &sensors, &idle_source);
  g_variant_dict_insert (&dict, "idle-seconds", "x", sensors.idle_s);
  g_variant_dict_insert (&dict, "idle-source", "s", idle_source);
  g_variant_dict_insert (&dict, "power", "s", powers[sensors.power]);
  g_variant_dict_insert (&dict, "busy-percent", "i", sensors.busy_percent);
  return g_variant_dict_end (&dict);
}

/**
 * inf_node_answer_request:
 * @node: a node
 * @id: of an open request
 * @answer: "accept", "decline", or "always": accept, and list the client
 * @error: #INF_ERROR_NOT_FOUND, #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE
 */
gboolean
inf_node_answer_request (InfNode *node, guint64 id, const char *answer, GError **error)
{
  const InfRequest *request = inf_requests_get (node->requests, id);
  InfSettings settings = node->settings;

  if (!g_str_equal (answer, "accept") && !g_str_equal (answer, "decline")
      && !g_str_equal (answer, "always"))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "an answer is accept, decline or always, not “%s”", answer);
      return FALSE;
    }
  if (request && g_str_equal (answer, "always")
      && (!inf_settings_allow (&settings, &request->client, error)
          || !inf_node_set_settings (node, &settings, error)))
    return FALSE;
  return inf_requests_answer (node->requests, id, !g_str_equal (answer, "decline"), error);
}
