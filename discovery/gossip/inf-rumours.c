#include "discovery/gossip/inf-rumours.h"

/* How often one node tells one thing: at once to a few, then in rounds, whose number grows with the
 * logarithm of the grid's size (Das, Gupta, Motivala, 2002, section 4.1). In the last of them
 * nearly everybody has it, and a brief is enough.
 *
 * The items of a class wait in one queue for each number of times that they were told, so that to
 * take some costs no more than what is taken, however many wait. */
#define FIRST_TELLINGS 4
#define TELLINGS_PER_ROUND 3
#define MAX_TELLINGS 48

/* Above so many that nobody was told yet, briefs must do: whoever lacks the news asks for as much
 * of it as it can take. */
#define MANY_UNTOLD 6
/* As when a hundred nodes meet: records in full, to those who have most of them, would be all they
 * have time for. What waits of other classes does not count: a hail of accusations is no reason to
 * have everybody ask for the one record that has changed. */
#define MANY_URGENT 24

/* Of a datagram. Liveness goes first, but not beyond its quota where others wait; the other two
 * take turns at going next. */
#define LIVENESS_QUOTA_BYTES 370
#define BRIEFS_QUOTA_BYTES 480
#define ITEM_OVERHEAD_BYTES 2
#define MAX_ITEMS 3
#define MAX_LIVENESS_ITEMS 12

/* How many items that don't fit, or are not for this recipient, are passed over. */
#define MAX_PASSED_OVER 16

typedef struct _Item Item;

struct _Item
{
  InfRumour rumour;
  guint n_told;
  GList link;
  Item *next_of_subject;
};

typedef struct
{
  GQueue by_told[MAX_TELLINGS];
  GHashTable *by_subject; /* guint64 → the first Item about it */
  guint n_items;
  guint n_urgent;
} Shelf;

struct _InfRumours
{
  Shelf shelves[INF_RUMOUR_N_CLASSES];
  guint n_items;
  guint n_urgent;
  guint n_urgent_untold;
  guint n_turns;
};

static void
item_free (Item *item)
{
  g_clear_pointer (&item->rumour.full, g_bytes_unref);
  g_clear_pointer (&item->rumour.brief, g_bytes_unref);
  g_free (item);
}

InfRumours *
inf_rumours_new (void)
{
  InfRumours *rumours = g_new0 (InfRumours, 1);

  for (guint i = 0; i < INF_RUMOUR_N_CLASSES; i++)
    rumours->shelves[i].by_subject = g_hash_table_new (g_int64_hash, g_int64_equal);
  return rumours;
}

void
inf_rumours_free (InfRumours *rumours)
{
  if (!rumours)
    return;
  for (guint i = 0; i < INF_RUMOUR_N_CLASSES; i++)
    {
      for (guint told = 0; told < MAX_TELLINGS; told++)
        for (GList *link = rumours->shelves[i].by_told[told].head, *next; link; link = next)
          {
            next = link->next;
            item_free (link->data);
          }
      g_hash_table_unref (rumours->shelves[i].by_subject);
    }
  g_free (rumours);
}

guint
inf_rumours_get_size (const InfRumours *rumours)
{
  return rumours->n_items;
}

/**
 * inf_rumours_count_urgent:
 * @rumours: rumours
 *
 * Returns: how many items should not wait for what is sent anyway
 */
guint
inf_rumours_count_urgent (const InfRumours *rumours)
{
  return rumours->n_urgent;
}

/**
 * inf_rumours_count_untold:
 * @rumours: rumours
 *
 * Returns: how many of them nobody was told yet
 */
guint
inf_rumours_count_untold (const InfRumours *rumours)
{
  return rumours->n_urgent_untold;
}

/* Counts @item in (@by is 1) or out (-1), as it stands. */
static void
count (InfRumours *rumours, const Item *item, int by)
{
  Shelf *shelf = &rumours->shelves[item->rumour.class];

  shelf->n_items += by;
  shelf->n_urgent += item->rumour.is_urgent ? by : 0;
  rumours->n_items += by;
  rumours->n_urgent += item->rumour.is_urgent ? by : 0;
  rumours->n_urgent_untold += item->rumour.is_urgent && item->n_told == 0 ? by : 0;
}

static void
unlink_from_subject (Shelf *shelf, Item *item)
{
  Item *first = g_hash_table_lookup (shelf->by_subject, &item->rumour.subject);

  if (first != item)
    {
      while (first->next_of_subject != item)
        first = first->next_of_subject;
      first->next_of_subject = item->next_of_subject;
    }
  else if (item->next_of_subject)
    {
      /* The table's key lies in the item that it leads to. */
      Item *next = item->next_of_subject;
      g_hash_table_replace (shelf->by_subject, &next->rumour.subject, next);
    }
  else
    g_hash_table_remove (shelf->by_subject, &item->rumour.subject);
}

static void
remove_item (InfRumours *rumours, Item *item)
{
  Shelf *shelf = &rumours->shelves[item->rumour.class];

  unlink_from_subject (shelf, item);
  g_queue_unlink (&shelf->by_told[item->n_told], &item->link);
  count (rumours, item, -1);
  item_free (item);
}

static void
remove_same (InfRumours *rumours, const InfRumour *rumour)
{
  Item *item = g_hash_table_lookup (rumours->shelves[rumour->class].by_subject, &rumour->subject);

  while (item && item->rumour.key != rumour->key)
    item = item->next_of_subject;
  if (item)
    remove_item (rumours, item);
}

/**
 * inf_rumours_put:
 * @rumours: rumours
 * @rumour: (transfer none): news; replaces what has the same class, subject and key
 */
void
inf_rumours_put (InfRumours *rumours, const InfRumour *rumour)
{
  Shelf *shelf = &rumours->shelves[rumour->class];
  Item *item = g_new0 (Item, 1);

  remove_same (rumours, rumour);
  item->rumour = *rumour;
  item->rumour.full = rumour->full ? g_bytes_ref (rumour->full) : NULL;
  item->rumour.brief = rumour->brief ? g_bytes_ref (rumour->brief) : NULL;
  item->link.data = item;
  item->next_of_subject = g_hash_table_lookup (shelf->by_subject, &rumour->subject);
  g_hash_table_replace (shelf->by_subject, &item->rumour.subject, item);
  g_queue_push_tail_link (&shelf->by_told[0], &item->link);
  count (rumours, item, 1);
}

/**
 * inf_rumours_drop:
 * @rumours: rumours
 * @class: which news
 * @subject: whom nothing of this class is told about any more
 */
void
inf_rumours_drop (InfRumours *rumours, InfRumourClass class, guint64 subject)
{
  Item *item;

  while ((item = g_hash_table_lookup (rumours->shelves[class].by_subject, &subject)))
    remove_item (rumours, item);
}

/**
 * inf_rumours_forget:
 * @rumours: rumours
 * @subject: whom nothing is told about any more
 */
void
inf_rumours_forget (InfRumours *rumours, guint64 subject)
{
  for (guint i = 0; i < INF_RUMOUR_N_CLASSES; i++)
    inf_rumours_drop (rumours, (InfRumourClass)i, subject);
}

static guint
count_bits (guint n)
{
  return n == 0 ? 0 : g_bit_storage (n);
}

static guint
max_tellings (const Item *item, guint n_live)
{
  guint n_bits = count_bits (n_live);

  if (!item->rumour.is_urgent)
    return n_bits + 2;
  return MIN (MAX_TELLINGS - 1, FIRST_TELLINGS + TELLINGS_PER_ROUND * (1 + (n_bits + 2) / 3));
}

static guint
max_full_tellings (guint n_live)
{
  return FIRST_TELLINGS + TELLINGS_PER_ROUND * ((count_bits (n_live) + 2) / 4);
}

/* One class's part of one datagram. */
typedef struct
{
  InfRumourClass class;
  guint64 recipient;
  guint max_items;
  guint max_full; /* tellings */
  gboolean is_crowded;
  gboolean only_briefs;
  GPtrArray *list;
  GByteArray *briefs;
  GPtrArray *told; /* the Items in either */
  gsize room_bytes;
} Portion;

/* Nobody needs its own word, but whoever is accused must hear of it, to object. */
static gboolean
is_for_recipient (const Portion *portion, const Item *item)
{
  return portion->class == INF_RUMOUR_LIVENESS || item->rumour.subject != portion->recipient;
}

static gboolean
tell_full (Portion *portion, const Item *item)
{
  gsize size = g_bytes_get_size (item->rumour.full) + ITEM_OVERHEAD_BYTES;

  if (size > portion->room_bytes || portion->list->len >= portion->max_items)
    return FALSE;
  portion->room_bytes -= size;
  g_ptr_array_add (portion->list, g_bytes_ref (item->rumour.full));
  return TRUE;
}

static gboolean
tell_brief (Portion *portion, const Item *item)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (item->rumour.brief, &size);
  gsize needed = size + (portion->briefs->len == 0 ? ITEM_OVERHEAD_BYTES + 1 : 0);

  if (needed > portion->room_bytes || portion->briefs->len + size > BRIEFS_QUOTA_BYTES)
    return FALSE;
  if (portion->briefs->len == 0)
    g_byte_array_append (portion->briefs, &(guint8){ INF_RUMOUR_BRIEFS }, 1);
  g_byte_array_append (portion->briefs, data, (guint)size);
  portion->room_bytes -= needed;
  return TRUE;
}

static gboolean
tell (Portion *portion, const Item *item)
{
  const InfRumour *rumour = &item->rumour;
  gboolean wants_full = rumour->full && item->n_told < portion->max_full && !portion->only_briefs;

  if (!is_for_recipient (portion, item))
    return FALSE;
  if (wants_full || !rumour->brief)
    return tell_full (portion, item);
  return tell_brief (portion, item);
}

static void
fill_portion (const Shelf *shelf, Portion *portion)
{
  guint n_passed_over = 0;

  portion->only_briefs = portion->is_crowded || shelf->by_told[0].length > MANY_UNTOLD;
  for (guint told = 0; told < MAX_TELLINGS; told++)
    for (const GList *link = shelf->by_told[told].head; link; link = link->next)
      {
        if (tell (portion, link->data))
          g_ptr_array_add (portion->told, link->data);
        else if (++n_passed_over == MAX_PASSED_OVER)
          return;
      }
}

static void
count_tellings (InfRumours *rumours, const Portion *portion, guint n_live)
{
  Shelf *shelf = &rumours->shelves[portion->class];

  for (guint i = 0; i < portion->told->len; i++)
    {
      Item *item = g_ptr_array_index (portion->told, i);
      if (item->n_told + 1 >= max_tellings (item, n_live))
        {
          remove_item (rumours, item);
          continue;
        }
      g_queue_unlink (&shelf->by_told[item->n_told], &item->link);
      count (rumours, item, -1);
      item->n_told++;
      count (rumours, item, 1);
      g_queue_push_tail_link (&shelf->by_told[item->n_told], &item->link);
    }
}

/* Tells what fits in @room_bytes; returns how much of them is left. */
static gsize
take_class (InfRumours *rumours, InfRumourClass class, guint64 recipient, guint n_live,
            gsize room_bytes, GPtrArray *list)
{
  g_autoptr (GByteArray) briefs = g_byte_array_new ();
  g_autoptr (GPtrArray) told = g_ptr_array_new ();
  Portion portion = {
    .class = class,
    .recipient = recipient,
    .max_items = class == INF_RUMOUR_LIVENESS ? MAX_LIVENESS_ITEMS : MAX_ITEMS,
    .max_full = max_full_tellings (n_live),
    .is_crowded = rumours->shelves[class].n_urgent > MANY_URGENT,
    .list = list,
    .briefs = briefs,
    .told = told,
    .room_bytes = room_bytes,
  };

  fill_portion (&rumours->shelves[class], &portion);
  count_tellings (rumours, &portion, n_live);
  if (briefs->len > 0)
    g_ptr_array_add (list, g_bytes_new (briefs->data, briefs->len));
  return portion.room_bytes;
}

/**
 * inf_rumours_take:
 * @rumours: rumours; what was told often enough is dropped
 * @recipient: who is told; nothing is told to the one it is about, except of liveness
 * @n_live: how many nodes are live
 * @room_bytes: how much fits
 * @lists: (element-type GBytes): for each class, where its news is added
 *
 * Returns: how many items were added
 */
guint
inf_rumours_take (InfRumours *rumours, guint64 recipient, guint n_live, gsize room_bytes,
                  GPtrArray *lists[INF_RUMOUR_N_CLASSES])
{
  guint n_before = 0, n_after = 0;
  gboolean notices_first = ++rumours->n_turns % 3 == 0;
  const InfRumourClass next = notices_first ? INF_RUMOUR_NOTICES : INF_RUMOUR_RECORDS;
  const InfRumourClass last = notices_first ? INF_RUMOUR_RECORDS : INF_RUMOUR_NOTICES;

  if (rumours->n_items == 0)
    return 0;
  for (guint i = 0; i < INF_RUMOUR_N_CLASSES; i++)
    n_before += lists[i]->len;
  gboolean has_others = rumours->shelves[next].n_items + rumours->shelves[last].n_items > 0;
  gsize quota = has_others ? MIN (room_bytes, LIVENESS_QUOTA_BYTES) : room_bytes;
  gsize unused = take_class (rumours, INF_RUMOUR_LIVENESS, recipient, n_live, quota,
                             lists[INF_RUMOUR_LIVENESS]);
  room_bytes -= quota - unused;
  room_bytes = take_class (rumours, next, recipient, n_live, room_bytes, lists[next]);
  take_class (rumours, last, recipient, n_live, room_bytes, lists[last]);
  for (guint i = 0; i < INF_RUMOUR_N_CLASSES; i++)
    n_after += lists[i]->len;
  return n_after - n_before;
}
