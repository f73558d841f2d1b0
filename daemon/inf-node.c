#include "daemon/inf-node.h"

#include "common/inf-error.h"
#include "daemon/inf-enrolment-service.h"
#include "daemon/inf-outcomes.h"
#include "daemon/inf-session.h"
#include "discovery/identity/inf-name.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

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

G_DEFINE_FINAL_TYPE (InfNode, inf_node, G_TYPE_OBJECT)

enum
{
  SIGNAL_GRID_CHANGED,
  SIGNAL_PEER_CHANGED,
  SIGNAL_PEER_GONE,
  SIGNAL_CAPACITY_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
inf_node_finalize (GObject *object)
{
  InfNode *self = INF_NODE (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->outcomes, inf_outcomes_free);
  g_clear_pointer (&self->results, inf_results_unref);
  g_clear_pointer (&self->job_store, inf_job_store_close);
  g_clear_pointer (&self->ledger, inf_ledger_close);
  g_clear_pointer (&self->store, inf_store_unref);
  g_clear_pointer (&self->keypair, inf_keypair_unref);
  g_clear_pointer (&self->report, inf_sandbox_report_free);
  inf_machine_clear (&self->machine);
  g_free (self->obstacle);
  g_free (self->state_dir);
  G_OBJECT_CLASS (inf_node_parent_class)->finalize (object);
}

static void
inf_node_class_init (InfNodeClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = inf_node_finalize;
  signals[SIGNAL_GRID_CHANGED]
      = g_signal_new ("grid-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PEER_CHANGED] = g_signal_new ("peer-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_PEER_GONE] = g_signal_new ("peer-gone", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_CAPACITY_CHANGED] = g_signal_new ("capacity-changed", type, G_SIGNAL_RUN_LAST, 0,
                                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
inf_node_init (InfNode *self)
{
  inf_machine_init (&self->machine);
}

static char *
in_state_dir (InfNode *self, const char *name)
{
  return g_build_filename (self->state_dir, name, NULL);
}

static gboolean
open_stores (InfNode *self, GError **error)
{
  g_autofree char *identity = in_state_dir (self, "identity");
  g_autofree char *objects = in_state_dir (self, "objects");
  g_autofree char *jobs = in_state_dir (self, "jobs.db");
  g_autofree char *results = in_state_dir (self, "results");

  if (!inf_settings_load (&self->settings, self->state_dir, error)
      || !(self->keypair = inf_keypair_load_or_create (identity, error))
      || !(self->store = inf_store_new (objects, error))
      || !(self->job_store = inf_job_store_open (jobs, error)))
    return FALSE;
  self->results = inf_results_new (results);
  self->outcomes = inf_outcomes_new (self->results, self->store);
  return TRUE;
}

/**
 * inf_node_new:
 * @state_dir: where all state lies; exists, and is this process's alone
 * @error: what can't be read or made
 *
 * Returns: (transfer full) (nullable): a node that is in contact with nobody yet
 */
InfNode *
inf_node_new (const char *state_dir, GError **error)
{
  g_autoptr (InfNode) self = g_object_new (INF_TYPE_NODE, NULL);

  self->state_dir = g_strdup (state_dir);
  if (!open_stores (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
forward_peer_changed (InfSession *session, const InfPeerId *id, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_PEER_CHANGED], 0, id);
}

static void
forward_peer_gone (InfSession *session, const InfPeerId *id, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_PEER_GONE], 0, id);
}

static void
forward_capacity (InfSession *session, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_CAPACITY_CHANGED], 0);
}

/* Credits are a grid's own: each has its ledger, and it is found again when the node comes back. */
static gboolean
open_ledger (InfNode *self, InfMembership *membership, GError **error)
{
  InfGrid *grid = inf_membership_get_grid (membership);
  g_autofree char *grid_id = inf_grid_id_to_text (inf_grid_get_id (grid));
  g_autofree char *name = g_strdup_printf ("ledger-%.16s.db", grid_id);
  g_autofree char *path = in_state_dir (self, name);

  g_clear_pointer (&self->ledger, inf_ledger_close);
  self->ledger = inf_ledger_open (path, self->keypair, error);
  return self->ledger != NULL;
}

static gboolean
enter_grid (InfNode *self, InfMembership *membership, GError **error)
{
  if (!open_ledger (self, membership, error))
    return FALSE;
  InfSessionParts parts = {
    .state_dir = self->state_dir,
    .keypair = self->keypair,
    .machine = &self->machine,
    .store = self->store,
    .ledger = self->ledger,
    .job_store = self->job_store,
  };
  g_autoptr (InfSession) session = inf_session_new (&parts, membership);

  if (!inf_session_start (session, &self->settings, self->report, self->obstacle, inf_outcomes_take,
                          inf_outcomes_finish, self->outcomes, error))
    return FALSE;
  g_signal_connect_object (session, "peer-changed", G_CALLBACK (forward_peer_changed), self, 0);
  g_signal_connect_object (session, "peer-gone", G_CALLBACK (forward_peer_gone), self, 0);
  g_signal_connect_object (session, "capacity-changed", G_CALLBACK (forward_capacity), self, 0);
  self->session = g_steal_pointer (&session);
  inf_jobs_resume (inf_session_get_jobs (self->session));
  g_signal_emit (self, signals[SIGNAL_GRID_CHANGED], 0);
  return TRUE;
}

static char *
describe_obstacle (const InfSandboxReport *report)
{
  for (guint i = 0; i < report->capabilities->len; i++)
    {
      const InfSandboxCapability *capability = report->capabilities->pdata[i];
      if (capability->needed && !capability->works)
        return g_strdup_printf ("%s: %s; run: %s", capability->name, capability->found,
                                capability->remedy);
    }
  return g_strdup ("this machine can't contain a job");
}

/* What is missing, what for, and what mends it: for whoever reads the log. */
static void
log_shortcomings (const InfSandboxReport *report)
{
  for (guint i = 0; i < report->capabilities->len; i++)
    {
      const InfSandboxCapability *each = report->capabilities->pdata[i];
      if (!each->works)
        g_message ("%s: missing (%s); %s%s%s", each->name, each->found, each->why,
                   *each->remedy ? "; to mend it, run: " : "", each->remedy);
    }
}

static void
probe (InfNode *self)
{
  self->report = inf_sandbox_probe ();
  log_shortcomings (self->report);
  g_clear_pointer (&self->obstacle, g_free);
  if (!self->report->can_contain)
    self->obstacle = describe_obstacle (self->report);
  if (self->obstacle)
    g_message ("this machine hosts nothing: %s", self->obstacle);
}

/**
 * inf_node_start:
 * @node: a new node
 * @error: why it can't take part in its grid
 *
 * Finds out what this machine can do, and enters the grid that the node is a member of.
 */
gboolean
inf_node_start (InfNode *node, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (InfMembership) membership
      = inf_membership_load (node->state_dir, node->keypair, &local_error);

  probe (node);
  if (membership)
    return enter_grid (node, membership, error);
  if (inf_error_is_not_found (local_error))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static void
on_session_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  inf_session_leave (INF_SESSION (source));
  g_task_return_boolean (task, TRUE);
}

/**
 * inf_node_shut_down_async:
 * @node: a started node
 * @callback: when nothing runs any more and peers were told
 * @user_data: for @callback
 */
void
inf_node_shut_down_async (InfNode *node, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (node, NULL, callback, user_data);

  if (node->session)
    inf_session_stop_async (node->session, on_session_stopped, g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

gboolean
inf_node_shut_down_finish (InfNode *node, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
inf_node_get_state_dir (InfNode *node)
{
  return node->state_dir;
}

/* A host name is the natural name of a node, as far as it can be one. */
static char *
default_name (void)
{
  g_autofree char *name = g_ascii_strdown (g_get_host_name (), -1);
  char *dot = strchr (name, '.');

  if (dot)
    *dot = '\0';
  return inf_name_is_valid (name) ? g_steal_pointer (&name) : g_strdup ("node");
}

/**
 * inf_node_get_name:
 * @node: a node
 *
 * Returns: (transfer none): its name in its grid; "" while it is in none
 */
const char *
inf_node_get_name (InfNode *node)
{
  if (!node->session)
    return "";
  return inf_certificate_get_name (
      inf_membership_get_certificate (inf_session_get_membership (node->session)));
}

const InfPeerId *
inf_node_get_peer_id (InfNode *node)
{
  return inf_keypair_get_peer_id (node->keypair);
}

guint16
inf_node_get_port (InfNode *node)
{
  return node->session ? inf_session_get_port (node->session) : 0;
}

/**
 * inf_node_get_report:
 * @node: a node
 *
 * Returns: (transfer none) (nullable): what this machine can do; %NULL before the start
 */
InfSandboxReport *
inf_node_get_report (InfNode *node)
{
  return node->report;
}

const char *
inf_node_get_obstacle (InfNode *node)
{
  return node->obstacle;
}

const InfSettings *
inf_node_get_settings (InfNode *node)
{
  return &node->settings;
}

/**
 * inf_node_set_settings:
 * @node: a node
 * @settings: what the owner wants from now on
 * @error: #INF_ERROR_FAILED when they can't be saved
 */
gboolean
inf_node_set_settings (InfNode *node, const InfSettings *settings, GError **error)
{
  if (!inf_settings_save (settings, node->state_dir, error))
    return FALSE;
  node->settings = *settings;
  if (node->session)
    inf_session_apply (node->session, settings, node->report, node->obstacle);
  g_signal_emit (node, signals[SIGNAL_CAPACITY_CHANGED], 0);
  return TRUE;
}

InfMembership *
inf_node_get_membership (InfNode *node)
{
  return node->session ? inf_session_get_membership (node->session) : NULL;
}

InfGossip *
inf_node_get_gossip (InfNode *node)
{
  return node->session ? inf_session_get_gossip (node->session) : NULL;
}

InfLeaseHost *
inf_node_get_lease_host (InfNode *node)
{
  return node->session ? inf_session_get_lease_host (node->session) : NULL;
}

InfJobs *
inf_node_get_jobs (InfNode *node)
{
  return node->session ? inf_session_get_jobs (node->session) : NULL;
}

InfLedger *
inf_node_get_ledger (InfNode *node)
{
  return node->ledger;
}

const InfJobContext *
inf_node_get_context (InfNode *node)
{
  return node->session ? inf_session_get_context (node->session) : NULL;
}

InfResults *
inf_node_get_results (InfNode *node)
{
  return node->results;
}

static gboolean
is_alone (InfNode *self)
{
  g_autoptr (GPtrArray) peers = inf_gossip_list (inf_session_get_gossip (self->session));

  return inf_membership_is_founder (inf_session_get_membership (self->session)) && peers->len <= 1;
}

static gboolean
is_idle (InfNode *self)
{
  return inf_jobs_count_active (inf_session_get_jobs (self->session)) == 0
         && inf_lease_host_get_slots_used (inf_session_get_lease_host (self->session)) == 0;
}

/* A grid that nobody else has joined is given up without a word: it was founded to run something on
 * this machine alone. */
static gboolean
make_room (InfNode *self, GError **error)
{
  if (!self->session)
    return TRUE;
  if (!is_alone (self))
    {
      InfGrid *grid = inf_membership_get_grid (inf_session_get_membership (self->session));
      g_set_error (error, INF_ERROR, INF_ERROR_EXISTS,
                   "this node is in the grid “%s”; run “infinity grid leave” first",
                   inf_grid_get_name (grid));
      return FALSE;
    }
  return inf_node_leave_grid (self, error);
}

/**
 * inf_node_found_grid:
 * @node: a node in no grid, or alone in one
 * @grid_name: the grid's name
 * @node_name: this node's in it; "" for the host name
 * @grant_ucredits: every member's welcome grant
 * @error: #INF_ERROR_EXISTS, #INF_ERROR_INVALID
 */
gboolean
inf_node_found_grid (InfNode *node, const char *grid_name, const char *node_name,
                     guint64 grant_ucredits, GError **error)
{
  g_autofree char *name = *node_name ? g_strdup (node_name) : default_name ();
  g_autoptr (InfMembership) membership = inf_membership_found (
      node->keypair, grid_name, name, grant_ucredits, g_get_real_time (), error);

  return membership && make_room (node, error)
         && inf_membership_save (membership, node->state_dir, error)
         && enter_grid (node, membership, error);
}

/**
 * inf_node_ensure_grid:
 * @node: a node
 * @error: as inf_node_found_grid()
 *
 * Founds a grid of this machine alone where there is none, so that a job can run before anybody
 * else is there.
 */
gboolean
inf_node_ensure_grid (InfNode *node, GError **error)
{
  const guint64 grant_ucredits = G_GUINT64_CONSTANT (1000000000);

  return node->session || inf_node_found_grid (node, "solo", "", grant_ucredits, error);
}

/**
 * inf_node_leave_grid:
 * @node: a node
 * @error: #INF_ERROR_NOT_FOUND when it is in none; #INF_ERROR_REFUSED while jobs or leases are open
 */
gboolean
inf_node_leave_grid (InfNode *node, GError **error)
{
  if (!node->session)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_NOT_FOUND, "this node is in no grid");
      return FALSE;
    }
  if (!is_idle (node))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_REFUSED,
                           "jobs or leases are under way; cancel them or wait for their end");
      return FALSE;
    }
  if (!inf_membership_forget (node->state_dir, error))
    return FALSE;
  inf_session_leave (node->session);
  g_signal_handlers_disconnect_by_data (node->session, node);
  g_clear_object (&node->session);
  g_clear_pointer (&node->ledger, inf_ledger_close);
  g_signal_emit (node, signals[SIGNAL_GRID_CHANGED], 0);
  return TRUE;
}

static gboolean
require_grid (InfNode *self, GError **error)
{
  if (self->session)
    return TRUE;
  g_set_error_literal (error, INF_ERROR, INF_ERROR_NOT_FOUND,
                       "this node is in no grid; run “infinity grid create NAME” or “infinity grid "
                       "join TOKEN”");
  return FALSE;
}

/**
 * inf_node_invite:
 * @node: the founder's node
 * @lifetime_s: how long the invite holds, in seconds; 0 for a day
 * @ret_expires_unix_us: (out): until when
 * @error: #INF_ERROR_NOT_FOUND in no grid, #INF_ERROR_DENIED at anybody but the founder
 *
 * Returns: (transfer full) (nullable): the token
 */
char *
inf_node_invite (InfNode *node, guint lifetime_s, gint64 *ret_expires_unix_us, GError **error)
{
  if (!require_grid (node, error))
    return NULL;
  return inf_session_invite (node->session, lifetime_s, ret_expires_unix_us, error);
}

/* Multicast doesn't reach everywhere: where the invite led to is where gossip begins. */
static void
seek_at (InfNode *self, const char *const *addresses)
{
  InfGossip *gossip = inf_session_get_gossip (self->session);

  for (guint i = 0; addresses[i]; i++)
    inf_gossip_add_address (gossip, addresses[i], NULL);
}

static void
on_joined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  InfNode *self = g_task_get_source_object (task);
  g_auto (GStrv) addresses = NULL;
  GError *error = NULL;
  g_autoptr (InfMembership) membership = inf_enrolment_join_finish (result, &addresses, &error);

  if (!membership || !make_room (self, &error)
      || !inf_membership_save (membership, self->state_dir, &error)
      || !enter_grid (self, membership, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  seek_at (self, (const char *const *)addresses);
  g_task_return_boolean (task, TRUE);
}

/**
 * inf_node_join_async:
 * @node: a node in no grid, or alone in one
 * @token: an invite, from anyone
 * @node_name: this node's name in the grid; "" for the host name
 * @callback: when this node is a member
 * @user_data: for @callback
 */
void
inf_node_join_async (InfNode *node, const char *token, const char *node_name,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (node, NULL, callback, user_data);
  g_autofree char *name = *node_name ? g_strdup (node_name) : default_name ();

  if (node->session && !is_alone (node))
    {
      g_task_return_new_error (task, INF_ERROR, INF_ERROR_EXISTS,
                               "this node is in a grid; run “infinity grid leave” first");
      return;
    }
  inf_enrolment_join_async (node->keypair, token, name, on_joined, g_steal_pointer (&task));
}

gboolean
inf_node_join_finish (InfNode *node, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * inf_node_find_peer:
 * @node: a node
 * @text: a name, or a prefix of an id
 * @error: #INF_ERROR_NOT_FOUND, or #INF_ERROR_INVALID when it could be several
 *
 * Returns: (transfer full) (nullable): what is known of the peer
 */
InfPeerInfo *
inf_node_find_peer (InfNode *node, const char *text, GError **error)
{
  InfPeerInfo *found = NULL;

  if (!require_grid (node, error))
    return NULL;
  g_autoptr (GPtrArray) peers = inf_gossip_list (inf_session_get_gossip (node->session));
  for (guint i = 0; i < peers->len; i++)
    {
      InfPeerInfo *peer = peers->pdata[i];
      g_autofree char *id = inf_peer_id_to_text (&peer->id);
      if (!g_str_equal (peer->name, text) && !g_str_has_prefix (id, text))
        continue;
      if (found)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                       "“%s” could be several peers; give more of the id", text);
          return NULL;
        }
      found = peer;
    }
  if (!found)
    g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "no peer is called “%s”", text);
  return found ? inf_peer_info_ref (found) : NULL;
}

/**
 * inf_node_remove_member:
 * @node: the founder's node
 * @member: a name, or a prefix of an id
 * @error: #INF_ERROR_DENIED at anybody but the founder, #INF_ERROR_NOT_FOUND
 */
gboolean
inf_node_remove_member (InfNode *node, const char *member, GError **error)
{
  g_autoptr (InfPeerInfo) peer = inf_node_find_peer (node, member, error);

  if (!peer)
    return FALSE;
  if (peer->is_self)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                           "the founder can't remove itself; run “infinity grid leave”");
      return FALSE;
    }
  return inf_session_revoke (node->session, &peer->id, error);
}
