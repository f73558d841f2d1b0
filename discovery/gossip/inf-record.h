#pragma once

#include "discovery/gossip/inf-address.h"
#include "discovery/gossip/inf-peer-info.h"
#include "discovery/identity/inf-grid.h"
#include "discovery/identity/inf-keypair.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_RECORD_MAX_SIZE_BYTES 720
#define INF_RECORD_MAX_ADDRESSES 6
#define INF_RECORD_MAX_NEIGHBOURS 6

/**
 * InfRecordDraft:
 * @incarnation: from 1; grows with every restart and every refutation
 * @sequence: grows with every change in one incarnation
 * @has_left: whether the subject says goodbye
 * @port: the subject's port
 * @addresses: (array length=n_addresses): where it is reached, likeliest first
 * @n_addresses: at most %INF_RECORD_MAX_ADDRESSES count
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
  gboolean has_left;
  guint16 port;
  const InfAddress *addresses;
  guint n_addresses;
  GArray *neighbours;
  const InfPeerInfo *capacity;
} InfRecordDraft;

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

GBytes *inf_record_get_bytes (const InfRecord *record);
const InfPublicKey *inf_record_get_subject (const InfRecord *record);
const InfPeerId *inf_record_get_peer_id (const InfRecord *record);
guint32 inf_record_get_incarnation (const InfRecord *record);
guint32 inf_record_get_sequence (const InfRecord *record);
gboolean inf_record_has_left (const InfRecord *record);
guint inf_record_get_addresses (const InfRecord *record,
                                InfAddress ret_addresses[INF_RECORD_MAX_ADDRESSES]);
guint inf_record_get_neighbour_hints (const InfRecord *record,
                                      guint64 ret_hints[INF_RECORD_MAX_NEIGHBOURS],
                                      guint ret_rtts_us[INF_RECORD_MAX_NEIGHBOURS]);
void inf_record_fill_info (const InfRecord *record, InfPeerInfo *info);

gboolean inf_record_verify (const InfRecord *record);
gboolean inf_record_is_newer (const InfRecord *record, const InfRecord *than);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfRecord, inf_record_unref)

G_END_DECLS
