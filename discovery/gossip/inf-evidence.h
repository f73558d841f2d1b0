#pragma once

#include "discovery/gossip/inf-accusation.h"
#include "discovery/gossip/inf-pulse.h"
#include "discovery/gossip/inf-record.h"
#include "discovery/identity/inf-certificate.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfEvidence:
 *
 * The certificates and records of a grid that were verified and are in use, each once: what is
 * heard from many is checked on the first hearing only and kept only once. Reference counted; used
 * from one thread.
 */
typedef struct _InfEvidence InfEvidence;

InfEvidence *inf_evidence_new (InfGrid *grid);
InfEvidence *inf_evidence_ref (InfEvidence *evidence);
void inf_evidence_unref (InfEvidence *evidence);

guint inf_evidence_count_verified (const InfEvidence *evidence);

InfRecord *inf_evidence_read_record (InfEvidence *evidence, GBytes *bytes);
InfRecord *inf_evidence_prove_record (InfEvidence *evidence, InfRecord *record);
InfCertificate *inf_evidence_prove_certificate (InfEvidence *evidence, GBytes *bytes);

void inf_evidence_remember_words (InfEvidence *evidence, guint n_words);
gboolean inf_evidence_prove_pulse (InfEvidence *evidence, const InfPulse *pulse,
                                   const InfPublicKey *subject);
gboolean inf_evidence_prove_accusation (InfEvidence *evidence, const InfAccusation *accusation,
                                        const InfPublicKey *accuser);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfEvidence, inf_evidence_unref)

G_END_DECLS
