#pragma once

#include "discovery/identity/inf-peer-id.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_SEED_SIZE_BYTES 32
#define INF_SIGNATURE_SIZE_BYTES 64

typedef struct _InfKeypair InfKeypair;

InfKeypair *inf_keypair_generate (void);
InfKeypair *inf_keypair_from_seed (const guint8 seed[INF_SEED_SIZE_BYTES]);
InfKeypair *inf_keypair_ref (InfKeypair *keypair);
void inf_keypair_unref (InfKeypair *keypair);
void inf_keypair_lock_memory (InfKeypair *keypair);

const InfPublicKey *inf_keypair_get_public_key (const InfKeypair *keypair);
const InfPeerId *inf_keypair_get_peer_id (const InfKeypair *keypair);
const guint8 *inf_keypair_get_seed (const InfKeypair *keypair);
const guint8 *inf_keypair_get_secret_key (const InfKeypair *keypair);

void inf_keypair_sign (const InfKeypair *keypair, const char *context, const void *data,
                       gsize size_bytes, guint8 ret_signature[INF_SIGNATURE_SIZE_BYTES]);
gboolean inf_public_key_verify (const InfPublicKey *key, const char *context, const void *data,
                                gsize size_bytes, const guint8 *signature,
                                gsize signature_size_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfKeypair, inf_keypair_unref)

G_END_DECLS
