#pragma once

#include "discovery/gossip/inf-coordinate.h"
#include "discovery/identity/inf-certificate.h"
#include "discovery/identity/inf-peer-id.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * InfPeerState:
 * @INF_PEER_ALIVE: answers, or has just been heard of
 * @INF_PEER_SUSPECT: did not answer; dead soon unless it objects
 * @INF_PEER_DEAD: did not answer and did not object
 * @INF_PEER_LEFT: said goodbye
 * @INF_PEER_AWAY: said that it sleeps for a while
 */
typedef enum
{
  INF_PEER_ALIVE,
  INF_PEER_SUSPECT,
  INF_PEER_DEAD,
  INF_PEER_LEFT,
  INF_PEER_AWAY,
} InfPeerState;

const char *inf_peer_state_to_text (InfPeerState state);

#define INF_LOSS_UNKNOWN G_MAXUINT16

/**
 * InfNeighbour:
 * @id: a peer that the subject exchanges traffic with
 * @rtt_us: the round-trip time that the subject measured
 * @loss_permille: how many of a thousand probes got no answer, or %INF_LOSS_UNKNOWN
 */
typedef struct
{
  InfPeerId id;
  guint rtt_us;
  guint16 loss_permille;
} InfNeighbour;

#define INF_PEER_TYPE_INFO (inf_peer_info_get_type ())

/**
 * InfPeerInfo:
 * @id: the peer
 * @public_key: its key
 * @certificate: (transfer none) (nullable): its certificate, verified; %NULL only in what is given
 *   to inf_gossip_set_self()
 * @name: its name, from the certificate
 * @is_self: whether this is the node that asks
 * @state: as this node sees it
 * @addresses: (array zero-terminated=1): where it is reached, "ip:port" or "[ip]:port", the one
 *   that is known to work first; UDP for gossip and TCP for links alike
 * @port: the port of its own in @addresses
 * @incarnation: how often it has restarted or refuted a suspicion
 * @session: which run of its process this is: another number after every restart
 * @signed_unix_us: when it said all this, by its own clock
 * @expires_unix_us: when that ceases to hold unless it says so again
 * @away_until_unix_us: when it means to be back from being away, 0 while it is not
 * @observed_address: how others see it where that is none of its own addresses ("ip:port"); empty
 *   otherwise
 * @coordinate: where it is in the network; may be unknown
 * @cores: processors
 * @memory_bytes: main memory
 * @slots_total: ranks it would run at most, 0 while it hosts nothing
 * @slots_free: ranks it would run now
 * @load_milli: load average over a minute, in thousandths
 * @arch: "x86_64" for example
 * @os: "Debian GNU/Linux 12" for example
 * @open_mpi_version: "4.1.4" for example; empty where there is none
 * @price_ucredits: per node and second
 * @hosting: whether it takes jobs
 * @is_reclaimed: whether it would take jobs, but its owner needs the machine now
 * @offers: (array zero-terminated=1): names of programs that are installed there
 * @neighbours: (element-type InfNeighbour): whom it exchanges probes with, nearest first
 * @rtt_us: the round-trip time measured from here, 0 while unknown
 * @loss_permille: how many of a thousand probes from here it does not answer, or
 *   %INF_LOSS_UNKNOWN
 * @last_heard_us: monotonic time at which it was last heard of directly, 0 for never
 *
 * What one node knows of a peer: all that `infinity peers` shows. Everything but @state, @rtt_us,
 * @loss_permille and @last_heard_us is the peer's own signed word. Reference counted; never changes
 * once it was given out.
 */
typedef struct
{
  InfPeerId id;
  InfPublicKey public_key;
  InfCertificate *certificate;
  char *name;
  gboolean is_self;
  InfPeerState state;
  char **addresses;
  guint16 port;
  guint32 incarnation;
  guint64 session;
  gint64 signed_unix_us;
  gint64 expires_unix_us;
  gint64 away_until_unix_us;
  char *observed_address;
  InfCoordinate coordinate;
  guint cores;
  guint64 memory_bytes;
  guint slots_total;
  guint slots_free;
  guint load_milli;
  char *arch;
  char *os;
  char *open_mpi_version;
  guint64 price_ucredits;
  gboolean hosting;
  gboolean is_reclaimed;
  char **offers;
  GArray *neighbours;
  guint rtt_us;
  guint16 loss_permille;
  gint64 last_heard_us;

  /*< private >*/
  gatomicrefcount ref_count;
} InfPeerInfo;

GType inf_peer_info_get_type (void);

InfPeerInfo *inf_peer_info_new (void);
InfPeerInfo *inf_peer_info_copy (const InfPeerInfo *info);
InfPeerInfo *inf_peer_info_ref (InfPeerInfo *info);
void inf_peer_info_unref (InfPeerInfo *info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfPeerInfo, inf_peer_info_unref)

G_END_DECLS
