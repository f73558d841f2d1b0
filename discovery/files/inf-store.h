#pragma once

#include "common/inf-copy.h"
#include "common/inf-sha256.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * InfObjectId:
 * @bytes: the SHA-256 of the object's content
 */
typedef struct
{
  guint8 bytes[INF_SHA256_SIZE_BYTES];
} InfObjectId;

guint inf_object_id_hash (gconstpointer key);
gboolean inf_object_id_equal (gconstpointer a, gconstpointer b);

typedef struct _InfStore InfStore;

/**
 * InfStoreObject:
 * @id: the object
 * @size_bytes: its length
 * @came_unix_us: when it came here
 * @n_pins: how many need it now
 */
typedef struct
{
  InfObjectId id;
  guint64 size_bytes;
  gint64 came_unix_us;
  guint n_pins;
} InfStoreObject;

/**
 * InfStoreChanged:
 * @id: an object that came or is gone
 * @is_here: which of the two
 */
typedef void (*InfStoreChanged) (const InfObjectId *id, gboolean is_here, gpointer user_data);

InfStore *inf_store_new (const char *dir, GError **error);
InfStore *inf_store_ref (InfStore *store);
void inf_store_unref (InfStore *store);

/* Blocking; large files belong in a thread (the store may be used from any). */
gboolean inf_store_add_fd (InfStore *store, int fd, InfObjectId *ret_id, guint64 *ret_size_bytes,
                           GError **error);
gboolean inf_store_add_file (InfStore *store, const char *path, InfCopy *copy, InfObjectId *ret_id,
                             guint64 *ret_size_bytes, GError **error);

void inf_store_pin (InfStore *store, const InfObjectId *id);
void inf_store_unpin (InfStore *store, const InfObjectId *id);

/* For who writes an object itself: inf_files_fetch_async() */
int inf_store_create_temporary (InfStore *store, char **ret_path, GError **error);
gboolean inf_store_adopt (InfStore *store, char *path, const InfObjectId *id, GError **error);
void inf_store_discard (InfStore *store, char *path);

void inf_store_set_changed (InfStore *store, InfStoreChanged changed, gpointer user_data);
GArray *inf_store_list (InfStore *store);
gboolean inf_store_look (InfStore *store, const InfObjectId *id, InfStoreObject *ret_object);
gboolean inf_store_remove_unneeded (InfStore *store, const InfObjectId *id, GError **error);
gboolean inf_store_save (InfStore *store, const InfObjectId *id, const char *path, InfCopy *copy,
                         GError **error);
gboolean inf_store_has (InfStore *store, const InfObjectId *id);
int inf_store_open_object (InfStore *store, const InfObjectId *id, guint64 *ret_size_bytes,
                           GError **error);
char *inf_store_get_path (InfStore *store, const InfObjectId *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfStore, inf_store_unref)

G_END_DECLS
