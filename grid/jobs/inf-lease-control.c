#include "grid/jobs/inf-lease-control.h"

#include "grid/jobs/inf-job-text.h"
#include "grid/jobs/inf-message-private.h"

#define PAYLOAD_TYPE "(ayay)"
#define PAID_TYPE "(tx)"
#define STOP_TYPE "(ays)"
#define STOPPED_TYPE "(ayays)"
#define REF_TYPE "(ay)"
#define SMALL_SIZE_BYTES 4096

static GVariant *
id_to_variant (const guint8 lease_id[INF_LEASE_ID_SIZE_BYTES])
{
  return inf_wire_variant_from_data (lease_id, INF_LEASE_ID_SIZE_BYTES);
}

void
inf_lease_payload_init (InfLeasePayload *payload)
{
  *payload = (InfLeasePayload){ 0 };
}

void
inf_lease_payload_clear (InfLeasePayload *payload)
{
  g_clear_pointer (&payload->payload, g_bytes_unref);
}

/**
 * inf_lease_payload_encode:
 * @payload: a payload of at most %INF_LEASE_MAX_PAYLOAD_BYTES
 * @kind: which message it is: %INF_KIND_LEASE_PAY or %INF_KIND_LEASE_CLOSE
 *
 * Returns: (transfer full): the envelope
 */
GBytes *
inf_lease_payload_encode (const InfLeasePayload *payload, guint8 kind)
{
  return inf_wire_encode (kind, g_variant_new ("(@ay@ay)", id_to_variant (payload->lease_id),
                                               inf_wire_variant_from_bytes (payload->payload)));
}

/**
 * inf_lease_payload_decode:
 * @payload: (out caller-allocates): cleared by inf_lease_payload_clear(); left alone on failure
 * @bytes: from anyone
 * @kind: which message is expected
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: whether @payload was set
 */
gboolean
inf_lease_payload_decode (InfLeasePayload *payload, GBytes *bytes, guint8 kind, GError **error)
{
  g_autoptr (GVariant) body = inf_wire_decode (bytes, kind, G_VARIANT_TYPE (PAYLOAD_TYPE),
                                               INF_LEASE_MAX_PAYLOAD_BYTES + 256, error);
  g_autoptr (GVariant) id = NULL;
  g_autoptr (GVariant) data = NULL;

  if (!body)
    return FALSE;
  g_variant_get (body, "(@ay@ay)", &id, &data);
  if (g_variant_n_children (data) > INF_LEASE_MAX_PAYLOAD_BYTES)
    return inf_message_invalid (error, "the payload about a lease is too large");
  if (!inf_message_get_fixed (id, payload->lease_id, sizeof payload->lease_id, "a lease's id",
                              error))
    return FALSE;
  payload->payload = inf_wire_bytes_from_variant (data);
  return TRUE;
}

GBytes *
inf_lease_paid_encode (const InfLeasePaid *paid)
{
  return inf_wire_encode (INF_KIND_LEASE_PAID,
                          g_variant_new (PAID_TYPE, paid->accepted_ucredits, paid->paid_for_us));
}

/**
 * inf_lease_paid_decode:
 * @paid: (out caller-allocates): left alone on failure
 * @bytes: from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: whether @paid was set
 */
gboolean
inf_lease_paid_decode (InfLeasePaid *paid, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body = inf_wire_decode (bytes, INF_KIND_LEASE_PAID,
                                               G_VARIANT_TYPE (PAID_TYPE), SMALL_SIZE_BYTES, error);
  InfLeasePaid found;

  if (!body)
    return FALSE;
  g_variant_get (body, PAID_TYPE, &found.accepted_ucredits, &found.paid_for_us);
  if (found.accepted_ucredits > G_MAXINT64 || found.paid_for_us < 0)
    return inf_message_invalid (error, "a host can't have been paid that much, or for that long");
  *paid = found;
  return TRUE;
}

void
inf_lease_stop_init (InfLeaseStop *stop)
{
  *stop = (InfLeaseStop){ 0 };
}

void
inf_lease_stop_clear (InfLeaseStop *stop)
{
  g_clear_pointer (&stop->reason, g_free);
}

GBytes *
inf_lease_stop_encode (const InfLeaseStop *stop)
{
  g_autofree char *reason
      = inf_job_text_clean (stop->reason ? stop->reason : "", -1, INF_LEASE_MAX_REASON_BYTES);

  return inf_wire_encode (INF_KIND_LEASE_STOP,
                          g_variant_new ("(@ays)", id_to_variant (stop->lease_id), reason));
}

/**
 * inf_lease_stop_decode:
 * @stop: (out caller-allocates): cleared by inf_lease_stop_clear(); left alone on failure
 * @bytes: from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: whether @stop was set, its reason being one printable line
 */
gboolean
inf_lease_stop_decode (InfLeaseStop *stop, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body = inf_wire_decode (bytes, INF_KIND_LEASE_STOP,
                                               G_VARIANT_TYPE (STOP_TYPE), SMALL_SIZE_BYTES, error);
  g_autoptr (GVariant) id = NULL;
  const char *reason;

  if (!body)
    return FALSE;
  g_variant_get (body, "(@ay&s)", &id, &reason);
  if (!inf_message_get_fixed (id, stop->lease_id, sizeof stop->lease_id, "a lease's id", error))
    return FALSE;
  stop->reason = inf_job_text_clean (reason, -1, INF_LEASE_MAX_REASON_BYTES);
  return TRUE;
}

void
inf_lease_stopped_init (InfLeaseStopped *stopped)
{
  *stopped = (InfLeaseStopped){ 0 };
}

void
inf_lease_stopped_clear (InfLeaseStopped *stopped)
{
  g_clear_pointer (&stopped->bill, g_bytes_unref);
  g_clear_pointer (&stopped->reason, g_free);
}

/**
 * inf_lease_stopped_encode:
 * @stopped: a bill of at most %INF_LEASE_MAX_PAYLOAD_BYTES, and a reason
 *
 * Returns: (transfer full): the envelope
 */
GBytes *
inf_lease_stopped_encode (const InfLeaseStopped *stopped)
{
  g_autofree char *reason
      = inf_job_text_clean (stopped->reason ? stopped->reason : "", -1, INF_LEASE_MAX_REASON_BYTES);

  return inf_wire_encode (INF_KIND_LEASE_STOPPED,
                          g_variant_new ("(@ay@ays)", id_to_variant (stopped->lease_id),
                                         inf_wire_variant_from_bytes (stopped->bill), reason));
}

/**
 * inf_lease_stopped_decode:
 * @stopped: (out caller-allocates): cleared by inf_lease_stopped_clear(); left alone on failure
 * @bytes: from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: whether @stopped was set, its reason being one printable line or %NULL
 */
gboolean
inf_lease_stopped_decode (InfLeaseStopped *stopped, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_LEASE_STOPPED, G_VARIANT_TYPE (STOPPED_TYPE),
                         INF_LEASE_MAX_PAYLOAD_BYTES + SMALL_SIZE_BYTES, error);
  g_autoptr (GVariant) id = NULL;
  g_autoptr (GVariant) bill = NULL;
  const char *reason;

  if (!body)
    return FALSE;
  g_variant_get (body, "(@ay@ay&s)", &id, &bill, &reason);
  if (g_variant_n_children (bill) > INF_LEASE_MAX_PAYLOAD_BYTES)
    return inf_message_invalid (error, "the bill of a lease is too large");
  if (!inf_message_get_fixed (id, stopped->lease_id, sizeof stopped->lease_id, "a lease's id",
                              error))
    return FALSE;
  stopped->bill = inf_wire_bytes_from_variant (bill);
  stopped->reason = *reason ? inf_job_text_clean (reason, -1, INF_LEASE_MAX_REASON_BYTES) : NULL;
  return TRUE;
}

/**
 * inf_lease_ref_encode:
 * @lease_id: a lease
 * @kind: a message that says no more: %INF_KIND_LEASE_CHECK, %INF_KIND_LEASE_OUTPUTS_ASKED or
 *   %INF_KIND_LEASE_RELEASE
 *
 * Returns: (transfer full): the envelope
 */
GBytes *
inf_lease_ref_encode (const guint8 lease_id[INF_LEASE_ID_SIZE_BYTES], guint8 kind)
{
  return inf_wire_encode (kind, g_variant_new ("(@ay)", id_to_variant (lease_id)));
}

/**
 * inf_lease_ref_decode:
 * @ret_lease_id: (out): left alone on failure
 * @bytes: from anyone
 * @kind: which message is expected
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: whether @ret_lease_id was set
 */
gboolean
inf_lease_ref_decode (guint8 ret_lease_id[INF_LEASE_ID_SIZE_BYTES], GBytes *bytes, guint8 kind,
                      GError **error)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, kind, G_VARIANT_TYPE (REF_TYPE), SMALL_SIZE_BYTES, error);

  if (!body)
    return FALSE;
  g_autoptr (GVariant) id = g_variant_get_child_value (body, 0);
  return inf_message_get_fixed (id, ret_lease_id, INF_LEASE_ID_SIZE_BYTES, "a lease's id", error);
}
