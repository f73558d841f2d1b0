#pragma once

#include "discovery/link/inf-links.h"
#include "grid/jobs/inf-lease-prepare.h"
#include "grid/sandbox/inf-sandbox.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct _InfJobNet InfJobNet;
typedef struct _InfJobSeat InfJobSeat;

InfJobNet *inf_job_net_new (InfLinks *links);
void inf_job_net_free (InfJobNet *net);
void inf_job_net_set_max_streams (InfJobNet *net, guint max_streams);

InfJobSeat *inf_job_net_join (InfJobNet *net, const guint8 job_id[INF_JOB_ID_SIZE_BYTES],
                              guint own_index, GPtrArray *participants, InfSandbox *sandbox,
                              GError **error);
void inf_job_seat_leave (InfJobSeat *seat);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfJobNet, inf_job_net_free)

G_END_DECLS
