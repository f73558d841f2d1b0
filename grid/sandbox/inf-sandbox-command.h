#pragma once

#include "grid/sandbox/inf-sandbox-config.h"

#include <sys/types.h>

G_BEGIN_DECLS

pid_t inf_sandbox_command_start (InfSandboxConfig *config, gboolean memory_is_accounted,
                                 GVariant *request, const int fds[3], GError **error);

G_END_DECLS
