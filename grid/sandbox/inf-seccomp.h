#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean inf_seccomp_write (int fd, gboolean memory_is_accounted, GError **error);

G_END_DECLS
