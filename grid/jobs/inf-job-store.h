#pragma once

#include "grid/jobs/inf-job.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_JOB_FILTER_ALL ""
#define INF_JOB_FILTER_ACTIVE "active"

typedef struct _InfJobStore InfJobStore;

/**
 * InfJobRows:
 *
 * Jobs as the store had them at one time, each decoded only when it is read: that takes longer than
 * fetching it.
 */
typedef struct _InfJobRows InfJobRows;

InfJobStore *inf_job_store_open (const char *path, GError **error);
void inf_job_store_close (InfJobStore *store);

char *inf_job_store_next_name (InfJobStore *store, const char *base, GError **error);
gboolean inf_job_store_put (InfJobStore *store, InfJob *job, GError **error);
gboolean inf_job_store_note (InfJobStore *store, InfJob *job, GError **error);
InfJob *inf_job_store_get (InfJobStore *store, const char *text, GError **error);
InfJobRows *inf_job_store_select (InfJobStore *store, const char *filter, guint offset, guint limit,
                                  guint *ret_total, GError **error);
gboolean inf_job_store_remove (InfJobStore *store, InfJob *job, GError **error);

guint inf_job_rows_get_n (const InfJobRows *rows);
InfJob *inf_job_rows_read (const InfJobRows *rows, guint index);
void inf_job_rows_free (InfJobRows *rows);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfJobRows, inf_job_rows_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfJobStore, inf_job_store_close)

G_END_DECLS
