#pragma once

#include "client-app/inf-client-window.h"

G_BEGIN_DECLS

void inf_client_window_add_actions (InfClientWindow *self);
void inf_client_window_update_actions (InfClientWindow *self);
void inf_client_window_search (InfClientWindow *self);

G_END_DECLS
