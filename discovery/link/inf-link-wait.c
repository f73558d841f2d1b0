#include "discovery/link/inf-link-wait.h"

#include <sched.h>

/* A message of a job wakes four threads on its way from one rank to another, and waking a processor
 * that has gone to sleep takes longer than all the rest. So while messages come and go quickly a
 * thread stays awake for a moment after each, and yields to whoever else wants the processor:
 *
 *   - for AWAKE_US at most, and only while nearly all of the recent waits were that short: a thread
 *     that is wrong about it soon sleeps at once again;
 *   - on half of the processors at most, over all links of the process.
 *
 * A stream of bulk data never waits, an idle link's waits are long: neither is affected. */

#define AWAKE_US 100
/* A wait counts as short when it would have been with the time to wake up taken off. */
#define SHORT_US (2 * AWAKE_US)
#define SCORE_SHORT 1
#define SCORE_LONG (-4)
#define SCORE_AWAKE 8
#define MAX_SCORE 16

static int n_awake; /* threads, atomic */

/**
 * inf_link_wait_is_awake:
 * @wait: a thread's waiting
 *
 * Returns: whether the next wait is worth staying awake for
 */
gboolean
inf_link_wait_is_awake (const InfLinkWait *wait)
{
  return wait->score >= SCORE_AWAKE;
}

/**
 * inf_link_wait_note:
 * @wait: a thread's waiting
 * @waited_us: how long the last wait was
 */
void
inf_link_wait_note (InfLinkWait *wait, gint64 waited_us)
{
  int score = wait->score + (waited_us < SHORT_US ? SCORE_SHORT : SCORE_LONG);

  wait->score = CLAMP (score, 0, MAX_SCORE);
}

static gboolean
take_processor (void)
{
  if (g_atomic_int_add (&n_awake, 1) < MAX (1, (int)g_get_num_processors () / 2))
    return TRUE;
  g_atomic_int_add (&n_awake, -1);
  return FALSE;
}

static int
stay_awake (int epoll_fd, struct epoll_event *events, int max_events, gint64 until_us)
{
  int n;

  while ((n = epoll_wait (epoll_fd, events, max_events, 0)) == 0
         && g_get_monotonic_time () < until_us)
    sched_yield ();
  g_atomic_int_add (&n_awake, -1);
  return n;
}

/**
 * inf_link_wait_run:
 * @wait: the thread's waiting
 * @epoll_fd: what it waits for
 * @ret_events: (out) (array length=max_events): what happened
 * @max_events: how many of them at most
 *
 * Returns: how many, at least one; -1 on failure, as epoll_wait() does
 */
int
inf_link_wait_run (InfLinkWait *wait, int epoll_fd, struct epoll_event *ret_events, int max_events)
{
  gint64 start_us = g_get_monotonic_time ();
  int n = 0;

  if (inf_link_wait_is_awake (wait) && take_processor ())
    n = stay_awake (epoll_fd, ret_events, max_events, start_us + AWAKE_US);
  if (n == 0)
    n = epoll_wait (epoll_fd, ret_events, max_events, -1);
  inf_link_wait_note (wait, g_get_monotonic_time () - start_us);
  return n;
}
