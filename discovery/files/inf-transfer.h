#pragma once

#include "discovery/files/inf-store.h"
#include "discovery/link/inf-endpoint.h"

G_BEGIN_DECLS

/**
 * InfTransferState:
 * @INF_TRANSFER_LOOKING: peers are asked
 * @INF_TRANSFER_FETCHING: one that has it sends it, or it is being saved
 * @INF_TRANSFER_DONE: it is here, and saved
 * @INF_TRANSFER_FAILED: it is not, for the reason told
 * @INF_TRANSFER_CANCELLED: its owner did not want it any more
 */
typedef enum
{
  INF_TRANSFER_LOOKING,
  INF_TRANSFER_FETCHING,
  INF_TRANSFER_DONE,
  INF_TRANSFER_FAILED,
  INF_TRANSFER_CANCELLED,
} InfTransferState;

/**
 * InfTransfer:
 * @id: of the transfer, in this run of the node
 * @object: what is fetched
 * @name: what it is called; "" while nobody has said
 * @size_bytes: of it all; 0 while unknown
 * @got_bytes: so far
 * @from: the name of the peer that sends it; "" before
 * @state: where it stands
 * @message: (nullable): why it failed
 * @to: (nullable): the file that it is saved to as well
 * @began_unix_us: when it began
 * @ended_unix_us: when it ended; 0 before
 *
 * A file on its way from whichever peer has it. Written by its #InfTransfers alone.
 */
typedef struct
{
  guint id;
  InfObjectId object;
  char *name;
  guint64 size_bytes;
  guint64 got_bytes;
  char *from;
  InfTransferState state;
  char *message;
  char *to;
  gint64 began_unix_us;
  gint64 ended_unix_us;
} InfTransfer;

/**
 * InfTransferPeer:
 * @endpoint: where it is
 * @name: what people call it
 */
typedef struct
{
  InfEndpoint *endpoint;
  char *name;
} InfTransferPeer;

InfTransferPeer *inf_transfer_peer_new (InfEndpoint *endpoint, const char *name);
void inf_transfer_peer_free (InfTransferPeer *peer);

const char *inf_transfer_state_to_text (InfTransferState state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfTransferPeer, inf_transfer_peer_free)

G_END_DECLS
