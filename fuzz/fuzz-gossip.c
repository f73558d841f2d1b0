#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-messages.h"
#include "discovery/gossip/inf-record.h"
#include "discovery/gossip/inf-swim.h"
#include "fuzz-grid.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static const InfAddress from = { .ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 }, .port = 7848 };

static GBytes *
hello_of (guint8 number)
{
  g_autoptr (InfKeypair) keypair = fuzz_keypair (number);
  g_autoptr (InfGrid) grid = fuzz_grid ();
  g_autoptr (InfCertificate) certificate = fuzz_certificate (number);
  g_autoptr (InfPeerInfo) capacity = inf_peer_info_new ();
  const InfRecordDraft draft = {
    .incarnation = 1,
    .sequence = 1,
    .signed_unix_us = FUZZ_NOW_UNIX_US,
    .capacity = capacity,
  };
  g_autoptr (InfRecord) record = inf_record_new (keypair, grid, &draft);
  const InfHello hello = {
    .type = INF_HELLO_ASK,
    .certificate = inf_certificate_get_bytes (certificate),
    .record = inf_record_get_bytes (record),
  };

  return inf_hello_encode (&hello);
}

/* What a member might send, opened: first as a hello, then as anything else from a known peer.
 * Answers must fit a datagram, and time must go on. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static InfMembership *membership;
  static GBytes *known_hello;
  static InfKeypair *known;
  g_autoptr (GBytes) payload = g_bytes_new (data, size);

  if (!membership)
    {
      membership = fuzz_membership (1);
      known_hello = hello_of (2);
      known = fuzz_keypair (2);
    }
  g_autoptr (InfSwim) swim
      = inf_swim_new (membership, &inf_swim_default_timing, 1, 1, 7848, 0, FUZZ_NOW_UNIX_US);
  inf_swim_receive_hello (swim, known_hello, &from, 0);
  if (inf_swim_check_hello (swim, payload, 1))
    inf_swim_receive_hello (swim, payload, &from, 1);
  inf_swim_receive (swim, inf_peer_hint (inf_keypair_get_peer_id (known)), payload, &from, 2);
  inf_swim_tick (swim, 3 * G_USEC_PER_SEC);
  inf_swim_knocked (swim, inf_keypair_get_peer_id (known), INF_SWIM_KNOCK_REFUSED,
                    3 * G_USEC_PER_SEC);
  inf_swim_tick (swim, 6 * G_USEC_PER_SEC);
  inf_swim_resumed (swim, G_USEC_PER_SEC, 7 * G_USEC_PER_SEC);
  for (;;)
    {
      g_autoptr (InfSwimAction) action = inf_swim_next_action (swim);
      if (!action)
        break;
      g_assert (!action->payload || action->over_link
                || g_bytes_get_size (action->payload) <= INF_PAYLOAD_MAX_SIZE_BYTES);
    }
  return 0;
}
