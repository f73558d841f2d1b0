#include "daemon/inf-connection.h"

/* Where a node stands with its grid, in the contract's words (Node1.State and its reason):
 *
 *  unregistered ─▶ no-grid ──joined──▶ connecting ──▶ connected
 *  locked ─unlock─▶ offline ──Connect──▶─┘                │ Disconnect
 *                      ◀──────────── disconnecting ◀──────┘
 */

const char *
inf_identity_state_to_text (InfIdentityState state)
{
  static const char *const texts[] = { "unregistered", "locked", "moved", "unlocked" };

  return texts[state];
}

static void
judge_up (const InfConnectionFacts *facts, const char **ret_state, const char **ret_reason)
{
  *ret_state = "connected";
  if (facts->n_found > 0)
    *ret_reason = "";
  else if (facts->is_alone)
    *ret_reason = "alone";
  else if (facts->was_found)
    *ret_reason = "nobody-answers";
  else
    {
      *ret_state = "connecting";
      *ret_reason = !facts->has_network                             ? "no-network"
                    : facts->up_for_us < INF_CONNECTION_PATIENCE_US ? "searching"
                                                                    : "nobody-answers";
    }
}

/**
 * inf_connection_judge:
 * @facts: how things are
 * @ret_state: (out) (transfer none): Node1.State
 * @ret_reason: (out) (transfer none): the reason in Node1.StateDetail
 */
void
inf_connection_judge (const InfConnectionFacts *facts, const char **ret_state,
                      const char **ret_reason)
{
  *ret_reason = "";
  if (facts->is_up && facts->disconnecting != INF_DISCONNECTING_NOT)
    {
      *ret_state = "disconnecting";
      *ret_reason = facts->disconnecting == INF_DISCONNECTING_FINISHING ? "finishing" : "stopping";
    }
  else if (facts->is_up)
    judge_up (facts, ret_state, ret_reason);
  else if (facts->identity != INF_IDENTITY_UNLOCKED)
    *ret_state = inf_identity_state_to_text (facts->identity);
  else if (!facts->is_member)
    *ret_state = "no-grid";
  else
    {
      *ret_state = "offline";
      *ret_reason = facts->has_failed ? "failed" : "owner";
    }
}
