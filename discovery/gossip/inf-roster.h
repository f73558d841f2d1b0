#pragma once

#include "discovery/gossip/inf-address.h"
#include "discovery/gossip/inf-peer-info.h"
#include "discovery/gossip/inf-record.h"
#include "discovery/gossip/inf-rtt.h"
#include "discovery/identity/inf-certificate.h"

#include <glib.h>

G_BEGIN_DECLS

/* By the first byte of the hint. */
#define INF_ROSTER_N_LEAVES 256

/**
 * InfContact:
 * @has_address: whether @address is known
 * @is_confirmed: whether a datagram of its own came from @address
 * @address: where its last authentic datagram came from, or where somebody says that it is
 * @rtt: what its answers took
 * @n_pings: how many pings are in @loss_permille, at most 16
 * @loss_permille: how many of a thousand were lost, of late
 * @last_heard_us: when its last authentic datagram came, 0 for never
 * @udp_heard_us: when the last of these that did not come over a link did
 *
 * What this node's own traffic with a peer has shown. In a large grid there is none with most.
 */
typedef struct
{
  gboolean has_address;
  gboolean is_confirmed;
  InfAddress address;
  guint8 n_pings;
  guint16 loss_permille;
  InfRtt rtt;
  gint64 last_heard_us;
  gint64 udp_heard_us;
} InfContact;

/**
 * InfPeer:
 * @hint: the beginning of its id
 * @certificate: verified
 * @record: verified; the newest known; see inf_roster_set_record()
 * @contact: (nullable): see inf_peer_get_contact()
 * @state_since_us: since when it has been in @state
 * @index_in_state: the roster's own
 * @state: how it is; see inf_roster_set_state()
 * @is_self: whether it is this node
 *
 * What a core knows of one peer. There may be ten thousand: keep it small.
 */
typedef struct
{
  guint64 hint;
  InfCertificate *certificate;
  InfRecord *record;
  InfContact *contact;
  gint64 state_since_us;
  guint index_in_state;
  InfPeerState state : 8;
  guint is_self : 1;
} InfPeer;

/**
 * InfRoster:
 *
 * The peers that a core knows, itself among them.
 */
typedef struct _InfRoster InfRoster;

/**
 * InfRosterIter:
 *
 * Where somebody is who goes through a roster by ascending hint. All fields are private.
 */
typedef struct
{
  const InfRoster *roster;
  guint leaf;
  guint index;
} InfRosterIter;

InfRoster *inf_roster_new (void);
void inf_roster_free (InfRoster *roster);

guint inf_roster_get_size (const InfRoster *roster);
guint inf_roster_count_live (const InfRoster *roster);
guint inf_roster_count_in_state (const InfRoster *roster, InfPeerState state);
InfPeer *inf_roster_get_in_state (const InfRoster *roster, InfPeerState state, guint index);
InfPeer *inf_roster_find (const InfRoster *roster, guint64 hint);
guint inf_roster_rank_live (const InfRoster *roster, guint64 hint);
InfPeer *inf_roster_get_live (const InfRoster *roster, guint index);
guint64 inf_roster_get_summary (const InfRoster *roster, guint64 revocations_version);
guint64 inf_roster_get_leaf_hash (const InfRoster *roster, guint leaf);

void inf_roster_iter_init (InfRosterIter *iter, const InfRoster *roster, guint64 first);
InfPeer *inf_roster_iter_next (InfRosterIter *iter);

InfPeer *inf_roster_add (InfRoster *roster, InfCertificate *certificate, InfRecord *record,
                         InfPeerState state);
void inf_roster_remove (InfRoster *roster, InfPeer *peer);
void inf_roster_set_state (InfRoster *roster, InfPeer *peer, InfPeerState state);
void inf_roster_set_record (InfRoster *roster, InfPeer *peer, InfRecord *record);

gboolean inf_peer_is_live (const InfPeer *peer);
const InfContact *inf_peer_get_contact (const InfPeer *peer);
InfContact *inf_peer_ensure_contact (InfPeer *peer);
InfPeerInfo *inf_peer_to_info (const InfPeer *peer, const InfRoster *roster);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfRoster, inf_roster_free)

G_END_DECLS
