#pragma once

#include "grid/sandbox/inf-sandbox-config.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_SANDBOX (inf_sandbox_get_type ())
G_DECLARE_FINAL_TYPE (InfSandbox, inf_sandbox, INF, SANDBOX, GObject)

/**
 * InfSandbox:
 *
 * One participant of one job on this machine: the daemon's side of an `infinity-sandbox` process.
 * All of it happens in the main context that started it.
 *
 * Signals:
 * `ended` (char *reason): the sandbox is gone and nothing in it runs any more. @reason is NULL
 *   after inf_sandbox_stop_async(), else one line ("over its memory limit: 612 of 512 MiB", …).
 */

/**
 * InfSandboxConnectFunc:
 * @sandbox: where a process connected
 * @dst_index: the participant it wants
 * @dst_port: the port of that participant, always one of its ports
 * @fd: (transfer full): the accepted, non-blocking TCP socket, with TCP_NODELAY set
 */
typedef void (*InfSandboxConnectFunc) (InfSandbox *sandbox, guint dst_index, guint dst_port, int fd,
                                       gpointer user_data);

InfSandbox *inf_sandbox_new (InfSandboxConfig *config);

guint inf_sandbox_get_index (InfSandbox *sandbox);
gboolean inf_sandbox_is_running (InfSandbox *sandbox);
gint64 inf_sandbox_get_pid (InfSandbox *sandbox);
void inf_sandbox_set_connect_func (InfSandbox *sandbox, InfSandboxConnectFunc func,
                                   gpointer user_data, GDestroyNotify destroy);

void inf_sandbox_start_async (InfSandbox *sandbox, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_sandbox_start_finish (InfSandbox *sandbox, GAsyncResult *result, GError **error);

void inf_sandbox_connect_async (InfSandbox *sandbox, guint src_index, guint dst_port,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
int inf_sandbox_connect_finish (InfSandbox *sandbox, GAsyncResult *result, GError **error);

void inf_sandbox_exec_async (InfSandbox *sandbox, const char *const *argv, const char *const *env,
                             const char *cwd, const int fds[3], GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_sandbox_exec_finish (InfSandbox *sandbox, GAsyncResult *result, int *ret_wait_status,
                                  GError **error);

void inf_sandbox_stop_async (InfSandbox *sandbox, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_sandbox_stop_finish (InfSandbox *sandbox, GAsyncResult *result, GError **error);

G_END_DECLS
