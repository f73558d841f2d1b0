#pragma once

#include <glib.h>

G_BEGIN_DECLS

void inf_crash_vfs_install (guint crash_at, guint32 seed);

G_END_DECLS
