#pragma once

#include "discovery/gossip/inf-address.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_OBSERVED_MAX_WITNESSES 8

/**
 * InfObserved:
 *
 * What others say about where this node's datagrams come from. A value that owns nothing and begins
 * as zeros.
 */
typedef struct
{
  /*< private >*/
  struct
  {
    guint64 witness;
    InfAddress address;
    gint64 seen_us;
  } reports[INF_OBSERVED_MAX_WITNESSES];
  guint n_reports;
} InfObserved;

void inf_observed_add (InfObserved *observed, guint64 witness, const InfAddress *address,
                       gint64 now_us);
gboolean inf_observed_find (const InfObserved *observed, guint n_witnesses, gint64 now_us,
                            InfAddress *ret_address);

G_END_DECLS
