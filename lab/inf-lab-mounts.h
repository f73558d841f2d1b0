#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_LAB_HOME "/home/owner"
#define INF_LAB_INFINITY_HOME "/home/owner/infinity"
#define INF_LAB_RUNTIME_DIR "/run/user/owner"

gboolean inf_lab_mounts_make (const char *host_dir, const char *etc_hosts, const char *const *share,
                              GError **error);

G_END_DECLS
