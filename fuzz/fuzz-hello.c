#include "discovery/gossip/inf-gossip-core.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "fuzz-grid.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static const InfAddress from = { .ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 }, .port = 7848 };

/* What was sent to whoever may have made this up: nothing longer than one datagram, and no more
 * than one. */
static void
check_answers (InfGossipCore *core, const InfAddress *address)
{
  guint n_answers = 0;

  for (;;)
    {
      g_autoptr (InfSwimAction) action = inf_gossip_core_next_action (core);
      if (!action)
        break;
      if (!action->payload)
        continue;
      g_assert (inf_address_is_link (&action->address)
                || g_bytes_get_size (action->payload) <= INF_DATAGRAM_MAX_SIZE_BYTES);
      n_answers
          += action->type == INF_SWIM_SEND_FIRST && inf_address_equal (&action->address, address);
    }
  g_assert (n_answers <= 1);
}

/* A member seals whatever it likes as a first contact, for the network and for a link; and a node
 * finds it on its disk. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static InfMembership *membership;
  static InfKeypair *member;
  g_autoptr (InfGrid) grid = fuzz_grid ();
  g_autoptr (GBytes) payload = g_bytes_new (data, MIN (size, INF_PAYLOAD_MAX_SIZE_BYTES));
  InfAddress link;

  if (!membership)
    {
      membership = fuzz_membership (1);
      member = fuzz_keypair (3);
    }
  g_autoptr (InfSealer) sealer = inf_sealer_new (member, grid, 5);
  g_autoptr (InfGossipCore) core = inf_gossip_core_new (membership, &inf_swim_default_timing, 1, 1,
                                                        1, 7848, 0, FUZZ_NOW_UNIX_US);
  g_autoptr (GBytes) datagram = inf_sealer_seal_first (sealer, payload);
  g_autoptr (GBytes) carried = inf_sealer_seal_first (sealer, payload);
  const InfPeerId *id = inf_keypair_get_peer_id (member);

  check_answers (core, &from);
  inf_gossip_core_receive (core, g_bytes_get_data (datagram, NULL), g_bytes_get_size (datagram),
                           &from, 1);
  check_answers (core, &from);
  inf_address_init_link (&link, inf_peer_hint (id));
  inf_gossip_core_receive_carried (core, g_bytes_get_data (carried, NULL),
                                   g_bytes_get_size (carried), id, 2);
  check_answers (core, &link);
  inf_swim_remember (inf_gossip_core_get_swim (core), payload, payload, &from, 3);
  inf_swim_tick (inf_gossip_core_get_swim (core), G_USEC_PER_SEC);
  while (TRUE)
    {
      g_autoptr (InfSwimAction) action = inf_gossip_core_next_action (core);
      if (!action)
        return 0;
    }
}
