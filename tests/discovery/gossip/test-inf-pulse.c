#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-pulse.h"

#include <string.h>

typedef struct
{
  InfKeypair *subject;
  InfGrid *grid;
  InfPulse pulse;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->subject = inf_keypair_generate ();
  fixture->grid = inf_grid_found (inf_keypair_get_public_key (fixture->subject), "lab", NULL);
  inf_pulse_make (fixture->subject, fixture->grid, 5, &fixture->pulse);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_keypair_unref (fixture->subject);
  inf_grid_unref (fixture->grid);
}

static gboolean
holds (Fixture *fixture, const InfPulse *pulse)
{
  return inf_pulse_verify (pulse, fixture->grid, inf_keypair_get_public_key (fixture->subject));
}

static void
test_travels_unchanged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = inf_pulse_encode (&fixture->pulse);
  InfPulse read;

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, INF_PULSE_SIZE_BYTES);
  g_assert_true (inf_pulse_decode (bytes, &read));
  g_assert_cmpuint (read.subject, ==, inf_peer_hint (inf_keypair_get_peer_id (fixture->subject)));
  g_assert_cmpuint (read.incarnation, ==, 5);
  g_assert_true (holds (fixture, &read));
}

static void
test_change_voids_the_signature (Fixture *fixture, gconstpointer data)
{
  InfPulse changed = fixture->pulse;

  changed.incarnation++;
  g_assert_false (holds (fixture, &changed));
  changed = fixture->pulse;
  changed.subject++;
  g_assert_false (holds (fixture, &changed));
}

static void
test_malformed_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = inf_pulse_encode (&fixture->pulse);
  InfPulse read;

  for (gsize size = 0; size < INF_PULSE_SIZE_BYTES; size++)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, 0, size);
      g_assert_false (inf_pulse_decode (part, &read));
    }
  guint8 copy[INF_PULSE_SIZE_BYTES];
  memcpy (copy, g_bytes_get_data (bytes, NULL), sizeof copy);
  copy[0] = INF_LIVENESS_ACCUSATION;
  g_autoptr (GBytes) other = g_bytes_new (copy, sizeof copy);
  g_assert_false (inf_pulse_decode (other, &read));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/pulse/travels-unchanged", Fixture, NULL, set_up, test_travels_unchanged, tear_down);
  g_test_add ("/pulse/change-voids-the-signature", Fixture, NULL, set_up,
              test_change_voids_the_signature, tear_down);
  g_test_add ("/pulse/malformed-is-refused", Fixture, NULL, set_up, test_malformed_is_refused,
              tear_down);
  return g_test_run ();
}
