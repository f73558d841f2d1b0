#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_PROBE_MAX_LIVENESS 16
#define INF_PROBE_MAX_RECORDS 4
#define INF_PROBE_MAX_NOTICES 8
#define INF_PROBE_MAX_COORDINATE_BYTES 32

/**
 * InfProbeType:
 * @INF_PROBE_PING: answer me
 * @INF_PROBE_ACK: I answer, or the target answered me
 * @INF_PROBE_PING_REQUEST: ping the target for me, and tell me whether it answers
 * @INF_PROBE_NEWS: nothing but what it carries
 * @INF_PROBE_NACK: the target did not answer me either
 */
typedef enum
{
  INF_PROBE_PING = 1,
  INF_PROBE_ACK = 2,
  INF_PROBE_PING_REQUEST = 3,
  INF_PROBE_NEWS = 4,
  INF_PROBE_NACK = 5,
} InfProbeType;

/**
 * InfProbe:
 * @type: what it is
 * @sequence: which ping is made or answered
 * @target: whom a request is about, or whom an answer is passed on for; else 0
 * @summary: a digest of everything that the sender knows
 * @coordinate: (nullable): where in the network the sender is, in its own answers, and where it
 *   sees the recipient unless that knows
 * @liveness: (element-type GBytes) (nullable): accusations and pulses
 * @records: (element-type GBytes) (nullable): news that peers signed about themselves
 * @notices: (element-type GBytes) (nullable): news about anything else
 *
 * One step of failure detection, and what news there is to take along. To this message all four are
 * bytes: who reads them judges them.
 */
typedef struct
{
  InfProbeType type;
  guint32 sequence;
  guint64 target;
  guint64 summary;
  GBytes *coordinate;
  GPtrArray *liveness;
  GPtrArray *records;
  GPtrArray *notices;
} InfProbe;

GBytes *inf_probe_encode (const InfProbe *probe);
gboolean inf_probe_decode (GBytes *bytes, InfProbe *ret_probe);
void inf_probe_clear (InfProbe *probe);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfProbe, inf_probe_clear)

G_END_DECLS
