#pragma once

#include "discovery/identity/inf-peer-id.h"
#include "grid/market/inf-lease.h"

#include <glib.h>

G_BEGIN_DECLS

/* peer id, name, index, slots, price, lease, lease id, lost, dead, spent, attempt, round, note */
#define INF_JOB_HOST_TYPE "(aysuutyaybbtuus)"

/**
 * InfJobLease:
 * @INF_JOB_LEASE_NONE: not asked for yet, or refused
 * @INF_JOB_LEASE_ASKED: asked for; the host may hold one that is not known of here
 * @INF_JOB_LEASE_HELD: the host has signed it
 * @INF_JOB_LEASE_CLOSING: its release or settlement is under way
 * @INF_JOB_LEASE_CLOSED: released or settled, or given up as the host can't be asked
 */
typedef enum
{
  INF_JOB_LEASE_NONE,
  INF_JOB_LEASE_ASKED,
  INF_JOB_LEASE_HELD,
  INF_JOB_LEASE_CLOSING,
  INF_JOB_LEASE_CLOSED,
} InfJobLease;

/**
 * InfJobHost:
 * @peer_id: who it is
 * @name: its name, for people
 * @index: the participant's number in the job network, from 2 in the plan's order
 * @slots: slots leased there
 * @price_ucredits: per node·second
 * @lease: where its lease stands
 * @lease_id: the lease, zero until %INF_JOB_LEASE_HELD
 * @is_lost: whether it died, its link broke or its owner stopped it in this attempt
 * @is_dead: whether it is known to be gone, so that nothing can be asked of it
 * @spent_ucredits: what it was paid
 * @attempt: the attempt it served in
 * @round: the round of planning that chose it
 * @note: (nullable): what was out of the ordinary: a refusal, a settlement that was not confirmed
 * @is_ready: whether it has answered in the present step; not kept over a restart
 *
 * A host's part in one attempt. Read by everyone, written by the job's core alone.
 */
typedef struct
{
  InfPeerId peer_id;
  char *name;
  guint index;
  guint slots;
  guint64 price_ucredits;
  InfJobLease lease;
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES];
  gboolean is_lost;
  gboolean is_dead;
  guint64 spent_ucredits;
  guint attempt;
  guint round;
  char *note;
  gboolean is_ready;

  /*< private >*/
  gatomicrefcount ref_count;
} InfJobHost;

InfJobHost *inf_job_host_new (const InfPeerId *peer_id, const char *name, guint slots,
                              guint64 price_ucredits);
InfJobHost *inf_job_host_ref (InfJobHost *host);
void inf_job_host_unref (InfJobHost *host);

GVariant *inf_job_host_to_variant (const InfJobHost *host);
InfJobHost *inf_job_host_from_variant (GVariant *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfJobHost, inf_job_host_unref)

G_END_DECLS
