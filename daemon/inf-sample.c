#include "daemon/inf-sample.h"

static const char *const kind_texts[INF_N_SAMPLE_KINDS]
    = { "cpu", "cpu-jobs", "memory", "memory-jobs", "earned" };

const char *
inf_sample_kind_to_text (InfSampleKind kind)
{
  return kind_texts[kind];
}

/**
 * inf_sample_kind_from_text:
 * @text: as inf_sample_kind_to_text() gives
 * @ret_kind: (out): left alone when @text is none of these
 */
gboolean
inf_sample_kind_from_text (const char *text, InfSampleKind *ret_kind)
{
  for (guint i = 0; i < INF_N_SAMPLE_KINDS; i++)
    if (g_str_equal (text, kind_texts[i]))
      {
        *ret_kind = (InfSampleKind)i;
        return TRUE;
      }
  return FALSE;
}

/**
 * inf_sample_ring_add:
 * @ring: a ring
 * @sample: the newest; takes the oldest one's place when the ring is full
 */
void
inf_sample_ring_add (InfSampleRing *ring, const InfSample *sample)
{
  ring->samples[(ring->begin + ring->length) % INF_SAMPLE_RING_LENGTH] = *sample;
  if (ring->length < INF_SAMPLE_RING_LENGTH)
    ring->length++;
  else
    ring->begin = (ring->begin + 1) % INF_SAMPLE_RING_LENGTH;
}

/**
 * inf_sample_ring_get:
 * @ring: a ring
 * @place: below its length; 0 for the oldest
 */
const InfSample *
inf_sample_ring_get (const InfSampleRing *ring, guint place)
{
  return &ring->samples[(ring->begin + place) % INF_SAMPLE_RING_LENGTH];
}
