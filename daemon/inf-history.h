#pragma once

#include "daemon/inf-sample.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfHistory:
 *
 * What this machine was used for, in `history.db`: a sample a minute for a week, and the leases
 * that it served. Nothing depends on it but what its owner is shown.
 */
typedef struct _InfHistory InfHistory;

#define INF_HISTORY_MAX_LEASES 5000
#define INF_HISTORY_MAX_LISTED 1000

/**
 * InfPastLease:
 * @id: the lease
 * @job: the client's job
 * @client: the client's peer id
 * @client_name: its name then
 * @program: what it ran
 * @end_reason: why this host ended it; "" otherwise
 * @slots: ranks
 * @since_unix_us: when it was signed
 * @ended_unix_us: when nothing of it ran any more
 * @price_ucredits: per node and second
 * @earned_ucredits: in all
 */
typedef struct
{
  char *id;
  char *job;
  char *client;
  char *client_name;
  char *program;
  char *end_reason;
  guint slots;
  gint64 since_unix_us;
  gint64 ended_unix_us;
  guint64 price_ucredits;
  guint64 earned_ucredits;
} InfPastLease;

InfHistory *inf_history_open (const char *path, GError **error);
void inf_history_close (InfHistory *history);

gboolean inf_history_add_sample (InfHistory *history, const InfSample *sample, GError **error);
GArray *inf_history_list_samples (InfHistory *history, gint64 since_unix_us, GError **error);
gboolean inf_history_put_lease (InfHistory *history, const InfPastLease *lease, GError **error);
GPtrArray *inf_history_list_leases (InfHistory *history, guint offset, guint limit, GError **error);

void inf_past_lease_free (InfPastLease *lease);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfHistory, inf_history_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfPastLease, inf_past_lease_free)

G_END_DECLS
