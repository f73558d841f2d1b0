#include "discovery/gossip/inf-gossip-core.h"
#include "fuzz-grid.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static const InfAddress from = { .ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 }, .port = 7848 };

/* A node gets the input as a datagram from outside: nothing may follow from it. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static InfGossipCore *core;

  if (!core)
    {
      g_autoptr (InfMembership) membership = fuzz_membership (1);
      core = inf_gossip_core_new (membership, &inf_swim_default_timing, 1, 1, 1, 7848, 0,
                                  FUZZ_NOW_UNIX_US);
    }
  inf_gossip_core_receive (core, data, size, &from, 1);
  g_autoptr (InfSwimAction) action = inf_gossip_core_next_action (core);
  g_assert (!action || !action->payload);
  return 0;
}
