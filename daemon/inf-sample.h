#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfSampleKind:
 * @INF_SAMPLE_CPU: percent of all processors, by everything
 * @INF_SAMPLE_CPU_JOBS: percent of all processors, by jobs of others
 * @INF_SAMPLE_MEMORY: bytes in use, by everything
 * @INF_SAMPLE_MEMORY_JOBS: bytes in use, by jobs of others
 * @INF_SAMPLE_EARNED: micro-credits per hour
 */
typedef enum
{
  INF_SAMPLE_CPU,
  INF_SAMPLE_CPU_JOBS,
  INF_SAMPLE_MEMORY,
  INF_SAMPLE_MEMORY_JOBS,
  INF_SAMPLE_EARNED,
  INF_N_SAMPLE_KINDS,
} InfSampleKind;

typedef struct
{
  gint64 time_unix_us;
  double values[INF_N_SAMPLE_KINDS];
} InfSample;

/**
 * InfSampleRing:
 *
 * The newest samples, in memory.
 */
#define INF_SAMPLE_RING_LENGTH 600

typedef struct
{
  InfSample samples[INF_SAMPLE_RING_LENGTH];
  guint begin;
  guint length;
} InfSampleRing;

void inf_sample_ring_add (InfSampleRing *ring, const InfSample *sample);
const InfSample *inf_sample_ring_get (const InfSampleRing *ring, guint place);

const char *inf_sample_kind_to_text (InfSampleKind kind);
gboolean inf_sample_kind_from_text (const char *text, InfSampleKind *ret_kind);

G_END_DECLS
