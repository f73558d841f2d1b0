#pragma once

#include "grid/jobs/inf-lease-host.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfDiskWatch:
 *
 * Ends the largest job when all jobs together have written more than the owner lets them.
 */
typedef struct _InfDiskWatch InfDiskWatch;

InfDiskWatch *inf_disk_watch_new (InfLeaseHost *host);
void inf_disk_watch_free (InfDiskWatch *watch);
void inf_disk_watch_set_limit (InfDiskWatch *watch, guint64 limit_bytes);

guint64 inf_disk_usage_of (const char *path);

G_END_DECLS
