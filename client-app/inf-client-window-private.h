#pragma once

#include "client-app/inf-client-submit.h"
#include "client-app/inf-client-window.h"

G_BEGIN_DECLS

void inf_client_window_add_actions (InfClientWindow *self);
void inf_client_window_update_actions (InfClientWindow *self);
InfClientSubmit *inf_client_window_get_submit (InfClientWindow *self);
void inf_client_window_run (InfClientWindow *self);
void inf_client_window_search (InfClientWindow *self);

G_END_DECLS
