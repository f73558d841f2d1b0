#include "discovery/link/inf-ssh-key.h"

#include <string.h>

#define KEY_TYPE "ssh-ed25519"
#define LINE_LENGTH 70
#define CIPHER_BLOCK_BYTES 8

static void
put_u32 (GByteArray *array, guint32 value)
{
  value = GUINT32_TO_BE (value);
  g_byte_array_append (array, (const guint8 *)&value, sizeof value);
}

static void
put_string (GByteArray *array, const void *data, gsize size_bytes)
{
  put_u32 (array, size_bytes);
  g_byte_array_append (array, data, size_bytes);
}

static GByteArray *
public_blob (const InfKeypair *keypair)
{
  const InfPublicKey *key = inf_keypair_get_public_key (keypair);
  GByteArray *blob = g_byte_array_new ();

  put_string (blob, KEY_TYPE, strlen (KEY_TYPE));
  put_string (blob, key->bytes, sizeof key->bytes);
  return blob;
}

/* The part that a passphrase would seal. Its two leading numbers tell whether it was unsealed well;
 * nothing is sealed here, so any equal pair does. */
static GByteArray *
private_section (const InfKeypair *keypair)
{
  const InfPublicKey *key = inf_keypair_get_public_key (keypair);
  GByteArray *section = g_byte_array_sized_new (256);
  guint8 secret[INF_SEED_SIZE_BYTES + INF_PUBLIC_KEY_SIZE_BYTES];

  memcpy (secret, inf_keypair_get_seed (keypair), INF_SEED_SIZE_BYTES);
  memcpy (secret + INF_SEED_SIZE_BYTES, key->bytes, sizeof key->bytes);
  put_u32 (section, 0);
  put_u32 (section, 0);
  put_string (section, KEY_TYPE, strlen (KEY_TYPE));
  put_string (section, key->bytes, sizeof key->bytes);
  put_string (section, secret, sizeof secret);
  put_string (section, "", 0);
  for (guint8 pad = 1; section->len % CIPHER_BLOCK_BYTES != 0; pad++)
    g_byte_array_append (section, &pad, 1);
  explicit_bzero (secret, sizeof secret);
  return section;
}

static void
wipe (GByteArray *array)
{
  explicit_bzero (array->data, array->len);
  g_byte_array_unref (array);
}

static char *
to_pem (const GByteArray *binary)
{
  char *base64 = g_base64_encode (binary->data, binary->len);
  gsize length = strlen (base64);
  GString *pem = g_string_sized_new (1024);

  g_string_append (pem, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
  for (gsize i = 0; i < length; i += LINE_LENGTH)
    {
      g_string_append_len (pem, base64 + i, MIN (LINE_LENGTH, length - i));
      g_string_append_c (pem, '\n');
    }
  g_string_append (pem, "-----END OPENSSH PRIVATE KEY-----\n");
  explicit_bzero (base64, length);
  g_free (base64);
  return g_string_free (pem, FALSE);
}

/**
 * inf_ssh_key_from_keypair:
 * @keypair: an identity
 *
 * The identity as libssh's private key. libssh takes an Ed25519 key only in OpenSSH's file format
 * (OpenSSH, PROTOCOL.key, 2013), so that is built in memory.
 *
 * Returns: (transfer full): the key, freed with ssh_key_free()
 */
ssh_key
inf_ssh_key_from_keypair (const InfKeypair *keypair)
{
  GByteArray *binary = g_byte_array_sized_new (512);
  g_autoptr (GByteArray) public_part = public_blob (keypair);
  GByteArray *private_part = private_section (keypair);
  ssh_key key = NULL;

  g_byte_array_append (binary, (const guint8 *)"openssh-key-v1", sizeof "openssh-key-v1");
  put_string (binary, "none", 4); /* cipher */
  put_string (binary, "none", 4); /* key derivation, and its options */
  put_string (binary, "", 0);
  put_u32 (binary, 1);
  put_string (binary, public_part->data, public_part->len);
  put_string (binary, private_part->data, private_part->len);
  wipe (private_part);

  char *pem = to_pem (binary);
  wipe (binary);
  int status = ssh_pki_import_privkey_base64 (pem, NULL, NULL, NULL, &key);
  explicit_bzero (pem, strlen (pem));
  g_free (pem);
  if (status != SSH_OK)
    g_error ("this libssh takes no Ed25519 keys");
  return key;
}

/**
 * inf_ssh_key_get_public:
 * @key: the key of the other side
 * @ret_key: (out): its 32 bytes; left alone when it is no Ed25519 key
 */
gboolean
inf_ssh_key_get_public (ssh_key key, InfPublicKey *ret_key)
{
  static const guint8 prefix[]
      = { 0, 0, 0, 11, 's', 's', 'h', '-', 'e', 'd', '2', '5', '5', '1', '9', 0, 0, 0, 32 };
  char *base64 = NULL;
  gsize size;

  if (ssh_key_type (key) != SSH_KEYTYPE_ED25519
      || ssh_pki_export_pubkey_base64 (key, &base64) != SSH_OK)
    return FALSE;
  g_autofree guint8 *blob = g_base64_decode (base64, &size);
  ssh_string_free_char (base64);
  if (size != sizeof prefix + sizeof ret_key->bytes || memcmp (blob, prefix, sizeof prefix) != 0)
    return FALSE;
  memcpy (ret_key->bytes, blob + sizeof prefix, sizeof ret_key->bytes);
  return TRUE;
}
