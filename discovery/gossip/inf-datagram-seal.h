#pragma once

#include "discovery/identity/inf-grid.h"
#include "discovery/identity/inf-keypair.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_SEAL_OVERHEAD_BYTES 41
#define INF_SEAL_FIRST_OVERHEAD_BYTES (INF_SEAL_OVERHEAD_BYTES + INF_SIGNATURE_SIZE_BYTES)

/**
 * InfSealer:
 *
 * Encrypts and authenticates datagrams between certified members, and refuses the ones that were
 * seen before. Pure: no socket, clock or random source.
 */
typedef struct _InfSealer InfSealer;

/**
 * InfOpened:
 * @sender_hint: who says to have sent it; proved unless @is_first_contact
 * @session: the sender's run
 * @counter: the datagram's number in it
 * @is_first_contact: sealed with the grid's key: inf_sealer_accept_first() must follow
 * @payload: (transfer full): what was sent
 *
 * An opened datagram; inf_opened_clear() frees what it holds.
 */
typedef struct
{
  guint64 sender_hint;
  guint64 session;
  guint64 counter;
  gboolean is_first_contact;
  GBytes *payload;
  guint8 signature[INF_SIGNATURE_SIZE_BYTES];
} InfOpened;

/**
 * InfSealerLookupFunc:
 * @hint: the beginning of a peer's id
 * @data: as given
 *
 * Returns: (nullable): the key of the certified member that @hint names
 */
typedef const InfPublicKey *(*InfSealerLookupFunc) (guint64 hint, gpointer data);

InfSealer *inf_sealer_new (InfKeypair *keypair, InfGrid *grid, guint64 session);
void inf_sealer_free (InfSealer *sealer);

void inf_sealer_learn_session (InfSealer *sealer, guint64 hint, guint64 session);

GBytes *inf_sealer_seal (InfSealer *sealer, const InfPublicKey *recipient, GBytes *payload);
GBytes *inf_sealer_seal_first (InfSealer *sealer, GBytes *payload);

gboolean inf_sealer_open (InfSealer *sealer, const guint8 *data, gsize size_bytes,
                          InfSealerLookupFunc lookup, gpointer lookup_data, InfOpened *ret_opened);
gboolean inf_sealer_is_from (const InfSealer *sealer, const guint8 *data, gsize size_bytes,
                             guint64 hint);
gboolean inf_sealer_is_new (const InfSealer *sealer, const InfOpened *opened);
gboolean inf_sealer_accept_first (InfSealer *sealer, const InfOpened *opened,
                                  const InfPublicKey *sender);
void inf_opened_clear (InfOpened *opened);

GVariant *inf_sealer_windows_to_variant (InfSealer *sealer);
void inf_sealer_windows_from_variant (InfSealer *sealer, GVariant *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSealer, inf_sealer_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfOpened, inf_opened_clear)

G_END_DECLS
