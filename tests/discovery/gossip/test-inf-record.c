#include "common/inf-error.h"
#include "discovery/gossip/inf-record.h"

#include <string.h>

typedef struct
{
  InfKeypair *keypair;
  InfGrid *grid;
  InfPeerInfo *capacity;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->keypair = inf_keypair_generate ();
  fixture->grid = inf_grid_found (inf_keypair_get_public_key (fixture->keypair), "lab", NULL);
  fixture->capacity = inf_peer_info_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_keypair_unref (fixture->keypair);
  inf_grid_unref (fixture->grid);
  inf_peer_info_unref (fixture->capacity);
}

static InfRecord *
record_with (Fixture *fixture, guint32 incarnation, guint32 sequence)
{
  const InfRecordDraft draft = {
    .incarnation = incarnation,
    .sequence = sequence,
    .port = 7848,
    .capacity = fixture->capacity,
  };

  return inf_record_new (fixture->keypair, fixture->grid, &draft);
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfPeerInfo) info = inf_peer_info_new ();

  fixture->capacity->memory_bytes = G_MAXUINT64;
  fixture->capacity->load_milli = 1500;
  fixture->capacity->slots_total = 100000;
  g_autoptr (InfRecord) record = record_with (fixture, 4, 2);
  g_autoptr (InfRecord) read
      = inf_record_from_bytes (inf_record_get_bytes (record), fixture->grid, &error);
  g_assert_no_error (error);
  g_assert_true (inf_record_verify (read));
  inf_record_fill_info (read, info);
  g_assert_cmpuint (info->memory_bytes, ==, G_MAXUINT64);
  g_assert_cmpuint (info->load_milli, ==, 1500);
  g_assert_cmpuint (info->slots_total, ==, G_MAXUINT16);
  g_assert_cmpuint (info->incarnation, ==, 4);
  g_assert_cmpuint (info->port, ==, 7848);
  g_assert_false (inf_record_has_left (read));
}

static void
test_order_of_versions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfRecord) first = record_with (fixture, 1, 9);
  g_autoptr (InfRecord) second = record_with (fixture, 2, 1);
  g_autoptr (InfRecord) third = record_with (fixture, 2, 2);

  g_assert_true (inf_record_is_newer (first, NULL));
  g_assert_true (inf_record_is_newer (second, first));
  g_assert_true (inf_record_is_newer (third, second));
  g_assert_false (inf_record_is_newer (first, third));
  g_assert_false (inf_record_is_newer (third, third));
}

/* Whatever a machine reports about itself, its record fits a datagram and is taken by others. */
static void
test_too_much_is_cut_short (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (InfPeerInfo) info = inf_peer_info_new ();
  InfAddress addresses[20];
  g_autoptr (GArray) neighbours = g_array_new (FALSE, TRUE, sizeof (InfNeighbour));

  g_array_set_size (neighbours, 50);
  memset (addresses, 0x20, sizeof addresses);
  for (guint i = 0; i < 100; i++)
    g_strv_builder_add (builder, i % 3 ? "a program" : "a\nline");
  g_strfreev (fixture->capacity->offers);
  fixture->capacity->offers = g_strv_builder_end (builder);
  g_free (fixture->capacity->os);
  fixture->capacity->os = g_strdup_printf ("%039d\u00e9\u00e9", 1);
  g_free (fixture->capacity->arch);
  fixture->capacity->arch = g_strdup ("x86\033[2J");
  const InfRecordDraft draft = {
    .incarnation = 1,
    .addresses = addresses,
    .n_addresses = G_N_ELEMENTS (addresses),
    .neighbours = neighbours,
    .capacity = fixture->capacity,
  };
  g_autoptr (InfRecord) record = inf_record_new (fixture->keypair, fixture->grid, &draft);
  g_assert_cmpuint (g_bytes_get_size (inf_record_get_bytes (record)), <=,
                    INF_RECORD_MAX_SIZE_BYTES);
  inf_record_fill_info (record, info);
  g_assert_true (g_utf8_validate (info->os, -1, NULL));
  g_assert_cmpuint (strlen (info->os), ==, 39);
  g_assert_cmpstr (info->arch, ==, "");
  g_assert_cmpuint (g_strv_length (info->offers), >, 5);
  g_assert_false (g_strv_contains ((const char *const *)info->offers, "a\nline"));
}

static void
test_record_of_another_grid_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfRecord) record = record_with (fixture, 1, 1);
  g_autoptr (InfGrid) other
      = inf_grid_found (inf_keypair_get_public_key (fixture->keypair), "lab", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (inf_record_from_bytes (inf_record_get_bytes (record), other, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
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
  add ("/record/round-trip", test_round_trip);
  add ("/record/order-of-versions", test_order_of_versions);
  add ("/record/too-much-is-cut-short", test_too_much_is_cut_short);
  add ("/record/record-of-another-grid-is-refused", test_record_of_another_grid_is_refused);
  return g_test_run ();
}
