#pragma once

#include "discovery/gossip/inf-address.h"
#include "discovery/gossip/inf-coordinate.h"
#include "discovery/gossip/inf-peer-info.h"
#include "discovery/identity/inf-grid.h"
#include "discovery/identity/inf-keypair.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_RECORD_MAX_SIZE_BYTES 720
#define INF_RECORD_MAX_ADDRESSES 6
#define INF_RECORD_MAX_TARGETS (INF_RECORD_MAX_ADDRESSES + 1)
#define INF_RECORD_MAX_NEIGHBOURS 8
#define INF_RECORD_MAX_LIFETIME_S (7 * 24 * 3600)
#define INF_RECORD_DEFAULT_LIFETIME_S (24 * 3600)

/**
 * InfRecordDraft:
 * @incarnation: from 1; grows with every restart and every refutation
 * @sequence: grows with every change in one incarnation
 * @session: which run of the process says so: the same after a suspension, another after a restart
 * @signed_unix_us: when it is said
 * @lifetime_s: for how long it holds; 0 for %INF_RECORD_DEFAULT_LIFETIME_S, and at most
 *   %INF_RECORD_MAX_LIFETIME_S
 * @has_left: whether the subject says goodbye
 * @away_until_unix_us: when the subject means to be back, 0 while it is here
 * @port: the subject's port
 * @addresses: (array length=n_addresses): where it is reached, likeliest first
 * @n_addresses: at most %INF_RECORD_MAX_ADDRESSES count
 * @observed_address: (nullable): how others see it, where that is none of @addresses
 * @coordinate: (nullable): where it is in the network
 * @neighbours: (element-type InfNeighbour) (nullable): nearest first; at most
 *   %INF_RECORD_MAX_NEIGHBOURS count
 * @capacity: the rest of what it says about itself
 *
 * What a node is about to sign about itself.
 */
typedef struct
{
  guint32 incarnation;
  guint32 sequence;
  guint64 session;
  gint64 signed_unix_us;
  guint32 lifetime_s;
  gboolean has_left;
  gint64 away_until_unix_us;
  guint16 port;
  const InfAddress *addresses;
  guint n_addresses;
  const InfAddress *observed_address;
  const InfCoordinate *coordinate;
  GArray *neighbours;
  const InfPeerInfo *capacity;
} InfRecordDraft;

/**
 * InfRecordNeighbour:
 * @hint: the beginning of a neighbour's id
 * @rtt_us: the round-trip time that the record's subject measured to it
 * @loss_permille: how many of a thousand of the subject's probes it did not answer, or
 *   %INF_LOSS_UNKNOWN
 */
typedef struct
{
  guint64 hint;
  guint rtt_us;
  guint16 loss_permille;
} InfRecordNeighbour;

/**
 * InfRecord:
 *
 * What a peer says about itself, signed by it. Reference counted, never changes, keeps the bytes
 * that were signed.
 */
typedef struct _InfRecord InfRecord;

InfRecord *inf_record_new (const InfKeypair *keypair, const InfGrid *grid,
                           const InfRecordDraft *draft);
InfRecord *inf_record_from_bytes (GBytes *bytes, const InfGrid *grid, GError **error);
InfRecord *inf_record_ref (InfRecord *record);
void inf_record_unref (InfRecord *record);
gboolean inf_record_is_unshared (const InfRecord *record);

GBytes *inf_record_get_bytes (const InfRecord *record);
const InfPublicKey *inf_record_get_subject (const InfRecord *record);
const InfPeerId *inf_record_get_peer_id (const InfRecord *record);
guint32 inf_record_get_incarnation (const InfRecord *record);
guint32 inf_record_get_sequence (const InfRecord *record);
guint64 inf_record_get_session (const InfRecord *record);
gint64 inf_record_get_signed_unix_us (const InfRecord *record);
gint64 inf_record_get_expires_unix_us (const InfRecord *record);
gint64 inf_record_get_away_until_unix_us (const InfRecord *record);
gboolean inf_record_has_left (const InfRecord *record);
gboolean inf_record_has_expired (const InfRecord *record, gint64 now_unix_us);
gboolean inf_record_get_coordinate (const InfRecord *record, InfCoordinate *ret_coordinate);
gboolean inf_record_get_observed_address (const InfRecord *record, InfAddress *ret_address);
guint inf_record_get_addresses (const InfRecord *record,
                                InfAddress ret_addresses[INF_RECORD_MAX_ADDRESSES]);
guint inf_record_get_targets (const InfRecord *record,
                              InfAddress ret_addresses[INF_RECORD_MAX_TARGETS]);
guint inf_record_get_neighbours (const InfRecord *record,
                                 InfRecordNeighbour ret_neighbours[INF_RECORD_MAX_NEIGHBOURS]);
void inf_record_fill_info (const InfRecord *record, InfPeerInfo *info);

gboolean inf_record_verify (const InfRecord *record);
gboolean inf_record_is_newer (const InfRecord *record, const InfRecord *than);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfRecord, inf_record_unref)

G_END_DECLS
