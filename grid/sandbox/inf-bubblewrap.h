#pragma once

#include "grid/sandbox/inf-sandbox-config.h"

G_BEGIN_DECLS

#define INF_BUBBLEWRAP_PROGRAM "bwrap"

char **inf_bubblewrap_argv (InfSandboxConfig *config, const char *cwd, int seccomp_fd,
                            const char *const *env, const char *const *command);

G_END_DECLS
