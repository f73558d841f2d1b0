#include "discovery/gossip/inf-notices.h"

#include "discovery/gossip/inf-gossip-kinds.h"

#define N_LEAVES 256

struct _InfNotices
{
  GHashTable *by_key;          /* guint64, the notice's own → InfNotice */
  GPtrArray *leaves[N_LEAVES]; /* NULL while empty; borrowed */
  guint64 leaf_hashes[N_LEAVES];
  guint64 hash;
};

typedef struct
{
  guint64 key;
  InfNotice *notice;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  inf_notice_unref (entry->notice);
  g_free (entry);
}

InfNotices *
inf_notices_new (void)
{
  InfNotices *notices = g_new0 (InfNotices, 1);

  notices->by_key = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, entry_free);
  return notices;
}

void
inf_notices_free (InfNotices *notices)
{
  if (!notices)
    return;
  for (guint i = 0; i < N_LEAVES; i++)
    g_clear_pointer (&notices->leaves[i], g_ptr_array_unref);
  g_hash_table_unref (notices->by_key);
  g_free (notices);
}

guint
inf_notices_get_size (const InfNotices *notices)
{
  return g_hash_table_size (notices->by_key);
}

/**
 * inf_notices_find:
 * @notices: notices
 * @key: of an origin and a topic
 *
 * Returns: (transfer none) (nullable): the newest known
 */
InfNotice *
inf_notices_find (const InfNotices *notices, guint64 key)
{
  const Entry *entry = g_hash_table_lookup (notices->by_key, &key);

  return entry ? entry->notice : NULL;
}

static guint
leaf_of (const InfNotice *notice)
{
  return (guint)(inf_peer_hint (inf_notice_get_origin (notice)) >> 56);
}

/**
 * inf_notices_has_room:
 * @notices: notices
 * @notice: one that may be put
 *
 * Returns: whether it replaces one, or its origin has less than %INF_NOTICES_MAX_OF_ORIGIN
 */
gboolean
inf_notices_has_room (const InfNotices *notices, const InfNotice *notice)
{
  guint leaf = leaf_of (notice), n_of_origin = 0;

  if (inf_notices_find (notices, inf_notice_get_key (notice)))
    return TRUE;
  for (guint i = 0; i < inf_notices_count_in_leaf (notices, leaf); i++)
    {
      const InfNotice *other = inf_notices_get_in_leaf (notices, leaf, i);
      if (inf_peer_id_equal (inf_notice_get_origin (other), inf_notice_get_origin (notice)))
        n_of_origin++;
    }
  return n_of_origin < INF_NOTICES_MAX_OF_ORIGIN;
}

/**
 * inf_notices_get_hash:
 * @notices: notices
 *
 * Returns: a digest that two nodes share that have the same notices
 */
guint64
inf_notices_get_hash (const InfNotices *notices)
{
  return notices->hash;
}

guint64
inf_notices_get_leaf_hash (const InfNotices *notices, guint leaf)
{
  return notices->leaf_hashes[leaf];
}

guint
inf_notices_count_in_leaf (const InfNotices *notices, guint leaf)
{
  return notices->leaves[leaf] ? notices->leaves[leaf]->len : 0;
}

InfNotice *
inf_notices_get_in_leaf (const InfNotices *notices, guint leaf, guint index)
{
  return g_ptr_array_index (notices->leaves[leaf], index);
}

/* Counts @notice in, or out where it was counted in. */
static void
toggle_hash (InfNotices *notices, const InfNotice *notice)
{
  guint64 value
      = inf_notice_get_key (notice) ^ inf_notice_get_version (notice) * 0x9e3779b97f4a7c15;

  /* SplitMix64's finalizer (Steele, Lea, Flood, 2014). */
  value = (value ^ value >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ value >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  value ^= value >> 31;
  notices->leaf_hashes[leaf_of (notice)] ^= value;
  notices->hash ^= value;
}

/**
 * inf_notices_remove:
 * @notices: notices
 * @notice: (transfer none): one of them
 */
void
inf_notices_remove (InfNotices *notices, InfNotice *notice)
{
  guint leaf = leaf_of (notice);
  guint64 key = inf_notice_get_key (notice);

  toggle_hash (notices, notice);
  g_ptr_array_remove_fast (notices->leaves[leaf], notice);
  if (notices->leaves[leaf]->len == 0)
    g_clear_pointer (&notices->leaves[leaf], g_ptr_array_unref);
  g_hash_table_remove (notices->by_key, &key);
}

/**
 * inf_notices_put:
 * @notices: notices
 * @notice: (transfer none): verified
 *
 * Returns: whether it is newer than what there was, and there was room for it
 */
gboolean
inf_notices_put (InfNotices *notices, InfNotice *notice)
{
  guint leaf = leaf_of (notice);
  InfNotice *old = inf_notices_find (notices, inf_notice_get_key (notice));

  if (old && inf_notice_get_version (old) >= inf_notice_get_version (notice))
    return FALSE;
  if (!inf_notices_has_room (notices, notice))
    return FALSE;
  if (old)
    inf_notices_remove (notices, old);
  if (!notices->leaves[leaf])
    notices->leaves[leaf] = g_ptr_array_new ();
  Entry *entry = g_new0 (Entry, 1);
  entry->key = inf_notice_get_key (notice);
  entry->notice = inf_notice_ref (notice);
  g_hash_table_insert (notices->by_key, &entry->key, entry);
  g_ptr_array_add (notices->leaves[leaf], notice);
  toggle_hash (notices, notice);
  return TRUE;
}
