#pragma once

#include "discovery/files/inf-files.h"
#include "discovery/files/inf-shelf.h"
#include "discovery/files/inf-transfer.h"

G_BEGIN_DECLS

/**
 * InfTransfersPeers:
 *
 * Returns: (transfer full) (element-type InfTransferPeer): the peers that can be asked now
 */
typedef GPtrArray *(*InfTransfersPeers) (gpointer user_data);

#define INF_TYPE_TRANSFERS (inf_transfers_get_type ())
G_DECLARE_FINAL_TYPE (InfTransfers, inf_transfers, INF, TRANSFERS, GObject)

/**
 * InfTransfers:
 *
 * Fetches files by their hash alone: asks the peers that are there who has one, takes it from the
 * first that does, and from another when that one fails. Answers the others when they ask. What
 * arrives is put on the shelf.
 *
 * Signals:
 * `changed` (const InfTransfer *): new, further, or ended
 * `arrived` (const InfObjectId *): a file is on the shelf
 */

InfTransfers *inf_transfers_new (InfStore *store, InfShelf *shelf);

void inf_transfers_open (InfTransfers *transfers, InfLinks *links, InfFiles *files,
                         InfTransfersPeers peers, gpointer user_data);
void inf_transfers_close (InfTransfers *transfers, const char *why);

const InfTransfer *inf_transfers_begin (InfTransfers *transfers, const InfObjectId *object,
                                        const char *name, const char *to, GError **error);
gboolean inf_transfers_cancel (InfTransfers *transfers, guint id, GError **error);
GPtrArray *inf_transfers_list (InfTransfers *transfers);

G_END_DECLS
