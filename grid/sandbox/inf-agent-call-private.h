#pragma once

#include "grid/sandbox/inf-agent-server.h"

G_BEGIN_DECLS

typedef void (*InfAgentCallFunc) (InfAgentCall *call, gpointer user_data);

InfAgentCall *inf_agent_call_new (int fd, GMainContext *context, InfAgentCallFunc received,
                                  InfAgentCallFunc finished, gpointer user_data);
gboolean inf_agent_call_parse (InfAgentCall *call, const char *request, gsize size_bytes,
                               GError **error);
void inf_agent_call_abandon (InfAgentCall *call);

G_END_DECLS
