#pragma once

#include "inf-dbus.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * InfServiceState:
 * @INF_SERVICE_CONNECTING: nothing is known yet
 * @INF_SERVICE_STARTING: infinityd is being started
 * @INF_SERVICE_DOWN: infinityd does not run; whenever it does, it is found
 * @INF_SERVICE_UP: connected, and all properties are there
 */
typedef enum
{
  INF_SERVICE_CONNECTING,
  INF_SERVICE_STARTING,
  INF_SERVICE_DOWN,
  INF_SERVICE_UP,
} InfServiceState;

#define INF_TYPE_SERVICE (inf_service_get_type ())

G_DECLARE_FINAL_TYPE (InfService, inf_service, INF, SERVICE, GObject)

InfService *inf_service_new (void);

InfServiceState inf_service_get_state (InfService *self);
const char *inf_service_get_problem (InfService *self);
InfDBusNode1 *inf_service_get_node (InfService *self);
InfDBusHost1 *inf_service_get_host (InfService *self);
InfDBusCredits1 *inf_service_get_credits (InfService *self);
InfDBusIdentity1 *inf_service_get_identity (InfService *self);
InfDBusResources1 *inf_service_get_resources (InfService *self);
InfDBusJobs1 *inf_service_get_jobs (InfService *self);
InfDBusResults1 *inf_service_get_results (InfService *self);
InfDBusFiles1 *inf_service_get_files (InfService *self);
InfDBusCopies1 *inf_service_get_copies (InfService *self);

void inf_service_hold_samples (InfService *self);
void inf_service_release_samples (InfService *self);
void inf_service_hold_peers (InfService *self);
void inf_service_release_peers (InfService *self);
void inf_service_open (InfService *self);
void inf_service_start (InfService *self);
void inf_service_close (InfService *self);

G_END_DECLS
