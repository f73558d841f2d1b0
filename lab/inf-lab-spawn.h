#pragma once

#include <glib.h>

G_BEGIN_DECLS

GPid inf_lab_spawn (const char *host, GVariant *request, const int fds[3], int *ret_errno);

G_END_DECLS
