#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_JOB_FILE_SUFFIX ".infinity-job"
#define INF_JOB_FILE_MAX_BYTES (256 * 1024)

GVariant *inf_job_file_parse (const char *data, gsize length_bytes, const char *folder,
                              GError **error);
char *inf_job_file_format (GVariant *spec, const char *folder);

G_END_DECLS
