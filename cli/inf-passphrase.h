#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *inf_passphrase_read (int fd, const char *prompt, GError **error);
char *inf_passphrase_read_new (int fd, GError **error);
void inf_passphrase_wipe (char *passphrase);

G_END_DECLS
