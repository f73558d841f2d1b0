#include "fuzz-grid.h"

#include "common/inf-wire.h"

/* Number 1 is the founder. */
InfKeypair *
fuzz_keypair (guint8 number)
{
  const guint8 seed[INF_SEED_SIZE_BYTES] = { number, 'f', 'u', 'z', 'z' };

  return inf_keypair_from_seed (seed);
}

InfGrid *
fuzz_grid (void)
{
  g_autoptr (InfKeypair) founder = fuzz_keypair (1);
  const guint8 nonce[16] = { 1 };
  const guint8 key[INF_GRID_KEY_SIZE_BYTES] = { 2 };
  g_autoptr (GVariant) description = g_variant_ref_sink (
      g_variant_new ("(@ays@ay@ay)", inf_wire_variant_from_data (nonce, sizeof nonce), "lab",
                     inf_public_key_to_variant (inf_keypair_get_public_key (founder)),
                     inf_wire_variant_from_data (key, sizeof key)));
  InfGrid *grid = inf_grid_from_variant (description, NULL);

  g_assert (grid);
  return grid;
}

InfCertificate *
fuzz_certificate (guint8 number)
{
  g_autoptr (InfKeypair) founder = fuzz_keypair (1);
  g_autoptr (InfKeypair) subject = fuzz_keypair (number);
  g_autoptr (InfGrid) grid = fuzz_grid ();
  g_autofree char *name = g_strdup_printf ("node %u", number);
  const InfCertificateTerms terms = {
    .grid = *inf_grid_get_id (grid),
    .subject = *inf_keypair_get_public_key (subject),
    .name = name,
    .serial = number,
    .issued_unix_us = FUZZ_NOW_UNIX_US,
    .expires_unix_us = FUZZ_NOW_UNIX_US + G_USEC_PER_SEC * G_GINT64_CONSTANT (1000000),
  };

  return inf_certificate_issue (founder, &terms, NULL);
}

InfMembership *
fuzz_membership (guint8 number)
{
  g_autoptr (InfKeypair) keypair = fuzz_keypair (number);
  g_autoptr (InfGrid) grid = fuzz_grid ();
  g_autoptr (InfCertificate) certificate = fuzz_certificate (number);
  InfMembership *membership = inf_membership_join (
      keypair, grid, inf_certificate_get_bytes (certificate), NULL, FUZZ_NOW_UNIX_US, NULL);

  g_assert (membership);
  return membership;
}
