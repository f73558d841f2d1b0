#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_PUBLIC_KEY_SIZE_BYTES 32
#define INF_PEER_ID_SIZE_BYTES 32

/**
 * InfPublicKey:
 * @bytes: an Ed25519 public key
 */
typedef struct
{
  guint8 bytes[INF_PUBLIC_KEY_SIZE_BYTES];
} InfPublicKey;

/**
 * InfPeerId:
 * @bytes: the SHA-256 of a public key
 */
typedef struct
{
  guint8 bytes[INF_PEER_ID_SIZE_BYTES];
} InfPeerId;

void inf_peer_id_of_key (const InfPublicKey *key, InfPeerId *ret_id);

gboolean inf_peer_id_equal (gconstpointer a, gconstpointer b);
guint inf_peer_id_hash (gconstpointer id);
int inf_peer_id_compare (gconstpointer a, gconstpointer b);
InfPeerId *inf_peer_id_copy (const InfPeerId *id);

char *inf_peer_id_to_text (const InfPeerId *id);
char *inf_peer_id_to_short (const InfPeerId *id);
gboolean inf_peer_id_from_text (const char *text, InfPeerId *ret_id);
gboolean inf_peer_id_from_variant (GVariant *value, InfPeerId *ret_id);
GVariant *inf_peer_id_to_variant (const InfPeerId *id);

gboolean inf_public_key_from_variant (GVariant *value, InfPublicKey *ret_key);
GVariant *inf_public_key_to_variant (const InfPublicKey *key);

G_END_DECLS
