#pragma once

#include "client-app/inf-client-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_CLIENT_JOBS (inf_client_jobs_get_type ())

G_DECLARE_FINAL_TYPE (InfClientJobs, inf_client_jobs, INF, CLIENT_JOBS, AdwBin)

void inf_client_jobs_set_model (InfClientJobs *self, InfClientModel *model, GSettings *settings);
void inf_client_jobs_show_job (InfClientJobs *self, const char *id);
void inf_client_jobs_show_list (InfClientJobs *self);
void inf_client_jobs_search (InfClientJobs *self);
void inf_client_jobs_set_narrow (InfClientJobs *self, gboolean is_narrow);

G_END_DECLS
