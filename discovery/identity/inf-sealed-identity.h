#pragma once

#include "discovery/identity/inf-keypair.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_PASSPHRASE_MIN_BYTES 8
#define INF_PASSPHRASE_MAX_BYTES 1024
/* What an export may hold besides the key: a grid and an account. */
#define INF_SEALED_IDENTITY_MAX_BYTES (64 << 20)
#define INF_SEALED_IDENTITY_FILES_TYPE "a{say}"

/**
 * InfSealedIdentity:
 *
 * A key pair, and perhaps files that belong to it, sealed with a passphrase. What is readable
 * without it, the name and the public key, is as good as its source before it was opened.
 */
typedef struct _InfSealedIdentity InfSealedIdentity;

InfSealedIdentity *inf_sealed_identity_new (const InfKeypair *keypair, const char *name,
                                            GVariant *files, const char *passphrase,
                                            GError **error);
InfSealedIdentity *inf_sealed_identity_from_bytes (GBytes *bytes, GError **error);
InfSealedIdentity *inf_sealed_identity_ref (InfSealedIdentity *sealed);
void inf_sealed_identity_unref (InfSealedIdentity *sealed);

GBytes *inf_sealed_identity_get_bytes (const InfSealedIdentity *sealed);
const char *inf_sealed_identity_get_name (const InfSealedIdentity *sealed);
const InfPublicKey *inf_sealed_identity_get_public_key (const InfSealedIdentity *sealed);

InfKeypair *inf_sealed_identity_open (const InfSealedIdentity *sealed, const char *passphrase,
                                      GVariant **ret_files, GError **error);

gboolean inf_passphrase_check (const char *passphrase, GError **error);
void inf_passphrase_free (char *passphrase);

void inf_sealed_identity_set_test_cost (guint64 n_passes, gsize memory_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSealedIdentity, inf_sealed_identity_unref)

G_END_DECLS
