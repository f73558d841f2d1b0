#pragma once

#include "grid/market/inf-lease-request.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfStreamDirection:
 * @INF_STREAM_OUT: a process of the job here connects to another participant
 * @INF_STREAM_IN: another participant connects to a process of the job here
 */
typedef enum
{
  INF_STREAM_OUT,
  INF_STREAM_IN,
  INF_N_STREAM_DIRECTIONS,
} InfStreamDirection;

/**
 * InfStreamLimit:
 *
 * How many streams of each job a node carries at a time, so that no job takes the descriptors that
 * the node needs for others. Counts only; used from one thread.
 */
typedef struct _InfStreamLimit InfStreamLimit;
typedef struct _InfStreamPermit InfStreamPermit;

InfStreamLimit *inf_stream_limit_new (guint max_streams);
void inf_stream_limit_unref (InfStreamLimit *limit);

InfStreamPermit *inf_stream_limit_take (InfStreamLimit *limit,
                                        const guint8 job_id[INF_JOB_ID_SIZE_BYTES],
                                        InfStreamDirection direction, GError **error);
void inf_stream_permit_free (InfStreamPermit *permit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfStreamLimit, inf_stream_limit_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfStreamPermit, inf_stream_permit_free)

G_END_DECLS
