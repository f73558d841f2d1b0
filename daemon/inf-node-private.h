#pragma once

#include "daemon/inf-node.h"
#include "daemon/inf-outcomes.h"
#include "daemon/inf-session.h"

G_BEGIN_DECLS

struct _InfNode
{
  GObject parent;

  char *state_dir;
  InfSettings settings;
  InfMachine machine;
  InfKeypair *keypair;
  InfStore *store;
  InfLedger *ledger; /* of the grid; NULL while in none */
  InfJobStore *job_store;
  InfResults *results;
  InfOutcomes *outcomes;
  InfSandboxReport *report; /* NULL before the start */
  char *obstacle;           /* NULL when jobs can be contained */
  InfSession *session;      /* NULL while in no grid */
};

gboolean inf_node_enter_grid (InfNode *node, InfMembership *membership, GError **error);
void inf_node_exit_grid (InfNode *node);

G_END_DECLS
