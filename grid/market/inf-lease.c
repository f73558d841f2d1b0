#include "grid/market/inf-lease.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/identity/inf-signed.h"
#include "grid/market/inf-market-kinds.h"

#include <string.h>

/* lease id, job id, client, host, slots, memory, price, step, grace, signed at, expires at */
#define LEASE_TYPE G_VARIANT_TYPE ("(ayayayayuttxxxx)")
#define LEASE_CONTEXT "infinity lease"
#define MAX_SIZE_BYTES 1024

/* Steps shorter than this would spend more on messages than they limit in exposure. */
#define MIN_STEP_US ((gint64)100 * 1000)
#define MAX_STEP_US ((gint64)3600 * G_USEC_PER_SEC)

/* 2200-01-01: later times are mistakes or attempts at overflow. */
#define MAX_UNIX_US ((gint64)7258118400 * G_USEC_PER_SEC)

struct _InfLease
{
  gatomicrefcount ref_count;
  InfLeaseTerms terms;
  GBytes *bytes;
};

static InfLease *
lease_new (const InfLeaseTerms *terms, GBytes *bytes)
{
  InfLease *lease = g_new0 (InfLease, 1);

  g_atomic_ref_count_init (&lease->ref_count);
  lease->terms = *terms;
  lease->bytes = g_bytes_ref (bytes);
  return lease;
}

static GVariant *
terms_to_variant (const InfLeaseTerms *terms)
{
  return g_variant_new (
      "(@ay@ay@ay@ayuttxxxx)", inf_wire_variant_from_data (terms->lease_id, sizeof terms->lease_id),
      inf_wire_variant_from_data (terms->job_id, sizeof terms->job_id),
      inf_public_key_to_variant (&terms->client), inf_public_key_to_variant (&terms->host),
      terms->slots, terms->memory_bytes, terms->price_ucredits, terms->step_us, terms->grace_us,
      terms->signed_unix_us, terms->expires_unix_us);
}

/**
 * inf_lease_sign:
 * @terms: what was agreed; its host is @host
 * @host: the host's key pair
 *
 * Returns: (transfer full): the lease
 */
InfLease *
inf_lease_sign (const InfLeaseTerms *terms, const InfKeypair *host)
{
  g_autoptr (GBytes) bytes
      = inf_signed_new (INF_KIND_LEASE, LEASE_CONTEXT, host, terms_to_variant (terms));

  return lease_new (terms, bytes);
}

static gboolean
copy_id (GVariant *value, guint8 *ret_id, gsize id_size)
{
  gsize size;
  const void *data = g_variant_get_fixed_array (value, &size, 1);

  if (size != id_size)
    return FALSE;
  memcpy (ret_id, data, id_size);
  return TRUE;
}

static gboolean
are_sane (const InfLeaseTerms *terms)
{
  return terms->slots >= 1 && terms->slots <= INF_LEASE_MAX_SLOTS && terms->step_us >= MIN_STEP_US
         && terms->step_us <= MAX_STEP_US && terms->grace_us >= 0 && terms->grace_us <= MAX_STEP_US
         && terms->price_ucredits <= G_MAXINT64 && terms->signed_unix_us >= 0
         && terms->expires_unix_us > terms->signed_unix_us && terms->expires_unix_us <= MAX_UNIX_US;
}

static gboolean
terms_from_variant (InfLeaseTerms *ret_terms, GVariant *body, GError **error)
{
  InfLeaseTerms terms;
  g_autoptr (GVariant) lease_id = NULL, job_id = NULL, client = NULL, host = NULL;

  g_variant_get (body, "(@ay@ay@ay@ayuttxxxx)", &lease_id, &job_id, &client, &host, &terms.slots,
                 &terms.memory_bytes, &terms.price_ucredits, &terms.step_us, &terms.grace_us,
                 &terms.signed_unix_us, &terms.expires_unix_us);
  if (!copy_id (lease_id, terms.lease_id, sizeof terms.lease_id)
      || !copy_id (job_id, terms.job_id, sizeof terms.job_id)
      || !inf_public_key_from_variant (client, &terms.client)
      || !inf_public_key_from_variant (host, &terms.host))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                           "lease with an id or a key of the wrong length");
      return FALSE;
    }
  if (!are_sane (&terms))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                           "lease with slots, price, step or times out of range");
      return FALSE;
    }
  *ret_terms = terms;
  return TRUE;
}

/**
 * inf_lease_from_bytes:
 * @bytes: from anyone; kept, as they are what was signed
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE, or #INF_ERROR_CORRUPT when the host that the
 *   lease names has not signed it
 *
 * Nothing is said yet about who that host is: see inf_lease_verify().
 *
 * Returns: (transfer full) (nullable): the lease
 */
InfLease *
inf_lease_from_bytes (GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body
      = inf_signed_parse (bytes, INF_KIND_LEASE, LEASE_TYPE, MAX_SIZE_BYTES, error);
  InfLeaseTerms terms;

  if (!body || !terms_from_variant (&terms, body, error))
    return NULL;
  if (!inf_signed_verify (bytes, INF_KIND_LEASE, LEASE_CONTEXT, &terms.host))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_CORRUPT,
                           "lease that its host has not signed");
      return NULL;
    }
  return lease_new (&terms, bytes);
}

InfLease *
inf_lease_ref (InfLease *lease)
{
  g_atomic_ref_count_inc (&lease->ref_count);
  return lease;
}

void
inf_lease_unref (InfLease *lease)
{
  if (!lease || !g_atomic_ref_count_dec (&lease->ref_count))
    return;
  g_bytes_unref (lease->bytes);
  g_free (lease);
}

const InfLeaseTerms *
inf_lease_get_terms (const InfLease *lease)
{
  return &lease->terms;
}

/**
 * inf_lease_get_bytes:
 * @lease: a lease
 *
 * Returns: (transfer none): the bytes that were signed, as they travel and are stored
 */
GBytes *
inf_lease_get_bytes (const InfLease *lease)
{
  return lease->bytes;
}

/**
 * inf_lease_is_expired:
 * @lease: a lease
 * @now_unix_us: the time by the clock of its host
 */
gboolean
inf_lease_is_expired (const InfLease *lease, gint64 now_unix_us)
{
  return now_unix_us >= lease->terms.expires_unix_us;
}

/* The duration is compared, not the times: the two machines' clocks may differ by anything. */
static const char *
find_deviation (const InfLeaseTerms *terms, const InfLeaseRequest *request)
{
  if (memcmp (terms->job_id, request->job_id, sizeof terms->job_id) != 0)
    return "another job";
  if (terms->slots != request->slots)
    return "another number of slots";
  if (request->memory_bytes > 0 && terms->memory_bytes > 0
      && terms->memory_bytes < request->memory_bytes)
    return "less memory";
  if (request->max_price_ucredits > 0 && terms->price_ucredits > request->max_price_ucredits)
    return "a higher price";
  if (terms->expires_unix_us - terms->signed_unix_us < request->duration_us)
    return "a shorter time";
  return NULL;
}

/**
 * inf_lease_verify:
 * @lease: a lease that a host sent
 * @host: the key of the host that was asked
 * @client: the key of the client that asked
 * @request: what was asked for
 * @error: #INF_ERROR_CORRUPT: not between these two; #INF_ERROR_INVALID: not what was asked for
 *
 * Returns: whether @lease is @host's promise to @client of at least @request
 */
gboolean
inf_lease_verify (const InfLease *lease, const InfPublicKey *host, const InfPublicKey *client,
                  const InfLeaseRequest *request, GError **error)
{
  const InfLeaseTerms *terms = &lease->terms;

  if (memcmp (&terms->host, host, sizeof *host) != 0
      || memcmp (&terms->client, client, sizeof *client) != 0)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_CORRUPT,
                           "lease between other peers than the two that agreed");
      return FALSE;
    }
  const char *deviation = find_deviation (terms, request);
  if (deviation)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "lease for %s than was asked for",
                   deviation);
      return FALSE;
    }
  return TRUE;
}
