#pragma once

#include "client-app/inf-client-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_CLIENT_SUBMIT (inf_client_submit_get_type ())

G_DECLARE_FINAL_TYPE (InfClientSubmit, inf_client_submit, INF, CLIENT_SUBMIT, AdwBin)

void inf_client_submit_set_model (InfClientSubmit *self, InfClientModel *model,
                                  GSettings *settings);

gboolean inf_client_submit_can_run (InfClientSubmit *self);
void inf_client_submit_run (InfClientSubmit *self);
void inf_client_submit_take_spec (InfClientSubmit *self, GVariant *spec);
void inf_client_submit_take_file (InfClientSubmit *self, GFile *file);
void inf_client_submit_open_job_file (InfClientSubmit *self, GFile *file);
void inf_client_submit_choose_job_file (InfClientSubmit *self);
void inf_client_submit_save_job_file (InfClientSubmit *self);

G_END_DECLS
