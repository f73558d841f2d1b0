#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean inf_lab_namespace_enter (GError **error);
GPid inf_lab_namespace_fork_host (void);

G_END_DECLS
