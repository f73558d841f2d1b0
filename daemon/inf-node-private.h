#pragma once

#include "daemon/inf-absence.h"
#include "daemon/inf-connection.h"
#include "daemon/inf-disk-watch.h"
#include "daemon/inf-node.h"
#include "daemon/inf-outcomes.h"
#include "daemon/inf-owner.h"
#include "daemon/inf-session.h"
#include "daemon/inf-suspend-inhibitor.h"
#include "discovery/identity/inf-identity-file.h"
#include "discovery/identity/inf-lockout.h"

G_BEGIN_DECLS

struct _InfNode
{
  GObject parent;

  char *state_dir;
  InfSettings settings;
  InfMachine machine;
  InfIdentityFile *identity; /* NULL while unregistered */
  InfKeypair *keypair;       /* NULL while it is sealed, or there is none */
  InfLockout lockout;
  gboolean is_moved;
  gboolean is_identity_busy; /* a passphrase is being worked on */
  InfStore *store;
  InfMembership *membership; /* NULL while locked, or in no grid */
  InfLedger *ledger;         /* of the grid */
  InfJobStore *job_store;
  InfTaskCatalogue *tasks;
  InfShelf *shelf; /* what its owner keeps in the store */
  InfTransfers *transfers;
  InfCopies *copies; /* what clients have copied */
  InfResults *results;
  InfOutcomes *outcomes;
  InfSandboxReport *report; /* NULL before the start */
  char *obstacle;           /* NULL when jobs can be contained */
  InfSession *session;      /* NULL while disconnected, or in no grid */

  InfOwner *owner;          /* when the machine is lent */
  InfResources *resources;  /* what it is used for */
  InfAbsence *absence;      /* when it is not here */
  InfRequests *requests;    /* what its owner is asked */
  InfDiskWatch *disk_watch; /* NULL while disconnected */
  InfSuspendInhibitor *inhibitor;

  /* inf-node-connection.c */
  char *connect_error; /* why the session is not up though it should be; NULL otherwise */
  InfDisconnecting disconnecting;
  gboolean locks_when_down;
  gboolean was_found;
  gint64 up_since_us;
  const char *state;
  const char *state_reason;
  gint64 state_since_unix_us;
  GPtrArray *down_waiters; /* of GTask */
  guint down_timer;
  gint64 down_since_us;
  guint state_timer;
};

/* inf-node-files.c */
void inf_node_init_files (InfNode *node);
void inf_node_open_files (InfNode *node);
void inf_node_close_files (InfNode *node, const char *why);
void inf_node_clear_files (InfNode *node);

/* inf-node-absence.c */
void inf_node_watch_absence (InfNode *node);
void inf_node_tell_absence (InfNode *node);

/* inf-node.c */
gboolean inf_node_enter_grid (InfNode *node, InfMembership *membership, GError **error);
gboolean inf_node_take_membership (InfNode *node, InfMembership *membership, GError **error);
gboolean inf_node_load_membership (InfNode *node, GError **error);
void inf_node_drop_membership (InfNode *node);
gboolean inf_node_open_session (InfNode *node, GError **error);
void inf_node_close_session (InfNode *node);
void inf_node_emit_identity_changed (InfNode *node);
void inf_node_emit_state_changed (InfNode *node);
void inf_node_emit_capacity_changed (InfNode *node);

/* inf-node-identity.c */
gboolean inf_node_load_identity (InfNode *node, GError **error);
gboolean inf_node_ensure_identity (InfNode *node, GError **error);
gboolean inf_node_require_unlocked (InfNode *node, GError **error);
void inf_node_forget_key (InfNode *node);

/* inf-node-connection.c */
void inf_node_update_state (InfNode *node);
void inf_node_update_state_soon (InfNode *node);
void inf_node_came_up (InfNode *node);
void inf_node_go_down_async (InfNode *node, const char *how, GAsyncReadyCallback callback,
                             gpointer user_data);
void inf_node_clear_connection (InfNode *node);

/* inf-node-sharing.c */
void inf_node_init_sharing (InfNode *node);
void inf_node_apply_verdict (InfNode *node);
void inf_node_apply_limits (InfNode *node);

G_END_DECLS
