#include "discovery/gossip/inf-pulse.h"

#include "discovery/gossip/inf-gossip-kinds.h"

#include <string.h>

/* On the wire, all little-endian: kind 1, subject 8, incarnation 4, signature 64. */
#define CONTEXT "infinity pulse"
#define CLAIM_SIZE_BYTES (8 + 4)
#define SIGNED_SIZE_BYTES (INF_GRID_ID_SIZE_BYTES + CLAIM_SIZE_BYTES)

G_STATIC_ASSERT (INF_PULSE_SIZE_BYTES == 1 + CLAIM_SIZE_BYTES + INF_SIGNATURE_SIZE_BYTES);

static void
write_claim (const InfPulse *pulse, guint8 *data)
{
  guint64 subject = GUINT64_TO_LE (pulse->subject);
  guint32 incarnation = GUINT32_TO_LE (pulse->incarnation);

  memcpy (data, &subject, 8);
  memcpy (data + 8, &incarnation, 4);
}

static void
write_signed_part (const InfPulse *pulse, const InfGrid *grid, guint8 *data)
{
  memcpy (data, inf_grid_get_id (grid)->bytes, INF_GRID_ID_SIZE_BYTES);
  write_claim (pulse, data + INF_GRID_ID_SIZE_BYTES);
}

/**
 * inf_pulse_make:
 * @subject: who lives
 * @grid: the grid that it is a member of
 * @incarnation: its incarnation
 * @ret_pulse: (out): the signed pulse
 */
void
inf_pulse_make (const InfKeypair *subject, const InfGrid *grid, guint32 incarnation,
                InfPulse *ret_pulse)
{
  guint8 data[SIGNED_SIZE_BYTES];

  *ret_pulse = (InfPulse){
    .subject = inf_peer_hint (inf_keypair_get_peer_id (subject)),
    .incarnation = incarnation,
  };
  write_signed_part (ret_pulse, grid, data);
  inf_keypair_sign (subject, CONTEXT, data, sizeof data, ret_pulse->signature);
}

/**
 * inf_pulse_verify:
 * @pulse: a pulse, from anyone
 * @grid: the grid
 * @subject: the key of the member that it names
 *
 * Returns: whether that member signed it
 */
gboolean
inf_pulse_verify (const InfPulse *pulse, const InfGrid *grid, const InfPublicKey *subject)
{
  guint8 data[SIGNED_SIZE_BYTES];

  write_signed_part (pulse, grid, data);
  return inf_public_key_verify (subject, CONTEXT, data, sizeof data, pulse->signature,
                                sizeof pulse->signature);
}

/**
 * inf_pulse_encode:
 * @pulse: a pulse
 *
 * Returns: (transfer full): it as it travels, %INF_PULSE_SIZE_BYTES long
 */
GBytes *
inf_pulse_encode (const InfPulse *pulse)
{
  guint8 *data = g_malloc (INF_PULSE_SIZE_BYTES);

  data[0] = INF_LIVENESS_PULSE;
  write_claim (pulse, data + 1);
  memcpy (data + 1 + CLAIM_SIZE_BYTES, pulse->signature, INF_SIGNATURE_SIZE_BYTES);
  return g_bytes_new_take (data, INF_PULSE_SIZE_BYTES);
}

/**
 * inf_pulse_decode:
 * @bytes: a pulse, from anyone
 * @ret_pulse: (out): what it claims, not verified; left alone on failure
 *
 * Returns: whether @bytes is a pulse
 */
gboolean
inf_pulse_decode (GBytes *bytes, InfPulse *ret_pulse)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  InfPulse pulse;

  if (size != INF_PULSE_SIZE_BYTES || data[0] != INF_LIVENESS_PULSE)
    return FALSE;
  memcpy (&pulse.subject, data + 1, 8);
  memcpy (&pulse.incarnation, data + 9, 4);
  memcpy (pulse.signature, data + 1 + CLAIM_SIZE_BYTES, INF_SIGNATURE_SIZE_BYTES);
  pulse.subject = GUINT64_FROM_LE (pulse.subject);
  pulse.incarnation = GUINT32_FROM_LE (pulse.incarnation);
  if (pulse.incarnation == 0)
    return FALSE;
  *ret_pulse = pulse;
  return TRUE;
}
