#include "common/inf-error.h"
#include "daemon/inf-settings.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char *dir;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("infinity-settings-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "settings.ini", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_rmdir (fixture->dir);
  g_free (fixture->path);
  g_free (fixture->dir);
}

static void
test_no_file_gives_the_defaults (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  InfSettings settings;

  g_assert_true (inf_settings_load (&settings, fixture->dir, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (settings.port, ==, 7848);
  g_assert_true (settings.hosting);
  g_assert_cmpuint (settings.slots, ==, 0);
  g_assert_cmpuint (settings.price_ucredits, ==, 1000);
  g_assert_cmpstr (settings.offers, ==, "");
}

static void
test_what_is_saved_is_loaded (Fixture *fixture, gconstpointer data)
{
  InfSettings saved = {
    .port = 4000,
    .slots = 3,
    .memory_bytes = G_GUINT64_CONSTANT (1) << 40,
    .price_ucredits = 7,
    .max_lease_s = 86400,
    .offers = "lammps, gmx;mpi",
  };
  g_autoptr (GError) error = NULL;
  InfSettings loaded;

  g_assert_true (inf_settings_save (&saved, fixture->dir, &error));
  g_assert_true (inf_settings_load (&loaded, fixture->dir, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (loaded.port, ==, saved.port);
  g_assert_cmpint (loaded.hosting, ==, saved.hosting);
  g_assert_cmpuint (loaded.slots, ==, saved.slots);
  g_assert_cmpuint (loaded.memory_bytes, ==, saved.memory_bytes);
  g_assert_cmpuint (loaded.price_ucredits, ==, saved.price_ucredits);
  g_assert_cmpuint (loaded.max_lease_s, ==, saved.max_lease_s);
  g_assert_cmpstr (loaded.offers, ==, saved.offers);
}

static void
test_what_can_not_be_read_is_named (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *content, *named;
  } cases[] = {
    { "[node]\nport=65536\n", "port" },
    { "[node]\nport=ssh\n", "port" },
    { "[host]\nslots=-1\n", "slots" },
    { "[host]\nslots=1025\n", "slots" },
    { "[host]\nprice-ucredits=1000000001\n", "price-ucredits" },
    { "[host]\nmemory-bytes=9223372036854775808\n", "memory-bytes" },
    { "[host]\nmax-seconds=1e9\n", "max-seconds" },
    { "[host]\nhosting=perhaps\n", "hosting" },
    { "no key file\n", "settings.ini" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      InfSettings settings = { .slots = 99 };

      g_assert_true (g_file_set_contents (fixture->path, cases[i].content, -1, NULL));
      g_assert_false (inf_settings_load (&settings, fixture->dir, &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, cases[i].named));
      g_assert_cmpuint (settings.slots, ==, 99);
    }
}

static void
test_offers_that_are_too_long_are_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strnfill (INF_SETTINGS_MAX_OFFERS_BYTES, 'a');
  g_autofree char *content = g_strdup_printf ("[host]\noffers=%s\n", name);
  g_autoptr (GError) error = NULL;
  InfSettings settings;

  g_assert_true (g_file_set_contents (fixture->path, content, -1, NULL));
  g_assert_false (inf_settings_load (&settings, fixture->dir, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

static void
test_limits_are_checked (Fixture *fixture, gconstpointer data)
{
  const InfSettings good = { .slots = 1024 };
  const InfSettings bad[] = {
    { .slots = 1025 },
    { .price_ucredits = G_MAXUINT64 },
    { .memory_bytes = G_MAXUINT64 },
    { .max_lease_s = G_MAXUINT },
  };

  g_assert_true (inf_settings_check (&good, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (inf_settings_check (&bad[i], &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
    }
}

static void
test_a_directory_that_is_gone_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *gone = g_build_filename (fixture->dir, "gone", NULL);
  g_autoptr (GError) error = NULL;
  const InfSettings settings = { 0 };

  g_assert_false (inf_settings_save (&settings, gone, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_FAILED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/settings/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("no-file-gives-the-defaults", test_no_file_gives_the_defaults);
  ADD ("what-is-saved-is-loaded", test_what_is_saved_is_loaded);
  ADD ("what-can-not-be-read-is-named", test_what_can_not_be_read_is_named);
  ADD ("offers-that-are-too-long-are-refused", test_offers_that_are_too_long_are_refused);
  ADD ("limits-are-checked", test_limits_are_checked);
  ADD ("a-directory-that-is-gone-is-told", test_a_directory_that_is_gone_is_told);
  return g_test_run ();
}
