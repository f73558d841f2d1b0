#pragma once

#include "daemon/inf-node-private.h"

G_BEGIN_DECLS

/* In the state directory of a node whose identity is another machine's now */
#define INF_NODE_MOVED_NAME "identity.moved"

/* Work with a passphrase: opens what is sealed, then seals what was opened or is given. It takes
 * a second of Argon2id, in a thread, and there is one at a time. */
typedef struct _Work InfPassphraseWork;

struct _Work
{
  InfSealedIdentity *sealed; /* opened with the old passphrase; NULL when nothing is */
  char *old_passphrase;
  InfKeypair *keypair;  /* what was opened, or is given */
  GVariant *files;      /* likewise */
  char *new_passphrase; /* NULL when nothing is to be sealed */
  char *name;
  InfSealedIdentity *made;
  gboolean is_guess; /* of this node's own passphrase */
  gboolean flag;     /* reclaims, moves */
  void (*done) (InfNode *self, GTask *task, InfPassphraseWork *work);
};

void inf_passphrase_work_free (InfPassphraseWork *work);
void inf_node_start_work (InfNode *node, GTask *task, InfPassphraseWork *work);
void inf_node_refuse (GTask *task, GError *error);

/* inf-node-identity.c */
void inf_node_finish_adopting (InfNode *node, GTask *task, InfPassphraseWork *work,
                               InfIdentityFile *file);

/* inf-node-export.c */
gboolean inf_node_reclaim (InfNode *node, GError **error);

G_END_DECLS
