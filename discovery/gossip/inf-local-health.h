#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_LOCAL_HEALTH_WORST 8

/**
 * InfLocalHealth:
 * @score: 0 while all is well, up to %INF_LOCAL_HEALTH_WORST
 *
 * How much a node should doubt itself rather than others. All zero at first. A plain value.
 */
typedef struct
{
  guint score;
} InfLocalHealth;

void inf_local_health_worsen (InfLocalHealth *health);
void inf_local_health_improve (InfLocalHealth *health);
gint64 inf_local_health_stretch (const InfLocalHealth *health, gint64 interval_us);

G_END_DECLS
