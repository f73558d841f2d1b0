#pragma once

#include "discovery/files/inf-store.h"

G_BEGIN_DECLS

struct _InfStore
{
  gatomicrefcount ref_count;
  char *dir;
  char *tmp_dir;
  gint next_tmp;
  GMutex lock;
  GHashTable *pins; /* InfObjectId → how many need it */
  InfStoreChanged changed;
  gpointer changed_data;
};

gboolean inf_store_copy_and_hash (int from, int to, InfCopy *copy, InfObjectId *ret_id,
                                  guint64 *ret_size_bytes, GError **error);
void inf_store_tell (InfStore *store, const InfObjectId *id, gboolean is_here);

G_END_DECLS
