#pragma once

#include "host-app/inf-host-window.h"

G_BEGIN_DECLS

void inf_host_window_add_actions (InfHostWindow *self);
void inf_host_window_update_actions (InfHostWindow *self);
void inf_host_window_invite (InfHostWindow *self);
void inf_host_window_show_log (InfHostWindow *self);
void inf_host_window_search (InfHostWindow *self);

G_END_DECLS
