#pragma once

#include <glib.h>

G_BEGIN_DECLS

int inf_lab_text_fd_null (void);
int inf_lab_text_fd_new (const char *text);
char *inf_lab_text_fd_take (int fd);

G_END_DECLS
