#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_LEASE_LOG_KEPT_BYTES (1024 * 1024)

/**
 * InfLeaseLog:
 *
 * The last %INF_LEASE_LOG_KEPT_BYTES of what somebody printed, who may print without end. Offsets
 * count from the very first byte.
 */
typedef struct _InfLeaseLog InfLeaseLog;

InfLeaseLog *inf_lease_log_new (void);
void inf_lease_log_free (InfLeaseLog *log);

void inf_lease_log_append (InfLeaseLog *log, const void *data, gsize size_bytes);
GBytes *inf_lease_log_read (const InfLeaseLog *log, guint64 offset, gsize max_bytes,
                            guint64 *ret_start);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLeaseLog, inf_lease_log_free)

G_END_DECLS
