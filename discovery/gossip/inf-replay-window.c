#include "discovery/gossip/inf-replay-window.h"

#define WIDTH 64

/**
 * inf_replay_window_take:
 * @window: what was seen of one sender; changed only when the datagram is new
 * @session: the sender's run, which grows with every start of it
 * @counter: the datagram's number in that run, from 1
 *
 * The sliding window of RFC 4303, section 3.4.3, with a run's number above it so that a sender that
 * restarts begins a new window, and one that it left behind is closed for good.
 *
 * Returns: whether the datagram was not taken before and is not too old to tell
 */
gboolean
inf_replay_window_take (InfReplayWindow *window, guint64 session, guint64 counter)
{
  if (session < window->session || counter == 0)
    return FALSE;
  if (session > window->session)
    {
      *window = (InfReplayWindow){ .session = session, .highest = counter, .seen = 1 };
      return TRUE;
    }
  if (counter > window->highest)
    {
      guint64 step = counter - window->highest;
      window->seen = step < WIDTH ? window->seen << step | 1 : 1;
      window->highest = counter;
      return TRUE;
    }

  guint64 age = window->highest - counter;
  if (age >= WIDTH || (window->seen >> age & 1))
    return FALSE;
  window->seen |= G_GUINT64_CONSTANT (1) << age;
  return TRUE;
}
