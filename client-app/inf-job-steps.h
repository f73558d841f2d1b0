#pragma once

#include "client-app/inf-job-facts.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define INF_TYPE_JOB_STEPS (inf_job_steps_get_type ())

G_DECLARE_FINAL_TYPE (InfJobSteps, inf_job_steps, INF, JOB_STEPS, GtkWidget)

void inf_job_steps_show (InfJobSteps *self, const InfJobFacts *facts);

G_END_DECLS
