#pragma once

#include "client-app/inf-client-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_CLIENT_FILES (inf_client_files_get_type ())

G_DECLARE_FINAL_TYPE (InfClientFiles, inf_client_files, INF, CLIENT_FILES, AdwBin)

void inf_client_files_set_model (InfClientFiles *self, InfClientModel *model);
void inf_client_files_set_narrow (InfClientFiles *self, gboolean is_narrow);
void inf_client_files_search (InfClientFiles *self);

G_END_DECLS
