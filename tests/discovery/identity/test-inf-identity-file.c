#include "common/inf-error.h"
#include "discovery/identity/inf-identity-file.h"

#include <glib/gstdio.h>
#include <string.h>

#define PASSPHRASE "correct horse battery"

typedef struct
{
  char *dir;
  char *path;
  InfKeypair *keypair;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  inf_sealed_identity_set_test_cost (1, 8192);
  fixture->dir = g_dir_make_tmp ("infinity-test-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "identity", NULL);
  fixture->keypair = inf_keypair_generate ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  inf_keypair_unref (fixture->keypair);
  g_free (fixture->path);
  g_free (fixture->dir);
}

static InfIdentityFile *
save_and_load (Fixture *fixture, InfIdentityFile *made)
{
  g_autoptr (InfIdentityFile) saved = made;
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  g_assert_true (inf_identity_file_save (saved, fixture->path, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  InfIdentityFile *loaded = inf_identity_file_load (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (&loaded->public_key, sizeof loaded->public_key,
                   inf_keypair_get_public_key (fixture->keypair), sizeof loaded->public_key);
  return loaded;
}

static void
test_a_key_without_a_passphrase_comes_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfIdentityFile) file
      = save_and_load (fixture, inf_identity_file_new_plain (fixture->keypair, "oak"));

  g_assert_cmpstr (file->name, ==, "oak");
  g_assert_nonnull (file->keypair);
  g_assert_null (file->sealed);
}

/* What nodes had before identities had names. */
static void
test_a_file_without_a_name_is_read (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfIdentityFile) file
      = save_and_load (fixture, inf_identity_file_new_plain (fixture->keypair, ""));
  GStatBuf info;

  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_size, ==, strlen ("infinity-identity-1\n") + INF_SEED_SIZE_BYTES);
  g_assert_cmpstr (file->name, ==, "");
}

static void
test_a_sealed_key_comes_back_sealed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfSealedIdentity) sealed
      = inf_sealed_identity_new (fixture->keypair, "oak", NULL, PASSPHRASE, &error);
  g_assert_no_error (error);
  g_autoptr (InfIdentityFile) file = save_and_load (fixture, inf_identity_file_new_sealed (sealed));

  g_assert_cmpstr (file->name, ==, "oak");
  g_assert_null (file->keypair);
  g_assert_nonnull (file->sealed);
}

static void
test_the_seed_is_not_in_a_sealed_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfSealedIdentity) sealed
      = inf_sealed_identity_new (fixture->keypair, "oak", NULL, PASSPHRASE, NULL);
  g_autoptr (InfIdentityFile) file = inf_identity_file_new_sealed (sealed);
  g_autoptr (GBytes) bytes = inf_identity_file_encode (file);

  g_assert_null (memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                         inf_keypair_get_seed (fixture->keypair), INF_SEED_SIZE_BYTES));
}

static void
test_a_file_that_others_can_read_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfIdentityFile) file
      = save_and_load (fixture, inf_identity_file_new_plain (fixture->keypair, ""));
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_chmod (fixture->path, 0644), ==, 0);
  g_assert_null (inf_identity_file_load (fixture->path, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
}

static void
test_what_is_missing_or_junk_is_told_apart (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (inf_identity_file_load (fixture->path, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (
      g_file_set_contents_full (fixture->path, "junk", 4, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_null (inf_identity_file_load (fixture->path, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, fixture->path));
}

static void
test_a_name_that_can_not_be_makes_no_identity (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfIdentityFile) file = inf_identity_file_new_plain (fixture->keypair, "\033[2J");
  g_autoptr (GBytes) bytes = inf_identity_file_encode (file);
  g_autoptr (GError) error = NULL;

  g_assert_null (inf_identity_file_parse (bytes, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/identity-file/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("a-key-without-a-passphrase-comes-back", test_a_key_without_a_passphrase_comes_back);
  ADD ("a-file-without-a-name-is-read", test_a_file_without_a_name_is_read);
  ADD ("a-sealed-key-comes-back-sealed", test_a_sealed_key_comes_back_sealed);
  ADD ("the-seed-is-not-in-a-sealed-file", test_the_seed_is_not_in_a_sealed_file);
  ADD ("a-file-that-others-can-read-is-refused", test_a_file_that_others_can_read_is_refused);
  ADD ("what-is-missing-or-junk-is-told-apart", test_what_is_missing_or_junk_is_told_apart);
  ADD ("a-name-that-can-not-be-makes-no-identity", test_a_name_that_can_not_be_makes_no_identity);
  return g_test_run ();
}
