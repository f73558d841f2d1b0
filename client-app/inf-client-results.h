#pragma once

#include "client-app/inf-client-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_CLIENT_RESULTS (inf_client_results_get_type ())

G_DECLARE_FINAL_TYPE (InfClientResults, inf_client_results, INF, CLIENT_RESULTS, AdwBin)

void inf_client_results_set_model (InfClientResults *self, InfClientModel *model);
void inf_client_results_set_narrow (InfClientResults *self, gboolean is_narrow);
void inf_client_results_show_result (InfClientResults *self, const char *name);
void inf_client_results_search (InfClientResults *self);

G_END_DECLS
