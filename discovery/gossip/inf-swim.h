#pragma once

#include "discovery/gossip/inf-address.h"
#include "discovery/gossip/inf-evidence.h"
#include "discovery/gossip/inf-notices.h"
#include "discovery/gossip/inf-peer-info.h"
#include "discovery/gossip/inf-roster.h"
#include "discovery/identity/inf-membership.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfSwimActionType:
 * @INF_SWIM_SEND: send @payload, sealed for @recipient, to @address
 * @INF_SWIM_SEND_FIRST: send @payload, sealed as a first contact, to @address; @peer is who should
 *   be there, as far as that is known
 * @INF_SWIM_MULTICAST: send @payload, sealed as a first contact, to everybody near
 * @INF_SWIM_JOINED: @peer became known, or came back
 * @INF_SWIM_CHANGED: something about @peer changed
 * @INF_SWIM_DEAD: @peer was declared dead
 * @INF_SWIM_LEFT: @peer said goodbye or was removed; in the second case it is unknown now
 * @INF_SWIM_INCARNATION: this node's incarnation grew: write it down
 * @INF_SWIM_KNOCK: open a TCP connection to @address, where @peer's process should listen, close it
 *   again, and tell inf_swim_knocked() what came of it
 * @INF_SWIM_NOTICE: @peer told the grid something: @notice
 * @INF_SWIM_REVOCATIONS: the membership has a newer list of revocations: write it down
 */
typedef enum
{
  INF_SWIM_SEND,
  INF_SWIM_SEND_FIRST,
  INF_SWIM_MULTICAST,
  INF_SWIM_JOINED,
  INF_SWIM_CHANGED,
  INF_SWIM_DEAD,
  INF_SWIM_LEFT,
  INF_SWIM_INCARNATION,
  INF_SWIM_REVOCATIONS,
  INF_SWIM_KNOCK,
  INF_SWIM_NOTICE,
} InfSwimActionType;

/**
 * InfSwimAction:
 * @type: what to do; the fields that the type does not name are zero
 * @over_link: by the link to @peer too, in case UDP does not get through; and by that alone where
 *   inf_address_is_link(), or where @payload is longer than %INF_PAYLOAD_MAX_SIZE_BYTES
 */
typedef struct
{
  InfSwimActionType type;
  gboolean over_link;
  InfPeerId peer;
  InfPublicKey recipient;
  InfAddress address;
  GBytes *payload;
  InfNotice *notice;
} InfSwimAction;

void inf_swim_action_free (InfSwimAction *action);

/**
 * InfSwimKnock:
 * @INF_SWIM_KNOCK_ANSWERED: the connection was made: the kernel is up and a process holds the port
 * @INF_SWIM_KNOCK_REFUSED: the kernel is up and no process listens
 * @INF_SWIM_KNOCK_SILENT: nothing came back
 */
typedef enum
{
  INF_SWIM_KNOCK_ANSWERED,
  INF_SWIM_KNOCK_REFUSED,
  INF_SWIM_KNOCK_SILENT,
} InfSwimKnock;

/**
 * InfSwimTiming:
 * @probe_period_us: how often a node probes one other
 * @relay_patience_us: how long another node is pinged for one that asks; whoever asks waits as
 *   long and a few round trips more, longer where it has reason to doubt itself
 *
 * How long a suspect has to object depends on the grid's size: see inf_suspicion_get_rules().
 */
typedef struct
{
  gint64 probe_period_us;
  gint64 relay_patience_us;
} InfSwimTiming;

extern const InfSwimTiming inf_swim_default_timing;

/**
 * InfSwim:
 *
 * Membership by gossip as a core without I/O: datagrams' contents, wishes and the time go in;
 * actions and the next deadline come out. Owns no socket, clock or source of randomness.
 */
typedef struct _InfSwim InfSwim;

InfSwim *inf_swim_new (InfMembership *membership, const InfSwimTiming *timing, guint64 seed,
                       guint32 incarnation, guint16 port, gint64 now_us, gint64 now_unix_us);
void inf_swim_free (InfSwim *swim);
void inf_swim_share_evidence (InfSwim *swim, InfEvidence *evidence);

const InfRoster *inf_swim_get_roster (const InfSwim *swim);
guint32 inf_swim_get_incarnation (const InfSwim *swim);
guint64 inf_swim_get_summary (const InfSwim *swim);
const InfNotices *inf_swim_get_notices (const InfSwim *swim);
gint64 inf_swim_get_deadline_us (const InfSwim *swim);
const InfPublicKey *inf_swim_find_key (const InfSwim *swim, guint64 hint);

void inf_swim_set_capacity (InfSwim *swim, const InfPeerInfo *capacity, gint64 now_us);
void inf_swim_set_addresses (InfSwim *swim, const InfAddress *addresses, guint n_addresses,
                             gint64 now_us);
void inf_swim_add_known (InfSwim *swim, InfCertificate *certificate, InfRecord *record,
                         const InfAddress *address, gint64 now_us);
void inf_swim_add_seed (InfSwim *swim, const InfAddress *address, gint64 now_us);
void inf_swim_add_late_seed (InfSwim *swim, const InfAddress *address, gint64 delay_us,
                             gint64 now_us);
void inf_swim_remember (InfSwim *swim, GBytes *certificate, GBytes *record,
                        const InfAddress *address, gint64 now_us);
void inf_swim_network_changed (InfSwim *swim, gint64 now_us);
void inf_swim_use_links (InfSwim *swim);
void inf_swim_set_calendar (InfSwim *swim, gint64 now_unix_us, gint64 now_us);
void inf_swim_set_session (InfSwim *swim, guint64 session, gint64 now_us);
void inf_swim_revocations_changed (InfSwim *swim, gint64 now_us);
gboolean inf_swim_publish_notice (InfSwim *swim, const char *topic, GBytes *content, gint64 now_us,
                                  GError **error);
void inf_swim_leave (InfSwim *swim, gint64 now_us);
void inf_swim_knocked (InfSwim *swim, const InfPeerId *peer, InfSwimKnock knock, gint64 now_us);
void inf_swim_resumed (InfSwim *swim, gint64 gap_us, gint64 now_us);
void inf_swim_set_away (InfSwim *swim, gint64 until_unix_us, gint64 now_us);

const InfPublicKey *inf_swim_check_hello (InfSwim *swim, GBytes *payload, gint64 now_us);
void inf_swim_receive_hello (InfSwim *swim, GBytes *payload, const InfAddress *from, gint64 now_us);
void inf_swim_receive (InfSwim *swim, guint64 sender_hint, GBytes *payload, const InfAddress *from,
                       gint64 now_us);
void inf_swim_tick (InfSwim *swim, gint64 now_us);
InfSwimAction *inf_swim_next_action (InfSwim *swim);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSwimAction, inf_swim_action_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSwim, inf_swim_free)

G_END_DECLS
