#pragma once

#include "common/inf-error.h"
#include "discovery/identity/inf-peer-id.h"

#include <glib.h>

G_BEGIN_DECLS

/* A job that the balance carries for less than this is not begun. */
#define INF_PLAN_MIN_FUNDED_US ((gint64)10 * G_USEC_PER_SEC)

/**
 * InfPlanCandidate:
 * @id: the peer
 * @name: its name in the grid
 * @is_self: whether it is the submitter's own machine; a lease there costs nothing, whatever
 *   @price_ucredits says
 * @is_alive: whether it was heard of lately
 * @is_hosting: whether it says that it takes jobs
 * @exclusion: (nullable): why this job must not go there (it failed there before, for example)
 * @slots_total: ranks it takes at most
 * @slots_free: ranks it can take now
 * @memory_bytes: memory for jobs; 0: not known, so not checked
 * @load_milli: load average times 1000
 * @arch: (nullable): "x86_64"
 * @open_mpi_version: (nullable): "4.1.4"; %NULL without
 * @price_ucredits: per node·second
 * @rtt_us: round-trip time; -1 unknown
 * @offers: (nullable) (array zero-terminated=1): programs installed for jobs
 *
 * A peer as the plan sees it. Everything pointed at is borrowed for the call.
 */
typedef struct
{
  InfPeerId id;
  const char *name;
  gboolean is_self;
  gboolean is_alive;
  gboolean is_hosting;
  const char *exclusion;
  guint slots_total;
  guint slots_free;
  guint64 memory_bytes;
  guint load_milli;
  const char *arch;
  const char *open_mpi_version;
  guint64 price_ucredits;
  gint64 rtt_us;
  const char *const *offers;
} InfPlanCandidate;

/**
 * InfPlanRequest:
 * @nodes: hosts wanted, from 1
 * @slots_per_node: ranks on each, from 1
 * @memory_bytes: memory on each; 0: any
 * @time_limit_us: how long the program may run, above 0
 * @max_price_ucredits: per node·second; 0: any
 * @balance_ucredits: what the submitter can escrow
 * @program: (nullable): the installed program that hosts must offer
 * @arch: (nullable): the architecture needed
 * @open_mpi_series: (nullable): "4.1"
 * @launch_obstacle: (nullable): why the submitter's own machine can't launch a job
 */
typedef struct
{
  guint nodes;
  guint slots_per_node;
  guint64 memory_bytes;
  gint64 time_limit_us;
  guint64 max_price_ucredits;
  guint64 balance_ucredits;
  const char *program;
  const char *arch;
  const char *open_mpi_series;
  const char *launch_obstacle;
} InfPlanRequest;

/**
 * InfPlanHost:
 * @id: the peer
 * @name: its name
 * @slots: ranks it is to take
 * @price_ucredits: per node·second, 0 for the submitter's own machine
 * @escrow_ucredits: what to set aside for it: the price of the plan's funded time
 */
typedef struct
{
  InfPeerId id;
  char *name;
  guint slots;
  guint64 price_ucredits;
  guint64 escrow_ucredits;
} InfPlanHost;

/**
 * InfPlanRejection:
 * @id: the peer
 * @name: its name
 * @reason: why it can't be used, a clause such as "1 of 4 slots free, 2 asked"
 * @cause: the same for programs, `a{sv}`: docs/causes.md
 */
typedef struct
{
  InfPeerId id;
  char *name;
  char *reason;
  GVariant *cause;
} InfPlanRejection;

/**
 * InfPlan:
 * @hosts: (element-type InfPlanHost): the chosen ones, best first; empty when impossible
 * @rejections: (element-type InfPlanRejection): the peers that can't be used, by name
 * @price_per_second_ucredits: of all hosts together
 * @price_per_minute_ucredits: of all hosts together
 * @worst_case_ucredits: what the job costs at most: all hosts for the whole time limit
 * @funded_us: how long the balance lasts, at most the time limit; the escrows are for this long
 * @code: why it is impossible: %INF_ERROR_NO_HOSTS or %INF_ERROR_NO_CREDITS; undefined otherwise
 * @reason: (nullable): why it is impossible and what would satisfy, in one line; %NULL: possible
 * @cause: (nullable): the same for programs, `a{sv}`: docs/causes.md
 */
typedef struct
{
  GPtrArray *hosts;
  GPtrArray *rejections;
  guint64 price_per_second_ucredits;
  guint64 price_per_minute_ucredits;
  guint64 worst_case_ucredits;
  gint64 funded_us;
  InfError code;
  char *reason;
  GVariant *cause;
} InfPlan;

InfPlan *inf_plan_new (const InfPlanRequest *request, const InfPlanCandidate *candidates,
                       guint n_candidates);
void inf_plan_free (InfPlan *plan);
gboolean inf_plan_is_possible (const InfPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfPlan, inf_plan_free)

G_END_DECLS
