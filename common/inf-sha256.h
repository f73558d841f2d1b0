#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_SHA256_SIZE_BYTES 32

typedef struct _InfSha256 InfSha256;

InfSha256 *inf_sha256_new (void);
void inf_sha256_update (InfSha256 *hash, const void *data, gsize size_bytes);
void inf_sha256_finish (InfSha256 *hash, guint8 ret_digest[INF_SHA256_SIZE_BYTES]);
void inf_sha256_free (InfSha256 *hash);

void inf_sha256_of_data (const void *data, gsize size_bytes,
                         guint8 ret_digest[INF_SHA256_SIZE_BYTES]);
gboolean inf_sha256_of_fd (int fd, guint8 ret_digest[INF_SHA256_SIZE_BYTES],
                           guint64 *ret_size_bytes, GError **error);

char *inf_sha256_to_hex (const guint8 digest[INF_SHA256_SIZE_BYTES]);
gboolean inf_sha256_from_hex (const char *text, guint8 ret_digest[INF_SHA256_SIZE_BYTES]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSha256, inf_sha256_free)

G_END_DECLS
