#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean inf_keyring_is_there (void);

void inf_keyring_store_async (const char *peer_id, const char *passphrase,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean inf_keyring_store_finish (GAsyncResult *result, GError **error);

void inf_keyring_lookup_async (const char *peer_id, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
char *inf_keyring_lookup_finish (GAsyncResult *result, GError **error);

void inf_keyring_forget_async (const char *peer_id, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_keyring_forget_finish (GAsyncResult *result, GError **error);

G_END_DECLS
