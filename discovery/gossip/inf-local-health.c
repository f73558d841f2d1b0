#include "discovery/gossip/inf-local-health.h"

/* The local health multiplier of Lifeguard (Dadgar, Phillips, Currey, 2018, section IV-A). */

/**
 * inf_local_health_worsen:
 * @health: a node's health
 *
 * Something happened that is likelier this node's trouble than a peer's: a relay did not say
 * anything, this node was found to have accused wrongly or had to object itself, or it ran late.
 */
void
inf_local_health_worsen (InfLocalHealth *health)
{
  health->score = MIN (health->score + 1, INF_LOCAL_HEALTH_WORST);
}

/**
 * inf_local_health_improve:
 * @health: a node's health
 *
 * A probe was answered in time.
 */
void
inf_local_health_improve (InfLocalHealth *health)
{
  if (health->score > 0)
    health->score--;
}

/**
 * inf_local_health_stretch:
 * @health: a node's health
 * @interval_us: how long a healthy node waits
 *
 * Returns: how long this one does
 */
gint64
inf_local_health_stretch (const InfLocalHealth *health, gint64 interval_us)
{
  return interval_us * (1 + health->score);
}
