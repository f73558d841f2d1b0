#include "discovery/gossip/inf-accusation.h"

#include "discovery/gossip/inf-gossip-kinds.h"

#include <string.h>

/* On the wire, all little-endian: kind 1, subject 8, incarnation 4, accuser 8, signature 64, age in
 * milliseconds 2. The age is nobody's signed word: it saves comparing clocks, and who makes it up
 * still lacks the other accusers. */
#define CONTEXT "infinity accusation"
#define CLAIM_SIZE_BYTES (8 + 4 + 8)
#define SIGNED_SIZE_BYTES (INF_GRID_ID_SIZE_BYTES + CLAIM_SIZE_BYTES)

G_STATIC_ASSERT (INF_ACCUSATION_SIZE_BYTES == 1 + CLAIM_SIZE_BYTES + INF_SIGNATURE_SIZE_BYTES + 2);

static void
write_claim (const InfAccusation *accusation, guint8 *data)
{
  guint64 subject = GUINT64_TO_LE (accusation->subject);
  guint64 accuser = GUINT64_TO_LE (accusation->accuser);
  guint32 incarnation = GUINT32_TO_LE (accusation->incarnation);

  memcpy (data, &subject, 8);
  memcpy (data + 8, &incarnation, 4);
  memcpy (data + 12, &accuser, 8);
}

static void
write_signed_part (const InfAccusation *accusation, const InfGrid *grid, guint8 *data)
{
  memcpy (data, inf_grid_get_id (grid)->bytes, INF_GRID_ID_SIZE_BYTES);
  write_claim (accusation, data + INF_GRID_ID_SIZE_BYTES);
}

/**
 * inf_accusation_make:
 * @accuser: who accuses
 * @grid: the grid that both are members of
 * @subject: the hint of the peer that did not answer
 * @incarnation: the newest incarnation that is known of it
 * @ret_accusation: (out): the signed accusation
 */
void
inf_accusation_make (const InfKeypair *accuser, const InfGrid *grid, guint64 subject,
                     guint32 incarnation, InfAccusation *ret_accusation)
{
  guint8 data[SIGNED_SIZE_BYTES];

  *ret_accusation = (InfAccusation){
    .subject = subject,
    .incarnation = incarnation,
    .accuser = inf_peer_hint (inf_keypair_get_peer_id (accuser)),
  };
  write_signed_part (ret_accusation, grid, data);
  inf_keypair_sign (accuser, CONTEXT, data, sizeof data, ret_accusation->signature);
}

/**
 * inf_accusation_verify:
 * @accusation: an accusation, from anyone
 * @grid: the grid
 * @accuser: the key of the member that it names as the accuser
 *
 * Returns: whether that member signed it
 */
gboolean
inf_accusation_verify (const InfAccusation *accusation, const InfGrid *grid,
                       const InfPublicKey *accuser)
{
  guint8 data[SIGNED_SIZE_BYTES];

  write_signed_part (accusation, grid, data);
  return inf_public_key_verify (accuser, CONTEXT, data, sizeof data, accusation->signature,
                                sizeof accusation->signature);
}

/**
 * inf_accusation_encode:
 * @accusation: an accusation
 * @age_us: how long ago it was made; whatever is above a minute counts as one
 *
 * Returns: (transfer full): it as it travels, %INF_ACCUSATION_SIZE_BYTES long
 */
GBytes *
inf_accusation_encode (const InfAccusation *accusation, gint64 age_us)
{
  guint8 *data = g_malloc (INF_ACCUSATION_SIZE_BYTES);
  guint16 age_ms = GUINT16_TO_LE ((guint16)CLAMP (age_us / 1000, 0, G_MAXUINT16));

  data[0] = INF_LIVENESS_ACCUSATION;
  write_claim (accusation, data + 1);
  memcpy (data + 1 + CLAIM_SIZE_BYTES, accusation->signature, INF_SIGNATURE_SIZE_BYTES);
  memcpy (data + 1 + CLAIM_SIZE_BYTES + INF_SIGNATURE_SIZE_BYTES, &age_ms, 2);
  return g_bytes_new_take (data, INF_ACCUSATION_SIZE_BYTES);
}

/**
 * inf_accusation_decode:
 * @bytes: an accusation, from anyone
 * @ret_accusation: (out): what it claims, not verified; left alone on failure
 * @ret_age_us: (out): how long ago it was made, as its bearer says; left alone on failure
 *
 * Returns: whether @bytes is an accusation
 */
gboolean
inf_accusation_decode (GBytes *bytes, InfAccusation *ret_accusation, gint64 *ret_age_us)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  InfAccusation accusation;
  guint16 age_ms;

  if (size != INF_ACCUSATION_SIZE_BYTES || data[0] != INF_LIVENESS_ACCUSATION)
    return FALSE;
  memcpy (&accusation.subject, data + 1, 8);
  memcpy (&accusation.incarnation, data + 9, 4);
  memcpy (&accusation.accuser, data + 13, 8);
  memcpy (accusation.signature, data + 1 + CLAIM_SIZE_BYTES, INF_SIGNATURE_SIZE_BYTES);
  memcpy (&age_ms, data + 1 + CLAIM_SIZE_BYTES + INF_SIGNATURE_SIZE_BYTES, 2);
  accusation.subject = GUINT64_FROM_LE (accusation.subject);
  accusation.incarnation = GUINT32_FROM_LE (accusation.incarnation);
  accusation.accuser = GUINT64_FROM_LE (accusation.accuser);
  if (accusation.incarnation == 0 || accusation.subject == accusation.accuser)
    return FALSE;
  *ret_accusation = accusation;
  *ret_age_us = GUINT16_FROM_LE (age_ms) * G_GINT64_CONSTANT (1000);
  return TRUE;
}
