#include "sim/inf-sim-private.h"

/* What a driver sees of a TCP connection that it tries to open (inf-knocker.c): a lost SYN, or a
 * lost answer to it, is made up for by another try, and it gives up soon. */
#define RETRY_US G_GINT64_CONSTANT (150000)
#define GIVE_UP_US G_GINT64_CONSTANT (900000)

/* When the answer to one attempt arrives, if it does. */
static gboolean
try_once (InfSim *sim, guint from, guint to, gint64 *ret_took_us)
{
  gint64 there_us, back_us;

  if (!inf_sim_net_carry (sim->net, from, to, &there_us)
      || !inf_sim_net_carry (sim->net, to, from, &back_us))
    return FALSE;
  *ret_took_us = there_us + back_us;
  return TRUE;
}

static InfSwimKnock
find_answer (const InfSim *sim, guint to)
{
  InfSimLife life = sim->nodes[to].life;

  if (life == INF_SIM_RUNNING || life == INF_SIM_STOPPED)
    return INF_SWIM_KNOCK_ANSWERED;
  return life == INF_SIM_KILLED ? INF_SWIM_KNOCK_REFUSED : INF_SWIM_KNOCK_SILENT;
}

/* What comes of it is settled as it begins: nodes don't change in between often enough to matter.
 */
void
inf_sim_knock (InfSim *sim, guint from, guint to)
{
  gint64 begun_us = 0, took_us = 0;

  if (to >= sim->config.n_nodes)
    return;
  InfSwimKnock knock = find_answer (sim, to);
  while (knock != INF_SWIM_KNOCK_SILENT && !try_once (sim, from, to, &took_us))
    {
      begun_us += RETRY_US;
      if (begun_us >= GIVE_UP_US)
        knock = INF_SWIM_KNOCK_SILENT;
    }
  const InfEvent event = {
    .at_us = sim->now_us + (knock == INF_SWIM_KNOCK_SILENT ? GIVE_UP_US : begun_us + took_us),
    .to = from,
    .from = to,
    .kind = INF_SIM_EVENT_KNOCKED,
    .data = GINT_TO_POINTER (knock),
  };
  inf_event_queue_push (sim->events, &event);
}

void
inf_sim_tell_knocked (InfSim *sim, const InfEvent *event)
{
  InfSimNode *node = &sim->nodes[event->to];
  const InfKeypair *keypair
      = inf_membership_get_keypair (inf_population_get_membership (sim->population, event->from));

  if (node->life != INF_SIM_RUNNING)
    return;
  inf_sim_note (sim, (guint64)sim->now_us << 8 | (guint)GPOINTER_TO_INT (event->data));
  inf_swim_knocked (node->swim, inf_keypair_get_peer_id (keypair),
                    (InfSwimKnock)GPOINTER_TO_INT (event->data),
                    inf_sim_get_local_us (sim, event->to));
  inf_sim_collect (sim, event->to);
}
