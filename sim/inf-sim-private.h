#pragma once

#include "sim/inf-event-queue.h"
#include "sim/inf-sim.h"

G_BEGIN_DECLS

enum
{
  INF_SIM_EVENT_TIMER,
  INF_SIM_EVENT_SEALED,
  INF_SIM_EVENT_FIRST,
  INF_SIM_EVENT_CALL,
  INF_SIM_EVENT_KNOCKED,
};

typedef struct
{
  InfSwim *swim;
  InfSimLife life;
  guint32 incarnation; /* as a driver would have written it down */
  guint n_starts;
  gint64 timer_us; /* the event that is to wake it; older ones don't count */
  gint64 clock_us; /* add to the simulator's time and drift to get its own */
  gint64 skew_us;
  gint64 drift_ppb;
  GArray *inbox; /* InfEvent; NULL while nothing waits */
  gsize inbox_bytes;
} InfSimNode;

typedef struct
{
  InfSimObserver observer;
  gpointer data;
} InfSimWatcher;

struct _InfSim
{
  InfSimConfig config;
  InfPopulation *population;
  InfEvidence *evidence; /* of all nodes: what is verified once need not be verified again */
  InfSimNode *nodes;
  InfSimNet *net;
  InfEventQueue *events;
  InfSimRandom random;
  gint64 now_us;
  guint64 trace;
  guint64 n_events;
  InfSimTraffic traffic;
  GArray *watchers;
};

/* inf-sim.c */
void inf_sim_note (InfSim *sim, guint64 what);
void inf_sim_arm (InfSim *sim, guint number);

/* inf-sim-wire.c */
void inf_sim_deliver (InfSim *sim, const InfEvent *event);
void inf_sim_deliver_inbox (InfSim *sim, guint number);

/* inf-sim-knock.c */
void inf_sim_knock (InfSim *sim, guint from, guint to);
void inf_sim_tell_knocked (InfSim *sim, const InfEvent *event);

G_END_DECLS
