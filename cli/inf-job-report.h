#pragma once

#include "cli/inf-table.h"

#include <glib.h>

G_BEGIN_DECLS

extern const InfColumn inf_job_columns[];
extern const InfColumn inf_job_record_columns[];

char *inf_job_report_plan (GVariant *plan);
char *inf_job_report_end (GVariant *job);
GVariant *inf_job_report_steps (GVariant *job);
GVariant *inf_job_report_costs (GVariant *job);

extern const InfColumn inf_job_step_columns[];
extern const InfColumn inf_job_cost_columns[];

G_END_DECLS
