#include "widgets/inf-service.h"

#include "common/inf-autostart.h"
#include "common/inf-error.h"
#include "common/inf-paths.h"

#include <glib/gi18n.h>

#define OBJECT_PATH "/org/infinitygrid"
#define CONNECT_TIMEOUT_MS 5000
/* Joining and stopping wait for other machines. */
#define CALL_TIMEOUT_MS 120000
/* Looking for a socket costs next to nothing, and a node that came back should be seen at once. */
#define FIRST_RETRY_MS 100
#define LAST_RETRY_MS 2000

/*
 *   CONNECTING ──▶ UP ──(closed)──▶ DOWN ◀──(every 2 s)──┐
 *        └──────────▲────(nobody)────▶│ └── a look ──────┘
 *                   │                 ▼ inf_service_start()
 *                   └───────────── STARTING ──(failed)──▶ DOWN
 */
struct _InfService
{
  GObject parent_instance;

  InfServiceState state;
  char *problem;
  GCancellable *attempt; /* of the connecting under way */
  guint timeout_id;
  guint retry_id;
  guint retry_ms;
  guint n_pending; /* proxies that are being made */
  guint n_holds;   /* who wants samples */
  guint n_peer_holds;

  GDBusConnection *connection;
  InfDBusNode1 *node;
  InfDBusHost1 *host;
  InfDBusCredits1 *credits;
  InfDBusIdentity1 *identity;
  InfDBusResources1 *resources;
  InfDBusJobs1 *jobs;
  InfDBusResults1 *results;
  InfDBusFiles1 *files;
  InfDBusCopies1 *copies;
};

enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (InfService, inf_service, G_TYPE_OBJECT)

static void try_to_connect (InfService *self);

static void
set_state (InfService *self, InfServiceState state, const char *problem)
{
  gboolean is_same = self->state == state && g_strcmp0 (self->problem, problem) == 0;

  if (problem != self->problem)
    {
      g_free (self->problem);
      self->problem = g_strdup (problem);
    }
  self->state = state;
  if (!is_same)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void on_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error,
                       gpointer user_data);

static void
drop_connection (InfService *self)
{
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  if (self->attempt)
    g_cancellable_cancel (self->attempt);
  g_clear_object (&self->attempt);
  g_clear_object (&self->node);
  g_clear_object (&self->host);
  g_clear_object (&self->credits);
  g_clear_object (&self->identity);
  g_clear_object (&self->resources);
  g_clear_object (&self->jobs);
  g_clear_object (&self->results);
  g_clear_object (&self->files);
  g_clear_object (&self->copies);
  if (self->connection)
    {
      g_signal_handlers_disconnect_by_func (self->connection, on_closed, self);
      g_dbus_connection_close (self->connection, NULL, NULL, NULL);
    }
  g_clear_object (&self->connection);
  self->n_pending = 0;
}

static gboolean
on_retry (gpointer user_data)
{
  InfService *self = user_data;

  self->retry_id = 0;
  try_to_connect (self);
  return G_SOURCE_REMOVE;
}

static void
retry_later (InfService *self)
{
  if (self->retry_id)
    return;
  self->retry_ms = CLAMP (self->retry_ms * 2, FIRST_RETRY_MS, LAST_RETRY_MS);
  self->retry_id = g_timeout_add (self->retry_ms, on_retry, self);
}

static void
go_down (InfService *self, const char *problem)
{
  gboolean is_starting = self->state == INF_SERVICE_STARTING;

  drop_connection (self);
  /* while it starts, it is what starts it that says how that ended */
  if (!is_starting)
    set_state (self, INF_SERVICE_DOWN, problem);
  retry_later (self);
}

static void
on_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer user_data)
{
  InfService *self = user_data;

  self->retry_ms = 0;
  go_down (self, NULL);
}

static void
keep_proxy (InfService *self, gpointer proxy)
{
  if (INF_DBUS_IS_NODE1 (proxy))
    g_set_object (&self->node, proxy);
  else if (INF_DBUS_IS_HOST1 (proxy))
    g_set_object (&self->host, proxy);
  else if (INF_DBUS_IS_CREDITS1 (proxy))
    g_set_object (&self->credits, proxy);
  else if (INF_DBUS_IS_IDENTITY1 (proxy))
    g_set_object (&self->identity, proxy);
  else if (INF_DBUS_IS_RESOURCES1 (proxy))
    g_set_object (&self->resources, proxy);
  else if (INF_DBUS_IS_JOBS1 (proxy))
    g_set_object (&self->jobs, proxy);
  else if (INF_DBUS_IS_RESULTS1 (proxy))
    g_set_object (&self->results, proxy);
  else if (INF_DBUS_IS_FILES1 (proxy))
    g_set_object (&self->files, proxy);
  else
    g_set_object (&self->copies, proxy);
}

static void
on_proxy_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) proxy
      = g_async_initable_new_finish (G_ASYNC_INITABLE (source), result, &error);
  InfService *self;

  /* cancelled: the service may be gone */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data;
  if (!proxy)
    {
      go_down (self, error->message);
      return;
    }
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (proxy), CALL_TIMEOUT_MS);
  keep_proxy (self, proxy);
  if (--self->n_pending > 0)
    return;
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  self->retry_ms = 0;
  if (self->n_holds)
    inf_dbus_resources1_call_subscribe (self->resources, NULL, NULL, NULL);
  if (self->n_peer_holds)
    inf_dbus_node1_call_subscribe_peers (self->node, NULL, NULL, NULL);
  set_state (self, INF_SERVICE_UP, NULL);
}

static void
make_proxies (InfService *self)
{
  const struct
  {
    GType type;
    const char *interface;
  } wanted[] = {
    { INF_DBUS_TYPE_NODE1_PROXY, "org.infinitygrid.Node1" },
    { INF_DBUS_TYPE_HOST1_PROXY, "org.infinitygrid.Host1" },
    { INF_DBUS_TYPE_CREDITS1_PROXY, "org.infinitygrid.Credits1" },
    { INF_DBUS_TYPE_IDENTITY1_PROXY, "org.infinitygrid.Identity1" },
    { INF_DBUS_TYPE_RESOURCES1_PROXY, "org.infinitygrid.Resources1" },
    { INF_DBUS_TYPE_JOBS1_PROXY, "org.infinitygrid.Jobs1" },
    { INF_DBUS_TYPE_RESULTS1_PROXY, "org.infinitygrid.Results1" },
    { INF_DBUS_TYPE_FILES1_PROXY, "org.infinitygrid.Files1" },
    { INF_DBUS_TYPE_COPIES1_PROXY, "org.infinitygrid.Copies1" },
  };

  self->n_pending = G_N_ELEMENTS (wanted);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_async_initable_new_async (wanted[i].type, G_PRIORITY_DEFAULT, self->attempt, on_proxy_made,
                                self, "g-connection", self->connection, "g-object-path",
                                OBJECT_PATH, "g-interface-name", wanted[i].interface, "g-flags",
                                G_DBUS_PROXY_FLAGS_NONE, NULL);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_finish (result, &error);
  InfService *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data;
  if (!connection)
    {
      gboolean is_absent = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
                           || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);

      /* what was said of a failed start stays */
      go_down (self, is_absent ? self->problem : error->message);
      return;
    }
  self->connection = connection;
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  make_proxies (self);
}

static gboolean
on_timeout (gpointer user_data)
{
  InfService *self = user_data;

  self->timeout_id = 0;
  go_down (self, _ ("Infinity runs but does not answer."));
  return G_SOURCE_REMOVE;
}

/* A process can hold the socket and not answer: hence the time-out. */
static void
try_to_connect (InfService *self)
{
  g_autofree char *state_dir = inf_paths_state_dir ();
  g_autofree char *path = inf_paths_socket (state_dir);
  g_autofree char *escaped = g_dbus_address_escape_value (path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);

  drop_connection (self);
  self->attempt = g_cancellable_new ();
  self->timeout_id = g_timeout_add (CONNECT_TIMEOUT_MS, on_timeout, self);
  g_dbus_connection_new_for_address (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                     self->attempt, on_connected, self);
}

/* In a thread of its own. What it connects is only to see that infinityd is ready. */
static gpointer
probe (gpointer user_data, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      user_data, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, &reason);

  if (!connection)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_UNREACHABLE, reason->message);
  return connection;
}

static void
start_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autofree char *state_dir = inf_paths_state_dir ();
  g_autofree char *path = inf_paths_socket (state_dir);
  g_autofree char *escaped = g_dbus_address_escape_value (path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  GError *error = NULL;
  g_autoptr (GDBusConnection) connection = inf_autostart (probe, address, &error);

  if (!connection)
    {
      g_task_return_error (task, error);
      return;
    }
  g_dbus_connection_close_sync (connection, NULL, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfService *self = INF_SERVICE (source);
  g_autoptr (GError) error = NULL;
  gboolean is_started = g_task_propagate_boolean (G_TASK (result), &error);

  if (self->state != INF_SERVICE_STARTING)
    return;
  if (!is_started)
    {
      set_state (self, INF_SERVICE_DOWN, error->message);
      retry_later (self);
      return;
    }
  set_state (self, INF_SERVICE_CONNECTING, NULL);
  inf_service_open (self);
}

static void
inf_service_dispose (GObject *object)
{
  InfService *self = INF_SERVICE (object);

  g_clear_handle_id (&self->retry_id, g_source_remove);
  drop_connection (self);
  G_OBJECT_CLASS (inf_service_parent_class)->dispose (object);
}

static void
inf_service_finalize (GObject *object)
{
  g_free (INF_SERVICE (object)->problem);
  G_OBJECT_CLASS (inf_service_parent_class)->finalize (object);
}

static void
inf_service_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_STATE:
      g_value_set_uint (value, INF_SERVICE (object)->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
inf_service_class_init (InfServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = inf_service_dispose;
  object_class->finalize = inf_service_finalize;
  object_class->get_property = inf_service_get_property;

  /* an #InfServiceState; it is also notified when the problem changes */
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, INF_SERVICE_UP, 0,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
inf_service_init (InfService *self)
{
  /* once for all: errors that arrive by D-Bus are of the domain from here on */
  (void)INF_ERROR;
}

/**
 * inf_service_new:
 *
 * Returns: (transfer full): the connection to this user's infinityd, not opened yet
 */
InfService *
inf_service_new (void)
{
  return g_object_new (INF_TYPE_SERVICE, NULL);
}

InfServiceState
inf_service_get_state (InfService *self)
{
  return self->state;
}

/**
 * inf_service_get_problem:
 * @self: the service
 *
 * Returns: (nullable): while it is down, what is known of why, for people to read
 */
const char *
inf_service_get_problem (InfService *self)
{
  return self->problem;
}

/* The interfaces are (transfer none), and %NULL unless the state is %INF_SERVICE_UP. */

InfDBusNode1 *
inf_service_get_node (InfService *self)
{
  return self->state == INF_SERVICE_UP ? self->node : NULL;
}

InfDBusHost1 *
inf_service_get_host (InfService *self)
{
  return self->state == INF_SERVICE_UP ? self->host : NULL;
}

InfDBusCredits1 *
inf_service_get_credits (InfService *self)
{
  return self->state == INF_SERVICE_UP ? self->credits : NULL;
}

InfDBusIdentity1 *
inf_service_get_identity (InfService *self)
{
  return self->state == INF_SERVICE_UP ? self->identity : NULL;
}

InfDBusResources1 *
inf_service_get_resources (InfService *self)
{
  return self->state == INF_SERVICE_UP ? self->resources : NULL;
}

InfDBusJobs1 *
inf_service_get_jobs (InfService *self)
{
  return self->state == INF_SERVICE_UP ? self->jobs : NULL;
}

InfDBusResults1 *
inf_service_get_results (InfService *self)
{
  return self->state == INF_SERVICE_UP ? self->results : NULL;
}

InfDBusFiles1 *
inf_service_get_files (InfService *self)
{
  return self->state == INF_SERVICE_UP ? self->files : NULL;
}

InfDBusCopies1 *
inf_service_get_copies (InfService *self)
{
  return self->state == INF_SERVICE_UP ? self->copies : NULL;
}

/**
 * inf_service_hold_samples:
 * @self: the service
 *
 * From now until as many releases, infinityd measures for this program: it sends "sample" and what
 * jobs use, also when it is started anew. Only who is looked at should hold them.
 */
void
inf_service_hold_samples (InfService *self)
{
  self->n_holds++;
  if (self->n_holds == 1 && self->state == INF_SERVICE_UP)
    inf_dbus_resources1_call_subscribe (self->resources, NULL, NULL, NULL);
}

/* Ends what inf_service_hold_samples() began. */
void
inf_service_release_samples (InfService *self)
{
  g_return_if_fail (self->n_holds > 0);

  self->n_holds--;
  if (self->n_holds == 0 && self->state == INF_SERVICE_UP)
    inf_dbus_resources1_call_unsubscribe (self->resources, NULL, NULL, NULL);
}

/**
 * inf_service_hold_peers:
 * @self: the service
 *
 * From now until as many releases, infinityd tells this program what changes about the peers, also
 * when it is started anew. A grid's changes are many, so only who is looked at should hold them.
 */
void
inf_service_hold_peers (InfService *self)
{
  self->n_peer_holds++;
  if (self->n_peer_holds == 1 && self->state == INF_SERVICE_UP)
    inf_dbus_node1_call_subscribe_peers (self->node, NULL, NULL, NULL);
}

/* Ends what inf_service_hold_peers() began. */
void
inf_service_release_peers (InfService *self)
{
  g_return_if_fail (self->n_peer_holds > 0);

  self->n_peer_holds--;
  if (self->n_peer_holds == 0 && self->state == INF_SERVICE_UP)
    inf_dbus_node1_call_unsubscribe_peers (self->node, NULL, NULL, NULL);
}

/**
 * inf_service_open:
 * @self: a service that is not connected
 *
 * Connects to infinityd where it runs, now and whenever it appears. Starts nothing.
 */
void
inf_service_open (InfService *self)
{
  g_clear_handle_id (&self->retry_id, g_source_remove);
  self->retry_ms = 0;
  try_to_connect (self);
}

/**
 * inf_service_start:
 * @self: a service that is down
 *
 * Starts infinityd and connects. "state" tells how it goes.
 */
void
inf_service_start (InfService *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->state == INF_SERVICE_STARTING || self->state == INF_SERVICE_UP)
    return;
  g_clear_handle_id (&self->retry_id, g_source_remove);
  drop_connection (self);
  set_state (self, INF_SERVICE_STARTING, NULL);
  task = g_task_new (self, NULL, on_started, NULL);
  g_task_run_in_thread (task, start_in_thread);
}

/**
 * inf_service_close:
 * @self: the service
 *
 * Disconnects, and looks for infinityd no more.
 */
void
inf_service_close (InfService *self)
{
  g_clear_handle_id (&self->retry_id, g_source_remove);
  drop_connection (self);
  set_state (self, INF_SERVICE_CONNECTING, NULL);
}
