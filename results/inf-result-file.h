#pragma once

#include "common/inf-copy.h"
#include "common/inf-sha256.h"

#include <glib.h>

G_BEGIN_DECLS

/* Files below a result's folder, reached component by component without following a link. */

int inf_result_file_open (int dir_fd, const char *path, GError **error);
gboolean inf_result_file_exists (int dir_fd, const char *path);
gboolean inf_result_file_copy (int from_fd, int dir_fd, const char *path, const guint8 sha256[32],
                               guint64 size_bytes, InfCopy *copy, GError **error);
gboolean inf_result_file_remove_tree (int dir_fd, const char *name, GError **error);

G_END_DECLS
