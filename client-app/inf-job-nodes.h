#pragma once

#include "client-app/inf-job-facts.h"
#include "widgets/inf-service.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define INF_TYPE_JOB_NODES (inf_job_nodes_get_type ())

G_DECLARE_FINAL_TYPE (InfJobNodes, inf_job_nodes, INF, JOB_NODES, GtkWidget)

void inf_job_nodes_set_service (InfJobNodes *self, InfService *service);
void inf_job_nodes_show (InfJobNodes *self, const InfJobFacts *facts);

G_END_DECLS
