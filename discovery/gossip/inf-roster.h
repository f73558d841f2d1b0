#pragma once

#include "discovery/gossip/inf-address.h"
#include "discovery/gossip/inf-peer-info.h"
#include "discovery/gossip/inf-record.h"
#include "discovery/identity/inf-certificate.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfPeer:
 * @hint: the beginning of its id
 * @certificate: verified
 * @record: verified; the newest known
 * @is_self: whether it is this node
 * @state: how it is
 * @state_since_us: since when
 * @suspected_until_us: when a suspect is declared dead
 * @has_address: whether @address is known
 * @address: where its last authentic datagram came from, or where somebody says that it is
 * @is_confirmed: whether a datagram of its own came from @address
 * @rtt_us: smoothed round-trip time, 0 while unknown
 * @ping_sequence: of the last ping that was sent to it
 * @pinged_us: when that was, 0 when its answer tells nothing about the round-trip time
 * @last_heard_us: when its last authentic datagram came, 0 for never
 *
 * What a core knows of one peer.
 */
typedef struct
{
  guint64 hint;
  InfCertificate *certificate;
  InfRecord *record;
  gboolean is_self;
  InfPeerState state;
  gint64 state_since_us;
  gint64 suspected_until_us;
  gboolean has_address;
  InfAddress address;
  gboolean is_confirmed;
  guint rtt_us;
  guint32 ping_sequence;
  gint64 pinged_us;
  gint64 last_heard_us;
} InfPeer;

/**
 * InfRoster:
 *
 * The peers that a core knows, itself among them, by ascending hint.
 */
typedef struct _InfRoster InfRoster;

InfRoster *inf_roster_new (void);
void inf_roster_free (InfRoster *roster);

guint inf_roster_get_size (const InfRoster *roster);
guint inf_roster_count_live (const InfRoster *roster);
InfPeer *inf_roster_get (const InfRoster *roster, guint index);
InfPeer *inf_roster_find (const InfRoster *roster, guint64 hint);
guint inf_roster_find_index (const InfRoster *roster, guint64 hint);
guint64 inf_roster_get_summary (const InfRoster *roster, guint64 revocations_version);

InfPeer *inf_roster_add (InfRoster *roster, InfCertificate *certificate, InfRecord *record);
void inf_roster_remove (InfRoster *roster, guint64 hint);

gboolean inf_peer_is_live (const InfPeer *peer);
InfPeerInfo *inf_peer_to_info (const InfPeer *peer, const InfRoster *roster);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfRoster, inf_roster_free)

G_END_DECLS
