#pragma once

#include "client-app/inf-client-files.h"
#include "client-app/inf-copying.h"
#include "client-app/inf-file-item.h"

G_BEGIN_DECLS

InfDBusFiles1 *inf_client_files_get_proxy (InfClientFiles *self);
InfFileItem *inf_client_files_find (InfClientFiles *self, const char *sha256);
void inf_client_files_say (InfClientFiles *self, const char *message);
InfCopying *inf_client_files_begin_copy (InfClientFiles *self, const char *state, const char *name);
InfCopying *inf_client_files_find_copy (InfClientFiles *self, const char *id);
void inf_client_files_end_copy (InfClientFiles *self, InfCopying *copying);
void inf_client_files_hide (InfClientFiles *self, const char *sha256);
void inf_client_files_unhide (InfClientFiles *self, const char *sha256);
void inf_client_files_add_toast (InfClientFiles *self, AdwToast *toast);

void inf_client_files_add_actions (InfClientFiles *self);
void inf_client_files_add (InfClientFiles *self, const char *path);

G_END_DECLS
