#include "daemon/inf-node-private.h"

#include "common/inf-error.h"
#include "common/inf-paths.h"

G_DEFINE_FINAL_TYPE (InfNode, inf_node, G_TYPE_OBJECT)

enum
{
  SIGNAL_IDENTITY_CHANGED,
  SIGNAL_STATE_CHANGED,
  SIGNAL_GRID_CHANGED,
  SIGNAL_PEER_CHANGED,
  SIGNAL_PEER_GONE,
  SIGNAL_CAPACITY_CHANGED,
  SIGNAL_LEASES_USED,
  SIGNAL_CREDITS_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
inf_node_finalize (GObject *object)
{
  InfNode *self = INF_NODE (object);

  inf_node_clear_connection (self);
  g_clear_pointer (&self->owner, inf_owner_free);
  g_clear_pointer (&self->absence, inf_absence_free);
  g_clear_pointer (&self->resources, inf_resources_free);
  g_clear_pointer (&self->requests, inf_requests_free);
  g_clear_pointer (&self->disk_watch, inf_disk_watch_free);
  g_clear_pointer (&self->inhibitor, inf_suspend_inhibitor_free);
  inf_node_close_files (self, "the node has ended");
  g_clear_object (&self->session);
  inf_node_clear_files (self);
  g_clear_pointer (&self->outcomes, inf_outcomes_free);
  g_clear_pointer (&self->results, inf_results_unref);
  g_clear_pointer (&self->tasks, inf_task_catalogue_free);
  g_clear_pointer (&self->job_store, inf_job_store_close);
  g_clear_pointer (&self->ledger, inf_ledger_close);
  g_clear_pointer (&self->store, inf_store_unref);
  g_clear_pointer (&self->membership, inf_membership_unref);
  g_clear_pointer (&self->keypair, inf_keypair_unref);
  g_clear_pointer (&self->identity, inf_identity_file_free);
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
  signals[SIGNAL_IDENTITY_CHANGED] = g_signal_new ("identity-changed", type, G_SIGNAL_RUN_LAST, 0,
                                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_STATE_CHANGED] = g_signal_new ("state-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_GRID_CHANGED]
      = g_signal_new ("grid-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PEER_CHANGED] = g_signal_new ("peer-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_PEER_GONE] = g_signal_new ("peer-gone", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_LEASES_USED]
      = g_signal_new ("leases-used", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CREDITS_CHANGED] = g_signal_new ("credits-changed", type, G_SIGNAL_RUN_LAST, 0,
                                                  NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CAPACITY_CHANGED] = g_signal_new ("capacity-changed", type, G_SIGNAL_RUN_LAST, 0,
                                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
inf_node_init (InfNode *self)
{
  inf_machine_init (&self->machine);
  self->down_waiters = g_ptr_array_new_with_free_func (g_object_unref);
  self->state = self->state_reason = "";
  inf_node_init_sharing (self);
  self->requests = inf_requests_new (&self->settings);
}

static char *
in_state_dir (InfNode *self, const char *name)
{
  return g_build_filename (self->state_dir, name, NULL);
}

static gboolean
open_stores (InfNode *self, GError **error)
{
  g_autofree char *objects = in_state_dir (self, "objects");
  g_autofree char *jobs = in_state_dir (self, "jobs.db");
  g_autofree char *results = in_state_dir (self, "results");
  g_autofree char *tasks = inf_paths_data ("tasks");

  if (!inf_settings_load (&self->settings, self->state_dir, error)
      || !inf_node_load_identity (self, error) || !(self->store = inf_store_new (objects, error))
      || !(self->job_store = inf_job_store_open (jobs, error))
      || !(self->resources = inf_resources_new (self->state_dir, error)))
    return FALSE;
  self->results = inf_results_new (results);
  self->tasks = inf_task_catalogue_load (tasks);
  inf_node_init_files (self);
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
  inf_node_update_state_soon (user_data);
}

static void
forward_peer_gone (InfSession *session, const InfPeerId *id, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_PEER_GONE], 0, id);
  inf_node_update_state_soon (user_data);
}

static void
forward_capacity (InfSession *session, gpointer user_data)
{
  inf_node_apply_limits (user_data);
  g_signal_emit (user_data, signals[SIGNAL_CAPACITY_CHANGED], 0);
}

static void
on_ledger_changed (gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_CREDITS_CHANGED], 0);
}

/* Credits are a grid's own: each has its ledger, and it is found again when the node comes back. */
static gboolean
open_ledger (InfNode *self, InfMembership *membership, GError **error)
{
  InfGrid *grid = inf_membership_get_grid (membership);
  g_autofree char *grid_id = inf_grid_id_to_text (inf_grid_get_id (grid));
  g_autofree char *name = g_strdup_printf ("ledger-%.16s.db", grid_id);
  g_autofree char *path = in_state_dir (self, name);

  inf_resources_set_session (self->resources, NULL, NULL);
  g_clear_pointer (&self->ledger, inf_ledger_close);
  self->ledger = inf_ledger_open (path, self->keypair, error);
  if (self->ledger)
    inf_ledger_set_changed (self->ledger, on_ledger_changed, self);
  return self->ledger != NULL;
}

/* Whatever brings a node into a grid, or tells at its start that it is in one, ends here. */
gboolean
inf_node_take_membership (InfNode *self, InfMembership *membership, GError **error)
{
  if (!open_ledger (self, membership, error))
    return FALSE;
  g_clear_pointer (&self->membership, inf_membership_unref);
  self->membership = inf_membership_ref (membership);
  inf_resources_set_session (self->resources, NULL, self->ledger);
  g_signal_emit (self, signals[SIGNAL_GRID_CHANGED], 0);
  return TRUE;
}

/* A node in no grid is none the worse for it. */
gboolean
inf_node_load_membership (InfNode *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (InfMembership) membership
      = inf_membership_load (self->state_dir, self->keypair, &local_error);

  if (membership)
    return inf_node_take_membership (self, membership, error);
  if (inf_error_is_not_found (local_error))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

void
inf_node_drop_membership (InfNode *self)
{
  inf_resources_set_session (self->resources, NULL, NULL);
  g_clear_pointer (&self->membership, inf_membership_unref);
  g_clear_pointer (&self->ledger, inf_ledger_close);
  g_signal_emit (self, signals[SIGNAL_GRID_CHANGED], 0);
}

gboolean
inf_node_open_session (InfNode *self, GError **error)
{
  InfSessionParts parts = {
    .state_dir = self->state_dir,
    .keypair = self->keypair,
    .machine = &self->machine,
    .store = self->store,
    .ledger = self->ledger,
    .job_store = self->job_store,
  };
  g_autoptr (InfSession) session = inf_session_new (&parts, self->membership);

  if (!inf_session_start (session, &self->settings, self->report, self->obstacle, inf_outcomes_take,
                          inf_outcomes_finish, self->outcomes, error))
    return FALSE;
  g_signal_connect_object (session, "peer-changed", G_CALLBACK (forward_peer_changed), self, 0);
  g_signal_connect_object (session, "peer-gone", G_CALLBACK (forward_peer_gone), self, 0);
  g_signal_connect_object (session, "capacity-changed", G_CALLBACK (forward_capacity), self, 0);
  self->session = g_steal_pointer (&session);
  inf_node_open_files (self);
  inf_resources_set_session (self->resources, inf_session_get_lease_host (self->session),
                             self->ledger);
  inf_requests_set_host (self->requests, inf_session_get_lease_host (self->session));
  self->disk_watch = inf_disk_watch_new (inf_session_get_lease_host (self->session));
  inf_node_apply_verdict (self);
  inf_node_apply_limits (self);
  inf_jobs_resume (inf_session_get_jobs (self->session));
  inf_node_came_up (self);
  inf_node_tell_absence (self);
  g_signal_emit (self, signals[SIGNAL_GRID_CHANGED], 0);
  return TRUE;
}

gboolean
inf_node_enter_grid (InfNode *self, InfMembership *membership, GError **error)
{
  InfSettings settings = self->settings;

  settings.connected = TRUE;
  if (!self->settings.connected && !inf_node_set_settings (self, &settings, error))
    return FALSE;
  return inf_node_take_membership (self, membership, error) && inf_node_open_session (self, error);
}

/* Says goodbye and is in contact with nobody any more; still a member. */
void
inf_node_close_session (InfNode *self)
{
  inf_node_close_files (self, "this node was disconnected from its grid");
  inf_resources_set_session (self->resources, NULL, self->ledger);
  inf_requests_set_host (self->requests, NULL);
  g_clear_pointer (&self->disk_watch, inf_disk_watch_free);
  inf_session_leave (self->session);
  g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_signal_emit (self, signals[SIGNAL_GRID_CHANGED], 0);
}

void
inf_node_emit_identity_changed (InfNode *self)
{
  g_signal_emit (self, signals[SIGNAL_IDENTITY_CHANGED], 0);
}

void
inf_node_emit_state_changed (InfNode *self)
{
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
}

void
inf_node_emit_capacity_changed (InfNode *self)
{
  g_signal_emit (self, signals[SIGNAL_CAPACITY_CHANGED], 0);
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
 * Finds out what this machine can do, and enters the grid that the node is a member of, unless its
 * identity is locked or its owner keeps it out.
 */
gboolean
inf_node_start (InfNode *node, GError **error)
{
  probe (node);
  inf_resources_start (node->resources);
  inf_node_watch_absence (node);
  inf_owner_set_rules (node->owner, &node->settings.rules);
  if (!node->keypair)
    g_message ("%s", node->identity ? "the identity is locked; run: infinity identity unlock"
                                    : "this node has no identity yet");
  else if (!inf_node_load_membership (node, error))
    return FALSE;
  if (node->membership && node->settings.connected && !inf_node_open_session (node, error))
    return FALSE;
  inf_node_update_state (node);
  return TRUE;
}

static void
on_session_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  inf_session_leave (INF_SESSION (source));
  g_task_return_boolean (task, TRUE);
}

static void
on_copies_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  InfNode *node = g_task_get_source_object (task);

  if (node->session)
    inf_session_stop_async (node->session, "is shutting down", on_session_stopped,
                            g_steal_pointer (&task));
  else
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

  inf_copies_stop_async (node->copies, on_copies_stopped, g_steal_pointer (&task));
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

/**
 * inf_node_get_name:
 * @node: a node
 *
 * Returns: (transfer none): its name in its grid; "" while it is in none
 */
const char *
inf_node_get_name (InfNode *node)
{
  if (!node->membership)
    return "";
  return inf_certificate_get_name (inf_membership_get_certificate (node->membership));
}

/**
 * inf_node_dup_peer_id_text:
 * @node: a node
 *
 * Returns: (transfer full): its peer id, also while it is locked; "" while it has no identity
 */
char *
inf_node_dup_peer_id_text (InfNode *node)
{
  InfPeerId id;

  if (!node->identity)
    return g_strdup ("");
  inf_peer_id_of_key (&node->identity->public_key, &id);
  return inf_peer_id_to_text (&id);
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
  inf_owner_set_rules (node->owner, &settings->rules);
  inf_node_apply_limits (node);
  if (node->session)
    inf_session_apply (node->session, settings, node->report, node->obstacle);
  g_signal_emit (node, signals[SIGNAL_CAPACITY_CHANGED], 0);
  return TRUE;
}

InfMembership *
inf_node_get_membership (InfNode *node)
{
  return node->membership;
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

const InfTaskCatalogue *
inf_node_get_tasks (InfNode *node)
{
  return node->tasks;
}

InfResults *
inf_node_get_results (InfNode *node)
{
  return node->results;
}

InfResources *
inf_node_get_resources (InfNode *node)
{
  return node->resources;
}

const InfMachine *
inf_node_get_machine (InfNode *node)
{
  return &node->machine;
}

void
inf_node_emit_leases_used (InfNode *node)
{
  g_signal_emit (node, signals[SIGNAL_LEASES_USED], 0);
}

InfRequests *
inf_node_get_requests (InfNode *node)
{
  return node->requests;
}
