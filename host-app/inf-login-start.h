#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean inf_login_start_is_on (void);
gboolean inf_login_start_set (gboolean is_on, GError **error);

G_END_DECLS
