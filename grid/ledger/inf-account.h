#pragma once

#include "grid/ledger/inf-entry.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfAccount:
 * @number: the last entry's number; 0: none yet
 * @head: the last entry's hash; zero: none yet
 * @balance_ucredits: free to spend
 * @escrowed_ucredits: set aside, for all leases together
 * @granted_ucredits: granted since the account began
 * @earned_ucredits: earned since the account began
 * @paid_ucredits: paid since the account began
 *
 * What all entries of an account come to.
 */
typedef struct
{
  guint64 number;
  guint8 head[INF_SHA256_SIZE_BYTES];
  guint64 balance_ucredits;
  guint64 escrowed_ucredits;
  guint64 granted_ucredits;
  guint64 earned_ucredits;
  guint64 paid_ucredits;
} InfAccount;

/**
 * InfAccountSubject:
 * @is_granted: a grant's reference: whether it was granted already
 * @escrowed_ucredits: a lease: set aside for it now
 * @is_spent: a lease: whether its escrow has been paid or released to the end
 * @is_earned: a lease: whether it was earned already
 *
 * What the entries about one lease, or one grant, come to. One account may hold both sides of a
 * lease: the submitter's own machine can be a host.
 */
typedef struct
{
  gboolean is_granted;
  guint64 escrowed_ucredits;
  gboolean is_spent;
  gboolean is_earned;
} InfAccountSubject;

gboolean inf_account_prepare (const InfAccount *account, const InfAccountSubject *subject,
                              InfEntry *entry, GError **error);
gboolean inf_account_apply (InfAccount *account, InfAccountSubject *subject, const InfEntry *entry,
                            const guint8 hash[INF_SHA256_SIZE_BYTES], GError **error);

G_END_DECLS
