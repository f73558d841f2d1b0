#pragma once

#include "client-app/inf-client-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_CLIENT_SUBMIT (inf_client_submit_get_type ())

G_DECLARE_FINAL_TYPE (InfClientSubmit, inf_client_submit, INF, CLIENT_SUBMIT, AdwBin)

void inf_client_submit_set_model (InfClientSubmit *self, InfClientModel *model);
void inf_client_submit_take_spec (InfClientSubmit *self, GVariant *spec);

G_END_DECLS
