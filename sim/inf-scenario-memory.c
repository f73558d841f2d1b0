#include "discovery/gossip/inf-messages.h"
#include "sim/inf-scenario.h"

#include <malloc.h>

#define PORT 7848

static InfSwim *
make_core (const InfScenarioOptions *options, guint number, guint run)
{
  InfMembership *membership = inf_population_get_membership (options->population, number);
  InfAddress address;
  InfSwim *swim = inf_swim_new (membership, &inf_swim_default_timing,
                                inf_sim_mix (options->seed + run, number), 1, PORT,
                                INF_SCENARIO_SECOND_US, INF_POPULATION_UNIX_US);

  inf_sim_make_address (number, &address);
  inf_swim_set_addresses (swim, &address, 1, INF_SCENARIO_SECOND_US);
  inf_swim_tick (swim, INF_SCENARIO_SECOND_US);
  return swim;
}

static void
drop_actions (InfSwim *swim)
{
  InfSwimAction *action;

  while ((action = inf_swim_next_action (swim)))
    inf_swim_action_free (action);
}

/* As the hello of @number comes in from the wire: as bytes, of which nothing is shared. */
static void
meet (InfSwim *swim, const InfScenarioOptions *options, guint number, guint run)
{
  g_autoptr (InfSwim) other = make_core (options, number, run);
  guint64 hint = inf_population_get_hint (options->population, number);
  const InfPeer *self = inf_roster_find (inf_swim_get_roster (other), hint);
  const InfHello hello = {
    .type = INF_HELLO_ANSWER,
    .certificate = inf_certificate_get_bytes (self->certificate),
    .record = inf_record_get_bytes (self->record),
  };
  g_autoptr (GBytes) payload = inf_hello_encode (&hello);
  InfAddress from;

  inf_sim_make_address (number, &from);
  if (inf_swim_check_hello (swim, payload, INF_SCENARIO_SECOND_US))
    inf_swim_receive_hello (swim, payload, &from, INF_SCENARIO_SECOND_US);
  drop_actions (swim);
}

/* The heap that one core takes with all that it knows of the others. */
static double
measure (const InfScenarioOptions *options, guint run)
{
  struct mallinfo2 before = mallinfo2 ();
  g_autoptr (InfSwim) swim = make_core (options, 0, run);

  drop_actions (swim);
  for (guint i = 1; i < options->n_nodes; i++)
    meet (swim, options, i, run);
  struct mallinfo2 after = mallinfo2 ();
  g_assert (inf_roster_get_size (inf_swim_get_roster (swim)) == options->n_nodes);
  return (double)(after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) / (1 << 20);
}

InfSimRow *
inf_scenario_run_memory (const InfScenarioOptions *options)
{
  InfSimRow *row = inf_scenario_begin ("one core that knows all peers", "MiB", "memory", options);

  for (guint i = 0; i < options->n_runs; i++)
    inf_sim_row_add (row, measure (options, i));
  row->real_us += g_get_monotonic_time ();
  return row;
}
