#pragma once

#include "discovery/identity/inf-grid.h"
#include "discovery/identity/inf-keypair.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_PULSE_SIZE_BYTES 77

/**
 * InfPulse:
 * @subject: the hint of the peer that says that it lives
 * @incarnation: its incarnation; accusations of lower ones are void
 * @signature: the subject's, over the two and the grid's id
 *
 * A peer's word that it lives: the answer to accusations, much shorter than its record. A plain
 * value.
 */
typedef struct
{
  guint64 subject;
  guint32 incarnation;
  guint8 signature[INF_SIGNATURE_SIZE_BYTES];
} InfPulse;

void inf_pulse_make (const InfKeypair *subject, const InfGrid *grid, guint32 incarnation,
                     InfPulse *ret_pulse);
gboolean inf_pulse_verify (const InfPulse *pulse, const InfGrid *grid, const InfPublicKey *subject);

GBytes *inf_pulse_encode (const InfPulse *pulse);
gboolean inf_pulse_decode (GBytes *bytes, InfPulse *ret_pulse);

G_END_DECLS
