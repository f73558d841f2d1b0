#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_LAB_MESSAGE_MAX_FDS 4

gboolean inf_lab_message_send (int fd, GVariant *message, const int *fds, guint n_fds,
                               GError **error);
GVariant *inf_lab_message_receive (int fd, const char *type, int timeout_ms,
                                   int ret_fds[INF_LAB_MESSAGE_MAX_FDS], GError **error);
int inf_lab_message_connect (const char *path, GError **error);
int inf_lab_message_listen (const char *path, GError **error);

G_END_DECLS
