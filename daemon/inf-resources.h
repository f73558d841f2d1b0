#pragma once

#include "daemon/inf-history.h"
#include "grid/jobs/inf-lease-host.h"
#include "grid/ledger/inf-ledger.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfResources:
 *
 * Watches what this machine and the jobs of others on it use, and what they bring: once a minute
 * for the history, and once a second while somebody looks on.
 */
typedef struct _InfResources InfResources;

/**
 * InfResourcesFunc:
 * @sample: the newest
 *
 * Called once a second while somebody looks on.
 */
typedef void (*InfResourcesFunc) (const InfSample *sample, gpointer user_data);

InfResources *inf_resources_new (const char *state_dir, GError **error);
void inf_resources_free (InfResources *resources);

void inf_resources_set_session (InfResources *resources, InfLeaseHost *host, InfLedger *ledger);
void inf_resources_start (InfResources *resources);
void inf_resources_set_live (InfResources *resources, InfResourcesFunc func, gpointer user_data);

guint64 inf_resources_get_jobs_ticks (InfResources *resources);
void inf_resources_look_at_lease (InfResources *resources, InfHostLease *lease,
                                  gint64 *ret_cpu_milli, gint64 *ret_memory_bytes);
guint64 inf_resources_get_earned_today (InfResources *resources);
GArray *inf_resources_list_earnings (InfResources *resources, guint n_days, GError **error);
GArray *inf_resources_list_samples (InfResources *resources, gint64 since_unix_us, guint step_s,
                                    GError **error);
InfHistory *inf_resources_get_history (InfResources *resources);

G_END_DECLS
