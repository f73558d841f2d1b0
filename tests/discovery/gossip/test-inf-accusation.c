#include "discovery/gossip/inf-accusation.h"
#include "discovery/gossip/inf-gossip-kinds.h"

#include <string.h>

typedef struct
{
  InfKeypair *accuser;
  InfGrid *grid;
  InfAccusation accusation;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->accuser = inf_keypair_generate ();
  fixture->grid = inf_grid_found (inf_keypair_get_public_key (fixture->accuser), "lab", NULL);
  inf_accusation_make (fixture->accuser, fixture->grid, 17, 3, &fixture->accusation);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_keypair_unref (fixture->accuser);
  inf_grid_unref (fixture->grid);
}

static gboolean
holds (Fixture *fixture, const InfAccusation *accusation)
{
  return inf_accusation_verify (accusation, fixture->grid,
                                inf_keypair_get_public_key (fixture->accuser));
}

static void
test_travels_unchanged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = inf_accusation_encode (&fixture->accusation, 1234567);
  InfAccusation read;
  gint64 age_us;

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, INF_ACCUSATION_SIZE_BYTES);
  g_assert_true (inf_accusation_decode (bytes, &read, &age_us));
  g_assert_cmpuint (read.subject, ==, 17);
  g_assert_cmpuint (read.incarnation, ==, 3);
  g_assert_cmpuint (read.accuser, ==, inf_peer_hint (inf_keypair_get_peer_id (fixture->accuser)));
  g_assert_cmpint (age_us, ==, 1234000);
  g_assert_true (holds (fixture, &read));
}

static void
test_long_age_is_cut (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = inf_accusation_encode (&fixture->accusation, G_MAXINT64);
  InfAccusation read;
  gint64 age_us;

  g_assert_true (inf_accusation_decode (bytes, &read, &age_us));
  g_assert_cmpint (age_us, ==, 65535000);
}

static void
test_change_voids_the_signature (Fixture *fixture, gconstpointer data)
{
  InfAccusation changed = fixture->accusation;

  changed.subject++;
  g_assert_false (holds (fixture, &changed));
  changed = fixture->accusation;
  changed.incarnation++;
  g_assert_false (holds (fixture, &changed));
  changed = fixture->accusation;
  changed.accuser++;
  g_assert_false (holds (fixture, &changed));
  g_assert_true (holds (fixture, &fixture->accusation));
}

static void
test_other_grid_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfGrid) other
      = inf_grid_found (inf_keypair_get_public_key (fixture->accuser), "other", NULL);

  g_assert_false (inf_accusation_verify (&fixture->accusation, other,
                                         inf_keypair_get_public_key (fixture->accuser)));
}

static gboolean
decodes (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  InfAccusation read;
  gint64 age_us;

  return inf_accusation_decode (bytes, &read, &age_us);
}

static void
test_malformed_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = inf_accusation_encode (&fixture->accusation, 0);
  guint8 copy[INF_ACCUSATION_SIZE_BYTES];

  memcpy (copy, g_bytes_get_data (bytes, NULL), sizeof copy);
  g_assert_true (decodes (copy, sizeof copy));
  for (gsize size = 0; size < sizeof copy; size++)
    g_assert_false (decodes (copy, size));
  copy[0]++;
  g_assert_false (decodes (copy, sizeof copy));
  copy[0]--;
  memset (copy + 9, 0, 4);
  g_assert_false (decodes (copy, sizeof copy));
}

static void
test_accusing_oneself_is_refused (Fixture *fixture, gconstpointer data)
{
  InfAccusation accusation;

  inf_accusation_make (fixture->accuser, fixture->grid,
                       inf_peer_hint (inf_keypair_get_peer_id (fixture->accuser)), 1, &accusation);
  g_autoptr (GBytes) bytes = inf_accusation_encode (&accusation, 0);
  g_assert_false (decodes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/accusation/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("travels-unchanged", test_travels_unchanged);
  ADD ("long-age-is-cut", test_long_age_is_cut);
  ADD ("change-voids-the-signature", test_change_voids_the_signature);
  ADD ("other-grid-is-refused", test_other_grid_is_refused);
  ADD ("malformed-is-refused", test_malformed_is_refused);
  ADD ("accusing-oneself-is-refused", test_accusing_oneself_is_refused);
  return g_test_run ();
}
