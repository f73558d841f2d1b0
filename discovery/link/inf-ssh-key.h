#pragma once

#include "discovery/identity/inf-keypair.h"

#include <libssh/libssh.h>

G_BEGIN_DECLS

ssh_key inf_ssh_key_from_keypair (const InfKeypair *keypair);
gboolean inf_ssh_key_get_public (ssh_key key, InfPublicKey *ret_key);

G_END_DECLS
