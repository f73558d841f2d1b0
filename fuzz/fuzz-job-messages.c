#include "common/inf-wire.h"
#include "grid/jobs/inf-job-messages.h"

/* The first byte says which decoder the rest is for. What is taken must survive being sent on. */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes);

static void
try_prepare (GBytes *bytes)
{
  InfLeasePrepare prepare, again;

  if (!inf_lease_prepare_decode (&prepare, bytes, NULL))
    return;
  g_autoptr (GBytes) sent = inf_lease_prepare_encode (&prepare);
  g_assert_true (inf_lease_prepare_decode (&again, sent, NULL));
  inf_lease_prepare_clear (&prepare);
  inf_lease_prepare_clear (&again);
}

static void
try_prepared (GBytes *bytes)
{
  InfLeasePrepared prepared, again;

  if (!inf_lease_prepared_decode (&prepared, bytes, NULL))
    return;
  g_autoptr (GBytes) sent = inf_lease_prepared_encode (&prepared);
  g_assert_true (inf_lease_prepared_decode (&again, sent, NULL));
  inf_lease_prepared_clear (&prepared);
  inf_lease_prepared_clear (&again);
}

static void
try_control (GBytes *bytes)
{
  InfLeasePayload payload;
  InfLeasePaid paid;
  InfLeaseStop stop;
  InfLeaseStopped stopped;
  guint8 id[INF_LEASE_ID_SIZE_BYTES];

  if (inf_lease_payload_decode (&payload, bytes, INF_KIND_LEASE_PAY, NULL))
    inf_lease_payload_clear (&payload);
  if (inf_lease_stop_decode (&stop, bytes, NULL))
    inf_lease_stop_clear (&stop);
  if (inf_lease_stopped_decode (&stopped, bytes, NULL))
    inf_lease_stopped_clear (&stopped);
  inf_lease_paid_decode (&paid, bytes, NULL);
  inf_lease_ref_decode (id, bytes, INF_KIND_LEASE_CHECK, NULL);
}

static void
try_headers (GBytes *bytes)
{
  InfExecHeader exec;
  InfNetHeader net;

  if (inf_exec_header_decode (&exec, bytes, NULL))
    inf_exec_header_clear (&exec);
  if (inf_net_header_decode (&net, bytes, NULL))
    g_assert_cmpuint (net.source_index, !=, net.destination_index);
}

/* The signature is made good here, as no fuzzer would find it; a member signs what it likes. */
static void
try_outputs (GBytes *statement)
{
  static InfKeypair *host = NULL;
  const guint8 seed[INF_SEED_SIZE_BYTES] = { 1 };
  guint8 signature[INF_SIGNATURE_SIZE_BYTES];
  InfLeaseOutputs outputs;

  if (!host)
    host = inf_keypair_from_seed (seed);
  inf_keypair_sign (host, "infinity lease outputs", g_bytes_get_data (statement, NULL),
                    g_bytes_get_size (statement), signature);
  g_autoptr (GBytes) bytes
      = inf_wire_encode (INF_KIND_LEASE_OUTPUTS_SIGNED,
                         g_variant_new ("(@ay@ay)", inf_wire_variant_from_bytes (statement),
                                        inf_wire_variant_from_data (signature, sizeof signature)));
  if (inf_lease_outputs_decode (&outputs, bytes, inf_keypair_get_public_key (host), NULL))
    inf_lease_outputs_clear (&outputs);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes)
{
  static void (*const decoders[]) (GBytes *)
      = { try_prepare, try_prepared, try_control, try_headers, try_outputs };

  if (size_bytes == 0)
    return 0;
  g_autoptr (GBytes) bytes = g_bytes_new (data + 1, size_bytes - 1);
  decoders[data[0] % G_N_ELEMENTS (decoders)](bytes);
  return 0;
}
