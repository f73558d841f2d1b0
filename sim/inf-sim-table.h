#pragma once

#include "sim/inf-scenario.h"

G_BEGIN_DECLS

double inf_sim_table_get_limit (const char *scenario, guint n_nodes, double loss);
gboolean inf_sim_table_run (InfPopulation *population, guint64 seed, guint max_nodes,
                            guint max_runs, void (*print) (const InfSimRow *row));

G_END_DECLS
