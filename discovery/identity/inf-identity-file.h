#pragma once

#include "discovery/identity/inf-sealed-identity.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfIdentityFile:
 * @name: what the owner calls the node; "" when it was never said
 * @public_key: the identity's
 * @keypair: (nullable): the key; %NULL while it is sealed
 * @sealed: (nullable): the sealed key; %NULL without a passphrase
 *
 * What the file `identity` in a state directory holds: one of @keypair and @sealed.
 */
typedef struct
{
  char *name;
  InfPublicKey public_key;
  InfKeypair *keypair;
  InfSealedIdentity *sealed;
} InfIdentityFile;

InfIdentityFile *inf_identity_file_new_plain (InfKeypair *keypair, const char *name);
InfIdentityFile *inf_identity_file_new_sealed (InfSealedIdentity *sealed);
void inf_identity_file_free (InfIdentityFile *file);

InfIdentityFile *inf_identity_file_parse (GBytes *bytes, GError **error);
GBytes *inf_identity_file_encode (const InfIdentityFile *file);
InfIdentityFile *inf_identity_file_load (const char *path, GError **error);
gboolean inf_identity_file_save (const InfIdentityFile *file, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfIdentityFile, inf_identity_file_free)

G_END_DECLS
