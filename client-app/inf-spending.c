#include "client-app/inf-spending.h"

typedef struct
{
  gint64 spent; /* in all its attempts, as it told at told_us */
  gint64 settled;
  gint64 told_us;
  gint64 price; /* per second, 0 while it does not run */
  gboolean is_ended;
} Job;

struct _InfSpending
{
  GHashTable *jobs; /* id to Job */
};

InfSpending *
inf_spending_new (void)
{
  InfSpending *spending = g_new0 (InfSpending, 1);

  spending->jobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return spending;
}

void
inf_spending_free (InfSpending *spending)
{
  if (!spending)
    return;
  g_hash_table_unref (spending->jobs);
  g_free (spending);
}

/* A running job spends its price in every second, whether it tells so or not. */
static gint64
get_unsettled (const Job *job, gint64 now_us)
{
  double since_s = (double)MAX (now_us - job->told_us, 0) / G_USEC_PER_SEC;
  double unsettled = (double)job->spent + (double)job->price * since_s - (double)job->settled;

  return (gint64)CLAMP (unsettled, 0, (double)G_MAXINT32 * G_USEC_PER_SEC);
}

/**
 * inf_spending_get_unsettled:
 * @spending: what is known
 * @now_us: monotonic time
 *
 * Returns: micro-credits that are used and not booked
 */
gint64
inf_spending_get_unsettled (const InfSpending *spending, gint64 now_us)
{
  gint64 sum = 0;
  GHashTableIter iter;
  gpointer job;

  g_hash_table_iter_init (&iter, spending->jobs);
  while (g_hash_table_iter_next (&iter, NULL, &job))
    sum += get_unsettled (job, now_us);
  return sum;
}

/* Returns: micro-credits that all running jobs together use in a second */
double
inf_spending_get_rate (const InfSpending *spending)
{
  double rate = 0;
  GHashTableIter iter;
  gpointer job;

  g_hash_table_iter_init (&iter, spending->jobs);
  while (g_hash_table_iter_next (&iter, NULL, &job))
    rate += (double)((const Job *)job)->price;
  return rate;
}

static gboolean
is_ended_state (const char *state)
{
  static const char *const states[] = { "done", "failed", "cancelled", NULL };

  return g_strv_contains (states, state);
}

/**
 * inf_spending_take_job:
 * @spending: what is known
 * @id: of a job
 * @state: as Jobs1 tells it
 * @spent_ucredits: as Jobs1 tells it
 * @price: of all its hosts per second
 * @now_us: monotonic time
 */
void
inf_spending_take_job (InfSpending *spending, const char *id, const char *state,
                       guint64 spent_ucredits, guint64 price, gint64 now_us)
{
  Job *job = g_hash_table_lookup (spending->jobs, id);
  gboolean is_ended = is_ended_state (state);

  /* one that ended before anybody looked is settled */
  if (!job && is_ended)
    return;
  if (!job)
    {
      job = g_new0 (Job, 1);
      g_hash_table_insert (spending->jobs, g_strdup (id), job);
    }
  job->spent = (gint64)MIN (spent_ucredits, (guint64)G_MAXINT64);
  job->price = g_str_equal (state, "running") ? (gint64)MIN (price, (guint64)G_MAXINT64) : 0;
  job->told_us = now_us;
  job->is_ended = is_ended;
}

/* From here to inf_spending_end_settled() the account says anew what is booked. */
void
inf_spending_begin_settled (InfSpending *spending)
{
  GHashTableIter iter;
  gpointer job;

  g_hash_table_iter_init (&iter, spending->jobs);
  while (g_hash_table_iter_next (&iter, NULL, &job))
    ((Job *)job)->settled = 0;
}

/* @paid_ucredits: an entry of the account by which that job was paid */
void
inf_spending_add_settled (InfSpending *spending, const char *id, gint64 paid_ucredits)
{
  Job *job = g_hash_table_lookup (spending->jobs, id);

  if (job)
    job->settled += paid_ucredits;
}

static gboolean
is_over (gpointer key, gpointer value, gpointer user_data)
{
  return ((Job *)value)->is_ended;
}

/* Jobs that had ended before the account was asked are in it, as far as they ever will be. */
void
inf_spending_end_settled (InfSpending *spending)
{
  g_hash_table_foreach_remove (spending->jobs, is_over, NULL);
}
