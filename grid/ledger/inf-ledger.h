#pragma once

#include "grid/ledger/inf-entry.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct _InfLedger InfLedger;

#define INF_LEDGER_MAX_HISTORY 1000

/**
 * InfLedgerEscrow:
 * @lease_id: the lease, 16 bytes
 * @job_id: the job, 16 bytes
 * @host: the lease's host
 * @amount_ucredits: set aside (asked for, or held now)
 * @signed_ucredits: the highest voucher that may have been sent; ignored by inf_ledger_escrow()
 * @lease: (nullable): the lease's bytes, kept for settling after a restart
 *
 * Credits set aside for one lease, on the client's side.
 */
typedef struct
{
  guint8 lease_id[INF_ENTRY_ID_SIZE_BYTES];
  guint8 job_id[INF_ENTRY_ID_SIZE_BYTES];
  InfPeerId host;
  guint64 amount_ucredits;
  guint64 signed_ucredits;
  GBytes *lease;
} InfLedgerEscrow;

/**
 * InfLedgerClaim:
 * @lease_id: the lease, 16 bytes
 * @job_id: the job, 16 bytes
 * @client: the lease's client
 * @prepaid_ucredits: the highest voucher received
 * @served_ms: running time when that voucher was recorded, or of the bill
 * @is_billed: whether the job is over and @served_ms final
 * @voucher: (nullable): that voucher's bytes
 * @lease: (nullable): the lease's bytes
 *
 * What a host holds for one lease that is not settled yet. It is no part of the balance.
 */
typedef struct
{
  guint8 lease_id[INF_ENTRY_ID_SIZE_BYTES];
  guint8 job_id[INF_ENTRY_ID_SIZE_BYTES];
  InfPeerId client;
  guint64 prepaid_ucredits;
  guint64 served_ms;
  gboolean is_billed;
  GBytes *voucher;
  GBytes *lease;
} InfLedgerClaim;

/**
 * InfLedgerSettlement:
 * @lease_id: the lease, 16 bytes
 * @host: to whom it is to be sent
 * @settlement: the settlement's bytes
 *
 * A settlement that is booked here and that the host has not confirmed yet.
 */
typedef struct
{
  guint8 lease_id[INF_ENTRY_ID_SIZE_BYTES];
  InfPeerId host;
  GBytes *settlement;
} InfLedgerSettlement;

/**
 * InfLedgerChanged:
 *
 * Called when entries were added: the sums are new, and on disk. Not to change the ledger from.
 */
typedef void (*InfLedgerChanged) (gpointer user_data);

InfLedger *inf_ledger_open (const char *path, InfKeypair *owner, GError **error);
void inf_ledger_close (InfLedger *ledger);
void inf_ledger_set_changed (InfLedger *ledger, InfLedgerChanged changed, gpointer user_data);
const char *inf_ledger_get_path (InfLedger *ledger);
GBytes *inf_ledger_serialize (InfLedger *ledger, GError **error);

guint64 inf_ledger_get_balance (InfLedger *ledger);
guint64 inf_ledger_get_escrowed (InfLedger *ledger);
guint64 inf_ledger_get_earned (InfLedger *ledger);
guint64 inf_ledger_get_paid (InfLedger *ledger);
guint64 inf_ledger_get_granted (InfLedger *ledger);

gboolean inf_ledger_grant (InfLedger *ledger, const guint8 grid_id[INF_ENTRY_REFERENCE_SIZE_BYTES],
                           guint64 serial, guint64 amount_ucredits, gint64 now_unix_us,
                           GError **error);

/* The client's side of a lease */
gboolean inf_ledger_escrow (InfLedger *ledger, const InfLedgerEscrow *escrows, guint n_escrows,
                            gint64 now_unix_us, GError **error);
gboolean inf_ledger_raise_escrow (InfLedger *ledger, const guint8 *lease_id, guint64 total_ucredits,
                                  gint64 now_unix_us, GError **error);
gboolean inf_ledger_note_signed (InfLedger *ledger, const guint8 *lease_id,
                                 guint64 cumulative_ucredits, GError **error);
gboolean inf_ledger_release (InfLedger *ledger, const guint8 *lease_id, gint64 now_unix_us,
                             GError **error);
gboolean inf_ledger_settle_paid (InfLedger *ledger, const guint8 *lease_id, guint64 amount_ucredits,
                                 GBytes *settlement, gint64 now_unix_us, GError **error);
gboolean inf_ledger_settlement_delivered (InfLedger *ledger, const guint8 *lease_id,
                                          GError **error);
GPtrArray *inf_ledger_list_escrows (InfLedger *ledger, GError **error);
GPtrArray *inf_ledger_list_settlements (InfLedger *ledger, GError **error);

/* The host's side of a lease */
gboolean inf_ledger_record_earned (InfLedger *ledger, const InfLedgerClaim *claim, GError **error);
gboolean inf_ledger_close_earned (InfLedger *ledger, const guint8 *lease_id,
                                  guint64 amount_ucredits, GBytes *settlement, gint64 now_unix_us,
                                  GError **error);
gboolean inf_ledger_get_closed_earned (InfLedger *ledger, const guint8 *lease_id,
                                       guint64 *ret_amount_ucredits);
GPtrArray *inf_ledger_list_claims (InfLedger *ledger, GError **error);

GArray *inf_ledger_list_history (InfLedger *ledger, guint offset, guint limit, GError **error);
gboolean inf_ledger_verify (InfLedger *ledger, GError **error);

void inf_ledger_escrow_free (InfLedgerEscrow *escrow);
void inf_ledger_claim_free (InfLedgerClaim *claim);
void inf_ledger_settlement_free (InfLedgerSettlement *settlement);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLedger, inf_ledger_close)

G_END_DECLS
