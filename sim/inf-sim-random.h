#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfSimRandom:
 * @state: the seed, then whatever follows from it
 *
 * SplitMix64 (Steele, Lea, Flood, 2014): the same numbers on every machine. A plain value.
 */
typedef struct
{
  guint64 state;
} InfSimRandom;

guint64 inf_sim_random_next (InfSimRandom *random);
guint64 inf_sim_random_below (InfSimRandom *random, guint64 end);
gint64 inf_sim_random_between (InfSimRandom *random, gint64 first, gint64 last);
double inf_sim_random_unit (InfSimRandom *random);
guint64 inf_sim_mix (guint64 a, guint64 b);

G_END_DECLS
