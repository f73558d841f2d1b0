#pragma once

#include "cli/inf-client.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfJobWatchFlags:
 * @INF_JOB_WATCH_LOG: copy the job's log
 * @INF_JOB_WATCH_LOG_TO_MESSAGES: copy it to standard error instead of standard output
 * @INF_JOB_WATCH_PROGRESS: show how it gets on, on standard error
 * @INF_JOB_WATCH_CANCEL: cancel the job when this process is asked to end
 */
typedef enum
{
  INF_JOB_WATCH_LOG = 1 << 0,
  INF_JOB_WATCH_LOG_TO_MESSAGES = 1 << 1,
  INF_JOB_WATCH_PROGRESS = 1 << 2,
  INF_JOB_WATCH_CANCEL = 1 << 3,
} InfJobWatchFlags;

typedef struct _InfJobWatch InfJobWatch;

InfJobWatch *inf_job_watch_new (InfClient *client, InfJobWatchFlags flags, GError **error);
void inf_job_watch_free (InfJobWatch *watch);

gboolean inf_job_watch_submit (InfJobWatch *watch, GVariant *spec, GError **error);
gboolean inf_job_watch_attach (InfJobWatch *watch, const char *job, GError **error);

GVariant *inf_job_watch_wait (InfJobWatch *watch, GError **error);
int inf_job_watch_get_signal (InfJobWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfJobWatch, inf_job_watch_free)

G_END_DECLS
