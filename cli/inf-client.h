#pragma once

#include "inf-dbus.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _InfClient InfClient;

InfClient *inf_client_connect (GError **error);
InfClient *inf_client_connect_running (GError **error);
void inf_client_free (InfClient *client);

InfDBusNode1 *inf_client_get_node (InfClient *client, GError **error);
InfDBusIdentity1 *inf_client_get_identity (InfClient *client, GError **error);
InfDBusResources1 *inf_client_get_resources (InfClient *client, GError **error);
InfDBusHost1 *inf_client_get_host (InfClient *client, GError **error);
InfDBusJobs1 *inf_client_get_jobs (InfClient *client, GError **error);
InfDBusResults1 *inf_client_get_results (InfClient *client, GError **error);
InfDBusFiles1 *inf_client_get_files (InfClient *client, GError **error);
InfDBusCopies1 *inf_client_get_copies (InfClient *client, GError **error);
InfDBusCredits1 *inf_client_get_credits (InfClient *client, GError **error);

GDBusConnection *inf_client_get_connection (InfClient *client);
gboolean inf_client_wait_closed (InfClient *client, guint timeout_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfClient, inf_client_free)

G_END_DECLS
