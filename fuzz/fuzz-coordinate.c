#include "discovery/gossip/inf-coordinate.h"

#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define STEP_SIZE_BYTES (INF_COORDINATE_SIZE_BYTES + 4)

static void
assert_possible (const InfCoordinate *own)
{
  g_assert (fabsf (own->x_us) <= INF_COORDINATE_MAX_US);
  g_assert (fabsf (own->y_us) <= INF_COORDINATE_MAX_US);
  g_assert (own->height_us > 0 && own->height_us <= INF_COORDINATE_MAX_US);
  g_assert (own->error > 0 && own->error <= 1);
}

/* Answers from liars, one after the other: a coordinate, and how long the answer took. Wherever
 * they want a node to be, it stays in bounds, and what it sends of itself is accepted. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  InfVivaldi vivaldi;
  InfCoordinate other;
  guint8 own[INF_COORDINATE_SIZE_BYTES];

  inf_coordinate_from_bytes (data, size, &other);
  inf_vivaldi_init (&vivaldi);
  for (; size >= STEP_SIZE_BYTES; data += STEP_SIZE_BYTES, size -= STEP_SIZE_BYTES)
    {
      guint32 rtt_us;
      memcpy (&rtt_us, data + INF_COORDINATE_SIZE_BYTES, sizeof rtt_us);
      if (!inf_coordinate_from_bytes (data, INF_COORDINATE_SIZE_BYTES, &other))
        continue;
      inf_vivaldi_update (&vivaldi, &other, GUINT32_FROM_LE (rtt_us), rtt_us);
      assert_possible (&vivaldi.own);
      inf_coordinate_get_distance_us (&vivaldi.own, &other);
    }
  inf_coordinate_to_bytes (&vivaldi.own, own);
  g_assert (inf_coordinate_from_bytes (own, sizeof own, &other));
  return 0;
}
