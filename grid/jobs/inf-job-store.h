#pragma once

#include "grid/jobs/inf-job.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct _InfJobStore InfJobStore;

/**
 * InfJobFilter:
 * @INF_JOB_FILTER_ALL: every job
 * @INF_JOB_FILTER_UNFINISHED: those in no final state
 * @INF_JOB_FILTER_FINISHED: those in one
 */
typedef enum
{
  INF_JOB_FILTER_ALL,
  INF_JOB_FILTER_UNFINISHED,
  INF_JOB_FILTER_FINISHED,
} InfJobFilter;

InfJobStore *inf_job_store_open (const char *path, GError **error);
void inf_job_store_close (InfJobStore *store);

char *inf_job_store_next_name (InfJobStore *store, const char *base, GError **error);
gboolean inf_job_store_put (InfJobStore *store, InfJob *job, GError **error);
gboolean inf_job_store_note (InfJobStore *store, InfJob *job, GError **error);
InfJob *inf_job_store_get (InfJobStore *store, const char *text, GError **error);
GPtrArray *inf_job_store_list (InfJobStore *store, InfJobFilter filter, guint max_jobs,
                               GError **error);
gboolean inf_job_store_remove (InfJobStore *store, InfJob *job, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfJobStore, inf_job_store_close)

G_END_DECLS
