#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean inf_namespaces_enter (GError **error);

G_END_DECLS
