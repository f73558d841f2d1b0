#include "grid/ledger/inf-account.h"

#include "common/inf-error.h"

#include <string.h>

/* The rules of an account, whole. Money moves only like this:
 *
 *   grant ──▶ balance ──escrow──▶ escrowed ──pay──▶ (the host's balance, by its own earn)
 *                ▲                   │
 *                └──────release──────┘
 *
 * A grant is booked once; a lease is earned once; what was set aside for a lease is paid or
 * released once, after which nothing more can be set aside for it. No amount goes below zero. */

/* What SQLite and D-Bus can hold. */
#define MAX_UCREDITS ((guint64)G_MAXINT64)

static gboolean
refuse (GError **error, InfError code, const char *why)
{
  g_set_error_literal (error, INF_ERROR, code, why);
  return FALSE;
}

static gboolean
take (guint64 *from, guint64 amount_ucredits, InfError code, const char *what, GError **error)
{
  if (*from < amount_ucredits)
    {
      g_set_error (error, INF_ERROR, code,
                   "%" G_GUINT64_FORMAT " micro-credits wanted, %" G_GUINT64_FORMAT " are %s",
                   amount_ucredits, *from, what);
      return FALSE;
    }
  *from -= amount_ucredits;
  return TRUE;
}

static gboolean
put (guint64 *to, guint64 amount_ucredits, GError **error)
{
  if (amount_ucredits > MAX_UCREDITS - *to)
    return refuse (error, INF_ERROR_TOO_LARGE, "more credits than an account can hold");
  *to += amount_ucredits;
  return TRUE;
}

static gboolean
apply_grant (InfAccount *account, InfAccountSubject *subject, guint64 amount, GError **error)
{
  if (subject->is_granted)
    return refuse (error, INF_ERROR_EXISTS, "this grant is booked already");
  subject->is_granted = TRUE;
  return put (&account->balance_ucredits, amount, error)
         && put (&account->granted_ucredits, amount, error);
}

static gboolean
apply_escrow (InfAccount *account, InfAccountSubject *subject, guint64 amount, GError **error)
{
  if (subject->is_spent)
    return refuse (error, INF_ERROR_EXISTS, "this lease is settled already");
  return take (&account->balance_ucredits, amount, INF_ERROR_NO_CREDITS, "free", error)
         && put (&account->escrowed_ucredits, amount, error)
         && put (&subject->escrowed_ucredits, amount, error);
}

static gboolean
leave_escrow (InfAccount *account, InfAccountSubject *subject, guint64 amount, GError **error)
{
  if (!take (&subject->escrowed_ucredits, amount, INF_ERROR_INVALID, "set aside for this lease",
             error)
      || !take (&account->escrowed_ucredits, amount, INF_ERROR_INVALID, "set aside", error))
    return FALSE;
  subject->is_spent = subject->escrowed_ucredits == 0;
  return TRUE;
}

static gboolean
apply_earn (InfAccount *account, InfAccountSubject *subject, guint64 amount, GError **error)
{
  if (subject->is_earned)
    return refuse (error, INF_ERROR_EXISTS, "this lease is earned already");
  subject->is_earned = TRUE;
  return put (&account->balance_ucredits, amount, error)
         && put (&account->earned_ucredits, amount, error);
}

static gboolean
apply_amount (InfAccount *account, InfAccountSubject *subject, InfEntryKind kind, guint64 amount,
              GError **error)
{
  if (amount == 0)
    return refuse (error, INF_ERROR_INVALID, "an entry moves at least one micro-credit");
  switch (kind)
    {
    case INF_ENTRY_GRANT:
      return apply_grant (account, subject, amount, error);
    case INF_ENTRY_ESCROW:
      return apply_escrow (account, subject, amount, error);
    case INF_ENTRY_RELEASE:
      return leave_escrow (account, subject, amount, error)
             && put (&account->balance_ucredits, amount, error);
    case INF_ENTRY_PAY:
      return leave_escrow (account, subject, amount, error)
             && put (&account->paid_ucredits, amount, error);
    case INF_ENTRY_EARN:
      return apply_earn (account, subject, amount, error);
    default:
      return refuse (error, INF_ERROR_INVALID, "entry of an unknown kind");
    }
}

/**
 * inf_account_prepare:
 * @account: an account
 * @subject: how the entry's lease, or grant, stands
 * @entry: (inout): kind and amount are read; number, balance, escrowed and previous are set
 * @error: as inf_account_apply()
 *
 * Makes @entry the one that may follow. The rest of it is the caller's to fill.
 */
gboolean
inf_account_prepare (const InfAccount *account, const InfAccountSubject *subject, InfEntry *entry,
                     GError **error)
{
  InfAccount after = *account;
  InfAccountSubject subject_after = *subject;

  if (!apply_amount (&after, &subject_after, entry->kind, entry->amount_ucredits, error))
    return FALSE;
  entry->number = account->number + 1;
  entry->balance_ucredits = after.balance_ucredits;
  entry->escrowed_ucredits = after.escrowed_ucredits;
  memcpy (entry->previous, account->head, sizeof entry->previous);
  return TRUE;
}

/**
 * inf_account_apply:
 * @account: (inout): an account; left alone on failure
 * @subject: (inout): how the entry's lease, or grant, stands; left alone on failure
 * @entry: the entry that is to follow, its signature verified
 * @hash: its inf_entry_hash()
 * @error: #INF_ERROR_NO_CREDITS: more than is free; #INF_ERROR_EXISTS: granted, earned or settled
 *   before; #INF_ERROR_TOO_LARGE; #INF_ERROR_INVALID: any other breach of the rules;
 *   #INF_ERROR_CORRUPT: not the entry that follows in number, chain or sums
 */
gboolean
inf_account_apply (InfAccount *account, InfAccountSubject *subject, const InfEntry *entry,
                   const guint8 hash[INF_SHA256_SIZE_BYTES], GError **error)
{
  InfAccount after = *account;
  InfAccountSubject subject_after = *subject;

  if (entry->number != account->number + 1)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT,
                   "entry number %" G_GUINT64_FORMAT " where %" G_GUINT64_FORMAT " follows",
                   entry->number, account->number + 1);
      return FALSE;
    }
  if (memcmp (entry->previous, account->head, sizeof account->head) != 0)
    return refuse (error, INF_ERROR_CORRUPT, "entry that does not follow the one before it");
  if (!apply_amount (&after, &subject_after, entry->kind, entry->amount_ucredits, error))
    return FALSE;
  if (entry->balance_ucredits != after.balance_ucredits
      || entry->escrowed_ucredits != after.escrowed_ucredits)
    return refuse (error, INF_ERROR_CORRUPT, "entry with a sum that does not add up");
  after.number = entry->number;
  memcpy (after.head, hash, sizeof after.head);
  *account = after;
  *subject = subject_after;
  return TRUE;
}
