#include "daemon/inf-peer-news.h"

/* A peer is told of twice a second at most, and at once when nothing was told of it for that long.
 */
#define GAP_US (G_USEC_PER_SEC / 2)

/* Changes all the time, and means nothing by itself. */
#define HEARD_KEY "heard-ms"

/* What was told of a field: that of ten thousand peers must not fill the memory. */
typedef struct
{
  GQuark key;
  guint hash;
} Field;

typedef struct
{
  InfPeerId id;
  GArray *fields; /* of Field */
  gint64 told_us;
  gboolean is_pending;
} Told;

struct _InfPeerNews
{
  InfPeerNewsDescribe describe;
  InfPeerNewsTell tell;
  gpointer data;
  GHashTable *told; /* Told by its id */
  GQueue pending;   /* Told, the earliest first: the gap is the same for all */
};

static void
told_free (gpointer data)
{
  Told *told = data;

  g_array_unref (told->fields);
  g_free (told);
}

/**
 * inf_peer_news_new:
 * @describe: gives all that is known of a peer
 * @tell: takes what is worth telling; must not call back
 * @data: for both
 *
 * Returns: (transfer full): nothing told yet
 */
InfPeerNews *
inf_peer_news_new (InfPeerNewsDescribe describe, InfPeerNewsTell tell, gpointer data)
{
  InfPeerNews *news = g_new0 (InfPeerNews, 1);

  news->describe = describe;
  news->tell = tell;
  news->data = data;
  news->told = g_hash_table_new_full (inf_peer_id_hash, inf_peer_id_equal, NULL, told_free);
  g_queue_init (&news->pending);
  return news;
}

void
inf_peer_news_free (InfPeerNews *news)
{
  if (!news)
    return;
  g_queue_clear (&news->pending);
  g_hash_table_unref (news->told);
  g_free (news);
}

/**
 * inf_peer_news_forget_all:
 * @news: the news
 *
 * Whoever is heard of again after this has joined: the grid is another.
 */
void
inf_peer_news_forget_all (InfPeerNews *news)
{
  g_queue_clear (&news->pending);
  g_hash_table_remove_all (news->told);
}

/* Notes that @value is told under @key; FALSE where it was told before. */
static gboolean
note_field (GArray *fields, const char *key, GVariant *value)
{
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (value);
  const Field field = { .key = g_quark_from_string (key), .hash = g_bytes_hash (bytes) };

  for (guint i = 0; i < fields->len; i++)
    {
      Field *old = &g_array_index (fields, Field, i);
      if (old->key != field.key)
        continue;
      gboolean differs = old->hash != field.hash;
      old->hash = field.hash;
      return differs;
    }
  g_array_append_val (fields, field);
  return TRUE;
}

/* Returns: (transfer floating) (nullable): of @description, what was not told before, and when it
 * was heard of */
static GVariant *
take_changes (GArray *fields, GVariant *description)
{
  g_auto (GVariantDict) changes = G_VARIANT_DICT_INIT (NULL);
  guint n_changes = 0;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, description);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      gboolean is_heard = g_str_equal (key, HEARD_KEY);
      if (!is_heard && !note_field (fields, key, value))
        continue;
      g_variant_dict_insert_value (&changes, key, value);
      n_changes += is_heard ? 0 : 1;
    }
  return n_changes > 0 ? g_variant_dict_end (&changes) : NULL;
}

/* Who is gone stays gone, whatever else becomes known of it. */
static gboolean
is_gone (GVariant *description)
{
  const char *state = "";

  g_variant_lookup (description, "state", "&s", &state);
  return g_str_equal (state, "dead") || g_str_equal (state, "left");
}

static void
tell_joined (InfPeerNews *news, const InfPeerId *id, GVariant *description, gint64 now_us)
{
  Told *told;

  if (is_gone (description))
    return;
  told = g_new0 (Told, 1);
  told->id = *id;
  told->told_us = now_us;
  told->fields = g_array_new (FALSE, FALSE, sizeof (Field));
  g_hash_table_insert (news->told, &told->id, told);
  GVariant *all = take_changes (told->fields, description);
  if (all)
    news->tell (INF_PEER_NEWS_JOINED, id, all, news->data);
}

static void
tell_changes (InfPeerNews *news, Told *told, gint64 now_us)
{
  GVariant *description = news->describe (&told->id, news->data);
  g_autoptr (GVariant) owned = description ? g_variant_ref_sink (description) : NULL;
  GVariant *changes = owned ? take_changes (told->fields, owned) : NULL;

  told->is_pending = FALSE;
  if (!changes)
    return;
  told->told_us = now_us;
  news->tell (INF_PEER_NEWS_CHANGED, &told->id, changes, news->data);
}

/**
 * inf_peer_news_changed:
 * @news: the news
 * @id: a peer about which something changed, or which joined
 * @now_us: the time
 */
void
inf_peer_news_changed (InfPeerNews *news, const InfPeerId *id, gint64 now_us)
{
  Told *told = g_hash_table_lookup (news->told, id);

  if (!told)
    {
      GVariant *description = news->describe (id, news->data);
      g_autoptr (GVariant) owned = description ? g_variant_ref_sink (description) : NULL;
      if (owned)
        tell_joined (news, id, owned, now_us);
    }
  else if (now_us - told->told_us >= GAP_US && !told->is_pending)
    tell_changes (news, told, now_us);
  else if (!told->is_pending)
    {
      told->is_pending = TRUE;
      g_queue_push_tail (&news->pending, told);
    }
}

/**
 * inf_peer_news_gone:
 * @news: the news
 * @id: a peer that died, left or was removed
 * @now_us: the time
 *
 * Tells it at once; when it is heard of again, it has joined.
 */
void
inf_peer_news_gone (InfPeerNews *news, const InfPeerId *id, gint64 now_us)
{
  Told *told = g_hash_table_lookup (news->told, id);
  GVariant *description = news->describe (id, news->data);
  g_autoptr (GVariant) owned = description ? g_variant_ref_sink (description) : NULL;
  g_auto (GVariantDict) fields = G_VARIANT_DICT_INIT (NULL);
  const char *state = "left";
  gint64 heard_ms = -1;

  if (told)
    {
      g_queue_remove (&news->pending, told);
      g_hash_table_remove (news->told, id);
    }
  if (owned)
    {
      g_variant_lookup (owned, "state", "&s", &state);
      g_variant_lookup (owned, HEARD_KEY, "x", &heard_ms);
    }
  g_variant_dict_insert (&fields, "state", "s", state);
  g_variant_dict_insert (&fields, HEARD_KEY, "x", heard_ms);
  news->tell (INF_PEER_NEWS_GONE, id, g_variant_dict_end (&fields), news->data);
}

/**
 * inf_peer_news_get_deadline_us:
 * @news: the news
 *
 * Returns: when inf_peer_news_tick() has something to tell, %G_MAXINT64 for never
 */
gint64
inf_peer_news_get_deadline_us (const InfPeerNews *news)
{
  gint64 deadline_us = G_MAXINT64;

  for (const GList *link = news->pending.head; link; link = link->next)
    deadline_us = MIN (deadline_us, ((const Told *)link->data)->told_us + GAP_US);
  return deadline_us;
}

/**
 * inf_peer_news_tick:
 * @news: the news
 * @now_us: the time
 *
 * Tells what has waited long enough.
 */
void
inf_peer_news_tick (InfPeerNews *news, gint64 now_us)
{
  for (GList *link = news->pending.head, *next; link; link = next)
    {
      Told *told = link->data;
      next = link->next;
      if (now_us - told->told_us < GAP_US)
        continue;
      g_queue_delete_link (&news->pending, link);
      tell_changes (news, told, now_us);
    }
}
