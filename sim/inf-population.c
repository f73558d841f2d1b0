#include "sim/inf-population.h"

#include "common/inf-wire.h"
#include "discovery/gossip/inf-gossip-kinds.h"

#define LIFETIME_US (G_GINT64_CONSTANT (365) * 24 * 3600 * G_USEC_PER_SEC)

typedef struct
{
  InfMembership *membership;
  guint64 hint;
} Member;

struct _InfPopulation
{
  Member *members;
  guint n_members;
  GHashTable *numbers; /* by hint */
};

static InfKeypair *
make_keypair (guint number)
{
  guint8 seed[INF_SEED_SIZE_BYTES]
      = { 's', 'i', 'm', (guint8)(number >> 16), (guint8)(number >> 8), (guint8)number };

  return inf_keypair_from_seed (seed);
}

/* Founding draws a random nonce, and everything in a grid follows from its id: this one is always
 * the same. */
static InfGrid *
make_grid (const InfPublicKey *founder)
{
  const guint8 nonce[16] = { 1 }, key[INF_GRID_KEY_SIZE_BYTES] = { 2 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new (
      "(@ays@ay@ay)", inf_wire_variant_from_data (nonce, sizeof nonce), "simulated",
      inf_public_key_to_variant (founder), inf_wire_variant_from_data (key, sizeof key)));
  InfGrid *grid = inf_grid_from_variant (value, &error);

  g_assert_no_error (error);
  return grid;
}

static InfMembership *
make_membership (InfGrid *grid, InfKeypair *founder, guint number)
{
  g_autoptr (InfKeypair) keypair = make_keypair (number);
  g_autofree char *name = g_strdup_printf ("node %u", number);
  g_autoptr (GError) error = NULL;
  const InfCertificateTerms terms = {
    .grid = *inf_grid_get_id (grid),
    .subject = *inf_keypair_get_public_key (keypair),
    .name = name,
    .roles = number == 0 ? INF_ROLE_FOUNDER : INF_ROLES_NONE,
    .serial = number + 1,
    .issued_unix_us = INF_POPULATION_UNIX_US - LIFETIME_US / 2,
    .expires_unix_us = INF_POPULATION_UNIX_US + LIFETIME_US / 2,
  };
  g_autoptr (InfCertificate) certificate = inf_certificate_issue (founder, &terms, &error);
  g_assert_no_error (error);
  InfMembership *membership = inf_membership_join (
      keypair, grid, inf_certificate_get_bytes (certificate), NULL, INF_POPULATION_UNIX_US, &error);
  g_assert_no_error (error);
  return membership;
}

/**
 * inf_population_new:
 * @n_members: how many
 *
 * Returns: (transfer full): a grid's members; some 200 µs each
 */
InfPopulation *
inf_population_new (guint n_members)
{
  InfPopulation *population = g_new0 (InfPopulation, 1);
  g_autoptr (InfKeypair) founder = make_keypair (0);
  g_autoptr (InfGrid) grid = make_grid (inf_keypair_get_public_key (founder));

  population->n_members = n_members;
  population->members = g_new0 (Member, n_members);
  population->numbers = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < n_members; i++)
    {
      Member *member = &population->members[i];
      member->membership = make_membership (grid, founder, i);
      const InfKeypair *keypair = inf_membership_get_keypair (member->membership);
      member->hint = inf_peer_hint (inf_keypair_get_peer_id (keypair));
      g_hash_table_insert (population->numbers, &member->hint, GUINT_TO_POINTER (i));
    }
  return population;
}

void
inf_population_free (InfPopulation *population)
{
  if (!population)
    return;
  for (guint i = 0; i < population->n_members; i++)
    inf_membership_unref (population->members[i].membership);
  g_hash_table_unref (population->numbers);
  g_free (population->members);
  g_free (population);
}

guint
inf_population_get_size (const InfPopulation *population)
{
  return population->n_members;
}

InfMembership *
inf_population_get_membership (const InfPopulation *population, guint number)
{
  return population->members[number].membership;
}

guint64
inf_population_get_hint (const InfPopulation *population, guint number)
{
  return population->members[number].hint;
}

/**
 * inf_population_find:
 * @population: a population
 * @hint: the beginning of a peer's id
 * @ret_number: (out): whose it is; left alone when it is nobody's
 *
 * Returns: whether it is a member's
 */
gboolean
inf_population_find (const InfPopulation *population, guint64 hint, guint *ret_number)
{
  gpointer value;

  if (!g_hash_table_lookup_extended (population->numbers, &hint, NULL, &value))
    return FALSE;
  *ret_number = GPOINTER_TO_UINT (value);
  return TRUE;
}
