#pragma once

#include "common/inf-sha256.h"
#include "discovery/identity/inf-keypair.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_ENTRY_ID_SIZE_BYTES 16
#define INF_ENTRY_REFERENCE_SIZE_BYTES 32

/**
 * InfEntryKind:
 * @INF_ENTRY_GRANT: new credits by the founder's certificate: balance + amount
 * @INF_ENTRY_ESCROW: set aside for a lease: balance - amount, escrowed + amount
 * @INF_ENTRY_RELEASE: given back from a lease's escrow: escrowed - amount, balance + amount
 * @INF_ENTRY_PAY: paid to a host from a lease's escrow: escrowed - amount
 * @INF_ENTRY_EARN: earned by a lease served: balance + amount
 */
typedef enum
{
  INF_ENTRY_GRANT = 1,
  INF_ENTRY_ESCROW,
  INF_ENTRY_RELEASE,
  INF_ENTRY_PAY,
  INF_ENTRY_EARN,
} InfEntryKind;

/**
 * InfEntry:
 * @account: the owner's key
 * @number: 1 for an account's first entry, then without a gap
 * @kind: what it does
 * @amount_ucredits: how much, above 0
 * @balance_ucredits: free to spend after it
 * @escrowed_ucredits: set aside after it, for all leases together
 * @lease_id: the lease; zero for a grant
 * @job_id: the job; zero for a grant
 * @peer: the other side: the lease's host or client; the grid's founder is not named
 * @reference: the grid's id of a grant; zero otherwise
 * @serial: the certificate's serial of a grant; 0 otherwise
 * @time_unix_us: when it was made, by the owner's clock
 * @previous: the hash of the entry before it; zero for the first
 *
 * One line of an account.
 */
typedef struct
{
  InfPublicKey account;
  guint64 number;
  InfEntryKind kind;
  guint64 amount_ucredits;
  guint64 balance_ucredits;
  guint64 escrowed_ucredits;
  guint8 lease_id[INF_ENTRY_ID_SIZE_BYTES];
  guint8 job_id[INF_ENTRY_ID_SIZE_BYTES];
  InfPeerId peer;
  guint8 reference[INF_ENTRY_REFERENCE_SIZE_BYTES];
  guint64 serial;
  gint64 time_unix_us;
  guint8 previous[INF_SHA256_SIZE_BYTES];
} InfEntry;

GBytes *inf_entry_sign (const InfEntry *entry, const InfKeypair *owner);
gboolean inf_entry_parse (InfEntry *entry, GBytes *bytes, GError **error);
gboolean inf_entry_verify (const InfEntry *entry, GBytes *bytes);
void inf_entry_hash (GBytes *bytes, guint8 ret_hash[INF_SHA256_SIZE_BYTES]);

const char *inf_entry_kind_name (InfEntryKind kind);

G_END_DECLS
