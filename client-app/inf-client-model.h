#pragma once

#include "client-app/inf-job-list.h"
#include "widgets/inf-service.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_CLIENT_MODEL (inf_client_model_get_type ())

G_DECLARE_FINAL_TYPE (InfClientModel, inf_client_model, INF, CLIENT_MODEL, GObject)

InfClientModel *inf_client_model_new (InfService *service);

InfService *inf_client_model_get_service (InfClientModel *self);
InfJobList *inf_client_model_get_jobs (InfClientModel *self);
gboolean inf_client_model_is_up (InfClientModel *self);
GCancellable *inf_client_model_get_cancellable (InfClientModel *self);
gboolean inf_client_model_can_submit (InfClientModel *self);

void inf_client_model_say (InfClientModel *self, const char *message);
void inf_client_model_report (InfClientModel *self, GError *error);

G_END_DECLS
