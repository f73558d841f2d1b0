#include "discovery/identity/inf-keypair.h"

#include <sodium.h>
#include <string.h>

G_STATIC_ASSERT (INF_PUBLIC_KEY_SIZE_BYTES == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT (INF_SEED_SIZE_BYTES == crypto_sign_SEEDBYTES);
G_STATIC_ASSERT (INF_SIGNATURE_SIZE_BYTES == crypto_sign_BYTES);

struct _InfKeypair
{
  gatomicrefcount ref_count;
  InfPublicKey public_key;
  InfPeerId peer_id;
  guint8 seed[crypto_sign_SEEDBYTES];
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];
  gboolean is_locked; /* in memory */
};

static void
ensure_sodium (void)
{
  if (sodium_init () < 0)
    g_error ("libsodium finds no source of randomness on this machine");
}

/**
 * inf_keypair_from_seed:
 * @seed: 32 secret bytes
 *
 * Returns: (transfer full): the Ed25519 key pair that grows from @seed
 */
InfKeypair *
inf_keypair_from_seed (const guint8 seed[INF_SEED_SIZE_BYTES])
{
  InfKeypair *keypair = g_new0 (InfKeypair, 1);

  ensure_sodium ();
  g_atomic_ref_count_init (&keypair->ref_count);
  memcpy (keypair->seed, seed, sizeof keypair->seed);
  crypto_sign_seed_keypair (keypair->public_key.bytes, keypair->secret_key, seed);
  inf_peer_id_of_key (&keypair->public_key, &keypair->peer_id);
  return keypair;
}

InfKeypair *
inf_keypair_generate (void)
{
  guint8 seed[INF_SEED_SIZE_BYTES];

  ensure_sodium ();
  randombytes_buf (seed, sizeof seed);
  InfKeypair *keypair = inf_keypair_from_seed (seed);
  sodium_memzero (seed, sizeof seed);
  return keypair;
}

InfKeypair *
inf_keypair_ref (InfKeypair *keypair)
{
  g_atomic_ref_count_inc (&keypair->ref_count);
  return keypair;
}

void
inf_keypair_unref (InfKeypair *keypair)
{
  if (!keypair || !g_atomic_ref_count_dec (&keypair->ref_count))
    return;
  if (keypair->is_locked)
    sodium_munlock (keypair, sizeof *keypair);
  sodium_memzero (keypair, sizeof *keypair);
  g_free (keypair);
}

/**
 * inf_keypair_lock_memory:
 * @keypair: a key pair
 *
 * Keeps it out of swap space, as far as this process may; for a key that lives for long.
 */
void
inf_keypair_lock_memory (InfKeypair *keypair)
{
  keypair->is_locked = keypair->is_locked || sodium_mlock (keypair, sizeof *keypair) == 0;
}

const InfPublicKey *
inf_keypair_get_public_key (const InfKeypair *keypair)
{
  return &keypair->public_key;
}

const InfPeerId *
inf_keypair_get_peer_id (const InfKeypair *keypair)
{
  return &keypair->peer_id;
}

/**
 * inf_keypair_get_seed:
 * @keypair: a key pair
 *
 * Returns: (transfer none) (array fixed-size=32): the secret seed, for formats that store it
 */
const guint8 *
inf_keypair_get_seed (const InfKeypair *keypair)
{
  return keypair->seed;
}

/**
 * inf_keypair_get_secret_key:
 * @keypair: a key pair
 *
 * Returns: (transfer none) (array fixed-size=64): libsodium's Ed25519 secret key, for turning it
 *   into an X25519 key
 */
const guint8 *
inf_keypair_get_secret_key (const InfKeypair *keypair)
{
  return keypair->secret_key;
}

/* What is signed is the context, a zero byte and the data, so that a signature made for one
 * purpose never serves another. */
static guint8 *
with_context (const char *context, const void *data, gsize size_bytes, gsize *ret_size_bytes)
{
  gsize context_size = strlen (context) + 1;
  guint8 *message = g_malloc (context_size + size_bytes);

  memcpy (message, context, context_size);
  if (size_bytes > 0)
    memcpy (message + context_size, data, size_bytes);
  *ret_size_bytes = context_size + size_bytes;
  return message;
}

/**
 * inf_keypair_sign:
 * @keypair: whose signature
 * @context: what the signature is for: a short constant such as "infinity lease"
 * @data: (array length=size_bytes): the bytes that travel
 * @size_bytes: their number
 * @ret_signature: (out): the signature
 */
void
inf_keypair_sign (const InfKeypair *keypair, const char *context, const void *data,
                  gsize size_bytes, guint8 ret_signature[INF_SIGNATURE_SIZE_BYTES])
{
  gsize message_size;
  g_autofree guint8 *message = with_context (context, data, size_bytes, &message_size);

  crypto_sign_detached (ret_signature, NULL, message, message_size, keypair->secret_key);
}

/**
 * inf_public_key_verify:
 * @key: whose signature it should be
 * @context: as given to inf_keypair_sign()
 * @data: (array length=size_bytes): the bytes that travelled
 * @size_bytes: their number
 * @signature: (array length=signature_size_bytes): the signature, from anyone
 * @signature_size_bytes: its length
 *
 * Returns: whether @signature is @key's for @data in @context
 */
gboolean
inf_public_key_verify (const InfPublicKey *key, const char *context, const void *data,
                       gsize size_bytes, const guint8 *signature, gsize signature_size_bytes)
{
  gsize message_size;

  if (signature_size_bytes != crypto_sign_BYTES)
    return FALSE;
  g_autofree guint8 *message = with_context (context, data, size_bytes, &message_size);
  return crypto_sign_verify_detached (signature, message, message_size, key->bytes) == 0;
}
