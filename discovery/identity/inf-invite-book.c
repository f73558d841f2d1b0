#include "discovery/identity/inf-invite-book.h"

#include "common/inf-base32.h"
#include "common/inf-error.h"
#include "common/inf-sha256.h"
#include "common/inf-wire.h"
#include "discovery/identity/inf-identity-kinds.h"
#include "discovery/identity/inf-secret-file.h"

#include <string.h>

/* An entry's life; a secret that is in no entry was never given out: it is forged.
 *
 *   create → open ──spend (before the expiry)──→ spent
 *              └───────the expiry passes───────→ expired
 *
 * Entries are kept for a month after they end, so that whoever comes late hears why. */
#define KEEP_US (G_GINT64_CONSTANT (30) * 24 * 3600 * G_USEC_PER_SEC)
#define FILE_NAME "invites"
#define MAX_SIZE_BYTES (4u << 20)

/* digest of the secret, expiry, who spent it (or nothing), the certificate it was spent on */
#define BOOK_TYPE G_VARIANT_TYPE ("a(ayxayay)")

typedef struct
{
  guint8 digest[INF_SHA256_SIZE_BYTES];
  gint64 expires_unix_us;
  gboolean is_spent;
  InfPeerId subject;
  GBytes *certificate;
} Entry;

struct _InfInviteBook
{
  GPtrArray *entries;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->certificate, g_bytes_unref);
  g_free (entry);
}

InfInviteBook *
inf_invite_book_new (void)
{
  InfInviteBook *book = g_new0 (InfInviteBook, 1);

  book->entries = g_ptr_array_new_with_free_func (entry_free);
  return book;
}

void
inf_invite_book_free (InfInviteBook *book)
{
  if (!book)
    return;
  g_ptr_array_unref (book->entries);
  g_free (book);
}

static Entry *
entry_from_variant (GVariant *value)
{
  g_autoptr (GVariant) digest = g_variant_get_child_value (value, 0);
  g_autoptr (GVariant) subject = g_variant_get_child_value (value, 2);
  g_autoptr (GVariant) certificate = g_variant_get_child_value (value, 3);
  gsize size;
  const void *data = g_variant_get_fixed_array (digest, &size, 1);
  Entry *entry;

  if (size != INF_SHA256_SIZE_BYTES)
    return NULL;
  entry = g_new0 (Entry, 1);
  memcpy (entry->digest, data, size);
  g_variant_get_child (value, 1, "x", &entry->expires_unix_us);
  entry->is_spent = inf_peer_id_from_variant (subject, &entry->subject);
  if (entry->is_spent)
    entry->certificate = inf_wire_bytes_from_variant (certificate);
  return entry;
}

/**
 * inf_invite_book_from_bytes:
 * @bytes: what inf_invite_book_to_bytes() gave
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the book
 */
InfInviteBook *
inf_invite_book_from_bytes (GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_INVITE_BOOK_FILE, BOOK_TYPE, MAX_SIZE_BYTES, error);
  if (!body)
    return NULL;

  g_autoptr (InfInviteBook) book = inf_invite_book_new ();
  for (gsize i = 0; i < g_variant_n_children (body); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (body, i);
      Entry *entry = entry_from_variant (child);
      if (!entry)
        {
          g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "not a book of invites");
          return NULL;
        }
      g_ptr_array_add (book->entries, entry);
    }
  return g_steal_pointer (&book);
}

/**
 * inf_invite_book_load:
 * @state_dir: a node's state directory
 * @error: as inf_invite_book_from_bytes(), or #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): the node's book, an empty one when it has none yet
 */
InfInviteBook *
inf_invite_book_load (const char *state_dir, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) bytes = inf_secret_file_load (state_dir, FILE_NAME, &local_error);

  if (bytes)
    return inf_invite_book_from_bytes (bytes, error);
  if (inf_error_is_not_found (local_error))
    return inf_invite_book_new ();
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/**
 * inf_invite_book_to_bytes:
 * @book: a book
 *
 * Returns: (transfer full): the book as it is kept on disk
 */
GBytes *
inf_invite_book_to_bytes (const InfInviteBook *book)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, BOOK_TYPE);
  for (guint i = 0; i < book->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (book->entries, i);
      GVariant *subject = entry->is_spent ? inf_peer_id_to_variant (&entry->subject)
                                          : inf_wire_variant_from_data (NULL, 0);
      g_variant_builder_add (&builder, "(@ayx@ay@ay)",
                             inf_wire_variant_from_data (entry->digest, sizeof entry->digest),
                             entry->expires_unix_us, subject,
                             inf_wire_variant_from_bytes (entry->certificate));
    }
  return inf_wire_encode (INF_KIND_INVITE_BOOK_FILE, g_variant_builder_end (&builder));
}

/**
 * inf_invite_book_save:
 * @book: a book
 * @state_dir: a node's state directory
 * @error: #INF_ERROR_FAILED
 *
 * Returns: whether the book is on disk, written whole
 */
gboolean
inf_invite_book_save (const InfInviteBook *book, const char *state_dir, GError **error)
{
  g_autoptr (GBytes) bytes = inf_invite_book_to_bytes (book);

  return inf_secret_file_save (state_dir, FILE_NAME, bytes, error);
}

static void
forget_old (InfInviteBook *book, gint64 now_unix_us)
{
  for (guint i = book->entries->len; i-- > 0;)
    {
      const Entry *entry = g_ptr_array_index (book->entries, i);
      if (now_unix_us > entry->expires_unix_us && now_unix_us - entry->expires_unix_us > KEEP_US)
        g_ptr_array_remove_index (book->entries, i);
    }
}

static Entry *
find (InfInviteBook *book, const guint8 *secret)
{
  guint8 digest[INF_SHA256_SIZE_BYTES];

  inf_sha256_of_data (secret, INF_INVITE_SECRET_SIZE_BYTES, digest);
  for (guint i = 0; i < book->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (book->entries, i);
      if (memcmp (entry->digest, digest, sizeof digest) == 0)
        return entry;
    }
  return NULL;
}

/**
 * inf_invite_book_create:
 * @book: a book
 * @secret: fresh random bytes
 * @now_unix_us: the time
 * @lifetime_us: how long the secret holds
 * @error: #INF_ERROR_TOO_LARGE where %INF_INVITE_BOOK_MAX_ENTRIES are remembered already
 *
 * Save the book before the invite is shown.
 *
 * Returns: whether the secret is in the book
 */
gboolean
inf_invite_book_create (InfInviteBook *book, const guint8 secret[INF_INVITE_SECRET_SIZE_BYTES],
                        gint64 now_unix_us, gint64 lifetime_us, GError **error)
{
  forget_old (book, now_unix_us);
  if (book->entries->len >= INF_INVITE_BOOK_MAX_ENTRIES)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "%u invites are remembered, no more fit; the oldest are forgotten a month after "
                   "they expire",
                   book->entries->len);
      return FALSE;
    }

  Entry *entry = g_new0 (Entry, 1);
  inf_sha256_of_data (secret, INF_INVITE_SECRET_SIZE_BYTES, entry->digest);
  entry->expires_unix_us = now_unix_us + lifetime_us;
  g_ptr_array_add (book->entries, entry);
  return TRUE;
}

/**
 * inf_invite_book_check:
 * @book: a book
 * @secret: a secret, from anyone
 * @subject: (nullable): who wants to spend it; the one who spent it already may ask again, since
 *   the reply may have been lost
 * @now_unix_us: the time
 * @error: #INF_ERROR_DENIED for a secret that was never given out, #INF_ERROR_REFUSED for a spent
 *   one, #INF_ERROR_EXPIRED
 *
 * Returns: whether @subject may be made a member for @secret
 */
gboolean
inf_invite_book_check (InfInviteBook *book, const guint8 secret[INF_INVITE_SECRET_SIZE_BYTES],
                       const InfPeerId *subject, gint64 now_unix_us, GError **error)
{
  const Entry *entry = find (book, secret);

  if (!entry)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED,
                           "this invite was never issued by the node it names: it is forged, or "
                           "that node has lost its state; ask for a new one");
      return FALSE;
    }
  if (entry->is_spent && subject && inf_peer_id_equal (&entry->subject, subject))
    return TRUE;
  if (entry->is_spent)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_REFUSED,
                           "this invite was used by another node; ask for a new one");
      return FALSE;
    }
  if (now_unix_us >= entry->expires_unix_us)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_EXPIRED,
                           "this invite has expired; ask for a new one");
      return FALSE;
    }
  return TRUE;
}

/**
 * inf_invite_book_check_text:
 * @book: a book
 * @secret_text: what inf_invite_get_secret_text() gives, from anyone
 * @now_unix_us: the time
 * @error: as inf_invite_book_check()
 *
 * For the password of an enrolment's link. #INF_ERROR_DENIED means: close without an answer. A
 * spent or expired secret was real once, its bearer may be let in to hear why it holds no longer.
 *
 * Returns: whether @secret_text can still be spent by someone
 */
gboolean
inf_invite_book_check_text (InfInviteBook *book, const char *secret_text, gint64 now_unix_us,
                            GError **error)
{
  gsize size;
  g_autofree guint8 *secret = inf_base32_decode (secret_text, &size);

  if (!secret || size != INF_INVITE_SECRET_SIZE_BYTES)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED, "not the secret of an invite");
      return FALSE;
    }
  return inf_invite_book_check (book, secret, NULL, now_unix_us, error);
}

/**
 * inf_invite_book_get_certificate:
 * @book: a book
 * @secret: a secret, from anyone
 * @subject: who asks
 *
 * Returns: (transfer full) (nullable): the certificate that @subject got for @secret before
 */
GBytes *
inf_invite_book_get_certificate (InfInviteBook *book,
                                 const guint8 secret[INF_INVITE_SECRET_SIZE_BYTES],
                                 const InfPeerId *subject)
{
  const Entry *entry = find (book, secret);

  if (!entry || !entry->is_spent || !inf_peer_id_equal (&entry->subject, subject))
    return NULL;
  return g_bytes_ref (entry->certificate);
}

/**
 * inf_invite_book_spend:
 * @book: a book
 * @secret: a secret that inf_invite_book_check() just let pass
 * @subject: who spends it
 * @certificate: what it is spent on
 *
 * Save the book before the certificate is handed out.
 */
void
inf_invite_book_spend (InfInviteBook *book, const guint8 secret[INF_INVITE_SECRET_SIZE_BYTES],
                       const InfPeerId *subject, GBytes *certificate)
{
  Entry *entry = find (book, secret);

  g_return_if_fail (entry && !entry->is_spent);
  entry->is_spent = TRUE;
  entry->subject = *subject;
  entry->certificate = g_bytes_ref (certificate);
}
