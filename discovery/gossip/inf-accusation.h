#pragma once

#include "discovery/identity/inf-grid.h"
#include "discovery/identity/inf-keypair.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_ACCUSATION_SIZE_BYTES 87

/**
 * InfAccusation:
 * @subject: the hint of the peer that did not answer
 * @incarnation: the incarnation that it did not answer in
 * @accuser: the hint of the member whose own probe failed
 * @signature: the accuser's, over the three and the grid's id
 *
 * One member's word that another does not answer. A plain value.
 */
typedef struct
{
  guint64 subject;
  guint32 incarnation;
  guint64 accuser;
  guint8 signature[INF_SIGNATURE_SIZE_BYTES];
} InfAccusation;

void inf_accusation_make (const InfKeypair *accuser, const InfGrid *grid, guint64 subject,
                          guint32 incarnation, InfAccusation *ret_accusation);
gboolean inf_accusation_verify (const InfAccusation *accusation, const InfGrid *grid,
                                const InfPublicKey *accuser);

GBytes *inf_accusation_encode (const InfAccusation *accusation, gint64 age_us);
gboolean inf_accusation_decode (GBytes *bytes, InfAccusation *ret_accusation, gint64 *ret_age_us);

G_END_DECLS
