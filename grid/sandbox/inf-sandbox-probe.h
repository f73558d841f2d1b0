#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * InfSandboxCapability:
 * @name: "user-namespaces", "job-network", "bubblewrap", "cgroups" or "open-mpi"
 * @works: whether it was tried and worked
 * @needed: whether a machine without it can't host
 * @found: what was found, one line ("bubblewrap 0.8.0", "unshare: Operation not permitted")
 * @why: what it is for, one line
 * @remedy: the command that mends it; "" when it works
 */
typedef struct
{
  char *name;
  gboolean works;
  gboolean needed;
  char *found;
  char *why;
  char *remedy;
} InfSandboxCapability;

/**
 * InfSandboxReport:
 * @capabilities: (element-type InfSandboxCapability): all that was probed
 * @can_contain: whether this machine can run a job without trusting it
 * @open_mpi_version: "4.1.4", "" when there is none
 */
typedef struct
{
  GPtrArray *capabilities;
  gboolean can_contain;
  char *open_mpi_version;
} InfSandboxReport;

InfSandboxReport *inf_sandbox_probe (void);
void inf_sandbox_probe_async (GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
InfSandboxReport *inf_sandbox_probe_finish (GAsyncResult *result, GError **error);
void inf_sandbox_report_free (InfSandboxReport *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSandboxReport, inf_sandbox_report_free)

G_END_DECLS
