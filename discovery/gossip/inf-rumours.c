#include "discovery/gossip/inf-rumours.h"

#include <string.h>

/* How often one node tells one thing: a few times the logarithm of the number of nodes (Das, Gupta,
 * Motivala 2002, section 4.1). Accusations are short and urgent; records are long, and what a
 * record's telling misses the exchange of digests brings. */
#define ACCUSATION_FACTOR 3
#define RECORD_FACTOR 1
#define RECORDS_MAX_SIZE_BYTES 740
#define MAX_ACCUSATIONS 12

typedef struct
{
  guint64 subject;
  GBytes *record; /* NULL: an accusation */
  InfHearsay accusation;
  guint n_told;
} Rumour;

struct _InfRumours
{
  GPtrArray *rumours; /* least told first */
};

static void
rumour_free (gpointer data)
{
  Rumour *rumour = data;

  g_clear_pointer (&rumour->record, g_bytes_unref);
  g_free (rumour);
}

InfRumours *
inf_rumours_new (void)
{
  InfRumours *rumours = g_new0 (InfRumours, 1);

  rumours->rumours = g_ptr_array_new_with_free_func (rumour_free);
  return rumours;
}

void
inf_rumours_free (InfRumours *rumours)
{
  if (!rumours)
    return;
  g_ptr_array_unref (rumours->rumours);
  g_free (rumours);
}

guint
inf_rumours_get_size (const InfRumours *rumours)
{
  return rumours->rumours->len;
}

static void
forget (InfRumours *rumours, guint64 subject, gboolean forgets_records)
{
  for (guint i = rumours->rumours->len; i-- > 0;)
    {
      const Rumour *rumour = g_ptr_array_index (rumours->rumours, i);
      if (rumour->subject == subject && (forgets_records || !rumour->record))
        g_ptr_array_remove_index (rumours->rumours, i);
    }
}

/**
 * inf_rumours_add_record:
 * @rumours: rumours
 * @subject: whose record it is
 * @record: (transfer none): replaces every earlier rumour about @subject
 */
void
inf_rumours_add_record (InfRumours *rumours, guint64 subject, GBytes *record)
{
  Rumour *rumour = g_new0 (Rumour, 1);

  forget (rumours, subject, TRUE);
  rumour->subject = subject;
  rumour->record = g_bytes_ref (record);
  g_ptr_array_insert (rumours->rumours, 0, rumour);
}

/**
 * inf_rumours_add_accusation:
 * @rumours: rumours
 * @accusation: replaces an earlier one about the same peer
 */
void
inf_rumours_add_accusation (InfRumours *rumours, const InfHearsay *accusation)
{
  Rumour *rumour = g_new0 (Rumour, 1);

  forget (rumours, accusation->hint, FALSE);
  rumour->subject = accusation->hint;
  rumour->accusation = *accusation;
  g_ptr_array_insert (rumours->rumours, 0, rumour);
}

/**
 * inf_rumours_forget:
 * @rumours: rumours
 * @subject: whom nothing is told about any more
 */
void
inf_rumours_forget (InfRumours *rumours, guint64 subject)
{
  forget (rumours, subject, TRUE);
}

static int
compare_told (gconstpointer a, gconstpointer b)
{
  const Rumour *rumour_a = *(const Rumour *const *)a, *rumour_b = *(const Rumour *const *)b;

  return (rumour_a->n_told > rumour_b->n_told) - (rumour_a->n_told < rumour_b->n_told);
}

static guint
count_bits (guint n)
{
  return n == 0 ? 0 : g_bit_storage (n);
}

/**
 * inf_rumours_take:
 * @rumours: rumours; those that were told often enough are dropped
 * @recipient: who is told; nothing is told to the one it is about, except an accusation, which it
 *   should answer
 * @n_live: how many nodes are live
 * @probe: what the news is added to
 */
void
inf_rumours_take (InfRumours *rumours, guint64 recipient, guint n_live, InfProbe *probe)
{
  guint base = count_bits (n_live) + 1;
  gsize records_size_bytes = 0;

  if (!probe->liveness)
    probe->liveness = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  if (!probe->records)
    probe->records = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  for (guint i = 0; i < rumours->rumours->len; i++)
    {
      Rumour *rumour = g_ptr_array_index (rumours->rumours, i);
      if (!rumour->record && probe->liveness->len < MAX_ACCUSATIONS)
        {
          g_ptr_array_add (probe->liveness, inf_hearsay_encode (&rumour->accusation));
          rumour->n_told++;
        }
      else if (rumour->record && rumour->subject != recipient
               && records_size_bytes + g_bytes_get_size (rumour->record) <= RECORDS_MAX_SIZE_BYTES)
        {
          records_size_bytes += g_bytes_get_size (rumour->record);
          g_ptr_array_add (probe->records, g_bytes_ref (rumour->record));
          rumour->n_told++;
        }
    }
  for (guint i = rumours->rumours->len; i-- > 0;)
    {
      const Rumour *rumour = g_ptr_array_index (rumours->rumours, i);
      if (rumour->n_told >= base * (rumour->record ? RECORD_FACTOR : ACCUSATION_FACTOR))
        g_ptr_array_remove_index (rumours->rumours, i);
    }
  g_ptr_array_sort (rumours->rumours, compare_told);
}
