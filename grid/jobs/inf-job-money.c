#include "grid/jobs/inf-job-private.h"

/* What a job has cost and may cost yet. */

static guint64
sum_spent (GPtrArray *hosts)
{
  guint64 sum = 0;

  for (guint i = 0; i < hosts->len; i++)
    sum += ((InfJobHost *)hosts->pdata[i])->spent_ucredits;
  return sum;
}

static void
set_paid (GPtrArray *hosts, guint round, const InfPeerId *peer_id, guint64 ucredits)
{
  for (guint i = 0; i < hosts->len; i++)
    {
      InfJobHost *host = hosts->pdata[i];
      if (host->round == round && inf_peer_id_equal (&host->peer_id, peer_id))
        host->spent_ucredits = ucredits;
    }
}

/**
 * inf_job_set_paid:
 * @job: a job, which may be over
 * @round: the round that @peer_id was leased in
 * @peer_id: a host whose lease was abandoned
 * @ucredits: what its lease was closed at, which is the last voucher and not the time it served
 */
void
inf_job_set_paid (InfJob *job, guint round, const InfPeerId *peer_id, guint64 ucredits)
{
  set_paid (job->hosts, round, peer_id, ucredits);
  set_paid (job->past_hosts, round, peer_id, ucredits);
}

/**
 * inf_job_get_spent_ucredits:
 * @job: a job
 *
 * Returns: what all hosts of all attempts were paid
 */
guint64
inf_job_get_spent_ucredits (const InfJob *job)
{
  return sum_spent (job->hosts) + sum_spent (job->past_hosts);
}

/**
 * inf_job_get_worst_case_ucredits:
 * @job: a job
 *
 * Returns: what all attempts that it may still make and has made cost together, at most; 0 before a
 *   plan was made
 */
guint64
inf_job_get_worst_case_ucredits (const InfJob *job)
{
  guint64 n_left = job->spec->retries + 2 - MIN (job->attempt, job->spec->retries + 1);
  guint64 left, all;

  if (inf_job_is_finished (job))
    return inf_job_get_spent_ucredits (job);
  if (!g_uint64_checked_mul (&left, job->worst_case_ucredits, n_left)
      || !g_uint64_checked_add (&all, left, sum_spent (job->past_hosts)))
    return G_MAXUINT64;
  return all;
}

/**
 * inf_job_get_price_ucredits:
 * @job: a job
 *
 * Returns: what its hosts cost together, in micro-credits per second; 0 while none are leased
 */
guint64
inf_job_get_price_ucredits (const InfJob *job)
{
  guint64 price_ucredits = 0;

  for (guint i = 0; i < job->hosts->len; i++)
    {
      const InfJobHost *host = job->hosts->pdata[i];
      if (host->lease >= INF_JOB_LEASE_HELD
          && !g_uint64_checked_add (&price_ucredits, price_ucredits, host->price_ucredits))
        return G_MAXUINT64;
    }
  return price_ucredits;
}
