#include "common/inf-error.h"
#include "discovery/identity/inf-sealed-identity.h"

#include <string.h>

#define PASSPHRASE "correct horse battery"

static InfSealedIdentity *
seal (InfKeypair *keypair, GVariant *files, const char *passphrase)
{
  g_autoptr (GError) error = NULL;
  InfSealedIdentity *sealed = inf_sealed_identity_new (keypair, "oak", files, passphrase, &error);

  g_assert_no_error (error);
  return sealed;
}

static void
test_the_passphrase_opens_it (void)
{
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  g_autoptr (InfSealedIdentity) sealed = seal (keypair, NULL, PASSPHRASE);
  g_autoptr (GError) error = NULL;
  g_autoptr (InfKeypair) opened = inf_sealed_identity_open (sealed, PASSPHRASE, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (inf_keypair_get_seed (opened), INF_SEED_SIZE_BYTES,
                   inf_keypair_get_seed (keypair), INF_SEED_SIZE_BYTES);
}

static void
test_no_other_passphrase_opens_it (void)
{
  static const char *const others[]
      = { "", "correct horse batterx", "correct horse battery ", "Correct horse battery" };
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  g_autoptr (InfSealedIdentity) sealed = seal (keypair, NULL, PASSPHRASE);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (inf_sealed_identity_open (sealed, others[i], NULL, &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
    }
}

/* A keyboard may give ü as one character or as two. */
static void
test_a_passphrase_is_its_letters (void)
{
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  g_autoptr (InfSealedIdentity) sealed = seal (keypair, NULL, "gr\xc3\xbcne Wiese");
  g_autoptr (InfKeypair) opened
      = inf_sealed_identity_open (sealed, "gru\xcc\x88ne Wiese", NULL, NULL);

  g_assert_nonnull (opened);
}

static void
test_files_go_along (void)
{
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  GVariant *files = g_variant_new_parsed ("{'membership': b'one', 'ledger': b'two'}");
  g_autoptr (InfSealedIdentity) sealed = seal (keypair, files, PASSPHRASE);
  g_autoptr (GVariant) found = NULL;
  const char *content;

  g_autoptr (InfKeypair) opened = inf_sealed_identity_open (sealed, PASSPHRASE, &found, NULL);
  g_assert_nonnull (opened);
  g_assert_cmpuint (g_variant_n_children (found), ==, 2);
  g_assert_true (g_variant_lookup (found, "ledger", "^&ay", &content));
  g_assert_cmpstr (content, ==, "two");
}

/* The name, the key and the cost are readable, but nobody can change them. */
static void
test_a_changed_byte_opens_nothing (void)
{
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  g_autoptr (InfSealedIdentity) sealed = seal (keypair, NULL, PASSPHRASE);
  GBytes *bytes = inf_sealed_identity_get_bytes (sealed);
  gsize size = g_bytes_get_size (bytes);

  for (gsize i = 0; i < size; i++)
    {
      guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
      copy[i] ^= 1;
      g_autoptr (GBytes) changed = g_bytes_new_take (copy, size);
      g_autoptr (InfSealedIdentity) read = inf_sealed_identity_from_bytes (changed, NULL);
      if (read)
        g_assert_null (inf_sealed_identity_open (read, PASSPHRASE, NULL, NULL));
    }
}

static void
test_a_cut_file_is_none (void)
{
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  g_autoptr (InfSealedIdentity) sealed = seal (keypair, NULL, PASSPHRASE);
  GBytes *bytes = inf_sealed_identity_get_bytes (sealed);

  for (gsize size = 0; size < g_bytes_get_size (bytes); size++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, size);
      g_autoptr (InfSealedIdentity) read = inf_sealed_identity_from_bytes (cut, NULL);
      if (read)
        g_assert_null (inf_sealed_identity_open (read, PASSPHRASE, NULL, NULL));
    }
}

static void
test_a_short_passphrase_seals_nothing (void)
{
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  g_autoptr (GError) error = NULL;

  g_assert_null (inf_sealed_identity_new (keypair, "oak", NULL, "seven77", &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "8 characters"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  inf_sealed_identity_set_test_cost (1, 8192);
#define ADD(path, func) g_test_add_func ("/sealed-identity/" path, func)
  ADD ("the-passphrase-opens-it", test_the_passphrase_opens_it);
  ADD ("no-other-passphrase-opens-it", test_no_other_passphrase_opens_it);
  ADD ("a-passphrase-is-its-letters", test_a_passphrase_is_its_letters);
  ADD ("files-go-along", test_files_go_along);
  ADD ("a-changed-byte-opens-nothing", test_a_changed_byte_opens_nothing);
  ADD ("a-cut-file-is-none", test_a_cut_file_is_none);
  ADD ("a-short-passphrase-seals-nothing", test_a_short_passphrase_seals_nothing);
  return g_test_run ();
}
