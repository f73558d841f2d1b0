#pragma once

#include "grid/sandbox/inf-sandbox-config.h"

G_BEGIN_DECLS

#define INF_STAGING_DIR "/tmp"
#define INF_STAGING_SECCOMP INF_STAGING_DIR "/seccomp"

gboolean inf_staging_mount (InfSandboxConfig *config, gboolean memory_is_accounted, GError **error);

G_END_DECLS
