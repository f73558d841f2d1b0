#pragma once

#include "grid/sandbox/inf-sandbox-config.h"

G_BEGIN_DECLS

/**
 * InfHelperSetup:
 * @config: the sandbox
 * @control_fd: the daemon's end of the control socket
 * @memory_is_accounted: whether a cgroup keeps the job under its limit of memory
 * @memory_events_fd: where that cgroup says that it killed something; -1 without
 */
typedef struct
{
  InfSandboxConfig *config;
  int control_fd;
  gboolean memory_is_accounted;
  int memory_events_fd;
} InfHelperSetup;

int inf_sandbox_helper_run (const InfHelperSetup *setup);

G_END_DECLS
