#pragma once

#include "client-app/inf-client-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_CLIENT_JOB (inf_client_job_get_type ())

G_DECLARE_FINAL_TYPE (InfClientJob, inf_client_job, INF, CLIENT_JOB, AdwBin)

void inf_client_job_set_model (InfClientJob *self, InfClientModel *model);
void inf_client_job_set_id (InfClientJob *self, const char *id);
void inf_client_job_search (InfClientJob *self);
void inf_client_job_set_narrow (InfClientJob *self, gboolean is_narrow);

G_END_DECLS
