#include "discovery/gossip/inf-machine-clock.h"

#include <time.h>

static gint64
read_us (clockid_t clock)
{
  struct timespec now;

  if (clock_gettime (clock, &now) != 0)
    return 0;
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/**
 * inf_machine_suspended_us:
 *
 * Returns: for how long this machine has been suspended since it started
 */
gint64
inf_machine_suspended_us (void)
{
  return read_us (CLOCK_BOOTTIME) - read_us (CLOCK_MONOTONIC);
}
