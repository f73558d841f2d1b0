#pragma once

#include "grid/jobs/inf-job-context.h"
#include "grid/market/inf-plan.h"

G_BEGIN_DECLS

InfPlan *inf_job_planner_plan (const InfJobContext *context, const InfJobSpec *spec,
                               const InfJob *job);
void inf_job_planner_fill_request (const InfJobContext *context, const InfJob *job,
                                   const InfJobHost *host, InfLeaseRequest *request);
InfEndpoint *inf_job_planner_endpoint (const InfJobContext *context, const InfPeerId *peer_id,
                                       InfPublicKey *ret_key);

G_END_DECLS
