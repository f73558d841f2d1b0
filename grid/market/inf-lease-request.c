#include "grid/market/inf-lease-request.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "grid/market/inf-market-kinds.h"

#include <string.h>

/* job id, slots, memory, highest price, duration, program, architecture, Open MPI series */
#define REQUEST_TYPE G_VARIANT_TYPE ("(ayuttxsss)")
#define MAX_SIZE_BYTES 1024
#define MAX_TEXT_BYTES 128

void
inf_lease_request_init (InfLeaseRequest *request)
{
  memset (request, 0, sizeof *request);
}

/**
 * inf_lease_request_clear:
 * @request: an initialized request
 *
 * Frees what it holds and makes it empty again.
 */
void
inf_lease_request_clear (InfLeaseRequest *request)
{
  g_free (request->program);
  g_free (request->arch);
  g_free (request->open_mpi_series);
  inf_lease_request_init (request);
}

/* No requirement travels as "". */
static const char *
text_or_empty (const char *text)
{
  return text ? text : "";
}

static char *
text_or_null (const char *text)
{
  return text[0] ? g_strdup (text) : NULL;
}

/**
 * inf_lease_request_encode:
 * @request: a request
 *
 * Returns: (transfer full): the request as it travels
 */
GBytes *
inf_lease_request_encode (const InfLeaseRequest *request)
{
  return inf_wire_encode (
      INF_KIND_LEASE_REQUEST,
      g_variant_new ("(@ayuttxsss)",
                     inf_wire_variant_from_data (request->job_id, sizeof request->job_id),
                     request->slots, request->memory_bytes, request->max_price_ucredits,
                     request->duration_us, text_or_empty (request->program),
                     text_or_empty (request->arch), text_or_empty (request->open_mpi_series)));
}

/* A word that can stand in a message to a person: short, printable, without spaces. */
static gboolean
is_plain_word (const char *text)
{
  gsize length = strlen (text);

  if (length > MAX_TEXT_BYTES)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (text[i]))
      return FALSE;
  return TRUE;
}

static gboolean
check_ranges (gsize job_id_size, guint slots, gint64 duration_us, GError **error)
{
  if (job_id_size != INF_JOB_ID_SIZE_BYTES)
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                 "lease request with a job id of %" G_GSIZE_FORMAT " bytes, not %d", job_id_size,
                 INF_JOB_ID_SIZE_BYTES);
  else if (slots < 1 || slots > INF_LEASE_MAX_SLOTS)
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                 "lease request for %u slots; 1 to %d can be asked for", slots,
                 INF_LEASE_MAX_SLOTS);
  else if (duration_us <= 0 || duration_us > INF_LEASE_MAX_DURATION_US)
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                 "lease request for %" G_GINT64_FORMAT " µs; a lease lasts 31 days at most",
                 duration_us);
  else
    return TRUE;
  return FALSE;
}

/**
 * inf_lease_request_decode:
 * @request: (out): the request, to be cleared; left alone on failure
 * @bytes: from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 */
gboolean
inf_lease_request_decode (InfLeaseRequest *request, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_LEASE_REQUEST, REQUEST_TYPE, MAX_SIZE_BYTES, error);
  if (!body)
    return FALSE;

  g_autoptr (GVariant) job_id = NULL;
  const char *program, *arch, *series;
  guint slots;
  guint64 memory_bytes, max_price_ucredits;
  gint64 duration_us;
  g_variant_get (body, "(@ayuttx&s&s&s)", &job_id, &slots, &memory_bytes, &max_price_ucredits,
                 &duration_us, &program, &arch, &series);

  gsize job_id_size;
  const void *job_id_data = g_variant_get_fixed_array (job_id, &job_id_size, 1);
  if (!check_ranges (job_id_size, slots, duration_us, error))
    return FALSE;
  if (!is_plain_word (program) || !is_plain_word (arch) || !is_plain_word (series))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                           "lease request with a requirement that is no plain word");
      return FALSE;
    }

  memcpy (request->job_id, job_id_data, sizeof request->job_id);
  request->slots = slots;
  request->memory_bytes = memory_bytes;
  request->max_price_ucredits = max_price_ucredits;
  request->duration_us = duration_us;
  request->program = text_or_null (program);
  request->arch = text_or_null (arch);
  request->open_mpi_series = text_or_null (series);
  return TRUE;
}
