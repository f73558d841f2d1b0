/* A member can lie about where it sees another, so that it would be sought where it isn't. So an
 * address counts only when several say the same; each has one say. */
#include "discovery/gossip/inf-observed.h"

#define LIFETIME_US (G_GINT64_CONSTANT (30) * 60 * G_USEC_PER_SEC)

static void
forget (InfObserved *observed, guint index)
{
  observed->reports[index] = observed->reports[--observed->n_reports];
}

static void
forget_witness (InfObserved *observed, guint64 witness)
{
  for (guint i = 0; i < observed->n_reports; i++)
    if (observed->reports[i].witness == witness)
      {
        forget (observed, i);
        return;
      }
}

static void
forget_oldest (InfObserved *observed)
{
  guint oldest = 0;

  for (guint i = 1; i < observed->n_reports; i++)
    if (observed->reports[i].seen_us < observed->reports[oldest].seen_us)
      oldest = i;
  forget (observed, oldest);
}

/**
 * inf_observed_add:
 * @observed: what was said so far
 * @witness: the hint of a member that answered this node
 * @address: (nullable): where it saw the question come from, %NULL where that is an address that
 *   this node gives for itself
 * @now_us: the time
 *
 * Replaces what the same member said before.
 */
void
inf_observed_add (InfObserved *observed, guint64 witness, const InfAddress *address, gint64 now_us)
{
  forget_witness (observed, witness);
  if (!address)
    return;
  if (observed->n_reports == INF_OBSERVED_MAX_WITNESSES)
    forget_oldest (observed);
  guint i = observed->n_reports++;
  observed->reports[i].witness = witness;
  observed->reports[i].address = *address;
  observed->reports[i].seen_us = now_us;
}

static guint
count_witnesses (const InfObserved *observed, const InfAddress *address, gint64 now_us)
{
  guint n = 0;

  for (guint i = 0; i < observed->n_reports; i++)
    n += now_us - observed->reports[i].seen_us < LIFETIME_US
         && inf_address_equal (&observed->reports[i].address, address);
  return n;
}

/**
 * inf_observed_find:
 * @observed: what was said
 * @n_witnesses: how many must agree
 * @now_us: the time
 * @ret_address: (out): what most of them say; left alone when too few agree
 *
 * Returns: whether enough members see this node at one address that it does not give for itself
 */
gboolean
inf_observed_find (const InfObserved *observed, guint n_witnesses, gint64 now_us,
                   InfAddress *ret_address)
{
  guint best = 0;

  for (guint i = 0; i < observed->n_reports; i++)
    {
      const InfAddress *address = &observed->reports[i].address;
      guint n = count_witnesses (observed, address, now_us);
      if (n < n_witnesses || n <= best)
        continue;
      best = n;
      *ret_address = *address;
    }
  return best > 0;
}
