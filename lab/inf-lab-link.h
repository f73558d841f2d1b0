#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean inf_lab_link_up (const char *interface, GError **error);
gboolean inf_lab_link_configure (const char *interface, const char *address, GError **error);

G_END_DECLS
