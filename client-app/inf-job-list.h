#pragma once

#include "client-app/inf-job-item.h"
#include "widgets/inf-service.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_JOB_LIST (inf_job_list_get_type ())

G_DECLARE_FINAL_TYPE (InfJobList, inf_job_list, INF, JOB_LIST, GObject)

InfJobList *inf_job_list_new (void);

InfJobItem *inf_job_list_find (InfJobList *self, const char *id);
gboolean inf_job_list_is_loaded (InfJobList *self);
const char *inf_job_list_get_problem (InfJobList *self);
guint inf_job_list_get_n_active (InfJobList *self);

void inf_job_list_follow (InfJobList *self, InfService *service);
void inf_job_list_reload (InfJobList *self);
void inf_job_list_tick (InfJobList *self);

G_END_DECLS
