#pragma once

#include "host-app/inf-host-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_HOST_JOBS (inf_host_jobs_get_type ())

G_DECLARE_FINAL_TYPE (InfHostJobs, inf_host_jobs, INF, HOST_JOBS, AdwBin)

void inf_host_jobs_set_model (InfHostJobs *self, InfHostModel *model);
void inf_host_jobs_search (InfHostJobs *self);
void inf_host_jobs_set_narrow (InfHostJobs *self, gboolean is_narrow);

G_END_DECLS
