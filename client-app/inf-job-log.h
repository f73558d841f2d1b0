#pragma once

#include "widgets/inf-log-view.h"
#include "widgets/inf-service.h"

G_BEGIN_DECLS

typedef struct _InfJobLog InfJobLog;

InfJobLog *inf_job_log_new (InfService *service, const char *job, guint64 size_bytes,
                            InfLogView *view);
void inf_job_log_free (InfJobLog *self);

G_END_DECLS
