#pragma once

#include "widgets/inf-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_INVITE_WINDOW (inf_invite_window_get_type ())

G_DECLARE_FINAL_TYPE (InfInviteWindow, inf_invite_window, INF, INVITE_WINDOW, AdwWindow)

void inf_invite_window_show (GtkWindow *parent, InfService *service);

G_END_DECLS
