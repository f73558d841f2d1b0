#include "fake-peers.h"

#include "discovery/gossip/inf-evidence.h"

typedef struct
{
  FakePeers *peers;
  InfEvidence *evidence;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->peers = fake_peers_new (3);
  fixture->evidence = inf_evidence_new (inf_membership_get_grid (fixture->peers->founder));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_evidence_unref (fixture->evidence);
  fake_peers_free (fixture->peers);
}

static GBytes *
copy_of (GBytes *bytes, gsize flipped)
{
  gsize size;
  guint8 *data = g_memdup2 (g_bytes_get_data (bytes, &size), g_bytes_get_size (bytes));

  if (flipped > 0)
    data[flipped] ^= 1;
  return g_bytes_new_take (data, size);
}

static InfRecord *
prove (Fixture *fixture, GBytes *bytes)
{
  g_autoptr (InfRecord) read = inf_evidence_read_record (fixture->evidence, bytes);

  return read ? inf_evidence_prove_record (fixture->evidence, read) : NULL;
}

static void
test_same_bytes_are_verified_and_kept_once (Fixture *fixture, gconstpointer data)
{
  GBytes *record_bytes = inf_record_get_bytes (fixture->peers->records[0]);
  GBytes *certificate_bytes = inf_certificate_get_bytes (fixture->peers->certificates[0]);
  g_autoptr (GBytes) record_copy = copy_of (record_bytes, 0);
  g_autoptr (GBytes) certificate_copy = copy_of (certificate_bytes, 0);
  g_autoptr (InfRecord) record = prove (fixture, record_bytes);
  g_autoptr (InfRecord) same_record = prove (fixture, record_copy);
  g_autoptr (InfCertificate) certificate
      = inf_evidence_prove_certificate (fixture->evidence, certificate_bytes);
  g_autoptr (InfCertificate) same_certificate
      = inf_evidence_prove_certificate (fixture->evidence, certificate_copy);

  g_assert_nonnull (record);
  g_assert_true (record == same_record);
  g_assert_nonnull (certificate);
  g_assert_true (certificate == same_certificate);
  g_assert_cmpuint (inf_evidence_count_verified (fixture->evidence), ==, 2);
}

static void
test_forgeries_are_refused_however_often_they_come (Fixture *fixture, gconstpointer data)
{
  GBytes *record_bytes = inf_record_get_bytes (fixture->peers->records[0]);
  GBytes *certificate_bytes = inf_certificate_get_bytes (fixture->peers->certificates[0]);

  /* The first time by itself, then beside the true one. */
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (InfRecord) true_record = round == 0 ? NULL : prove (fixture, record_bytes);
      g_autoptr (InfCertificate) true_certificate
          = round == 0 ? NULL
                       : inf_evidence_prove_certificate (fixture->evidence, certificate_bytes);
      for (gsize i = 1; i < g_bytes_get_size (record_bytes); i++)
        {
          g_autoptr (GBytes) forged = copy_of (record_bytes, i);
          g_assert_null (prove (fixture, forged));
        }
      for (gsize i = 1; i < g_bytes_get_size (certificate_bytes); i++)
        {
          g_autoptr (GBytes) forged = copy_of (certificate_bytes, i);
          g_assert_null (inf_evidence_prove_certificate (fixture->evidence, forged));
        }
    }
}

static void
test_what_nobody_uses_is_given_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfRecord) used = NULL;
  guint n_before;

  for (guint32 sequence = 2; sequence < 2000; sequence++)
    {
      g_autoptr (InfRecord) record = fake_peers_sign (fixture->peers, 0, 1, sequence);
      g_autoptr (InfRecord) proven = prove (fixture, inf_record_get_bytes (record));
      if (sequence == 2)
        used = inf_record_ref (proven);
    }
  n_before = inf_evidence_count_verified (fixture->evidence);
  g_autoptr (InfRecord) again = prove (fixture, inf_record_get_bytes (used));
  g_assert_true (again == used);
  g_assert_cmpuint (inf_evidence_count_verified (fixture->evidence), ==, n_before);
  g_autoptr (InfRecord) unused = fake_peers_sign (fixture->peers, 0, 1, 3);
  g_autoptr (InfRecord) proven = prove (fixture, inf_record_get_bytes (unused));
  g_assert_nonnull (proven);
  g_assert_cmpuint (inf_evidence_count_verified (fixture->evidence), ==, n_before + 1);
}

/* Neither a pulse for another's, nor an accusation of another's, nor either under another key. */
static void
test_true_words_are_verified_once (Fixture *fixture, gconstpointer data)
{
  InfGrid *grid = inf_membership_get_grid (fixture->peers->founder);
  const InfPublicKey *key = inf_keypair_get_public_key (fixture->peers->keypairs[0]);
  const InfPublicKey *other = inf_keypair_get_public_key (fixture->peers->keypairs[1]);
  InfPulse pulse;
  InfAccusation accusation;

  inf_evidence_remember_words (fixture->evidence, 1);
  inf_pulse_make (fixture->peers->keypairs[0], grid, 5, &pulse);
  g_assert_true (inf_evidence_prove_pulse (fixture->evidence, &pulse, key));
  g_assert_true (inf_evidence_prove_pulse (fixture->evidence, &pulse, key));
  g_assert_cmpuint (inf_evidence_count_verified (fixture->evidence), ==, 1);
  g_assert_false (inf_evidence_prove_pulse (fixture->evidence, &pulse, other));
  pulse.incarnation++;
  g_assert_false (inf_evidence_prove_pulse (fixture->evidence, &pulse, key));

  inf_accusation_make (fixture->peers->keypairs[0], grid, 77, 5, &accusation);
  guint n_before = inf_evidence_count_verified (fixture->evidence);
  g_assert_true (inf_evidence_prove_accusation (fixture->evidence, &accusation, key));
  g_assert_true (inf_evidence_prove_accusation (fixture->evidence, &accusation, key));
  g_assert_cmpuint (inf_evidence_count_verified (fixture->evidence), ==, n_before + 1);
  g_assert_false (inf_evidence_prove_accusation (fixture->evidence, &accusation, other));
  accusation.subject++;
  g_assert_false (inf_evidence_prove_accusation (fixture->evidence, &accusation, key));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/evidence/same-bytes-are-verified-and-kept-once",
       test_same_bytes_are_verified_and_kept_once);
  ADD ("/evidence/forgeries-are-refused-however-often-they-come",
       test_forgeries_are_refused_however_often_they_come);
  ADD ("/evidence/true-words-are-verified-once", test_true_words_are_verified_once);
  ADD ("/evidence/what-nobody-uses-is-given-up", test_what_nobody_uses_is_given_up);
  return g_test_run ();
}
