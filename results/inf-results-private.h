#pragma once

#include "results/inf-results.h"

G_BEGIN_DECLS

int inf_results_open_folder (InfResults *results, const char *name, GError **error);
InfManifest *inf_results_load_from (int dir_fd, GBytes **ret_json, GError **error);

G_END_DECLS
