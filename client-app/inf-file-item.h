#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * InfFileFacts:
 * @sha256: in hexadecimal
 * @name: "" of what only jobs brought
 * @added_unix: when it came here
 * @is_shared: kept until it is removed
 * @is_in_use: by a job or a transfer
 *
 * A file that this node holds, as Files1 tells it.
 */
typedef struct
{
  char *sha256;
  char *name;
  guint64 size_bytes;
  gint64 added_unix;
  gboolean is_shared;
  gboolean is_in_use;
} InfFileFacts;

#define INF_TYPE_FILE_ITEM (inf_file_item_get_type ())

G_DECLARE_FINAL_TYPE (InfFileItem, inf_file_item, INF, FILE_ITEM, GObject)

InfFileItem *inf_file_item_new (GVariant *file);

const InfFileFacts *inf_file_item_get_facts (InfFileItem *self);
gboolean inf_file_item_matches (InfFileItem *self, const char *folded);

void inf_file_item_update (InfFileItem *self, GVariant *file);

G_END_DECLS
