#pragma once

#include "grid/jobs/inf-progress-line.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct _InfJobLog InfJobLog;

InfJobLog *inf_job_log_open (const char *path, InfProgressLineFunc func, gpointer user_data,
                             GError **error);
void inf_job_log_end_output (InfJobLog *log);
void inf_job_log_close (InfJobLog *log);

void inf_job_log_add (InfJobLog *log, GBytes *data);
guint64 inf_job_log_get_size_bytes (const InfJobLog *log);
const char *inf_job_log_get_last_words (const InfJobLog *log);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfJobLog, inf_job_log_close)

G_END_DECLS
