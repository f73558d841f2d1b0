#include "discovery/gossip/inf-datagram-seal.h"

#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-replay-window.h"

#include <sodium.h>
#include <string.h>

/* A datagram:
 *
 *   session 8 | counter 8 | masked { type 1 | sender's hint 8 } | sealed payload | tag 16
 *
 * The mask is a stream under a key that the grid shares: an outsider sees no name and can't tell
 * the types apart. The payload is sealed (XChaCha20-Poly1305) under a key that only sender and
 * recipient can compute, X25519 of their identities, or, before they know each other, under the
 * grid's; then it ends with the sender's signature, since every member has that key.
 *
 * What is authenticated with a pairwise payload, but not sent, is the number of the recipient's
 * run. So whatever was sealed for an earlier run does not open, and nothing has to be remembered
 * over a crash for that; while a run lasts, a window for each sender tells what was seen.
 *
 * A nonce is session, counter and the sender's hint: a session is greater than every earlier one
 * of its sender, so no nonce is used twice under one key, and the two directions differ. */
#define HEADER_SIZE_BYTES 25
#define STATEMENT_SIZE_BYTES (HEADER_SIZE_BYTES + 8)
#define TYPE_PAIRWISE 1
#define TYPE_FIRST_CONTACT 2
#define FIRST_CONTEXT "infinity first contact"
#define KEY_SIZE_BYTES crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_SIZE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES

G_STATIC_ASSERT (INF_SEAL_OVERHEAD_BYTES == HEADER_SIZE_BYTES + TAG_SIZE_BYTES);
G_STATIC_ASSERT (KEY_SIZE_BYTES == crypto_stream_xchacha20_KEYBYTES);
G_STATIC_ASSERT (NONCE_SIZE_BYTES == crypto_stream_xchacha20_NONCEBYTES);
G_STATIC_ASSERT (NONCE_SIZE_BYTES == 24);

typedef struct
{
  guint64 hint;
  gboolean has_key;
  InfPublicKey public_key;
  guint8 key[KEY_SIZE_BYTES];
  guint64 session; /* the newest run of it that is known of */
  InfReplayWindow window;
} Correspondent;

struct _InfSealer
{
  InfKeypair *keypair;
  InfGrid *grid;
  guint64 own_hint;
  guint64 session;
  guint64 counter;
  guint8 x25519_secret[crypto_scalarmult_SCALARBYTES];
  guint8 mask_key[KEY_SIZE_BYTES];
  guint8 first_key[KEY_SIZE_BYTES];
  GHashTable *correspondents; /* hint → Correspondent */
};

static void
correspondent_free (gpointer data)
{
  sodium_memzero (data, sizeof (Correspondent));
  g_free (data);
}

static void
derive (const InfGrid *grid, const char *purpose, guint8 ret_key[KEY_SIZE_BYTES])
{
  crypto_generichash (ret_key, KEY_SIZE_BYTES, (const guint8 *)purpose, strlen (purpose),
                      inf_grid_get_key (grid), INF_GRID_KEY_SIZE_BYTES);
}

/**
 * inf_sealer_new:
 * @keypair: this node's key pair
 * @grid: its grid
 * @session: greater than in every earlier run of this node; its nonces depend on it
 *
 * Returns: (transfer full): a sealer that knows no correspondent yet
 */
InfSealer *
inf_sealer_new (InfKeypair *keypair, InfGrid *grid, guint64 session)
{
  InfSealer *sealer = g_new0 (InfSealer, 1);

  sealer->keypair = inf_keypair_ref (keypair);
  sealer->grid = inf_grid_ref (grid);
  sealer->own_hint = inf_peer_hint (inf_keypair_get_peer_id (keypair));
  sealer->session = session;
  crypto_sign_ed25519_sk_to_curve25519 (sealer->x25519_secret,
                                        inf_keypair_get_secret_key (keypair));
  derive (grid, "infinity datagram mask", sealer->mask_key);
  derive (grid, "infinity first contact", sealer->first_key);
  sealer->correspondents
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, correspondent_free);
  return sealer;
}

void
inf_sealer_free (InfSealer *sealer)
{
  if (!sealer)
    return;
  inf_keypair_unref (sealer->keypair);
  inf_grid_unref (sealer->grid);
  g_hash_table_unref (sealer->correspondents);
  sodium_memzero (sealer, sizeof *sealer);
  g_free (sealer);
}

static Correspondent *
get_correspondent (InfSealer *sealer, guint64 hint)
{
  Correspondent *correspondent = g_hash_table_lookup (sealer->correspondents, &hint);

  if (correspondent)
    return correspondent;
  correspondent = g_new0 (Correspondent, 1);
  correspondent->hint = hint;
  g_hash_table_insert (sealer->correspondents, &correspondent->hint, correspondent);
  return correspondent;
}

/* The key that this node shares with the owner of @other, computed once: the shared secret and both
 * public keys in a fixed order, hashed under the grid's key. Fails for a key that is no curve point
 * of the large subgroup. */
static gboolean
prepare_key (InfSealer *sealer, Correspondent *correspondent, const InfPublicKey *other)
{
  guint8 x25519_public[crypto_scalarmult_BYTES];
  struct
  {
    guint8 shared[crypto_scalarmult_BYTES];
    InfPublicKey first, second;
  } material;
  const InfPublicKey *own = inf_keypair_get_public_key (sealer->keypair);
  gboolean own_is_first = memcmp (own, other, sizeof *own) < 0;

  if (correspondent->has_key && memcmp (&correspondent->public_key, other, sizeof *other) == 0)
    return TRUE;
  if (crypto_sign_ed25519_pk_to_curve25519 (x25519_public, other->bytes) != 0
      || crypto_scalarmult (material.shared, sealer->x25519_secret, x25519_public) != 0)
    return FALSE;
  material.first = own_is_first ? *own : *other;
  material.second = own_is_first ? *other : *own;
  crypto_generichash (correspondent->key, sizeof correspondent->key, (const guint8 *)&material,
                      sizeof material, inf_grid_get_key (sealer->grid), INF_GRID_KEY_SIZE_BYTES);
  sodium_memzero (&material, sizeof material);
  correspondent->public_key = *other;
  correspondent->has_key = TRUE;
  return TRUE;
}

static void
put_u64 (guint8 *data, guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (data, &value, sizeof value);
}

static guint64
get_u64 (const guint8 *data)
{
  guint64 value;

  memcpy (&value, data, sizeof value);
  return GUINT64_FROM_LE (value);
}

static void
make_nonce (const guint8 header[16], guint64 hint, guint8 ret_nonce[NONCE_SIZE_BYTES])
{
  memcpy (ret_nonce, header, 16);
  put_u64 (ret_nonce + 16, hint);
}

/* Masks or unmasks type and hint; the same operation either way. */
static void
apply_mask (const InfSealer *sealer, guint8 header[HEADER_SIZE_BYTES])
{
  guint8 nonce[NONCE_SIZE_BYTES];

  make_nonce (header, 0, nonce);
  crypto_stream_xchacha20_xor (header + 16, header + 16, HEADER_SIZE_BYTES - 16, nonce,
                               sealer->mask_key);
}

/* What the tag is for, besides the payload. */
static void
make_statement (const guint8 header[HEADER_SIZE_BYTES], guint64 recipient_session,
                guint8 ret_statement[STATEMENT_SIZE_BYTES])
{
  memcpy (ret_statement, header, HEADER_SIZE_BYTES);
  put_u64 (ret_statement + HEADER_SIZE_BYTES, recipient_session);
}

/**
 * inf_sealer_learn_session:
 * @sealer: a sealer
 * @hint: a member
 * @session: a run of its process, as its record says; an older one than is known does not count
 */
void
inf_sealer_learn_session (InfSealer *sealer, guint64 hint, guint64 session)
{
  Correspondent *correspondent = get_correspondent (sealer, hint);

  correspondent->session = MAX (correspondent->session, session);
}

static GBytes *
seal (InfSealer *sealer, guint8 type, const guint8 *key, guint64 recipient_session, guint64 counter,
      const guint8 *payload, gsize payload_size)
{
  gsize size = HEADER_SIZE_BYTES + payload_size + TAG_SIZE_BYTES;
  guint8 *data = g_malloc (size);
  guint8 nonce[NONCE_SIZE_BYTES], statement[STATEMENT_SIZE_BYTES];

  put_u64 (data, sealer->session);
  put_u64 (data + 8, counter);
  data[16] = type;
  put_u64 (data + 17, sealer->own_hint);
  make_nonce (data, sealer->own_hint, nonce);
  make_statement (data, recipient_session, statement);
  crypto_aead_xchacha20poly1305_ietf_encrypt (data + HEADER_SIZE_BYTES, NULL, payload, payload_size,
                                              statement, sizeof statement, NULL, nonce, key);
  apply_mask (sealer, data);
  return g_bytes_new_take (data, size);
}

/**
 * inf_sealer_seal:
 * @sealer: a sealer
 * @recipient: the key of a certified member
 * @payload: what is sent
 *
 * Returns: (transfer full) (nullable): the datagram, %INF_SEAL_OVERHEAD_BYTES longer than @payload;
 *   %NULL where @recipient can't be a key
 */
GBytes *
inf_sealer_seal (InfSealer *sealer, const InfPublicKey *recipient, GBytes *payload)
{
  InfPeerId id;
  gsize size;
  const guint8 *data = g_bytes_get_data (payload, &size);

  inf_peer_id_of_key (recipient, &id);
  Correspondent *correspondent = get_correspondent (sealer, inf_peer_hint (&id));
  if (!prepare_key (sealer, correspondent, recipient))
    return NULL;
  return seal (sealer, TYPE_PAIRWISE, correspondent->key, correspondent->session, ++sealer->counter,
               data, size);
}

/* What a first contact's signature is for: this payload in this datagram and no other. */
static GByteArray *
first_contact_statement (guint64 session, guint64 counter, GBytes *payload)
{
  GByteArray *statement = g_byte_array_new ();
  guint8 numbers[16];

  put_u64 (numbers, session);
  put_u64 (numbers + 8, counter);
  g_byte_array_append (statement, numbers, sizeof numbers);
  g_byte_array_append (statement, g_bytes_get_data (payload, NULL),
                       (guint)g_bytes_get_size (payload));
  return statement;
}

/**
 * inf_sealer_seal_first:
 * @sealer: a sealer
 * @payload: what is sent: the sender's certificate must be in it
 *
 * Returns: (transfer full): a datagram that every member can open,
 *   %INF_SEAL_FIRST_OVERHEAD_BYTES longer than @payload
 */
GBytes *
inf_sealer_seal_first (InfSealer *sealer, GBytes *payload)
{
  guint64 counter = ++sealer->counter;
  g_autoptr (GByteArray) statement = first_contact_statement (sealer->session, counter, payload);
  g_autoptr (GByteArray) signed_payload = g_byte_array_new ();
  guint8 signature[INF_SIGNATURE_SIZE_BYTES];

  inf_keypair_sign (sealer->keypair, FIRST_CONTEXT, statement->data, statement->len, signature);
  g_byte_array_append (signed_payload, g_bytes_get_data (payload, NULL),
                       (guint)g_bytes_get_size (payload));
  g_byte_array_append (signed_payload, signature, sizeof signature);
  return seal (sealer, TYPE_FIRST_CONTACT, sealer->first_key, 0, counter, signed_payload->data,
               signed_payload->len);
}

/* The key that a datagram with this unmasked header should open under, or NULL. */
static const guint8 *
key_for (InfSealer *sealer, guint8 type, guint64 hint, InfSealerLookupFunc lookup, gpointer data)
{
  if (type == TYPE_FIRST_CONTACT)
    return sealer->first_key;
  if (type != TYPE_PAIRWISE)
    return NULL;
  const InfPublicKey *sender = lookup (hint, data);
  if (!sender)
    return NULL;
  Correspondent *correspondent = get_correspondent (sealer, hint);
  return prepare_key (sealer, correspondent, sender) ? correspondent->key : NULL;
}

/* @opened is @correspondent's; FALSE if it was seen before. */
static gboolean
take (Correspondent *correspondent, const InfOpened *opened)
{
  if (!inf_replay_window_take (&correspondent->window, opened->session, opened->counter))
    return FALSE;
  correspondent->session = MAX (correspondent->session, opened->session);
  return TRUE;
}

/**
 * inf_sealer_open:
 * @sealer: a sealer
 * @data: (array length=size_bytes): a datagram, from anyone
 * @size_bytes: its length
 * @lookup: finds the keys of certified members
 * @lookup_data: for @lookup
 * @ret_opened: (out): what it says; left alone on failure
 *
 * Outsiders' datagrams cost a few bytes of key stream, then at most one failed authentication.
 *
 * Returns: whether the datagram is from a member and new; nothing else deserves an answer
 */
gboolean
inf_sealer_open (InfSealer *sealer, const guint8 *data, gsize size_bytes,
                 InfSealerLookupFunc lookup, gpointer lookup_data, InfOpened *ret_opened)
{
  guint8 header[HEADER_SIZE_BYTES], statement[STATEMENT_SIZE_BYTES];
  guint8 nonce[NONCE_SIZE_BYTES];

  if (size_bytes < HEADER_SIZE_BYTES + TAG_SIZE_BYTES || size_bytes > INF_CARRIED_MAX_SIZE_BYTES)
    return FALSE;
  memcpy (header, data, sizeof header);
  apply_mask (sealer, header);
  guint8 type = header[16];
  guint64 hint = get_u64 (header + 17);
  const guint8 *key
      = hint == sealer->own_hint ? NULL : key_for (sealer, type, hint, lookup, lookup_data);
  if (!key)
    return FALSE;

  gsize payload_size = size_bytes - HEADER_SIZE_BYTES - TAG_SIZE_BYTES;
  g_autofree guint8 *payload = g_malloc (payload_size + 1);
  make_nonce (header, hint, nonce);
  make_statement (header, type == TYPE_PAIRWISE ? sealer->session : 0, statement);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (payload, NULL, NULL, data + HEADER_SIZE_BYTES,
                                                  size_bytes - HEADER_SIZE_BYTES, statement,
                                                  sizeof statement, nonce, key)
      != 0)
    return FALSE;

  InfOpened opened = {
    .sender_hint = hint,
    .session = get_u64 (header),
    .counter = get_u64 (header + 8),
    .is_first_contact = type == TYPE_FIRST_CONTACT,
  };
  if (opened.is_first_contact)
    {
      if (payload_size < sizeof opened.signature)
        return FALSE;
      payload_size -= sizeof opened.signature;
      memcpy (opened.signature, payload + payload_size, sizeof opened.signature);
    }
  else if (!take (get_correspondent (sealer, hint), &opened))
    return FALSE;
  opened.payload = g_bytes_new_take (g_steal_pointer (&payload), payload_size);
  *ret_opened = opened;
  return TRUE;
}

/**
 * inf_sealer_is_from:
 * @sealer: a sealer
 * @data: (array length=size_bytes): a datagram, from anyone
 * @size_bytes: its length
 * @hint: a member
 *
 * Returns: whether it claims to be from @hint; nothing of it is proved yet
 */
gboolean
inf_sealer_is_from (const InfSealer *sealer, const guint8 *data, gsize size_bytes, guint64 hint)
{
  guint8 header[HEADER_SIZE_BYTES];

  if (size_bytes < sizeof header)
    return FALSE;
  memcpy (header, data, sizeof header);
  apply_mask (sealer, header);
  return get_u64 (header + 17) == hint;
}

/**
 * inf_sealer_is_new:
 * @sealer: a sealer
 * @opened: a first contact, of which nothing is proved yet
 *
 * Returns: whether inf_sealer_accept_first() could still take it: it was not seen before
 */
gboolean
inf_sealer_is_new (const InfSealer *sealer, const InfOpened *opened)
{
  const Correspondent *correspondent
      = g_hash_table_lookup (sealer->correspondents, &opened->sender_hint);
  InfReplayWindow window = { 0 };

  if (correspondent)
    window = correspondent->window;
  return inf_replay_window_take (&window, opened->session, opened->counter);
}

/**
 * inf_sealer_accept_first:
 * @sealer: a sealer
 * @opened: a first contact
 * @sender: the key in the certificate that came with it, which the caller has verified
 *
 * Returns: whether @sender sent @opened, and it was not seen before
 */
gboolean
inf_sealer_accept_first (InfSealer *sealer, const InfOpened *opened, const InfPublicKey *sender)
{
  InfPeerId id;

  inf_peer_id_of_key (sender, &id);
  if (inf_peer_hint (&id) != opened->sender_hint)
    return FALSE;
  g_autoptr (GByteArray) statement
      = first_contact_statement (opened->session, opened->counter, opened->payload);
  if (!inf_public_key_verify (sender, FIRST_CONTEXT, statement->data, statement->len,
                              opened->signature, sizeof opened->signature))
    return FALSE;
  return take (get_correspondent (sealer, opened->sender_hint), opened);
}

void
inf_opened_clear (InfOpened *opened)
{
  g_clear_pointer (&opened->payload, g_bytes_unref);
}

/**
 * inf_sealer_windows_to_variant:
 * @sealer: a sealer
 *
 * Returns: (transfer floating): "a(ttt)": how far each correspondent has counted, to be kept over a
 *   restart so that what was sent before it can't be sent again after
 */
GVariant *
inf_sealer_windows_to_variant (InfSealer *sealer)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ttt)"));
  g_hash_table_iter_init (&iter, sealer->correspondents);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Correspondent *correspondent = value;
      if (correspondent->window.session != 0)
        g_variant_builder_add (&builder, "(ttt)", correspondent->hint,
                               correspondent->window.session, correspondent->window.highest);
    }
  return g_variant_builder_end (&builder);
}

/**
 * inf_sealer_windows_from_variant:
 * @sealer: a fresh sealer
 * @value: of type "a(ttt)", from this node's disk
 */
void
inf_sealer_windows_from_variant (InfSealer *sealer, GVariant *value)
{
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      guint64 hint, session, highest;
      g_variant_get_child (value, i, "(ttt)", &hint, &session, &highest);
      /* Everything up to the highest counts as seen: what was still under way then is lost. */
      get_correspondent (sealer, hint)->window
          = (InfReplayWindow){ .session = session, .highest = highest, .seen = G_MAXUINT64 };
      inf_sealer_learn_session (sealer, hint, session);
    }
}
