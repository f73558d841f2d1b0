#include "grid/market/inf-voucher.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/identity/inf-signed.h"
#include "grid/market/inf-market-kinds.h"
#include "grid/market/inf-price.h"

#include <string.h>

/* A voucher, a bill and a settlement say the same kind of thing about a lease, "so much time at
 * its price is so much money"; who signs, and in which context, makes the difference.
 *
 * lease id, sequence (0 but in a voucher), time in milliseconds, amount */
#define STATEMENT_TYPE G_VARIANT_TYPE ("(ayttt)")
#define MAX_SIZE_BYTES 256

typedef struct
{
  guint8 kind;
  const char *context;
  const char *noun;
} Form;

static const Form voucher_form = { INF_KIND_VOUCHER, "infinity voucher", "voucher" };
static const Form bill_form = { INF_KIND_BILL, "infinity bill", "bill" };
static const Form settlement_form = { INF_KIND_SETTLEMENT, "infinity settlement", "settlement" };

static GBytes *
statement_sign (const Form *form, const InfVoucher *statement, const InfKeypair *signer)
{
  return inf_signed_new (
      form->kind, form->context, signer,
      g_variant_new ("(@ayttt)",
                     inf_wire_variant_from_data (statement->lease_id, sizeof statement->lease_id),
                     statement->sequence, statement->covers_ms, statement->cumulative_ucredits));
}

static gboolean
statement_parse (const Form *form, InfVoucher *statement, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body
      = inf_signed_parse (bytes, form->kind, STATEMENT_TYPE, MAX_SIZE_BYTES, error);
  if (!body)
    return FALSE;

  g_autoptr (GVariant) lease_id = g_variant_get_child_value (body, 0);
  gsize size;
  const void *data = g_variant_get_fixed_array (lease_id, &size, 1);
  if (size != sizeof statement->lease_id)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "%s with a lease id of %" G_GSIZE_FORMAT " bytes, not %d", form->noun, size,
                   INF_LEASE_ID_SIZE_BYTES);
      return FALSE;
    }
  memcpy (statement->lease_id, data, size);
  g_variant_get_child (body, 1, "t", &statement->sequence);
  g_variant_get_child (body, 2, "t", &statement->covers_ms);
  g_variant_get_child (body, 3, "t", &statement->cumulative_ucredits);
  return TRUE;
}

static gboolean
statement_verify (const Form *form, InfVoucher *ret_statement, GBytes *bytes, const InfLease *lease,
                  const InfPublicKey *signer, GError **error)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (lease);
  InfVoucher statement;

  if (!statement_parse (form, &statement, bytes, error))
    return FALSE;
  if (memcmp (statement.lease_id, terms->lease_id, sizeof terms->lease_id) != 0)
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "%s for another lease", form->noun);
  else if (!inf_signed_verify (bytes, form->kind, form->context, signer))
    g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT, "%s that the lease's %s has not signed",
                 form->noun, form == &bill_form ? "host" : "client");
  else if (statement.covers_ms > INF_SERVED_MS_MAX
           || statement.cumulative_ucredits
                  != inf_price_cost (terms->price_ucredits, statement.covers_ms))
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                 "%s of %" G_GUINT64_FORMAT " micro-credits for %" G_GUINT64_FORMAT
                 " ms, which is not the lease's price",
                 form->noun, statement.cumulative_ucredits, statement.covers_ms);
  else if ((form == &voucher_form) != (statement.sequence > 0))
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                 "%s with the sequence number %" G_GUINT64_FORMAT, form->noun, statement.sequence);
  else
    {
      *ret_statement = statement;
      return TRUE;
    }
  return FALSE;
}

/**
 * inf_voucher_sign:
 * @voucher: what is promised
 * @client: the key pair of the lease's client
 *
 * Returns: (transfer full): the voucher as it travels
 */
GBytes *
inf_voucher_sign (const InfVoucher *voucher, const InfKeypair *client)
{
  return statement_sign (&voucher_form, voucher, client);
}

/**
 * inf_voucher_verify:
 * @voucher: (out): what was promised; left alone on failure
 * @bytes: from anyone
 * @lease: the lease it should pay
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE, or #INF_ERROR_CORRUPT when the lease's client
 *   has not signed it
 */
gboolean
inf_voucher_verify (InfVoucher *voucher, GBytes *bytes, const InfLease *lease, GError **error)
{
  return statement_verify (&voucher_form, voucher, bytes, lease,
                           &inf_lease_get_terms (lease)->client, error);
}

/**
 * inf_bill_sign:
 * @bill: what the lease cost
 * @host: the key pair of the lease's host
 *
 * Returns: (transfer full): the bill as it travels
 */
GBytes *
inf_bill_sign (const InfBill *bill, const InfKeypair *host)
{
  InfVoucher statement
      = { .covers_ms = bill->served_ms, .cumulative_ucredits = bill->amount_ucredits };

  memcpy (statement.lease_id, bill->lease_id, sizeof statement.lease_id);
  return statement_sign (&bill_form, &statement, host);
}

/**
 * inf_bill_verify:
 * @bill: (out): what the host says the lease cost; left alone on failure
 * @bytes: from anyone
 * @lease: the lease it should close
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE, or #INF_ERROR_CORRUPT when the lease's host
 *   has not signed it
 */
gboolean
inf_bill_verify (InfBill *bill, GBytes *bytes, const InfLease *lease, GError **error)
{
  InfVoucher statement;

  if (!statement_verify (&bill_form, &statement, bytes, lease, &inf_lease_get_terms (lease)->host,
                         error))
    return FALSE;
  memcpy (bill->lease_id, statement.lease_id, sizeof bill->lease_id);
  bill->served_ms = statement.covers_ms;
  bill->amount_ucredits = statement.cumulative_ucredits;
  return TRUE;
}

/**
 * inf_settlement_sign:
 * @settlement: what the client has booked as paid
 * @client: the key pair of the lease's client
 *
 * Returns: (transfer full): the settlement as it travels
 */
GBytes *
inf_settlement_sign (const InfSettlement *settlement, const InfKeypair *client)
{
  InfVoucher statement
      = { .covers_ms = settlement->served_ms, .cumulative_ucredits = settlement->amount_ucredits };

  memcpy (statement.lease_id, settlement->lease_id, sizeof statement.lease_id);
  return statement_sign (&settlement_form, &statement, client);
}

/**
 * inf_settlement_verify:
 * @settlement: (out): what the client has booked as paid; left alone on failure
 * @bytes: from anyone
 * @lease: the lease it should close
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE, or #INF_ERROR_CORRUPT when the lease's client
 *   has not signed it
 */
gboolean
inf_settlement_verify (InfSettlement *settlement, GBytes *bytes, const InfLease *lease,
                       GError **error)
{
  InfVoucher statement;

  if (!statement_verify (&settlement_form, &statement, bytes, lease,
                         &inf_lease_get_terms (lease)->client, error))
    return FALSE;
  memcpy (settlement->lease_id, statement.lease_id, sizeof settlement->lease_id);
  settlement->served_ms = statement.covers_ms;
  settlement->amount_ucredits = statement.cumulative_ucredits;
  return TRUE;
}
