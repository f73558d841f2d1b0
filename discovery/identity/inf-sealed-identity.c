#include "discovery/identity/inf-sealed-identity.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/identity/inf-identity-kinds.h"
#include "discovery/identity/inf-name.h"

#include <sodium.h>
#include <string.h>

/* A sealed identity is an envelope of a header and a box:
 *
 *   header   name, public key, Argon2id's passes and memory in bytes, salt, nonce
 *   box      secretbox (seed ‖ files, nonce, key)
 *   key      BLAKE2b (header, keyed with Argon2id (passphrase, salt))
 *
 * So whoever changes the header, the cost of a guess for example, gets a box that doesn't open. */
#define HEADER_TYPE "(sayttayay)"
#define BODY_TYPE "(" HEADER_TYPE "ay)"

/* A file that asks for more than this is no reason to run out of memory or time. */
#define MAX_PASSES 16
#define MAX_MEMORY_BYTES ((guint64)1 << 30)

static guint64 cost_passes = crypto_pwhash_argon2id_OPSLIMIT_MODERATE;
static gsize cost_memory_bytes = crypto_pwhash_argon2id_MEMLIMIT_MODERATE;

struct _InfSealedIdentity
{
  gatomicrefcount ref_count;
  GBytes *bytes;
  GVariant *header;
  GBytes *box;
  char *name;
  InfPublicKey public_key;
  guint64 passes;
  gsize memory_bytes;
  guint8 salt[crypto_pwhash_argon2id_SALTBYTES];
  guint8 nonce[crypto_secretbox_NONCEBYTES];
};

/**
 * inf_sealed_identity_set_test_cost:
 * @n_passes: of Argon2id
 * @memory_bytes: that it goes through
 *
 * Makes what is sealed from now on cheap to open. For tests, which have nothing to hide.
 */
void
inf_sealed_identity_set_test_cost (guint64 n_passes, gsize memory_bytes)
{
  cost_passes = n_passes;
  cost_memory_bytes = memory_bytes;
}

/**
 * inf_passphrase_check:
 * @passphrase: what someone wants to seal with
 * @error: #INF_ERROR_INVALID
 *
 * Returns: whether it is UTF-8 of %INF_PASSPHRASE_MIN_BYTES to %INF_PASSPHRASE_MAX_BYTES
 */
gboolean
inf_passphrase_check (const char *passphrase, GError **error)
{
  gsize size_bytes = strlen (passphrase);

  if (size_bytes < INF_PASSPHRASE_MIN_BYTES)
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                 "a passphrase has %u characters or more; several words are easy to remember",
                 INF_PASSPHRASE_MIN_BYTES);
  else if (size_bytes > INF_PASSPHRASE_MAX_BYTES)
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "a passphrase has at most %u bytes",
                 INF_PASSPHRASE_MAX_BYTES);
  else if (!g_utf8_validate (passphrase, (gssize)size_bytes, NULL))
    g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "a passphrase is UTF-8 text");
  else
    return TRUE;
  return FALSE;
}

/**
 * inf_passphrase_free:
 * @passphrase: (nullable): a string of the heap
 *
 * Leaves nothing of it in memory.
 */
void
inf_passphrase_free (char *passphrase)
{
  if (!passphrase)
    return;
  sodium_memzero (passphrase, strlen (passphrase));
  g_free (passphrase);
}

/* The same letters have several spellings in Unicode, and which one a keyboard gives differs
 * between machines: RFC 8265, section 4.2.2, takes form C. */
static char *
normalize (const char *passphrase)
{
  char *normal = g_utf8_normalize (passphrase, -1, G_NORMALIZE_NFC);

  return normal ? normal : g_strdup (passphrase);
}

/* The key of the box, in memory that inf_sealed_identity_new() and _open() free with sodium. */
static guint8 *
derive_key (const InfSealedIdentity *self, const char *passphrase, GError **error)
{
  guint8 stretched[crypto_generichash_KEYBYTES];
  char *normal = normalize (passphrase);
  int failed = crypto_pwhash (stretched, sizeof stretched, normal, strlen (normal), self->salt,
                              self->passes, self->memory_bytes, crypto_pwhash_ALG_ARGON2ID13);

  inf_passphrase_free (normal);
  if (failed)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED,
                   "there is not enough memory to open the identity: it takes %" G_GSIZE_FORMAT
                   " MiB",
                   self->memory_bytes >> 20);
      return NULL;
    }
  guint8 *key = sodium_malloc (crypto_secretbox_KEYBYTES);
  g_autoptr (GBytes) header
      = inf_wire_encode (INF_KIND_SEALED_IDENTITY, g_variant_ref (self->header));
  crypto_generichash (key, crypto_secretbox_KEYBYTES, g_bytes_get_data (header, NULL),
                      g_bytes_get_size (header), stretched, sizeof stretched);
  sodium_memzero (stretched, sizeof stretched);
  return key;
}

static gboolean
take_bytes (GVariant *header, gsize index, void *place, gsize size_bytes)
{
  g_autoptr (GVariant) field = g_variant_get_child_value (header, index);
  gsize found;
  const void *data = g_variant_get_fixed_array (field, &found, 1);

  if (found != size_bytes)
    return FALSE;
  memcpy (place, data, size_bytes);
  return TRUE;
}

static gboolean
take_header (InfSealedIdentity *self, GError **error)
{
  guint64 passes, memory_bytes;
  const char *name;

  g_variant_get_child (self->header, 0, "&s", &name);
  g_variant_get_child (self->header, 2, "t", &passes);
  g_variant_get_child (self->header, 3, "t", &memory_bytes);
  if ((*name && !inf_name_is_valid (name))
      || !take_bytes (self->header, 1, &self->public_key, sizeof self->public_key)
      || !take_bytes (self->header, 4, self->salt, sizeof self->salt)
      || !take_bytes (self->header, 5, self->nonce, sizeof self->nonce)
      || passes < crypto_pwhash_argon2id_OPSLIMIT_MIN || passes > MAX_PASSES
      || memory_bytes < crypto_pwhash_argon2id_MEMLIMIT_MIN || memory_bytes > MAX_MEMORY_BYTES)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                           "the sealed identity has a header that can't be");
      return FALSE;
    }
  self->name = g_strdup (name);
  self->passes = passes;
  self->memory_bytes = (gsize)memory_bytes;
  return TRUE;
}

static InfSealedIdentity *
sealed_new (GVariant *header, GError **error)
{
  g_autoptr (InfSealedIdentity) self = g_new0 (InfSealedIdentity, 1);

  if (sodium_init () < 0)
    g_error ("libsodium finds no source of randomness on this machine");
  g_atomic_ref_count_init (&self->ref_count);
  self->header = g_variant_ref_sink (header);
  return take_header (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * inf_sealed_identity_from_bytes:
 * @bytes: what inf_sealed_identity_get_bytes() gave once, from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the sealed identity
 */
InfSealedIdentity *
inf_sealed_identity_from_bytes (GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_SEALED_IDENTITY, G_VARIANT_TYPE (BODY_TYPE),
                         INF_SEALED_IDENTITY_MAX_BYTES, error);
  if (!body)
    return NULL;
  g_autoptr (GVariant) header = g_variant_get_child_value (body, 0);
  g_autoptr (GVariant) box = g_variant_get_child_value (body, 1);
  g_autoptr (InfSealedIdentity) self = sealed_new (header, error);

  if (!self)
    return NULL;
  self->box = inf_wire_bytes_from_variant (box);
  if (g_bytes_get_size (self->box) < crypto_secretbox_MACBYTES + INF_SEED_SIZE_BYTES)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "the sealed identity is cut off");
      return NULL;
    }
  self->bytes = g_bytes_ref (bytes);
  return g_steal_pointer (&self);
}

static GVariant *
make_header (const InfKeypair *keypair, const char *name)
{
  const InfPublicKey *key = inf_keypair_get_public_key (keypair);
  guint8 salt[crypto_pwhash_argon2id_SALTBYTES];
  guint8 nonce[crypto_secretbox_NONCEBYTES];

  randombytes_buf (salt, sizeof salt);
  randombytes_buf (nonce, sizeof nonce);
  return g_variant_new ("(s@aytt@ay@ay)", name, inf_wire_variant_from_data (key, sizeof *key),
                        cost_passes, (guint64)cost_memory_bytes,
                        inf_wire_variant_from_data (salt, sizeof salt),
                        inf_wire_variant_from_data (nonce, sizeof nonce));
}

static GBytes *
make_box (const InfSealedIdentity *self, const InfKeypair *keypair, GVariant *files,
          const guint8 *key)
{
  gsize files_size = g_variant_get_size (files);
  gsize plain_size = INF_SEED_SIZE_BYTES + files_size;
  gsize box_size = crypto_secretbox_MACBYTES + plain_size;
  guint8 *plain = sodium_malloc (plain_size);
  guint8 *box = g_malloc (box_size);

  memcpy (plain, inf_keypair_get_seed (keypair), INF_SEED_SIZE_BYTES);
  g_variant_store (files, plain + INF_SEED_SIZE_BYTES);
  crypto_secretbox_easy (box, plain, plain_size, self->nonce, key);
  sodium_free (plain);
  return g_bytes_new_take (box, box_size);
}

/**
 * inf_sealed_identity_new:
 * @keypair: what is sealed
 * @name: a valid name, or ""; readable without the passphrase
 * @files: (nullable): names and contents that go along, of %INF_SEALED_IDENTITY_FILES_TYPE;
 *   floating is sunk
 * @passphrase: one that inf_passphrase_check() lets pass
 * @error: #INF_ERROR_INVALID, #INF_ERROR_FAILED where there is too little memory
 *
 * Takes about a second and a quarter of a gigabyte, which is the point of it.
 *
 * Returns: (transfer full) (nullable): the sealed identity
 */
InfSealedIdentity *
inf_sealed_identity_new (const InfKeypair *keypair, const char *name, GVariant *files,
                         const char *passphrase, GError **error)
{
  g_autoptr (GVariant) own_files
      = files ? g_variant_ref_sink (files)
              : g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{say}"), NULL, 0));
  g_autoptr (InfSealedIdentity) self = NULL;

  if (!inf_passphrase_check (passphrase, error)
      || !(self = sealed_new (make_header (keypair, name), error)))
    return NULL;
  guint8 *key = derive_key (self, passphrase, error);
  if (!key)
    return NULL;
  self->box = make_box (self, keypair, own_files, key);
  sodium_free (key);
  self->bytes = inf_wire_encode (INF_KIND_SEALED_IDENTITY,
                                 g_variant_new ("(@" HEADER_TYPE "@ay)", self->header,
                                                inf_wire_variant_from_bytes (self->box)));
  return g_steal_pointer (&self);
}

InfSealedIdentity *
inf_sealed_identity_ref (InfSealedIdentity *sealed)
{
  g_atomic_ref_count_inc (&sealed->ref_count);
  return sealed;
}

void
inf_sealed_identity_unref (InfSealedIdentity *sealed)
{
  if (!sealed || !g_atomic_ref_count_dec (&sealed->ref_count))
    return;
  g_clear_pointer (&sealed->bytes, g_bytes_unref);
  g_clear_pointer (&sealed->box, g_bytes_unref);
  g_clear_pointer (&sealed->header, g_variant_unref);
  g_free (sealed->name);
  g_free (sealed);
}

GBytes *
inf_sealed_identity_get_bytes (const InfSealedIdentity *sealed)
{
  return sealed->bytes;
}

const char *
inf_sealed_identity_get_name (const InfSealedIdentity *sealed)
{
  return sealed->name;
}

const InfPublicKey *
inf_sealed_identity_get_public_key (const InfSealedIdentity *sealed)
{
  return &sealed->public_key;
}

static GVariant *
take_files (const guint8 *data, gsize size_bytes)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size_bytes);
  g_autoptr (GVariant) files = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE (INF_SEALED_IDENTITY_FILES_TYPE), bytes, FALSE));

  return g_variant_is_normal_form (files) ? g_steal_pointer (&files) : NULL;
}

/**
 * inf_sealed_identity_open:
 * @sealed: a sealed identity
 * @passphrase: what it may have been sealed with
 * @ret_files: (out) (optional): the files that came along
 * @error: #INF_ERROR_DENIED: the passphrase is another one, or the file was tampered with;
 *   #INF_ERROR_FAILED where there is too little memory
 *
 * As slow as inf_sealed_identity_new().
 *
 * Returns: (transfer full) (nullable): the key pair
 */
InfKeypair *
inf_sealed_identity_open (const InfSealedIdentity *sealed, const char *passphrase,
                          GVariant **ret_files, GError **error)
{
  gsize box_size;
  const guint8 *box = g_bytes_get_data (sealed->box, &box_size);
  gsize plain_size = box_size - crypto_secretbox_MACBYTES;
  guint8 *key = derive_key (sealed, passphrase, error);
  g_autoptr (InfKeypair) keypair = NULL;
  g_autoptr (GVariant) files = NULL;

  if (!key)
    return NULL;
  guint8 *plain = sodium_malloc (plain_size);
  if (crypto_secretbox_open_easy (plain, box, box_size, sealed->nonce, key) == 0)
    {
      keypair = inf_keypair_from_seed (plain);
      files = take_files (plain + INF_SEED_SIZE_BYTES, plain_size - INF_SEED_SIZE_BYTES);
    }
  sodium_free (plain);
  sodium_free (key);
  if (!keypair || !files
      || memcmp (inf_keypair_get_public_key (keypair), &sealed->public_key,
                 sizeof sealed->public_key)
             != 0)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED, "that is not the passphrase");
      return NULL;
    }
  if (ret_files)
    *ret_files = g_steal_pointer (&files);
  return g_steal_pointer (&keypair);
}
