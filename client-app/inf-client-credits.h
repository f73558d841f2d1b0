#pragma once

#include "client-app/inf-client-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_CLIENT_CREDITS (inf_client_credits_get_type ())

G_DECLARE_FINAL_TYPE (InfClientCredits, inf_client_credits, INF, CLIENT_CREDITS, AdwBin)

void inf_client_credits_set_model (InfClientCredits *self, InfClientModel *model);
void inf_client_credits_set_narrow (InfClientCredits *self, gboolean is_narrow);
void inf_client_credits_search (InfClientCredits *self);

G_END_DECLS
