/* Writes the first inputs of the identity and gossip corpora: one well-formed input of each kind.
 */
#include "discovery/gossip/inf-accusation.h"
#include "discovery/gossip/inf-datagram-seal.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-gossip-state.h"
#include "discovery/gossip/inf-messages.h"
#include "discovery/gossip/inf-notice.h"
#include "discovery/gossip/inf-pulse.h"
#include "discovery/gossip/inf-record.h"
#include "discovery/gossip/inf-rumours.h"
#include "discovery/identity/inf-enrolment.h"
#include "discovery/identity/inf-identity-file.h"
#include "fuzz-grid.h"

#include <stdio.h>
#include <string.h>

static const char *corpus_dir;

static void
write_seed (const char *fuzzer, const char *name, GBytes *bytes)
{
  g_autofree char *dir = g_build_filename (corpus_dir, fuzzer, NULL);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (dir, 0777);
  if (!g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes),
                            &error))
    g_printerr ("%s\n", error->message);
}

static GBytes *
make_record (guint8 number)
{
  g_autoptr (InfKeypair) keypair = fuzz_keypair (number);
  g_autoptr (InfGrid) grid = fuzz_grid ();
  g_autoptr (InfPeerInfo) capacity = inf_peer_info_new ();
  g_autoptr (GArray) neighbours = g_array_new (FALSE, FALSE, sizeof (InfNeighbour));
  const InfNeighbour neighbour = { .id = *inf_keypair_get_peer_id (keypair), .rtt_us = 300 };
  const InfCoordinate coordinate = { .x_us = 900, .y_us = -70, .height_us = 80, .error = 0.2f };
  const InfAddress addresses[] = {
    { .ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, number }, .port = 7848 },
    { .ip = { 0x20, 0x01, 0x0d, 0xb8, [15] = number }, .port = 7848 },
  };
  const char *offers[] = { "taskadd", "taskmult", NULL };

  g_array_append_val (neighbours, neighbour);
  capacity->cores = 4;
  capacity->memory_bytes = G_GUINT64_CONSTANT (1) << 33;
  capacity->slots_total = 4;
  capacity->slots_free = 3;
  capacity->hosting = TRUE;
  g_free (capacity->os);
  capacity->os = g_strdup ("Debian GNU/Linux 12");
  g_strfreev (capacity->offers);
  capacity->offers = g_strdupv ((char **)offers);
  const InfRecordDraft draft = {
    .incarnation = 3,
    .sequence = 5,
    .session = 7,
    .signed_unix_us = FUZZ_NOW_UNIX_US,
    .away_until_unix_us = number == 2 ? FUZZ_NOW_UNIX_US + G_USEC_PER_SEC : 0,
    .observed_address = &addresses[0],
    .coordinate = &coordinate,
    .port = 7848,
    .addresses = addresses,
    .n_addresses = G_N_ELEMENTS (addresses),
    .neighbours = neighbours,
    .capacity = capacity,
  };
  g_autoptr (InfRecord) record = inf_record_new (keypair, grid, &draft);
  return g_bytes_ref (inf_record_get_bytes (record));
}

static guint64
hint_of (guint8 number)
{
  g_autoptr (InfKeypair) keypair = fuzz_keypair (number);

  return inf_peer_hint (inf_keypair_get_peer_id (keypair));
}

static void
write_probe (guint8 type)
{
  g_autoptr (GBytes) record = make_record (2);
  g_autoptr (InfKeypair) keypair = fuzz_keypair (2);
  g_autoptr (InfGrid) grid = fuzz_grid ();
  InfAccusation accusation;
  InfPulse pulse;
  g_auto (InfProbe) probe = {
    .type = type,
    .sequence = 7,
    .target = type == INF_PROBE_PING ? 0 : hint_of (2),
    .coordinate = g_bytes_new ("\1\2\3\4\5\6\7\10", 8),
    .liveness = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
    .records = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
    .notices = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
  };
  g_autofree char *name = g_strdup_printf ("probe-%u", type);

  inf_accusation_make (keypair, grid, hint_of (1), 1, &accusation);
  inf_pulse_make (keypair, grid, 4, &pulse);
  g_ptr_array_add (probe.liveness, inf_accusation_encode (&accusation, 1000));
  g_ptr_array_add (probe.liveness, inf_pulse_encode (&pulse));
  g_ptr_array_add (probe.records, g_bytes_ref (record));
  g_autoptr (GBytes) bytes = inf_probe_encode (&probe);
  write_seed ("gossip", name, bytes);
}

/* The fuzzer's node is in its first run. */
static void
write_hellos (GBytes *certificate, GBytes *record)
{
  const InfHello ask = { .type = INF_HELLO_ASK, .certificate = certificate, .record = record };
  const InfHello answer = {
    .type = INF_HELLO_ANSWER,
    .recipient_session = 1,
    .certificate = certificate,
    .record = record,
  };
  g_autoptr (GBytes) ask_bytes = inf_hello_encode (&ask);
  g_autoptr (GBytes) answer_bytes = inf_hello_encode (&answer);

  write_seed ("hello", "ask", ask_bytes);
  write_seed ("hello", "answer", answer_bytes);
}

static void
write_introductions (void)
{
  g_autoptr (InfCertificate) certificate = fuzz_certificate (3);
  g_autoptr (GBytes) record = make_record (3);
  const InfHello hello = {
    .type = INF_HELLO_IF_NEEDED,
    .certificate = inf_certificate_get_bytes (certificate),
    .record = record,
  };
  const InfIntroduction introduction = {
    .certificate = inf_certificate_get_bytes (certificate),
    .record = record,
    .has_address = TRUE,
    .address = { .ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 3 }, .port = 7848 },
  };
  g_autoptr (GBytes) hello_bytes = inf_hello_encode (&hello);
  g_autoptr (GBytes) introduction_bytes = inf_introductions_encode (&introduction, 1);

  write_seed ("gossip", "hello", hello_bytes);
  write_seed ("hello", "if-needed", hello_bytes);
  write_hellos (inf_certificate_get_bytes (certificate), record);
  write_seed ("gossip", "introduction", introduction_bytes);
}

static void
write_digest (void)
{
  const InfDigestEntry entries[] = {
    { .hint = hint_of (1), .incarnation = 9, .state = INF_PEER_DEAD },
    { .hint = hint_of (2), .incarnation = 9, .state = INF_PEER_ALIVE },
  };
  const InfNoticeVersion notice = { .key = 77, .version = 3 };
  const InfBuckets buckets = { .revocations_version = 1, .n_bits = 2, .hashes = { 1, 2, 3, 4 } };
  const guint64 unknown = 5, outdated = hint_of (1), key = 77;
  g_auto (InfDigest) digest = { 0 };
  g_auto (InfWant) want = { 0 };

  inf_digest_init (&digest, 1);
  digest.n_covered = 2;
  digest.covered[1] = 1;
  g_array_append_vals (digest.entries, entries, G_N_ELEMENTS (entries));
  g_array_append_val (digest.notices, notice);
  inf_want_init (&want);
  g_array_append_val (want.unknown, unknown);
  g_array_append_val (want.outdated, outdated);
  g_array_append_val (want.notices, key);
  g_autoptr (GBytes) buckets_bytes = inf_buckets_encode (&buckets);
  g_autoptr (GBytes) digest_bytes = inf_digest_encode (&digest);
  g_autoptr (GBytes) want_bytes = inf_want_encode (&want);
  write_seed ("gossip", "buckets", buckets_bytes);
  write_seed ("gossip", "digest", digest_bytes);
  write_seed ("gossip", "want", want_bytes);
}

static void
write_notices (void)
{
  g_autoptr (InfKeypair) keypair = fuzz_keypair (2);
  g_autoptr (InfGrid) grid = fuzz_grid ();
  g_autoptr (GBytes) content = g_bytes_new_static ("said", 4);
  g_autoptr (InfNotice) notice
      = inf_notice_new (keypair, grid, "topic", 5, FUZZ_NOW_UNIX_US + 1000, content, NULL);
  g_autoptr (GPtrArray) notices = g_ptr_array_new ();
  g_auto (InfProbe) probe = {
    .type = INF_PROBE_NEWS,
    .records = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
    .notices = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
  };
  guint8 briefs[33] = { INF_RUMOUR_BRIEFS, 9, 8, 7 };

  g_ptr_array_add (notices, inf_notice_get_bytes (notice));
  g_ptr_array_add (probe.records, g_bytes_new (briefs, sizeof briefs));
  g_ptr_array_add (probe.notices, g_bytes_new (briefs, sizeof briefs));
  g_ptr_array_add (probe.notices, g_bytes_ref (inf_notice_get_bytes (notice)));
  g_autoptr (GBytes) list_bytes = inf_notice_list_encode (notices);
  g_autoptr (GBytes) probe_bytes = inf_probe_encode (&probe);
  write_seed ("notice", "notice", inf_notice_get_bytes (notice));
  write_seed ("gossip", "notice-list", list_bytes);
  write_seed ("gossip", "probe-notices", probe_bytes);
}

static void
write_identity (void)
{
  g_autoptr (InfKeypair) founder = fuzz_keypair (1);
  g_autoptr (InfKeypair) joiner = fuzz_keypair (9);
  g_autoptr (InfMembership) membership = fuzz_membership (1);
  g_autoptr (InfCertificate) certificate = fuzz_certificate (2);
  g_autoptr (InfInviteBook) book = inf_invite_book_new ();
  InfGrid *grid = inf_membership_get_grid (membership);
  g_autoptr (InfRevocations) revocations = inf_revocations_add (NULL, founder, grid, 44, NULL);
  g_autoptr (GBytes) news = inf_revocations_news_encode (inf_revocations_get_bytes (revocations));
  const guint8 secret[INF_INVITE_SECRET_SIZE_BYTES] = "fuzzed";
  const char *addresses[] = { "192.0.2.1:7848", "[2001:db8::1]:7848", NULL };
  g_autoptr (InfInvite) invite = inf_invite_new (grid, inf_grid_get_founder (grid), addresses,
                                                 secret, FUZZ_NOW_UNIX_US + G_USEC_PER_SEC);
  char *token = inf_invite_to_text (invite);
  g_autoptr (GBytes) token_bytes = g_bytes_new_take (token, strlen (token));

  inf_invite_book_create (book, secret, FUZZ_NOW_UNIX_US, G_USEC_PER_SEC, NULL);
  g_autoptr (GBytes) request = inf_enrolment_request_new (joiner, invite, "joiner", NULL);
  g_autoptr (GBytes) reply
      = inf_enrolment_answer (membership, book, request, FUZZ_NOW_UNIX_US, NULL);
  write_seed ("certificate", "certificate", inf_certificate_get_bytes (certificate));
  write_seed ("certificate", "revocations", inf_revocations_get_bytes (revocations));
  write_seed ("gossip", "revocations", news);
  write_seed ("invite", "token", token_bytes);
  write_seed ("enrolment", "request", request);
  write_seed ("enrolment", "reply", reply);
}

static void
write_datagrams (void)
{
  g_autoptr (InfKeypair) stranger = fuzz_keypair (7);
  g_autoptr (InfGrid) grid = fuzz_grid ();
  g_autoptr (InfKeypair) founder = fuzz_keypair (1);
  g_autoptr (InfSealer) sealer = inf_sealer_new (stranger, grid, 5);
  g_autoptr (GBytes) payload = g_bytes_new_static ("not a hello", 11);
  g_autoptr (GBytes) pairwise
      = inf_sealer_seal (sealer, inf_keypair_get_public_key (founder), payload);
  g_autoptr (GBytes) first = inf_sealer_seal_first (sealer, payload);

  write_seed ("datagram", "pairwise", pairwise);
  write_seed ("datagram", "first-contact", first);
}

static void
write_liveness (void)
{
  g_autoptr (InfKeypair) keypair = fuzz_keypair (1);
  g_autoptr (InfGrid) grid = fuzz_grid ();
  InfAccusation accusation;
  InfPulse pulse;

  inf_accusation_make (keypair, grid, hint_of (2), 3, &accusation);
  inf_pulse_make (keypair, grid, 4, &pulse);
  g_autoptr (GBytes) accusation_bytes = inf_accusation_encode (&accusation, G_USEC_PER_SEC);
  g_autoptr (GBytes) pulse_bytes = inf_pulse_encode (&pulse);
  write_seed ("liveness", "accusation", accusation_bytes);
  write_seed ("liveness", "pulse", pulse_bytes);
}

static void
write_identity_files (void)
{
  g_autoptr (InfKeypair) keypair = fuzz_keypair (1);
  g_autoptr (InfIdentityFile) plain = inf_identity_file_new_plain (keypair, "oak");
  g_autoptr (GBytes) plain_bytes = inf_identity_file_encode (plain);
  GVariant *files = g_variant_new_parsed ("{'membership': b'a grid'}");
  g_autoptr (InfSealedIdentity) sealed = NULL;

  inf_sealed_identity_set_test_cost (1, 8192);
  sealed = inf_sealed_identity_new (keypair, "oak", files, "a passphrase", NULL);
  g_autoptr (InfIdentityFile) file = inf_identity_file_new_sealed (sealed);
  g_autoptr (GBytes) sealed_bytes = inf_identity_file_encode (file);
  write_seed ("identity-file", "plain", plain_bytes);
  write_seed ("identity-file", "sealed", sealed_bytes);
}

/* Two answers, as fuzz-coordinate reads them. */
static void
write_coordinates (void)
{
  const InfCoordinate near = { .x_us = 900, .y_us = -70, .height_us = 80, .error = 0.2f };
  const InfCoordinate far = { .x_us = -90000, .y_us = 45000, .height_us = 3000, .error = 1 };
  const guint32 rtts_us[] = { GUINT32_TO_LE (600), GUINT32_TO_LE (120000) };
  guint8 data[2 * (INF_COORDINATE_SIZE_BYTES + 4)];

  inf_coordinate_to_bytes (&near, data);
  memcpy (data + INF_COORDINATE_SIZE_BYTES, &rtts_us[0], 4);
  inf_coordinate_to_bytes (&far, data + INF_COORDINATE_SIZE_BYTES + 4);
  memcpy (data + sizeof data - 4, &rtts_us[1], 4);
  g_autoptr (GBytes) bytes = g_bytes_new (data, sizeof data);
  write_seed ("coordinate", "two-answers", bytes);
}

static void
write_gossip_state (void)
{
  g_autoptr (InfCertificate) certificate = fuzz_certificate (3);
  const InfAddress address = { .ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 3 }, .port = 7848 };
  const InfGossipStatePeer peer = {
    .has_address = TRUE,
    .address = address,
    .certificate = g_bytes_ref (inf_certificate_get_bytes (certificate)),
    .record = make_record (3),
  };
  const InfGossipStateSeed seed = { .address = address, .is_typed = TRUE };
  g_auto (InfGossipState) state = {
    .incarnation = 64,
    .session = FUZZ_NOW_UNIX_US,
    .windows = g_variant_ref_sink (g_variant_new_parsed ("[(@t 1, @t 2, @t 3)]")),
    .peers = inf_gossip_state_peers_new (),
    .seeds = g_array_new (FALSE, FALSE, sizeof (InfGossipStateSeed)),
  };

  g_array_append_val (state.peers, peer);
  g_array_append_val (state.seeds, seed);
  g_autoptr (GBytes) bytes = inf_gossip_state_encode (&state);
  write_seed ("gossip-state", "state", bytes);
}

int
main (int argc, char **argv)
{
  if (argc != 2)
    {
      fprintf (stderr, "usage: make-seeds CORPUS-DIRECTORY\n");
      return 2;
    }
  corpus_dir = argv[1];
  g_autoptr (GBytes) record = make_record (2);
  write_seed ("record", "record", record);
  write_probe (INF_PROBE_PING);
  write_probe (INF_PROBE_PING_REQUEST);
  write_probe (INF_PROBE_ACK);
  write_probe (INF_PROBE_NACK);
  write_introductions ();
  write_digest ();
  write_notices ();
  write_identity ();
  write_identity_files ();
  write_datagrams ();
  write_liveness ();
  write_coordinates ();
  write_gossip_state ();
  return 0;
}
