#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *inf_job_text_clean (const char *text, gssize size_bytes, gsize max_bytes);

G_END_DECLS
