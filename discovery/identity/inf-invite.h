#pragma once

#include "discovery/identity/inf-grid.h"
#include "discovery/identity/inf-keypair.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_INVITE_SECRET_SIZE_BYTES 16
#define INF_INVITE_MAX_ADDRESSES 8
#define INF_INVITE_PREFIX "infinity:"

/**
 * InfInvite:
 *
 * What a token says: whom to ask to become a member of which grid, where to find it, and the
 * single-use secret that proves that one was asked. Never changes; freed with inf_invite_free().
 */
typedef struct _InfInvite InfInvite;

InfInvite *inf_invite_new (const InfGrid *grid, const InfPublicKey *issuer,
                           const char *const *addresses,
                           const guint8 secret[INF_INVITE_SECRET_SIZE_BYTES],
                           gint64 expires_unix_us);
InfInvite *inf_invite_from_text (const char *text, GError **error);
void inf_invite_free (InfInvite *invite);

char *inf_invite_to_text (const InfInvite *invite);
const InfGridId *inf_invite_get_grid_id (const InfInvite *invite);
const char *inf_invite_get_grid_name (const InfInvite *invite);
const InfPublicKey *inf_invite_get_issuer (const InfInvite *invite);
const char *const *inf_invite_get_addresses (const InfInvite *invite);
const guint8 *inf_invite_get_secret (const InfInvite *invite);
char *inf_invite_get_secret_text (const InfInvite *invite);
gint64 inf_invite_get_expires_unix_us (const InfInvite *invite);
gboolean inf_invite_check_expiry (const InfInvite *invite, gint64 now_unix_us, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfInvite, inf_invite_free)

G_END_DECLS
