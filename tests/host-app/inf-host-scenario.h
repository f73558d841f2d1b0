#pragma once

#include "tests/widgets/inf-desktop-node.h"

G_BEGIN_DECLS

void inf_host_scenario_register (InfDesktopNode *node);
void inf_host_scenario_ready (InfDesktopNode *node);
void inf_host_scenario_hosting (InfDesktopNode *node);
void inf_host_scenario_add_peers (InfDesktopNode *node, guint n_peers);
void inf_host_scenario_add_past (InfDesktopNode *node, guint n_leases);
void inf_host_scenario_ask (InfDesktopNode *node);
void inf_host_scenario_sample (InfDesktopNode *node, guint second);

G_END_DECLS
