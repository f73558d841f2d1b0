#pragma once

#include "discovery/gossip/inf-swim.h"
#include "sim/inf-population.h"
#include "sim/inf-sim-net.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfSimConfig:
 * @n_nodes: how many; at most as many as the population has
 * @seed: one seed gives one course of events, to the last bit
 * @loss: how likely a datagram is lost, each way, from 0 to 1
 * @delay: how long datagrams take
 * @has_multicast: whether all nodes are on one LAN
 * @skew_us: calendars differ by up to this, either way
 * @drift_ppm: clocks run wrong by up to this, either way
 */
typedef struct
{
  guint n_nodes;
  guint64 seed;
  double loss;
  InfSimDelay delay;
  gboolean has_multicast;
  gint64 skew_us;
  guint drift_ppm;
} InfSimConfig;

/**
 * InfSimLife:
 * @INF_SIM_OFF: was never started
 * @INF_SIM_RUNNING: runs
 * @INF_SIM_STOPPED: has a process that is not scheduled; its kernel keeps what arrives for it
 * @INF_SIM_KILLED: has no process any more; its kernel refuses connections
 * @INF_SIM_LOST: its machine or cable is gone
 */
typedef enum
{
  INF_SIM_OFF,
  INF_SIM_RUNNING,
  INF_SIM_STOPPED,
  INF_SIM_KILLED,
  INF_SIM_LOST,
} InfSimLife;

/**
 * InfSimTraffic:
 * @n_datagrams: how many were sent
 * @n_bytes: how many bytes that is on the wire, sealed, without headers of UDP and IP
 */
typedef struct
{
  guint64 n_datagrams;
  guint64 n_bytes;
} InfSimTraffic;

/**
 * InfSim:
 *
 * A grid in virtual time: the very core that infinityd runs, once per node, over a virtual network.
 */
typedef struct _InfSim InfSim;

/**
 * InfSimObserver:
 * @sim: where it happened
 * @node: which node tells
 * @what: what its core says of @subject, from %INF_SWIM_JOINED to %INF_SWIM_LEFT
 * @subject: the peer's number
 * @data: as given
 */
typedef void (*InfSimObserver) (InfSim *sim, guint node, InfSwimActionType what, guint subject,
                                gpointer data);

typedef void (*InfSimCall) (InfSim *sim, guint node, gpointer data);
typedef gboolean (*InfSimPredicate) (InfSim *sim, gpointer data);

void inf_sim_make_address (guint number, InfAddress *ret_address);

InfSim *inf_sim_new (InfPopulation *population, const InfSimConfig *config);
void inf_sim_free (InfSim *sim);

const InfSimConfig *inf_sim_get_config (const InfSim *sim);
gint64 inf_sim_get_now_us (const InfSim *sim);
guint64 inf_sim_get_trace (const InfSim *sim);
InfSimNet *inf_sim_get_net (InfSim *sim);
InfSimRandom *inf_sim_get_random (InfSim *sim);
const InfSimTraffic *inf_sim_get_traffic (const InfSim *sim);
guint64 inf_sim_count_events (const InfSim *sim);
InfSwim *inf_sim_get_swim (const InfSim *sim, guint node);
InfSimLife inf_sim_get_life (const InfSim *sim, guint node);
const InfPeer *inf_sim_find_peer (const InfSim *sim, guint node, guint subject);
gint64 inf_sim_get_local_us (const InfSim *sim, guint node);

void inf_sim_set_multicast (InfSim *sim, gboolean has_multicast);
void inf_sim_observe (InfSim *sim, InfSimObserver observer, gpointer data);
void inf_sim_at (InfSim *sim, gint64 at_us, InfSimCall call, guint node, gpointer data);

void inf_sim_start (InfSim *sim, guint node);
void inf_sim_start_acquainted (InfSim *sim);
void inf_sim_add_seed (InfSim *sim, guint node, guint seed);
void inf_sim_kill (InfSim *sim, guint node);
void inf_sim_lose (InfSim *sim, guint node);
void inf_sim_stop (InfSim *sim, guint node);
void inf_sim_resume (InfSim *sim, guint node);
void inf_sim_collect (InfSim *sim, guint node);

void inf_sim_run (InfSim *sim, gint64 for_us);
gint64 inf_sim_run_until (InfSim *sim, InfSimPredicate predicate, gpointer data, gint64 at_most_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSim, inf_sim_free)

G_END_DECLS
