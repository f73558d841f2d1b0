#include "discovery/gossip/inf-accusation.h"
#include "discovery/gossip/inf-pulse.h"
#include "fuzz-grid.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
try_accusation (GBytes *bytes, const InfGrid *grid, const InfPublicKey *key)
{
  InfAccusation accusation;
  gint64 age_us;

  if (!inf_accusation_decode (bytes, &accusation, &age_us))
    return;
  g_autoptr (GBytes) again = inf_accusation_encode (&accusation, age_us);
  g_assert (g_bytes_equal (bytes, again));
  inf_accusation_verify (&accusation, grid, key);
}

static void
try_pulse (GBytes *bytes, const InfGrid *grid, const InfPublicKey *key)
{
  InfPulse pulse;

  if (!inf_pulse_decode (bytes, &pulse))
    return;
  g_autoptr (GBytes) again = inf_pulse_encode (&pulse);
  g_assert (g_bytes_equal (bytes, again));
  inf_pulse_verify (&pulse, grid, key);
}

/* What is taken for an accusation or a pulse is written the same again. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static InfGrid *grid;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  if (!grid)
    grid = fuzz_grid ();
  try_accusation (bytes, grid, inf_grid_get_founder (grid));
  try_pulse (bytes, grid, inf_grid_get_founder (grid));
  return 0;
}
