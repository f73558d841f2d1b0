#include "sim/inf-push-model.h"

#include "sim/inf-sim-random.h"

/**
 * inf_push_model_run:
 * @n_nodes: how many nodes
 * @fan_out: how many others each tells in a round
 * @loss: how likely one telling is lost
 * @seed: for whom each tells
 * @max_rounds: when to give up
 *
 * What gossip is compared with: in every synchronous round, everyone who knows tells @fan_out
 * others, each chosen at random among all others, for ever (push: Demers et al., 1987; Karp,
 * Schindelhauer, Shenker, Vöcking, 2000). Shares no code with the protocol.
 *
 * Returns: after how many rounds everyone knows, or @max_rounds + 1
 */
guint
inf_push_model_run (guint n_nodes, guint fan_out, double loss, guint64 seed, guint max_rounds)
{
  InfSimRandom random = { seed };
  g_autofree guint *knowing = g_new (guint, n_nodes);
  g_autofree gboolean *knows = g_new0 (gboolean, n_nodes);
  guint n_knowing = 1;

  knows[0] = TRUE;
  knowing[0] = 0;
  for (guint round = 1; round <= max_rounds; round++)
    {
      guint n_before = n_knowing;
      for (guint i = 0; i < n_before * fan_out; i++)
        {
          guint teller = knowing[i / fan_out];
          guint other = (guint)inf_sim_random_below (&random, n_nodes - 1);
          other += other >= teller ? 1 : 0;
          if (inf_sim_random_unit (&random) < loss || knows[other])
            continue;
          knows[other] = TRUE;
          knowing[n_knowing++] = other;
        }
      if (n_knowing == n_nodes)
        return round;
    }
  return max_rounds + 1;
}
