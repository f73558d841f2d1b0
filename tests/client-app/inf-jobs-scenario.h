#pragma once

#include "tests/widgets/inf-desktop-node.h"

G_BEGIN_DECLS

#define INF_JOBS_SCENARIO_RUNNING 20

void inf_jobs_scenario_some (InfDesktopNode *node);
void inf_jobs_scenario_many (InfDesktopNode *node, guint n_jobs);
void inf_jobs_scenario_print (InfDesktopNode *node, const char *log);
void inf_jobs_scenario_tell (InfDesktopNode *node, const char *id, const char *changed);

G_END_DECLS
