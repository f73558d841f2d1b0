#pragma once

#include "grid/sandbox/inf-sandbox-message.h"
#include "grid/sandbox/inf-sandbox.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* inf-sandbox.c draws how these follow each other. */
typedef enum
{
  INF_SANDBOX_STATE_NEW,
  INF_SANDBOX_STATE_STARTING,
  INF_SANDBOX_STATE_RUNNING,
  INF_SANDBOX_STATE_STOPPING,
  INF_SANDBOX_STATE_ENDED,
} InfSandboxState;

struct _InfSandbox
{
  GObject parent_instance;

  InfSandboxConfig *config;
  InfSandboxState state;
  GMainContext *context;
  GSubprocess *keeper;
  int control_fd;
  GSource *reading;
  GSource *writing;
  GSource *timer; /* of the start, then of the stop */
  guint stop_signals_sent;
  GQueue outgoing;      /* InfSandboxMessage */
  GHashTable *requests; /* of inf-sandbox-request.c; those that the helper has not answered yet */
  guint last_request_id;
  GTask *start;
  GTask *stop;
  char *reason; /* why it ended on its own */

  InfSandboxConnectFunc connect_func;
  gpointer connect_data;
  GDestroyNotify connect_destroy;
};

void inf_sandbox_send (InfSandbox *sandbox, InfSandboxMessage *message);
GError *inf_sandbox_new_ended_error (InfSandbox *sandbox);

GHashTable *inf_sandbox_requests_new (void);
gboolean inf_sandbox_requests_handle_connected (InfSandbox *sandbox, InfSandboxMessage *message);
void inf_sandbox_requests_handle_exited (InfSandbox *sandbox, InfSandboxMessage *message);
void inf_sandbox_requests_fail_all (InfSandbox *sandbox);

G_END_DECLS
