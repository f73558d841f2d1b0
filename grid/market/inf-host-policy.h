#pragma once

#include "grid/market/inf-lease.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfHostPolicy:
 * @hosting: whether the owner lets jobs in at all
 * @paused_reason: (nullable): why the owner lets none in for now; %NULL: it is not paused
 * @slots: ranks at once, of all leases together
 * @memory_bytes: for all leases together; 0: no limit
 * @price_ucredits: per node·second
 * @max_duration_us: how long a program may run at most; 0: no limit
 * @step_us: how far ahead a client must pay; 0: %INF_LEASE_DEFAULT_STEP_US
 * @grace_us: how long an unpaid job goes on; 0: %INF_LEASE_DEFAULT_GRACE_US
 * @allowed_clients: (nullable) (element-type InfPeerId InfPeerId): the only ones let in, a set by
 *   inf_peer_id_hash(); %NULL: every member
 *
 * What a host's owner wants. Everything pointed at is borrowed.
 */
typedef struct
{
  gboolean hosting;
  const char *paused_reason;
  guint slots;
  guint64 memory_bytes;
  guint64 price_ucredits;
  gint64 max_duration_us;
  gint64 step_us;
  gint64 grace_us;
  GHashTable *allowed_clients;
} InfHostPolicy;

/**
 * InfHostState:
 * @name: the host's name in the grid, for messages
 * @peer_id: its id
 * @is_draining: whether it is about to leave or quit
 * @obstacle: (nullable): why it can't contain a job; %NULL when it can
 * @slots_used: ranks of the leases that are open
 * @memory_used_bytes: memory promised to them
 * @arch: (nullable): "x86_64"
 * @open_mpi_version: (nullable): "4.1.4"; %NULL without Open MPI
 * @offers: (nullable) (array zero-terminated=1): programs installed for jobs
 *
 * How a host stands at the moment of a request. Everything pointed at is borrowed.
 */
typedef struct
{
  const char *name;
  InfPeerId peer_id;
  gboolean is_draining;
  const char *obstacle;
  guint slots_used;
  guint64 memory_used_bytes;
  const char *arch;
  const char *open_mpi_version;
  const char *const *offers;
} InfHostState;

gboolean inf_host_policy_decide (const InfHostPolicy *policy, const InfHostState *state,
                                 const InfLeaseRequest *request, const InfPeerId *client,
                                 GError **error);
guint64 inf_host_policy_price_for (const InfHostPolicy *policy, const InfHostState *state,
                                   const InfPeerId *client);
void inf_host_policy_make_terms (const InfHostPolicy *policy, const InfHostState *state,
                                 const InfLeaseRequest *request, const InfPublicKey *host,
                                 const InfPublicKey *client,
                                 const guint8 lease_id[INF_LEASE_ID_SIZE_BYTES], gint64 now_unix_us,
                                 InfLeaseTerms *ret_terms);

gboolean inf_open_mpi_is_of_series (const char *version, const char *series);

G_END_DECLS
