#include "common/inf-error.h"
#include "discovery/identity/inf-certificate.h"

#include <string.h>

#define NOW_US G_GINT64_CONSTANT (1000000000)

typedef struct
{
  InfKeypair *founder;
  InfKeypair *member;
  InfGrid *grid;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->founder = inf_keypair_generate ();
  fixture->member = inf_keypair_generate ();
  fixture->grid = inf_grid_found (inf_keypair_get_public_key (fixture->founder), "lab", NULL);
  g_assert_nonnull (fixture->grid);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_keypair_unref (fixture->founder);
  inf_keypair_unref (fixture->member);
  inf_grid_unref (fixture->grid);
}

static InfCertificate *
issue (Fixture *fixture, InfKeypair *issuer, const char *name)
{
  const InfCertificateTerms terms = {
    .grid = *inf_grid_get_id (fixture->grid),
    .subject = *inf_keypair_get_public_key (fixture->member),
    .name = name,
    .serial = 7,
    .issued_unix_us = NOW_US,
    .expires_unix_us = NOW_US + 100,
    .grant_ucredits = 42,
  };

  return inf_certificate_issue (issuer, &terms, NULL);
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfCertificate) issued = issue (fixture, fixture->founder, "oak");
  g_autoptr (InfCertificate) read
      = inf_certificate_from_bytes (inf_certificate_get_bytes (issued), &error);

  g_assert_no_error (error);
  g_assert_true (inf_certificate_verify (read, fixture->grid, NOW_US, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (inf_certificate_get_name (read), ==, "oak");
  g_assert_cmpuint (inf_certificate_get_serial (read), ==, 7);
  g_assert_cmpuint (inf_certificate_get_grant_ucredits (read), ==, 42);
  g_assert_true (inf_peer_id_equal (inf_certificate_get_peer_id (read),
                                    inf_keypair_get_peer_id (fixture->member)));
}

static void
assert_verify_fails (const InfCertificate *certificate, const InfGrid *grid, gint64 now_us,
                     InfError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (inf_certificate_verify (certificate, grid, now_us, &error));
  g_assert_error (error, INF_ERROR, (int)code);
}

static void
test_refuses_forged_expired_and_foreign (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCertificate) genuine = issue (fixture, fixture->founder, "oak");
  g_autoptr (InfCertificate) self_made = issue (fixture, fixture->member, "oak");
  g_autoptr (InfGrid) other
      = inf_grid_found (inf_keypair_get_public_key (fixture->founder), "lab", NULL);

  assert_verify_fails (self_made, fixture->grid, NOW_US, INF_ERROR_CORRUPT);
  assert_verify_fails (genuine, fixture->grid, NOW_US + 100, INF_ERROR_EXPIRED);
  assert_verify_fails (genuine, other, NOW_US, INF_ERROR_DENIED);
}

/* No single flipped bit leaves a certificate that verifies. */
static void
test_refuses_every_flipped_bit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCertificate) issued = issue (fixture, fixture->founder, "oak");
  GBytes *bytes = inf_certificate_get_bytes (issued);
  gsize size = g_bytes_get_size (bytes);

  for (gsize i = 0; i < size; i++)
    {
      guint8 *damaged = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
      damaged[i] ^= (guint8)(1u << (i % 8));
      g_autoptr (GBytes) flipped = g_bytes_new_take (damaged, size);
      g_autoptr (InfCertificate) read = inf_certificate_from_bytes (flipped, NULL);
      g_assert_false (read && inf_certificate_verify (read, fixture->grid, NOW_US, NULL));
    }
}

static void
test_refuses_names_that_move_the_cursor (Fixture *fixture, gconstpointer data)
{
  const char *names[] = { "", "-rf", " oak", "oak\n", "o\033[2Jak", "oak ", "\xff" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_null (issue (fixture, fixture->founder, names[i]));
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/certificate/round-trip", test_round_trip);
  add ("/certificate/refuses-forged-expired-and-foreign", test_refuses_forged_expired_and_foreign);
  add ("/certificate/refuses-every-flipped-bit", test_refuses_every_flipped_bit);
  add ("/certificate/refuses-names-that-move-the-cursor", test_refuses_names_that_move_the_cursor);
  return g_test_run ();
}
