#pragma once

#include "discovery/identity/inf-invite.h"
#include "discovery/identity/inf-peer-id.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_INVITE_BOOK_MAX_ENTRIES 4096

/**
 * InfInviteBook:
 *
 * The issuer's side of invites: which secrets were given out, until when they hold, and who spent
 * them. Holds only hashes of the secrets. Pure: the time and randomness come from the caller.
 */
typedef struct _InfInviteBook InfInviteBook;

InfInviteBook *inf_invite_book_new (void);
InfInviteBook *inf_invite_book_from_bytes (GBytes *bytes, GError **error);
InfInviteBook *inf_invite_book_load (const char *state_dir, GError **error);
void inf_invite_book_free (InfInviteBook *book);

GBytes *inf_invite_book_to_bytes (const InfInviteBook *book);
gboolean inf_invite_book_save (const InfInviteBook *book, const char *state_dir, GError **error);

gboolean inf_invite_book_create (InfInviteBook *book,
                                 const guint8 secret[INF_INVITE_SECRET_SIZE_BYTES],
                                 gint64 now_unix_us, gint64 lifetime_us, GError **error);
gboolean inf_invite_book_check (InfInviteBook *book,
                                const guint8 secret[INF_INVITE_SECRET_SIZE_BYTES],
                                const InfPeerId *subject, gint64 now_unix_us, GError **error);
gboolean inf_invite_book_check_text (InfInviteBook *book, const char *secret_text,
                                     gint64 now_unix_us, GError **error);
GBytes *inf_invite_book_get_certificate (InfInviteBook *book,
                                         const guint8 secret[INF_INVITE_SECRET_SIZE_BYTES],
                                         const InfPeerId *subject);
void inf_invite_book_spend (InfInviteBook *book, const guint8 secret[INF_INVITE_SECRET_SIZE_BYTES],
                            const InfPeerId *subject, GBytes *certificate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfInviteBook, inf_invite_book_free)

G_END_DECLS
