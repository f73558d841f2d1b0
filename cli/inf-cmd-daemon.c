#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-terminal.h"
#include "common/inf-error.h"

/* infinityd settles its leases first, for which peers have to answer. */
#define QUIT_TIMEOUT_MS 60000

static int
run_start (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = inf_client_connect (error);

  return client ? INF_EXIT_SUCCESS : INF_EXIT_UNREACHABLE;
}

static int
run_stop (char **arguments, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (InfClient) client = inf_client_connect_running (error);
  InfDBusNode1 *node = client ? inf_client_get_node (client, error) : NULL;

  if (!node)
    return INF_EXIT_UNREACHABLE;
  /* It may be gone before its answer is here, which is what was asked for. */
  if (!inf_dbus_node1_call_quit_sync (node, NULL, &reason)
      && !g_dbus_connection_is_closed (inf_client_get_connection (client))
      && g_dbus_error_is_remote_error (reason)
      && !g_error_matches (reason, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return INF_EXIT_FAILURE;
    }
  if (!inf_client_wait_closed (client, QUIT_TIMEOUT_MS))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TIMED_OUT,
                   "infinityd was asked to end and has not within %d s", QUIT_TIMEOUT_MS / 1000);
      return INF_EXIT_FAILURE;
    }
  return INF_EXIT_SUCCESS;
}

const InfCommand inf_commands_daemon[] = {
  { .name = "daemon start",
    .summary = "Start infinityd, as every command does that needs it",
    .run = run_start },
  { .name = "daemon stop",
    .summary = "End infinityd; jobs and leases are stopped and settled first",
    .run = run_stop },
  { NULL },
};
