#include "host-app/inf-host-model-private.h"

#include "host-app/inf-host-leases.h"
#include "host-app/inf-request-item.h"

#include <glib/gi18n.h>

/**
 * InfHostModel:
 *
 * This computer as one that shares, as infinityd tells it: what the screens of the app show, and
 * what their controls ask for. It survives the service's coming and going.
 *
 * Signals: "changed" when anything but the lists did; "failed" with a sentence when something that
 * was asked for did not happen; "request-added" and "request-removed" with an
 * #InfRequestItem; "lease-ended" with an #InfLeaseItem.
 */
struct _InfHostModel
{
  GObject parent_instance;

  InfService *service;
  GCancellable *cancellable; /* of all calls to this infinityd */
  InfHostLeases *leases;
  GListStore *requests;
  guint64 earned_today;
  guint n_watchers;
  gboolean holds_samples;
};

enum
{
  CHANGED,
  FAILED,
  REQUEST_ADDED,
  REQUEST_REMOVED,
  LEASE_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfHostModel, inf_host_model, G_TYPE_OBJECT)

static void
emit_changed (InfHostModel *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
report (InfHostModel *self, GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_dbus_error_strip_remote_error (error);
  g_signal_emit (self, signals[FAILED], 0, error->message);
}

/* Ends every call whose answer is only whether it worked. */
static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfHostModel) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (!answer)
    report (self, error);
  /* a control that was moved goes back to what holds */
  emit_changed (self);
}

/**
 * inf_host_model_call:
 * @self: the model
 * @proxy: (nullable): an interface of infinityd, %NULL while it is away
 * @method: a method that answers nothing
 * @arguments: (nullable): a tuple, taken when floating
 *
 * Asks infinityd, and answers by the signals "changed" and "failed".
 */
void
inf_host_model_call (InfHostModel *self, gpointer proxy, const char *method, GVariant *arguments)
{
  if (proxy)
    g_dbus_proxy_call (proxy, method, arguments, G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable,
                       on_answered, g_object_ref (self));
  else if (arguments)
    g_variant_unref (g_variant_ref_sink (arguments));
}

static void
take_request (InfHostModel *self, GVariant *request)
{
  g_autoptr (InfRequestItem) item = inf_request_item_new (request);

  g_list_store_append (self->requests, item);
  g_signal_emit (self, signals[REQUEST_ADDED], 0, item);
}

static void
on_request_added (InfDBusHost1 *host, GVariant *request, gpointer user_data)
{
  take_request (user_data, request);
}

static void
remove_request (InfHostModel *self, guint position)
{
  g_autoptr (InfRequestItem) item = g_list_model_get_item (G_LIST_MODEL (self->requests), position);

  g_list_store_remove (self->requests, position);
  g_signal_emit (self, signals[REQUEST_REMOVED], 0, item);
}

static void
on_request_removed (InfDBusHost1 *host, const char *id, const char *outcome, gpointer user_data)
{
  InfHostModel *self = user_data;

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->requests)); i > 0; i--)
    {
      g_autoptr (InfRequestItem) item
          = g_list_model_get_item (G_LIST_MODEL (self->requests), i - 1);
      if (g_str_equal (inf_request_item_get_id (item), id))
        remove_request (self, i - 1);
    }
}

static void
on_sample (InfDBusResources1 *resources, GVariant *sample, gpointer user_data)
{
  InfHostModel *self = user_data;
  guint64 earned = self->earned_today;

  g_variant_lookup (sample, "earned-today", "t", &earned);
  if (earned == self->earned_today)
    return;
  self->earned_today = earned;
  emit_changed (self);
}

static void
on_leases_loaded (InfHostLeases *leases, const char *problem, gpointer user_data)
{
  if (problem)
    g_signal_emit (user_data, signals[FAILED], 0, problem);
  else
    emit_changed (user_data);
}

static void
on_lease_ended (InfHostLeases *leases, InfLeaseItem *item, gpointer user_data)
{
  g_signal_emit (user_data, signals[LEASE_ENDED], 0, item);
}

static void
on_requests (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfHostModel) self = user_data;
  g_autoptr (GVariant) requests = NULL;

  if (!inf_dbus_host1_call_list_requests_finish (INF_DBUS_HOST1 (source), &requests, result, NULL))
    return;
  for (gsize i = 0; i < g_variant_n_children (requests); i++)
    {
      g_autoptr (GVariant) request = g_variant_get_child_value (requests, i);
      take_request (self, request);
    }
}

static void
on_earnings (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfHostModel) self = user_data;
  g_autoptr (GVariant) earnings = NULL;
  gsize n_days;

  if (!inf_dbus_resources1_call_get_earnings_finish (INF_DBUS_RESOURCES1 (source), &earnings,
                                                     result, NULL))
    return;
  n_days = g_variant_n_children (earnings);
  if (n_days)
    g_variant_get_child (earnings, n_days - 1, "(xtu)", NULL, &self->earned_today, NULL);
  emit_changed (self);
}

static void
ask_for_earnings (InfHostModel *self)
{
  inf_dbus_resources1_call_get_earnings (inf_service_get_resources (self->service), 1,
                                         self->cancellable, on_earnings, g_object_ref (self));
}

static void
on_lease_changed (InfDBusHost1 *host, GVariant *lease, gpointer user_data)
{
  InfHostModel *self = user_data;

  inf_host_leases_take (self->leases, lease);
  /* samples tell it anyhow */
  if (!self->holds_samples)
    ask_for_earnings (self);
  emit_changed (self);
}

static void
on_properties (GDBusProxy *proxy, GVariant *changed, const char *const *gone, gpointer user_data)
{
  emit_changed (user_data);
}

static void
go_up (InfHostModel *self)
{
  InfDBusHost1 *host = inf_service_get_host (self->service);
  InfDBusResources1 *resources = inf_service_get_resources (self->service);
  gpointer followed[]
      = { host, inf_service_get_node (self->service), inf_service_get_credits (self->service),
          inf_service_get_identity (self->service) };

  self->cancellable = g_cancellable_new ();
  for (guint i = 0; i < G_N_ELEMENTS (followed); i++)
    g_signal_connect_object (followed[i], "g-properties-changed", G_CALLBACK (on_properties), self,
                             0);
  g_signal_connect_object (host, "lease-changed", G_CALLBACK (on_lease_changed), self, 0);
  g_signal_connect_object (host, "request-added", G_CALLBACK (on_request_added), self, 0);
  g_signal_connect_object (host, "request-removed", G_CALLBACK (on_request_removed), self, 0);
  g_signal_connect_object (resources, "sample", G_CALLBACK (on_sample), self, 0);
  inf_host_leases_load (self->leases, host, self->cancellable);
  inf_dbus_host1_call_list_requests (host, self->cancellable, on_requests, g_object_ref (self));
  ask_for_earnings (self);
}

static void
on_service_state (InfService *service, GParamSpec *pspec, gpointer user_data)
{
  InfHostModel *self = user_data;
  gboolean is_up = inf_service_get_state (service) == INF_SERVICE_UP;

  if (is_up && !self->cancellable)
    go_up (self);
  if (!is_up && self->cancellable)
    {
      g_cancellable_cancel (self->cancellable);
      g_clear_object (&self->cancellable);
      inf_host_leases_forget_running (self->leases);
      while (g_list_model_get_n_items (G_LIST_MODEL (self->requests)))
        remove_request (self, 0);
    }
  emit_changed (self);
}

/* What jobs use and earn is told only while samples are held. */
static void
update_hold (InfHostModel *self)
{
  gboolean wants = self->n_watchers && inf_host_model_get_n_running (self);

  if (wants == self->holds_samples)
    return;
  self->holds_samples = wants;
  if (wants)
    inf_service_hold_samples (self->service);
  else
    inf_service_release_samples (self->service);
}

static void
inf_host_model_dispose (GObject *object)
{
  InfHostModel *self = INF_HOST_MODEL (object);

  self->n_watchers = 0;
  if (self->leases)
    {
      g_signal_handlers_disconnect_by_data (inf_host_leases_get_running (self->leases), self);
      g_signal_handlers_disconnect_by_data (self->leases, self);
      update_hold (self);
    }
  if (self->service)
    g_signal_handlers_disconnect_by_data (self->service, self);
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->service);
  g_clear_object (&self->leases);
  g_clear_object (&self->requests);
  G_OBJECT_CLASS (inf_host_model_parent_class)->dispose (object);
}

static void
inf_host_model_class_init (InfHostModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_host_model_dispose;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_HOST_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", INF_TYPE_HOST_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[REQUEST_ADDED] = g_signal_new ("request-added", INF_TYPE_HOST_MODEL, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, INF_TYPE_REQUEST_ITEM);
  signals[REQUEST_REMOVED]
      = g_signal_new ("request-removed", INF_TYPE_HOST_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, INF_TYPE_REQUEST_ITEM);
  signals[LEASE_ENDED] = g_signal_new ("lease-ended", INF_TYPE_HOST_MODEL, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, INF_TYPE_LEASE_ITEM);
}

static void
inf_host_model_init (InfHostModel *self)
{
  self->leases = inf_host_leases_new ();
  self->requests = g_list_store_new (INF_TYPE_REQUEST_ITEM);
}

/**
 * inf_host_model_new:
 * @service: the connection to infinityd
 *
 * Returns: (transfer full): a model that follows it
 */
InfHostModel *
inf_host_model_new (InfService *service)
{
  InfHostModel *self = g_object_new (INF_TYPE_HOST_MODEL, NULL);

  self->service = g_object_ref (service);
  g_signal_connect_swapped (inf_host_leases_get_running (self->leases), "items-changed",
                            G_CALLBACK (update_hold), self);
  g_signal_connect (self->leases, "ended", G_CALLBACK (on_lease_ended), self);
  g_signal_connect (self->leases, "loaded", G_CALLBACK (on_leases_loaded), self);
  g_signal_connect (service, "notify::state", G_CALLBACK (on_service_state), self);
  on_service_state (service, NULL, self);
  return self;
}

InfService *
inf_host_model_get_service (InfHostModel *self)
{
  return self->service;
}

gboolean
inf_host_model_is_up (InfHostModel *self)
{
  return self->cancellable != NULL;
}

/* Returns: (transfer none): #InfLeaseItem, what runs here, newest first */
GListModel *
inf_host_model_get_leases (InfHostModel *self)
{
  return inf_host_leases_get_running (self->leases);
}

/* Returns: (transfer none): #InfLeaseItem, what has ended, newest first */
GListModel *
inf_host_model_get_past_leases (InfHostModel *self)
{
  return inf_host_leases_get_past (self->leases);
}

/* Returns: (transfer none): #InfRequestItem, who asks and waits for an answer */
GListModel *
inf_host_model_get_requests (InfHostModel *self)
{
  return G_LIST_MODEL (self->requests);
}

guint64
inf_host_model_get_earned_today (InfHostModel *self)
{
  return self->earned_today;
}

/* Returns: micro-credits a second that the jobs here pay together */
guint64
inf_host_model_get_earning_rate (InfHostModel *self)
{
  return inf_host_leases_get_rate (self->leases);
}

/* Returns: (transfer none) (nullable): the owner's rules, `a{sv}` */
GVariant *
inf_host_model_get_policy (InfHostModel *self)
{
  InfDBusHost1 *host = inf_service_get_host (self->service);

  return host ? inf_dbus_host1_get_policy (host) : NULL;
}

/* Returns: Node1's State, "" while it is not known */
const char *
inf_host_model_get_node_state (InfHostModel *self)
{
  InfDBusNode1 *node = inf_service_get_node (self->service);
  const char *state = node ? inf_dbus_node1_get_state (node) : NULL;

  return state ? state : "";
}

static GVariant *
get_host_state (InfHostModel *self)
{
  InfDBusHost1 *host = inf_service_get_host (self->service);

  return host ? inf_dbus_host1_get_state (host) : NULL;
}

/**
 * inf_host_model_describe:
 * @self: the model
 * @words: (out caller-allocates): the state in a sentence; clear it after use
 */
void
inf_host_model_describe (InfHostModel *self, InfHostWords *words)
{
  InfDBusNode1 *node = inf_service_get_node (self->service);
  InfDBusHost1 *host = inf_service_get_host (self->service);
  GVariant *detail = node ? inf_dbus_node1_get_state_detail (node) : NULL;
  GVariant *state = get_host_state (self);
  InfHostSituation situation = { .node_state = inf_host_model_get_node_state (self),
                                 .obstacle = host ? inf_dbus_host1_get_obstacle (host) : "" };

  if (detail)
    {
      g_variant_lookup (detail, "reason", "&s", &situation.node_reason);
      g_variant_lookup (detail, "message", "&s", &situation.node_message);
      g_variant_lookup (detail, "peers-found", "u", &situation.peers);
      g_variant_lookup (detail, "leases-left", "u", &situation.leases_left);
    }
  if (state)
    {
      g_variant_lookup (state, "state", "&s", &situation.host_state);
      g_variant_lookup (state, "reason", "&s", &situation.host_reason);
      g_variant_lookup (state, "until-unix", "x", &situation.until_unix);
      g_variant_lookup (state, "leases", "u", &situation.leases);
      g_variant_lookup (state, "running", "&s", &situation.running);
    }
  inf_host_words_describe (words, &situation, g_get_real_time ());
}

/* Returns: whether the owner wants to take part in the grid now */
gboolean
inf_host_model_is_connected (InfHostModel *self)
{
  const char *state = inf_host_model_get_node_state (self);

  return g_str_equal (state, "connected") || g_str_equal (state, "connecting");
}

/* Returns: whether the owner, and no rule, has paused it */
gboolean
inf_host_model_is_snoozed (InfHostModel *self)
{
  GVariant *state = get_host_state (self);
  const char *reason = "";

  return state && g_variant_lookup (state, "reason", "&s", &reason)
         && g_str_equal (reason, "snoozed");
}

guint
inf_host_model_get_n_running (InfHostModel *self)
{
  return g_list_model_get_n_items (inf_host_leases_get_running (self->leases));
}

/**
 * inf_host_model_watch:
 * @self: the model
 *
 * Until as many unwatches, the jobs that run are followed closely: somebody looks at them.
 */
void
inf_host_model_watch (InfHostModel *self)
{
  self->n_watchers++;
  update_hold (self);
}

void
inf_host_model_unwatch (InfHostModel *self)
{
  g_return_if_fail (self->n_watchers > 0);

  self->n_watchers--;
  update_hold (self);
}
