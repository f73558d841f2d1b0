#include "discovery/gossip/inf-evidence.h"

#include <string.h>

/* What only the pool still holds is given up when the pool has doubled since it was last gone
 * through, so that this costs the same for each addition, however large it is. */
#define MIN_SWEEP 256

typedef struct
{
  GHashTable *by_bytes; /* GBytes, the value's own → what was verified */
  guint sweep_at;
} Pool;

/* An accusation, or a pulse, which has no accuser. */
typedef struct
{
  guint64 subject;
  guint64 accuser;
  guint64 incarnation;
  InfPublicKey key;
  guint8 signature[INF_SIGNATURE_SIZE_BYTES];
} Word;

struct _InfEvidence
{
  gatomicrefcount ref_count;
  InfGrid *grid;
  Pool records;
  Pool certificates;
  Word *words; /* each where its signature says, until another takes its place */
  guint n_words;
  guint n_verified;
};

/* Both kinds end with a signature and its frame: as good as random, and cheaper than all bytes. */
static guint
hash_signed (gconstpointer key)
{
  gsize size;
  const guint8 *data = g_bytes_get_data ((GBytes *)key, &size);
  guint hash = 0;

  if (size >= 16)
    memcpy (&hash, data + size - 16, sizeof hash);
  return hash;
}

InfEvidence *
inf_evidence_new (InfGrid *grid)
{
  InfEvidence *evidence = g_new0 (InfEvidence, 1);

  g_atomic_ref_count_init (&evidence->ref_count);
  evidence->grid = inf_grid_ref (grid);
  evidence->records.by_bytes
      = g_hash_table_new_full (hash_signed, g_bytes_equal, NULL, (GDestroyNotify)inf_record_unref);
  evidence->certificates.by_bytes = g_hash_table_new_full (hash_signed, g_bytes_equal, NULL,
                                                           (GDestroyNotify)inf_certificate_unref);
  evidence->records.sweep_at = MIN_SWEEP;
  evidence->certificates.sweep_at = MIN_SWEEP;
  return evidence;
}

InfEvidence *
inf_evidence_ref (InfEvidence *evidence)
{
  g_atomic_ref_count_inc (&evidence->ref_count);
  return evidence;
}

void
inf_evidence_unref (InfEvidence *evidence)
{
  if (!evidence || !g_atomic_ref_count_dec (&evidence->ref_count))
    return;
  g_hash_table_unref (evidence->records.by_bytes);
  g_hash_table_unref (evidence->certificates.by_bytes);
  g_free (evidence->words);
  inf_grid_unref (evidence->grid);
  g_free (evidence);
}

/**
 * inf_evidence_count_verified:
 * @evidence: a pool
 *
 * Returns: how many signatures it has verified so far, whatever came of it
 */
guint
inf_evidence_count_verified (const InfEvidence *evidence)
{
  return evidence->n_verified;
}

static gboolean
record_is_unused (gpointer key, gpointer value, gpointer data)
{
  return inf_record_is_unshared (value);
}

static gboolean
certificate_is_unused (gpointer key, gpointer value, gpointer data)
{
  return inf_certificate_is_unshared (value);
}

/* Takes @value over. */
static void
keep (Pool *pool, GBytes *bytes, gpointer value, GHRFunc is_unused)
{
  if (g_hash_table_size (pool->by_bytes) >= pool->sweep_at)
    {
      g_hash_table_foreach_remove (pool->by_bytes, is_unused, NULL);
      pool->sweep_at = MAX (MIN_SWEEP, 2 * g_hash_table_size (pool->by_bytes));
    }
  g_hash_table_insert (pool->by_bytes, bytes, value);
}

/**
 * inf_evidence_read_record:
 * @evidence: a pool
 * @bytes: a record, from anyone
 *
 * Returns: (transfer full) (nullable): what @bytes claim to be; inf_evidence_prove_record() tells
 *   whether it is true
 */
InfRecord *
inf_evidence_read_record (InfEvidence *evidence, GBytes *bytes)
{
  InfRecord *known = g_hash_table_lookup (evidence->records.by_bytes, bytes);

  return known ? inf_record_ref (known) : inf_record_from_bytes (bytes, evidence->grid, NULL);
}

/**
 * inf_evidence_prove_record:
 * @evidence: a pool
 * @record: (transfer none): from inf_evidence_read_record()
 *
 * Returns: (transfer full) (nullable): the same, shared, where its subject signed it
 */
InfRecord *
inf_evidence_prove_record (InfEvidence *evidence, InfRecord *record)
{
  GBytes *bytes = inf_record_get_bytes (record);
  InfRecord *known = g_hash_table_lookup (evidence->records.by_bytes, bytes);

  if (known)
    return inf_record_ref (known);
  evidence->n_verified++;
  if (!inf_record_verify (record))
    return NULL;
  keep (&evidence->records, bytes, inf_record_ref (record), record_is_unused);
  return inf_record_ref (record);
}

/**
 * inf_evidence_prove_certificate:
 * @evidence: a pool
 * @bytes: a certificate, from anyone
 *
 * Returns: (transfer full) (nullable): the certificate, shared, where the grid's founder signed it;
 *   whether it has expired or was revoked meanwhile is not looked at
 */
InfCertificate *
inf_evidence_prove_certificate (InfEvidence *evidence, GBytes *bytes)
{
  InfCertificate *known = g_hash_table_lookup (evidence->certificates.by_bytes, bytes);

  if (known)
    return inf_certificate_ref (known);
  g_autoptr (InfCertificate) certificate = inf_certificate_from_bytes (bytes, NULL);
  if (!certificate)
    return NULL;
  evidence->n_verified++;
  if (!inf_certificate_verify (certificate, evidence->grid, G_MININT64, NULL))
    return NULL;
  keep (&evidence->certificates, inf_certificate_get_bytes (certificate),
        inf_certificate_ref (certificate), certificate_is_unused);
  return g_steal_pointer (&certificate);
}

/**
 * inf_evidence_remember_words:
 * @evidence: a new pool
 * @n_words: how many
 *
 * Has it remember accusations and pulses that were true. One node alone hardly ever needs the same
 * one twice; thousands in one process all need it.
 */
void
inf_evidence_remember_words (InfEvidence *evidence, guint n_words)
{
  evidence->words = g_renew (Word, evidence->words, n_words);
  memset (evidence->words, 0, n_words * sizeof (Word));
  evidence->n_words = n_words;
}

/* Returns: (nullable): where @word is remembered, if it is; %NULL where nothing is */
static Word *
find_place (const InfEvidence *evidence, const Word *word)
{
  guint hash;

  if (evidence->n_words == 0)
    return NULL;
  memcpy (&hash, word->signature, sizeof hash);
  return &evidence->words[hash % evidence->n_words];
}

static gboolean
is_same_word (const Word *a, const Word *b)
{
  return a->subject == b->subject && a->accuser == b->accuser && a->incarnation == b->incarnation
         && memcmp (&a->key, &b->key, sizeof a->key) == 0
         && memcmp (a->signature, b->signature, sizeof a->signature) == 0;
}

/**
 * inf_evidence_prove_pulse:
 * @evidence: a pool
 * @pulse: a pulse, from anyone
 * @subject: the key of the member that it names
 *
 * Returns: whether that member signed it
 */
gboolean
inf_evidence_prove_pulse (InfEvidence *evidence, const InfPulse *pulse, const InfPublicKey *subject)
{
  Word word = { .subject = pulse->subject, .incarnation = pulse->incarnation, .key = *subject };
  memcpy (word.signature, pulse->signature, sizeof word.signature);
  Word *place = find_place (evidence, &word);

  if (place && is_same_word (place, &word))
    return TRUE;
  evidence->n_verified++;
  if (!inf_pulse_verify (pulse, evidence->grid, subject))
    return FALSE;
  if (place)
    *place = word;
  return TRUE;
}

/**
 * inf_evidence_prove_accusation:
 * @evidence: a pool
 * @accusation: an accusation, from anyone
 * @accuser: the key of the member that it names as the accuser
 *
 * Returns: whether that member signed it
 */
gboolean
inf_evidence_prove_accusation (InfEvidence *evidence, const InfAccusation *accusation,
                               const InfPublicKey *accuser)
{
  Word word = {
    .subject = accusation->subject,
    .accuser = accusation->accuser,
    .incarnation = accusation->incarnation,
    .key = *accuser,
  };
  memcpy (word.signature, accusation->signature, sizeof word.signature);
  Word *place = find_place (evidence, &word);

  if (place && is_same_word (place, &word))
    return TRUE;
  evidence->n_verified++;
  if (!inf_accusation_verify (accusation, evidence->grid, accuser))
    return FALSE;
  if (place)
    *place = word;
  return TRUE;
}
