#include "discovery/gossip/inf-wants.h"

/* A wish:
 *
 *   heard of ──→ waiting ──→ asked for ──→ came, or given up after some tries
 *                   ↑            │ not answered in time, or another has it too
 *                   └────────────┘ and the first has had a while
 *
 * The more often it was asked for, the longer that while: where all are busy, as when a hundred
 * nodes meet on one machine, answers take seconds, and everybody has it.
 */
#define MAX_UNDER_WAY 64
#define RETRY_US (500 * G_GINT64_CONSTANT (1000))
#define PATIENCE_US (150 * G_GINT64_CONSTANT (1000))
#define MAX_TRIES 5

/* More than this are forgotten: whoever knows them still differs, and tells again. */
#define MAX_ITEMS 4096

/* How many are passed over to ask one source for many at once. */
#define MAX_LOOKED_AT 256

typedef struct
{
  guint64 item;
  guint64 source;
  gboolean is_asked;
  gint64 asked_us;
  guint n_tries;
  GList link;
} Want;

struct _InfWants
{
  GHashTable *by_item; /* guint64 → Want */
  GQueue waiting;
  GQueue asked; /* by asked_us */
};

InfWants *
inf_wants_new (void)
{
  InfWants *wants = g_new0 (InfWants, 1);

  wants->by_item = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  return wants;
}

void
inf_wants_free (InfWants *wants)
{
  if (!wants)
    return;
  g_hash_table_unref (wants->by_item);
  g_free (wants);
}

/**
 * inf_wants_get_size:
 * @wants: wishes
 *
 * Returns: how many are not fulfilled
 */
guint
inf_wants_get_size (const InfWants *wants)
{
  return g_hash_table_size (wants->by_item);
}

/**
 * inf_wants_get_deadline_us:
 * @wants: wishes
 *
 * Returns: when inf_wants_take() is to be called again, if it has said that there is nobody to ask;
 *   %G_MAXINT64 for not before something is added
 */
gint64
inf_wants_get_deadline_us (const InfWants *wants)
{
  if (wants->asked.length == 0)
    return G_MAXINT64;
  const Want *oldest = wants->asked.head->data;
  return oldest->asked_us + RETRY_US;
}

static void
wait_again (InfWants *wants, Want *want)
{
  g_queue_unlink (&wants->asked, &want->link);
  want->is_asked = FALSE;
  g_queue_push_tail_link (&wants->waiting, &want->link);
}

static gint64
patience_us (const Want *want)
{
  return PATIENCE_US << MIN (want->n_tries - 1, MAX_TRIES - 1);
}

/**
 * inf_wants_add:
 * @wants: wishes
 * @item: what is wanted
 * @source: who has it
 * @now_us: the time
 */
void
inf_wants_add (InfWants *wants, guint64 item, guint64 source, gint64 now_us)
{
  Want *want = g_hash_table_lookup (wants->by_item, &item);

  if (want)
    {
      gboolean is_other = want->source != source;
      want->source = source;
      if (is_other && want->is_asked && now_us - want->asked_us >= patience_us (want))
        wait_again (wants, want);
      return;
    }
  if (g_hash_table_size (wants->by_item) >= MAX_ITEMS)
    return;
  want = g_new0 (Want, 1);
  want->item = item;
  want->source = source;
  want->link.data = want;
  g_hash_table_insert (wants->by_item, &want->item, want);
  g_queue_push_tail_link (&wants->waiting, &want->link);
}

/**
 * inf_wants_remove:
 * @wants: wishes
 * @item: what came, or is of no interest any more
 */
void
inf_wants_remove (InfWants *wants, guint64 item)
{
  Want *want = g_hash_table_lookup (wants->by_item, &item);

  if (!want)
    return;
  g_queue_unlink (want->is_asked ? &wants->asked : &wants->waiting, &want->link);
  g_hash_table_remove (wants->by_item, &item);
}

static void
expire (InfWants *wants, gint64 now_us)
{
  while (wants->asked.length > 0)
    {
      Want *oldest = wants->asked.head->data;
      if (now_us - oldest->asked_us < RETRY_US)
        return;
      if (oldest->n_tries >= MAX_TRIES)
        inf_wants_remove (wants, oldest->item);
      else
        wait_again (wants, oldest);
    }
}

/**
 * inf_wants_take:
 * @wants: wishes
 * @now_us: the time
 * @max_items: how many one source is asked for at most
 * @ret_source: (out): whom to ask
 * @items: (element-type guint64): emptied; what to ask for
 *
 * Returns: whether there is somebody to ask now; call it until there is not
 */
gboolean
inf_wants_take (InfWants *wants, gint64 now_us, guint max_items, guint64 *ret_source, GArray *items)
{
  guint n_looked_at = 0;

  g_array_set_size (items, 0);
  expire (wants, now_us);
  if (wants->waiting.length == 0 || wants->asked.length >= MAX_UNDER_WAY)
    return FALSE;
  guint room = MIN (max_items, MAX_UNDER_WAY - wants->asked.length);
  *ret_source = ((const Want *)wants->waiting.head->data)->source;
  for (GList *link = wants->waiting.head, *next; link && items->len < room; link = next)
    {
      Want *want = link->data;
      next = link->next;
      if (n_looked_at++ == MAX_LOOKED_AT)
        break;
      if (want->source != *ret_source)
        continue;
      g_array_append_val (items, want->item);
      g_queue_unlink (&wants->waiting, link);
      want->is_asked = TRUE;
      want->asked_us = now_us;
      want->n_tries++;
      g_queue_push_tail_link (&wants->asked, link);
    }
  return TRUE;
}
