#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * InfTransferFacts:
 * @state: looking, fetching, done, failed, cancelled; or, of a copy on this computer, adding or
 *   saving
 * @size_bytes: 0 while it is unknown
 * @from: the peer's name, "" before
 * @message: of failed: why, for people
 * @began_unix: when it began
 * @ended_unix: 0 before
 *
 * A file that is or was being fetched, as Files1 tells it, or is being copied.
 */
typedef struct
{
  char *id;
  char *sha256;
  char *name;
  char *from;
  char *state;
  char *message;
  guint64 size_bytes;
  guint64 got_bytes;
  gint64 began_unix;
  gint64 ended_unix;
} InfTransferFacts;

#define INF_TYPE_TRANSFER_ITEM (inf_transfer_item_get_type ())

G_DECLARE_FINAL_TYPE (InfTransferItem, inf_transfer_item, INF, TRANSFER_ITEM, GObject)

InfTransferItem *inf_transfer_item_new (GVariant *transfer);

const InfTransferFacts *inf_transfer_item_get_facts (InfTransferItem *self);

void inf_transfer_item_update (InfTransferItem *self, GVariant *transfer);

G_END_DECLS
