#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_AGENT_CALL (inf_agent_call_get_type ())
G_DECLARE_FINAL_TYPE (InfAgentCall, inf_agent_call, INF, AGENT_CALL, GObject)

/**
 * InfAgentCall:
 *
 * One run of `infinity-agent HOST COMMAND…`: answer it once with inf_agent_call_return().
 *
 * Signals:
 * `cancelled`: the agent died before it had an answer; whatever runs for it should stop.
 */
guint inf_agent_call_get_host_index (InfAgentCall *call);
const char *inf_agent_call_get_command_line (InfAgentCall *call);
int inf_agent_call_steal_fd (InfAgentCall *call, guint stream);
void inf_agent_call_return (InfAgentCall *call, int exit_status, const char *message);

#define INF_TYPE_AGENT_SERVER (inf_agent_server_get_type ())
G_DECLARE_FINAL_TYPE (InfAgentServer, inf_agent_server, INF, AGENT_SERVER, GObject)

/**
 * InfAgentFunc:
 * @call: (transfer none): keep a reference until it is answered
 */
typedef void (*InfAgentFunc) (InfAgentCall *call, gpointer user_data);

InfAgentServer *inf_agent_server_new (const char *dir, InfAgentFunc func, gpointer user_data,
                                      GDestroyNotify destroy, GError **error);
const char *inf_agent_server_get_dir (InfAgentServer *server);
void inf_agent_server_stop (InfAgentServer *server);

G_END_DECLS
