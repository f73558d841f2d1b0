#pragma once

#include "discovery/files/inf-store.h"

#include <glib.h>

G_BEGIN_DECLS

/* Asks a peer whether it has an object: the object's id, and whether, how long and under which name
 * it has it. */
#define INF_METHOD_FILES_FIND "files.find"
#define INF_KIND_FILE_FIND 71
#define INF_KIND_FILE_FOUND 72

#define INF_FILE_NAME_MAX_BYTES 255

/**
 * InfFileFound:
 * @is_here: whether the peer has the object
 * @size_bytes: its length; 0 when it is not there
 * @name: what it is called there; "" for nothing
 */
typedef struct
{
  gboolean is_here;
  guint64 size_bytes;
  char name[INF_FILE_NAME_MAX_BYTES + 1];
} InfFileFound;

gboolean inf_file_name_is_safe (const char *name);

GBytes *inf_file_find_encode (const InfObjectId *id);
gboolean inf_file_find_decode (InfObjectId *ret_id, GBytes *bytes, GError **error);
GBytes *inf_file_found_encode (const InfFileFound *found);
gboolean inf_file_found_decode (InfFileFound *ret_found, GBytes *bytes, GError **error);

G_END_DECLS
