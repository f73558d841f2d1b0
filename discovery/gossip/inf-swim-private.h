#pragma once

#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-local-health.h"
#include "discovery/gossip/inf-messages.h"
#include "discovery/gossip/inf-observed.h"
#include "discovery/gossip/inf-pulse.h"
#include "discovery/gossip/inf-rumours.h"
#include "discovery/gossip/inf-suspicion.h"
#include "discovery/gossip/inf-wants.h"
#include "discovery/gossip/inf-swim.h"

G_BEGIN_DECLS

#define INF_SWIM_SECOND_US G_GINT64_CONSTANT (1000000)
#define INF_SWIM_N_INDIRECT 3
#define INF_SWIM_MAX_PINGS 16

/* Pings that wait for an answer: direct, passed on, or any sign of life of their target. */
typedef struct
{
  guint64 target;
  guint32 sequence; /* of the first; the next has the next */
  guint n_pings;
  gint64 pinged_us[INF_SWIM_MAX_PINGS];
  gint64 started_us;
  gint64 retry_us;
  gint64 next_ping_us;
  gint64 indirect_us; /* 0 once others were asked */
  gint64 give_up_us;
  guint64 relays[INF_SWIM_N_INDIRECT];
  guint n_relays;
  gboolean has_answer; /* of any relay, good or bad */
  gboolean has_reminded;
  gboolean only_measures;
  InfSwimKnock knock;
} InfSwimProbe;

/* Pings that are made for another node. */
typedef struct
{
  guint64 requester;
  guint32 requester_sequence;
  guint64 target;
  guint n_pings;
  gint64 next_ping_us;
  gint64 until_us;
  gboolean is_slow; /* a knock was answered */
} InfSwimRelay;

/* Where a member may be. */
typedef struct
{
  InfAddress address;
  guint64 hint; /* who is there, 0 while unknown */
  gint64 next_us;
  guint n_tries;
  gboolean can_wait; /* not to be tried at all while others answer */
} InfSwimSeed;

typedef struct
{
  guint64 hint;
  gint64 changed_us;
} InfSwimChange;

/* How a record is passed on. */
typedef enum
{
  INF_SWIM_WHENEVER, /* only that there is one, with what is sent anyway */
  INF_SWIM_BRIEFLY,  /* only that there is one, at once */
  INF_SWIM_URGENT,
} InfSwimUrgency;

/* A peer of an earlier run that has not been heard in this one. */
typedef struct
{
  guint64 hint;
  InfCertificate *certificate;
  InfRecord *record;
} InfSwimRemembered;

struct _InfSwim
{
  InfMembership *membership;
  InfSwimTiming timing;
  guint64 random_state;
  gint64 now_us;         /* of the call that is under way */
  gint64 unix_offset_us; /* add to a monotonic time to get the calendar's */
  GQueue actions;
  InfEvidence *evidence;
  InfRoster *roster;
  InfRumours *rumours;

  /* inf-swim-self.c */
  guint64 self_hint;
  guint64 session; /* which run of the process: when it began */
  InfPeerInfo *capacity;
  InfPeerInfo *published;
  InfAddress addresses[INF_RECORD_MAX_ADDRESSES];
  guint n_addresses;
  guint16 port;
  guint32 incarnation;
  guint32 sequence;
  gint64 published_us;
  gint64 publish_us;         /* when the record is to be renewed, G_MAXINT64 for not */
  gint64 measured_us;        /* until when what was told of measurements is paid for */
  guint n_load_records;      /* in a row, that told of another load */
  gboolean has_major_change; /* which that is for, and which others wait for */
  gboolean has_left;

  /* inf-swim-neighbours.c */
  GArray *neighbours; /* InfNeighbour; who was chosen last, NULL before */

  /* inf-swim-place.c */
  InfVivaldi vivaldi;
  InfObserved observed;

  /* inf-swim-probes.c */
  GArray *probes;
  GArray *relays;
  guint32 next_sequence;
  guint64 schedule_secret;
  guint64 probe_tick; /* the next probe's */
  gint64 next_probe_us;
  InfLocalHealth health;

  /* inf-swim-suspects.c */
  GHashTable *suspects; /* hint → InfSuspect */
  GHashTable *pulses;   /* hint → InfPulse, of those whose record is of a lower incarnation */
  gint64 next_death_us;

  /* inf-swim-defence.c */
  InfSuspect own_suspect;
  gint64 objected_us;
  gint64 away_until_unix_us; /* 0 while this node is here */

  /* inf-swim-spread.c */
  gint64 last_round_us;
  gint64 next_round_us;    /* G_MAXINT64 while nothing is urgent */
  InfSwimChange recent[6]; /* newest first */
  guint64 differing;       /* who has just shown another summary than this node's */

  /* inf-swim-sync.c */
  gint64 changed_us;
  gint64 synced_us;
  gint64 sync_us; /* when to sync with the partner, if it still differs; G_MAXINT64 for not */
  guint64 sync_partner;
  guint64 sync_summary;
  gint64 sync_noted_us;
  guint64 bulk_partner; /* who knows much that this node lacks, 0 for nobody */
  gint64 bulk_us;       /* G_MAXINT64 while what it has told is still coming */
  guint n_bulk_tries;
  InfWants *wants;

  /* inf-swim-notices.c */
  InfNotices *notices;
  InfWants *notice_wants;

  /* inf-swim-seeds.c */
  GArray *seeds;
  GHashTable *remembered; /* hint → InfSwimRemembered */
  gint64 next_seed_us;

  /* inf-swim-bootstrap.c */
  gint64 next_multicast_us;
  guint n_multicasts;
  gint64 next_revival_us;
  gint64 loss_us;        /* when a peer was lost last, or the network changed */
  gboolean has_new_loss; /* since the last tick */
  guint n_revivals;
  gboolean has_links;
  GArray *link_peers; /* hints of who may be reached by link only */
  gint64 next_udp_us;
  InfPublicKey checked_key;

  gint64 next_housekeeping_us;
  guint n_reviews;
  gboolean is_review_due;
};

/* Introductions on their way into a datagram. */
typedef struct
{
  InfSwim *swim;
  const InfPeer *recipient;
  InfIntroduction introductions[6];
  guint n;
  gsize size_bytes;
} InfIntroducer;

/* inf-swim.c */
guint64 inf_swim_random (InfSwim *swim);
gint64 inf_swim_jitter (InfSwim *swim, gint64 interval_us);
void inf_swim_emit (InfSwim *swim, InfSwimActionType type, const InfPeer *peer);
void inf_swim_send_to (InfSwim *swim, const InfPeer *peer, const InfAddress *address,
                       GBytes *payload);
void inf_swim_send (InfSwim *swim, const InfPeer *peer, GBytes *payload);
void inf_swim_send_over_link (InfSwim *swim, const InfPeer *peer, GBytes *payload);
void inf_swim_send_everywhere (InfSwim *swim, const InfPeer *peer, GBytes *payload);
guint inf_swim_choose_live (InfSwim *swim, guint64 except, guint n_wanted, InfPeer **ret_peers);

/* inf-swim-peers.c */
InfCertificate *inf_swim_check_member (InfSwim *swim, GBytes *certificate, gint64 now_us);
InfPeer *inf_swim_admit (InfSwim *swim, GBytes *certificate, GBytes *record, gint64 now_us,
                         gboolean *ret_is_new);
void inf_swim_admit_news (InfSwim *swim, const InfPeer *sender, GBytes *record, gint64 now_us);
void inf_swim_heard (InfSwim *swim, InfPeer *peer, const InfAddress *from, gint64 now_us);
void inf_swim_set_state (InfSwim *swim, InfPeer *peer, InfPeerState state, gint64 now_us);
void inf_swim_review_away (InfSwim *swim, gint64 now_us);
void inf_swim_drop_former_members (InfSwim *swim, gint64 now_us);
void inf_swim_review_some_peers (InfSwim *swim, gint64 now_us);

/* inf-swim-self.c */
void inf_swim_publish (InfSwim *swim, gint64 now_us);
void inf_swim_publish_due (InfSwim *swim, gint64 now_us);
void inf_swim_publish_to_many (InfSwim *swim, gint64 now_us);
void inf_swim_outdo (InfSwim *swim, guint32 incarnation, gint64 now_us);
void inf_swim_publish_later (InfSwim *swim, gint64 now_us);
void inf_swim_publish_measured (InfSwim *swim, gint64 now_us);

/* inf-swim-neighbours.c */
void inf_swim_count_ping (InfPeer *peer, gboolean was_answered);
GArray *inf_swim_choose_neighbours (InfSwim *swim, gint64 now_us);
void inf_swim_review_neighbours (InfSwim *swim, gint64 now_us);

/* inf-swim-place.c */
GBytes *inf_swim_make_place (const InfSwim *swim, const InfPeer *recipient);
void inf_swim_take_place (InfSwim *swim, const InfPeer *sender, GBytes *place, guint rtt_us,
                          gint64 now_us);
InfCoordinate inf_swim_get_coordinate (const InfSwim *swim);
gboolean inf_swim_find_observed (const InfSwim *swim, gint64 now_us, InfAddress *ret_address);
void inf_swim_review_place (InfSwim *swim, gint64 now_us);

/* inf-swim-probes.c */
GBytes *inf_swim_make_probe (InfSwim *swim, InfPeer *recipient, InfProbeType type, guint32 sequence,
                             guint64 target);
void inf_swim_probe (InfSwim *swim, InfPeer *peer, gint64 now_us);
void inf_swim_measure (InfSwim *swim, InfPeer *peer, gint64 now_us);
void inf_swim_drop_probe (InfSwim *swim, guint64 target);
void inf_swim_probe_answered (InfSwim *swim, InfPeer *peer);
void inf_swim_measure_answer (InfSwim *swim, InfPeer *sender, const InfProbe *answer,
                              gint64 now_us);
gint64 inf_swim_get_retry_us (const InfPeer *peer);
void inf_swim_knock (InfSwim *swim, const InfPeer *peer);
guint64 inf_swim_make_schedule_secret (const InfGrid *grid);
void inf_swim_schedule_probe (InfSwim *swim, gint64 now_us);
void inf_swim_receive_probe (InfSwim *swim, InfPeer *sender, const InfAddress *from,
                             const InfProbe *probe, gint64 now_us);
void inf_swim_tick_probes (InfSwim *swim, gint64 now_us);
gint64 inf_swim_get_probes_deadline_us (const InfSwim *swim);
void inf_swim_postpone_probes (InfSwim *swim, gint64 by_us);

/* inf-swim-relays.c */
void inf_swim_relay (InfSwim *swim, const InfPeer *requester, const InfProbe *request,
                     gint64 now_us);
void inf_swim_relays_answered (InfSwim *swim, guint64 target);
void inf_swim_relay_knocked (InfSwim *swim, guint64 target, InfSwimKnock knock, gint64 now_us);
void inf_swim_tick_relays (InfSwim *swim, gint64 now_us);
gint64 inf_swim_get_relays_deadline_us (const InfSwim *swim);

/* inf-swim-suspects.c */
guint32 inf_swim_get_incarnation_of (const InfSwim *swim, const InfPeer *peer);
void inf_swim_add_evidence (InfSwim *swim, guint64 hint, GPtrArray *list);
void inf_swim_freshen_evidence (InfSwim *swim, GPtrArray *list);
void inf_swim_show_evidence (InfSwim *swim, InfPeer *recipient, const InfPeer *peer);
void inf_swim_testify (InfSwim *swim, InfPeer *peer, gint64 now_us);
void inf_swim_doubt (InfSwim *swim, InfPeer *peer, gint64 now_us);
void inf_swim_accuse (InfSwim *swim, InfPeer *peer, gint64 now_us);
void inf_swim_clear_doubt (InfSwim *swim, InfPeer *peer, gint64 now_us);
void inf_swim_acquit (InfSwim *swim, InfPeer *peer, gint64 now_us);
void inf_swim_forget_suspect (InfSwim *swim, guint64 hint);
void inf_swim_outdate_evidence (InfSwim *swim, const InfPeer *peer);
void inf_swim_forget_old_evidence (InfSwim *swim, gint64 now_us);
void inf_swim_forget_suspicions (InfSwim *swim, gint64 now_us);
void inf_swim_excuse_suspects (InfSwim *swim, gint64 late_us);
void inf_swim_receive_liveness (InfSwim *swim, InfPeer *sender, GBytes *item, gint64 now_us);
void inf_swim_tick_suspects (InfSwim *swim, gint64 now_us);

/* inf-swim-defence.c */
void inf_swim_object (InfSwim *swim, const InfAccusation *accusation, InfPeer *sender,
                      gint64 now_us);
void inf_swim_deny_death (InfSwim *swim, const InfPeer *sender, guint32 incarnation, gint64 now_us);

/* inf-swim-spread.c */
void inf_swim_tell (InfSwim *swim, const InfRumour *rumour, gint64 now_us);
void inf_swim_tell_record (InfSwim *swim, const InfPeer *peer, InfSwimUrgency urgency,
                           gint64 now_us);
void inf_swim_tell_liveness (InfSwim *swim, guint64 subject, guint64 key, GBytes *bytes,
                             gint64 now_us);
guint inf_swim_add_news (InfSwim *swim, const InfPeer *recipient, InfProbe *probe);
void inf_swim_send_news (InfSwim *swim, InfPeer *recipient);
void inf_swim_receive_news (InfSwim *swim, const InfPeer *sender, const InfProbe *probe,
                            gint64 now_us);
void inf_swim_tick_spread (InfSwim *swim, gint64 now_us);

/* inf-swim-sync.c */
void inf_swim_sync_with (InfSwim *swim, const InfPeer *peer, gint64 now_us);
void inf_swim_compare_summary (InfSwim *swim, const InfPeer *sender, guint64 summary,
                               gint64 now_us);
void inf_swim_heard_of (InfSwim *swim, const InfPeer *sender, guint64 hint, guint32 incarnation,
                        guint32 sequence, gint64 now_us);
void inf_swim_receive_buckets (InfSwim *swim, const InfPeer *sender, const InfBuckets *buckets,
                               gint64 now_us);
void inf_swim_receive_digest (InfSwim *swim, InfPeer *sender, const InfDigest *digest,
                              gint64 now_us);
void inf_swim_pump_wants (InfSwim *swim, gint64 now_us);
void inf_swim_tick_sync (InfSwim *swim, gint64 now_us);
gint64 inf_swim_get_sync_deadline_us (const InfSwim *swim);

/* inf-swim-introductions.c */
void inf_introducer_add (InfIntroducer *introducer, const InfPeer *peer, gboolean with_certificate);
void inf_introducer_finish (InfIntroducer *introducer);
void inf_swim_receive_want (InfSwim *swim, const InfPeer *sender, const InfWant *want);
void inf_swim_receive_introduction (InfSwim *swim, const InfIntroduction *introduction,
                                    gint64 now_us);
void inf_swim_send_revocations (InfSwim *swim, const InfPeer *recipient);
void inf_swim_receive_revocations (InfSwim *swim, GBytes *revocations, gint64 now_us);

/* inf-swim-notices.c */
void inf_swim_receive_notice_item (InfSwim *swim, const InfPeer *sender, GBytes *item,
                                   gint64 now_us);
void inf_swim_receive_notices (InfSwim *swim, GPtrArray *notices, gint64 now_us);
gboolean inf_swim_tell_revocations (InfSwim *swim, gint64 now_us);
void inf_swim_send_notices (InfSwim *swim, const InfPeer *recipient, GArray *keys);
void inf_swim_compare_notices (InfSwim *swim, const InfPeer *sender, const InfDigest *digest,
                               gint64 now_us);
void inf_swim_ask_for_notices (InfSwim *swim, gint64 now_us);
void inf_swim_review_notices (InfSwim *swim, guint first, guint n_leaves, gint64 now_us);

/* inf-swim-bootstrap.c */
void inf_swim_greet (InfSwim *swim, const InfPeer *peer);
void inf_swim_greet_at (InfSwim *swim, guint64 hint, const InfAddress *address, gboolean over_link);
void inf_swim_follow (InfSwim *swim, InfPeer *peer, const InfAddress *from, gboolean is_round_trip,
                      gint64 now_us);
void inf_swim_tick_bootstrap (InfSwim *swim, gint64 now_us);
gint64 inf_swim_get_bootstrap_deadline_us (const InfSwim *swim);

/* inf-swim-seeds.c */
void inf_swim_init_seeds (InfSwim *swim);
void inf_swim_clear_seeds (InfSwim *swim);
const InfSwimRemembered *inf_swim_get_remembered (const InfSwim *swim, guint64 hint);
InfPeer *inf_swim_recall (InfSwim *swim, guint64 hint, gint64 now_us);
void inf_swim_seed_answered (InfSwim *swim, guint64 hint, const InfAddress *address);
void inf_swim_retry_seeds (InfSwim *swim, gint64 now_us);
void inf_swim_tick_seeds (InfSwim *swim, gint64 now_us);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfIntroducer, inf_introducer_finish)

G_END_DECLS
