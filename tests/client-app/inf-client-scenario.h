#pragma once

#include "tests/widgets/inf-desktop-node.h"

G_BEGIN_DECLS

void inf_client_scenario_register (InfDesktopNode *node);
void inf_client_scenario_ready (InfDesktopNode *node);
void inf_client_scenario_plan (InfDesktopNode *node);
void inf_client_scenario_refuse (InfDesktopNode *node, const char *reason);
void inf_client_scenario_own_some (InfDesktopNode *node);
void inf_client_scenario_lack (InfDesktopNode *node);

G_END_DECLS
