#pragma once

#include "widgets/inf-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_SIGN_IN (inf_sign_in_get_type ())

G_DECLARE_FINAL_TYPE (InfSignIn, inf_sign_in, INF, SIGN_IN, AdwBin)

gboolean inf_sign_in_is_needed (InfService *service);

void inf_sign_in_set_service (InfSignIn *self, InfService *service);
void inf_sign_in_take_invite (InfSignIn *self, const char *text);
char *inf_sign_in_find_invite (const char *text);

G_END_DECLS
