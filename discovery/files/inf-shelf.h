#pragma once

#include "discovery/files/inf-store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * InfShelf:
 *
 * What the owner of a node keeps in its store: files that they added or fetched, under their names.
 * Each is pinned until it is taken off, so that no job and no lease takes it along; what those
 * bring is none of the shelf's. Belongs to the main context.
 */
typedef struct _InfShelf InfShelf;

/**
 * InfShelfFile:
 * @id: the file's content
 * @name: what it is called
 * @added_unix_us: when it was put here
 */
typedef struct
{
  InfObjectId id;
  char *name;
  gint64 added_unix_us;
} InfShelfFile;

InfShelf *inf_shelf_new (const char *path, InfStore *store);
void inf_shelf_free (InfShelf *shelf);

gboolean inf_shelf_put (InfShelf *shelf, const InfObjectId *id, const char *name,
                        gint64 added_unix_us, GError **error);
gboolean inf_shelf_take (InfShelf *shelf, const InfObjectId *id, GError **error);

const InfShelfFile *inf_shelf_look (InfShelf *shelf, const InfObjectId *id);
gboolean inf_shelf_find (InfShelf *shelf, const char *text, InfObjectId *ret_id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfShelf, inf_shelf_free)

G_END_DECLS
