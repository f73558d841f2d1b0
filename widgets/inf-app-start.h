#pragma once

#include <glib.h>

G_BEGIN_DECLS

void inf_app_start (void);

G_END_DECLS
