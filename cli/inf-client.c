#include "cli/inf-client.h"

#include "common/inf-autostart.h"
#include "common/inf-error.h"
#include "common/inf-paths.h"

#include <sys/un.h>

#define OBJECT_PATH "/org/infinitygrid"
#define CONNECT_TIMEOUT_MS 5000
/* Joining and cancelling wait for other machines. */
#define CALL_TIMEOUT_MS 120000
/* Verifying reads all that a job has left behind. */
#define RESULTS_TIMEOUT_MS (30 * 60 * 1000)

struct _InfClient
{
  GDBusConnection *connection;
  InfDBusNode1 *node;
  InfDBusIdentity1 *identity;
  InfDBusResources1 *resources;
  InfDBusHost1 *host;
  InfDBusJobs1 *jobs;
  InfDBusResults1 *results;
  InfDBusFiles1 *files;
  InfDBusCopies1 *copies;
  InfDBusCredits1 *credits;
};

typedef struct
{
  GDBusConnection *connection;
  GError *error;
  gboolean is_done;
} Attempt;

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attempt *attempt = user_data;

  attempt->connection = g_dbus_connection_new_for_address_finish (result, &attempt->error);
  attempt->is_done = TRUE;
}

static gboolean
on_timeout (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

/* A process can hold the socket and not answer: hence no synchronous call here. The connection
 * belongs to the main context that it is made in, where it says later that it is closed. */
static GDBusConnection *
open_connection (const char *address, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint timeout = g_timeout_add (CONNECT_TIMEOUT_MS, on_timeout, cancellable);
  Attempt attempt = { 0 };

  g_dbus_connection_new_for_address (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                     cancellable, on_connected, &attempt);
  while (!attempt.is_done)
    g_main_context_iteration (NULL, TRUE);
  if (!g_cancellable_is_cancelled (cancellable))
    g_source_remove (timeout);
  if (attempt.error)
    g_propagate_error (error, attempt.error);
  return attempt.connection;
}

static InfClient *
connect_to_socket (const char *socket_path, GError **error)
{
  g_autofree char *escaped = g_dbus_address_escape_value (socket_path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  g_autoptr (GError) reason = NULL;
  GDBusConnection *connection = open_connection (address, &reason);
  InfClient *client;

  if (!connection)
    {
      gboolean is_absent = g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
                           || g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
      if (is_absent)
        g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "no infinityd at %s", socket_path);
      else
        g_set_error (error, INF_ERROR, INF_ERROR_UNREACHABLE, "infinityd does not answer at %s: %s",
                     socket_path,
                     g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                         ? "nothing came back in time"
                         : reason->message);
      return NULL;
    }
  client = g_new0 (InfClient, 1);
  client->connection = connection;
  return client;
}

static char *
find_socket (GError **error)
{
  g_autofree char *state_dir = inf_paths_state_dir ();
  g_autofree char *path = inf_paths_socket (state_dir);

  if (strlen (path) >= sizeof ((struct sockaddr_un *)0)->sun_path)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_UNREACHABLE,
                   "%s is too long a name for a socket; set INFINITY_HOME to a shorter one", path);
      return NULL;
    }
  return g_steal_pointer (&path);
}

static gpointer
try_connect (gpointer user_data, GError **error)
{
  return connect_to_socket (user_data, error);
}

/**
 * inf_client_connect:
 * @error: %INF_ERROR_UNREACHABLE
 *
 * Connects to this user's infinityd, and starts it when it does not run.
 *
 * Returns: (transfer full): the connection
 */
InfClient *
inf_client_connect (GError **error)
{
  g_autofree char *path = find_socket (error);
  g_autoptr (GError) reason = NULL;
  InfClient *client;

  /* once for all: errors that arrive by D-Bus are of the domain from here on */
  (void)INF_ERROR;
  if (!path)
    return NULL;
  client = connect_to_socket (path, &reason);
  if (client)
    return client;
  if (!inf_error_is_not_found (reason))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  return inf_autostart (try_connect, path, error);
}

/**
 * inf_client_connect_running:
 * @error: %INF_ERROR_UNREACHABLE when infinityd does not run or does not answer
 *
 * As inf_client_connect(), but never starts anything.
 *
 * Returns: (transfer full): the connection
 */
InfClient *
inf_client_connect_running (GError **error)
{
  g_autofree char *path = find_socket (error);
  g_autoptr (GError) reason = NULL;
  InfClient *client;

  (void)INF_ERROR;
  if (!path)
    return NULL;
  client = connect_to_socket (path, &reason);
  if (client)
    return client;
  if (inf_error_is_not_found (reason))
    g_set_error_literal (error, INF_ERROR, INF_ERROR_UNREACHABLE,
                         "Infinity is not running; “infinity daemon start” starts it");
  else
    g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

void
inf_client_free (InfClient *client)
{
  if (!client)
    return;
  g_clear_object (&client->node);
  g_clear_object (&client->identity);
  g_clear_object (&client->resources);
  g_clear_object (&client->host);
  g_clear_object (&client->jobs);
  g_clear_object (&client->results);
  g_clear_object (&client->files);
  g_clear_object (&client->copies);
  g_clear_object (&client->credits);
  g_clear_object (&client->connection);
  g_free (client);
}

/* The proxies are made when they are first asked for, as each that has properties costs a round
 * trip. All of them are (transfer none). */

static gpointer
finish_proxy (gpointer proxy)
{
  if (proxy)
    g_dbus_proxy_set_default_timeout (proxy, CALL_TIMEOUT_MS);
  return proxy;
}

InfDBusNode1 *
inf_client_get_node (InfClient *client, GError **error)
{
  if (!client->node)
    client->node = finish_proxy (inf_dbus_node1_proxy_new_sync (
        client->connection, G_DBUS_PROXY_FLAGS_NONE, NULL, OBJECT_PATH, NULL, error));
  return client->node;
}

InfDBusIdentity1 *
inf_client_get_identity (InfClient *client, GError **error)
{
  if (!client->identity)
    client->identity = finish_proxy (inf_dbus_identity1_proxy_new_sync (
        client->connection, G_DBUS_PROXY_FLAGS_NONE, NULL, OBJECT_PATH, NULL, error));
  return client->identity;
}

InfDBusResources1 *
inf_client_get_resources (InfClient *client, GError **error)
{
  if (!client->resources)
    client->resources = finish_proxy (inf_dbus_resources1_proxy_new_sync (
        client->connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL, OBJECT_PATH, NULL,
        error));
  return client->resources;
}

InfDBusHost1 *
inf_client_get_host (InfClient *client, GError **error)
{
  if (!client->host)
    client->host = finish_proxy (inf_dbus_host1_proxy_new_sync (
        client->connection, G_DBUS_PROXY_FLAGS_NONE, NULL, OBJECT_PATH, NULL, error));
  return client->host;
}

InfDBusJobs1 *
inf_client_get_jobs (InfClient *client, GError **error)
{
  if (!client->jobs)
    client->jobs = finish_proxy (inf_dbus_jobs1_proxy_new_sync (
        client->connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL, OBJECT_PATH, NULL,
        error));
  return client->jobs;
}

InfDBusResults1 *
inf_client_get_results (InfClient *client, GError **error)
{
  if (client->results)
    return client->results;
  client->results = inf_dbus_results1_proxy_new_sync (client->connection,
                                                      G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES,
                                                      NULL, OBJECT_PATH, NULL, error);
  if (client->results)
    g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (client->results), RESULTS_TIMEOUT_MS);
  return client->results;
}

InfDBusFiles1 *
inf_client_get_files (InfClient *client, GError **error)
{
  if (!client->files)
    client->files = finish_proxy (inf_dbus_files1_proxy_new_sync (
        client->connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL, OBJECT_PATH, NULL,
        error));
  return client->files;
}

InfDBusCopies1 *
inf_client_get_copies (InfClient *client, GError **error)
{
  if (!client->copies)
    client->copies = finish_proxy (inf_dbus_copies1_proxy_new_sync (
        client->connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL, OBJECT_PATH, NULL,
        error));
  return client->copies;
}

InfDBusCredits1 *
inf_client_get_credits (InfClient *client, GError **error)
{
  if (!client->credits)
    client->credits = finish_proxy (inf_dbus_credits1_proxy_new_sync (
        client->connection, G_DBUS_PROXY_FLAGS_NONE, NULL, OBJECT_PATH, NULL, error));
  return client->credits;
}

GDBusConnection *
inf_client_get_connection (InfClient *client)
{
  return client->connection;
}

static gboolean
set_flag (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/**
 * inf_client_wait_closed:
 * @client: a connection that infinityd was asked to end
 * @timeout_ms: how long to wait
 *
 * Returns: whether infinityd has closed it
 */
gboolean
inf_client_wait_closed (InfClient *client, guint timeout_ms)
{
  gboolean is_late = FALSE;
  guint timeout = g_timeout_add (timeout_ms, set_flag, &is_late);

  /* "closed" is emitted in this context, and so ends an iteration */
  while (!g_dbus_connection_is_closed (client->connection) && !is_late)
    g_main_context_iteration (NULL, TRUE);
  if (!is_late)
    g_source_remove (timeout);
  return !is_late;
}
