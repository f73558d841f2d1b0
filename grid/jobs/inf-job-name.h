#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_JOB_NAME_MAX_BYTES 200
#define INF_JOB_PATH_MAX_BYTES 1024
#define INF_JOB_PATH_MAX_DEPTH 16

gboolean inf_job_name_is_safe (const char *name);
gboolean inf_job_path_is_safe (const char *path);

G_END_DECLS
