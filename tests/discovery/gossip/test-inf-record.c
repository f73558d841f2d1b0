#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-record-private.h"
#include "discovery/identity/inf-signed.h"

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
  const InfCoordinate coordinate = { .error = 1 };
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
  g_free (fixture->capacity->open_mpi_version);
  fixture->capacity->open_mpi_version = g_strdup_printf ("%0100d", 1);
  const InfRecordDraft draft = {
    .incarnation = 1,
    .away_until_unix_us = G_USEC_PER_SEC,
    .observed_address = addresses,
    .coordinate = &coordinate,
    .addresses = addresses,
    .n_addresses = G_N_ELEMENTS (addresses),
    .neighbours = neighbours,
    .capacity = fixture->capacity,
  };
  g_autoptr (InfRecord) record = inf_record_new (fixture->keypair, fixture->grid, &draft);
  g_test_message ("the longest record: %zu bytes",
                  g_bytes_get_size (inf_record_get_bytes (record)));
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
test_optional_fields_round_trip (Fixture *fixture, gconstpointer data)
{
  const InfCoordinate coordinate = { .x_us = -1200, .y_us = 55, .height_us = 310, .error = 1 };
  InfAddress address = { .port = 7848 };
  g_autoptr (GArray) neighbours = g_array_new (FALSE, TRUE, sizeof (InfNeighbour));
  const InfNeighbour near = { .id.bytes = { 1, 2 }, .rtt_us = 250, .loss_permille = 120 };
  const InfNeighbour far
      = { .id.bytes = { 3 }, .rtt_us = 90000000, .loss_permille = INF_LOSS_UNKNOWN };
  InfRecordNeighbour read[INF_RECORD_MAX_NEIGHBOURS];
  g_autoptr (InfPeerInfo) info = inf_peer_info_new ();

  g_assert_true (inf_address_from_text ("192.0.2.7", 7848, &address));
  g_array_append_val (neighbours, near);
  g_array_append_val (neighbours, far);
  fixture->capacity->is_reclaimed = TRUE;
  const InfRecordDraft draft = {
    .incarnation = 1,
    .session = G_MAXUINT64,
    .away_until_unix_us = G_GINT64_CONSTANT (2000000000000000),
    .observed_address = &address,
    .coordinate = &coordinate,
    .neighbours = neighbours,
    .capacity = fixture->capacity,
  };
  g_autoptr (InfRecord) record = inf_record_new (fixture->keypair, fixture->grid, &draft);
  inf_record_fill_info (record, info);
  g_assert_true (info->is_reclaimed);
  g_assert_cmpuint (info->session, ==, G_MAXUINT64);
  g_assert_cmpint (info->away_until_unix_us, ==, G_GINT64_CONSTANT (2000000000000000));
  g_assert_cmpstr (info->observed_address, ==, "192.0.2.7:7848");
  g_assert_cmpfloat (info->coordinate.x_us, ==, -1200);
  g_assert_cmpfloat (info->coordinate.error, ==, 1);
  g_assert_cmpuint (inf_record_get_neighbours (record, read), ==, 2);
  g_assert_cmpuint (read[0].hint, ==, inf_peer_hint (&near.id));
  g_assert_cmpuint (read[0].rtt_us, ==, 250);
  g_assert_cmpuint (read[0].loss_permille, ==, 120);
  g_assert_cmpuint (read[1].rtt_us, ==, 0xffffff);
  g_assert_cmpuint (read[1].loss_permille, ==, INF_LOSS_UNKNOWN);
}

static void
test_what_is_not_said_is_unknown (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfRecord) record = record_with (fixture, 1, 1);
  g_autoptr (InfPeerInfo) info = inf_peer_info_new ();

  info->away_until_unix_us = 5;
  info->coordinate.error = 1;
  inf_record_fill_info (record, info);
  g_assert_cmpint (info->away_until_unix_us, ==, 0);
  g_assert_cmpstr (info->observed_address, ==, "");
  g_assert_false (inf_coordinate_is_known (&info->coordinate));
  g_assert_false (info->is_reclaimed);
}

static void
test_records_expire (Fixture *fixture, gconstpointer data)
{
  const gint64 day_us = G_GINT64_CONSTANT (86400000000);
  const gint64 now_us = G_GINT64_CONSTANT (1800000000000000);
  const InfRecordDraft draft
      = { .incarnation = 1, .signed_unix_us = now_us, .capacity = fixture->capacity };
  g_autoptr (InfRecord) record = inf_record_new (fixture->keypair, fixture->grid, &draft);

  g_assert_cmpint (inf_record_get_expires_unix_us (record), ==, now_us + day_us);
  g_assert_false (inf_record_has_expired (record, now_us));
  g_assert_false (inf_record_has_expired (record, now_us + day_us - 1));
  g_assert_true (inf_record_has_expired (record, now_us + day_us));
  /* a clock that is some hours ahead harms nobody; one that is years ahead says nothing */
  g_assert_false (inf_record_has_expired (record, now_us - day_us / 2));
  g_assert_true (inf_record_has_expired (record, now_us - 365 * day_us));
}

static GBytes *
sign_with_lifetime_and_extensions (Fixture *fixture, guint32 lifetime_s, GVariant *extensions)
{
  const char *const no_texts[] = { NULL };
  GVariant *body = g_variant_new (
      "(ttttuuuuuuqqqy@aysss^as@ay@aay@a(yay))", inf_record_grid_hint (fixture->grid), (guint64)1,
      (guint64)2, (guint64)3, 4u, 5u, 6u, lifetime_s, 8u, 9u, 10, 11, 12, 0,
      inf_public_key_to_variant (inf_keypair_get_public_key (fixture->keypair)), "", "", "",
      no_texts, inf_wire_variant_from_data (NULL, 0),
      g_variant_new_array (G_VARIANT_TYPE_BYTESTRING, NULL, 0), extensions);

  return inf_signed_new (INF_KIND_RECORD, INF_RECORD_CONTEXT, fixture->keypair, body);
}

/* What a later version says beside what this one knows, and says differently. */
static void
test_unknown_extensions_pass_unharmed (Fixture *fixture, gconstpointer data)
{
  GVariant *extensions
      = g_variant_new_parsed ("[(byte 200, b'anything'), (1, [byte 1, 2]), (2, [byte 9]),"
                              " (200, b''), (0, b'')]");
  g_autoptr (GBytes) bytes = sign_with_lifetime_and_extensions (fixture, 60, extensions);
  g_autoptr (GError) error = NULL;
  g_autoptr (InfRecord) record = inf_record_from_bytes (bytes, fixture->grid, &error);
  g_autoptr (InfPeerInfo) info = inf_peer_info_new ();

  g_assert_no_error (error);
  g_assert_true (inf_record_verify (record));
  g_assert_true (g_bytes_equal (bytes, inf_record_get_bytes (record)));
  inf_record_fill_info (record, info);
  g_assert_cmpuint (info->cores, ==, 8);
  g_assert_cmpint (info->away_until_unix_us, ==, 0);
  g_assert_false (inf_coordinate_is_known (&info->coordinate));
}

static void
test_nothing_holds_for_ever (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      guint32 lifetime_s = i ? 0 : INF_RECORD_MAX_LIFETIME_S + 1;
      g_autoptr (GBytes) bytes = sign_with_lifetime_and_extensions (
          fixture, lifetime_s, g_variant_new_array (G_VARIANT_TYPE ("(yay)"), NULL, 0));
      g_autoptr (GError) error = NULL;
      g_assert_null (inf_record_from_bytes (bytes, fixture->grid, &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
    }
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
  add ("/record/optional-fields-round-trip", test_optional_fields_round_trip);
  add ("/record/what-is-not-said-is-unknown", test_what_is_not_said_is_unknown);
  add ("/record/records-expire", test_records_expire);
  add ("/record/unknown-extensions-pass-unharmed", test_unknown_extensions_pass_unharmed);
  add ("/record/nothing-holds-for-ever", test_nothing_holds_for_ever);
  add ("/record/record-of-another-grid-is-refused", test_record_of_another_grid_is_refused);
  return g_test_run ();
}
