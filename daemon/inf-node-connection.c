#include "daemon/inf-node-private.h"

#include "common/inf-error.h"

/* A node's part in its grid: up or down as the owner wants it, and what others are told of that.
 * The states are drawn in inf-connection.c. Going down waits for what runs; what is over but whose
 * client never comes back to close it is waited for a while only. */

#define POLL_INTERVAL_MS 250
#define CLOSING_PATIENCE_US (10 * (gint64)G_USEC_PER_SEC)
#define STATE_INTERVAL_MS 1000
#define STATE_DELAY_MS 100

static guint
count_found (InfNode *self, guint *ret_known)
{
  g_autoptr (GPtrArray) peers = self->session
                                    ? inf_gossip_list (inf_session_get_gossip (self->session))
                                    : g_ptr_array_new ();
  guint n = 0;

  *ret_known = 0;
  for (guint i = 0; i < peers->len; i++)
    {
      const InfPeerInfo *info = peers->pdata[i];
      *ret_known += !info->is_self && info->state != INF_PEER_LEFT;
      n += !info->is_self && (info->state == INF_PEER_ALIVE || info->state == INF_PEER_SUSPECT);
    }
  return n;
}

static gboolean
is_reachable (InfNode *self)
{
  g_auto (GStrv) addresses = inf_gossip_dup_own_addresses (inf_session_get_gossip (self->session));

  for (guint i = 0; addresses[i]; i++)
    if (!g_str_has_prefix (addresses[i], "127.") && !g_str_has_prefix (addresses[i], "[::1]"))
      return TRUE;
  return FALSE;
}

/* A founder that has issued no certificate but its own waits for nobody. */
static gboolean
nobody_joined (InfNode *self)
{
  g_autoptr (GPtrArray) issued = NULL;

  if (!self->membership || !inf_membership_is_founder (self->membership))
    return FALSE;
  issued = inf_membership_list_issued (self->membership);
  return issued->len <= 1;
}

/* Time alone changes a state only while others are looked for. */
static gboolean
on_state_timer (gpointer user_data)
{
  InfNode *self = user_data;

  self->state_timer = 0;
  inf_node_update_state (self);
  return G_SOURCE_REMOVE;
}

static void
update_later (InfNode *self, guint wait_ms)
{
  if (self->state_timer == 0)
    self->state_timer = g_timeout_add (wait_ms, on_state_timer, self);
}

/* Many peers often come or go together. */
void
inf_node_update_state_soon (InfNode *self)
{
  update_later (self, STATE_DELAY_MS);
}

/* Looks at everything and tells what changed. Called whenever something may have. */
void
inf_node_update_state (InfNode *self)
{
  InfConnectionFacts facts = {
    .identity = inf_node_get_identity_state (self),
    .is_member = self->membership != NULL,
    .is_up = self->session != NULL,
    .is_alone = nobody_joined (self),
    .has_failed = self->connect_error != NULL,
    .disconnecting = self->disconnecting,
    .up_for_us = g_get_monotonic_time () - self->up_since_us,
  };
  const char *state, *reason;
  guint known;

  facts.n_found = count_found (self, &known);
  self->was_found = facts.is_up && (self->was_found || facts.n_found > 0);
  facts.was_found = self->was_found;
  facts.has_network = !facts.is_up || facts.n_found > 0 || is_reachable (self);
  inf_connection_judge (&facts, &state, &reason);
  if (!g_str_equal (state, self->state) || !g_str_equal (reason, self->state_reason))
    self->state_since_unix_us = g_get_real_time ();
  self->state = state;
  self->state_reason = reason;
  if (g_str_equal (state, "connecting"))
    update_later (self, STATE_INTERVAL_MS);
  inf_node_emit_state_changed (self);
}

const char *
inf_node_get_state (InfNode *node)
{
  return node->state;
}

/**
 * inf_node_describe_state:
 * @node: a node
 *
 * Returns: (transfer floating): Node1.StateDetail, as the contract has it
 */
GVariant *
inf_node_describe_state (InfNode *node)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  gboolean is_going = node->session && node->disconnecting != INF_DISCONNECTING_NOT;
  guint known;
  guint found = count_found (node, &known);

  g_variant_dict_insert (&dict, "reason", "s", node->state_reason);
  g_variant_dict_insert (&dict, "message", "s", node->connect_error ? node->connect_error : "");
  g_variant_dict_insert (&dict, "since-unix", "x", node->state_since_unix_us);
  g_variant_dict_insert (&dict, "peers-found", "u", found);
  g_variant_dict_insert (&dict, "peers-known", "u", known);
  g_variant_dict_insert (&dict, "leases-left", "u",
                         is_going ? inf_session_count_leases (node->session) : 0);
  g_variant_dict_insert (&dict, "jobs-left", "u",
                         is_going ? inf_jobs_count_active (inf_session_get_jobs (node->session))
                                  : 0);
  return g_variant_dict_end (&dict);
}

void
inf_node_came_up (InfNode *self)
{
  self->up_since_us = g_get_monotonic_time ();
  self->was_found = FALSE;
  self->disconnecting = INF_DISCONNECTING_NOT;
  g_clear_pointer (&self->connect_error, g_free);
  inf_node_update_state (self);
}

void
inf_node_clear_connection (InfNode *self)
{
  g_clear_handle_id (&self->down_timer, g_source_remove);
  g_clear_handle_id (&self->state_timer, g_source_remove);
  g_clear_pointer (&self->connect_error, g_free);
  g_clear_pointer (&self->down_waiters, g_ptr_array_unref);
}

/**
 * inf_node_require_session:
 * @node: a node
 * @error: #INF_ERROR_NOT_FOUND in no grid, #INF_ERROR_DENIED when locked, #INF_ERROR_REFUSED when
 *   disconnected: with the way out
 *
 * Returns: whether it takes part in its grid
 */
gboolean
inf_node_require_session (InfNode *node, GError **error)
{
  if (node->session && node->disconnecting == INF_DISCONNECTING_NOT)
    return TRUE;
  if (node->session)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_REFUSED,
                         "this node is disconnecting from its grid; “infinity connect” ends that");
  else if (node->membership)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_REFUSED,
                         "this node is disconnected from its grid; run “infinity connect”");
  else if (node->identity && !inf_node_require_unlocked (node, error))
    ;
  else
    g_set_error_literal (error, INF_ERROR, INF_ERROR_NOT_FOUND,
                         "this node is in no grid; run “infinity grid create NAME” or “infinity "
                         "grid join TOKEN”");
  return FALSE;
}

static gboolean
want_connected (InfNode *self, gboolean connected, GError **error)
{
  InfSettings settings = self->settings;

  settings.connected = connected;
  return self->settings.connected == connected || inf_node_set_settings (self, &settings, error);
}

static void
answer_waiters (InfNode *self, const char *problem)
{
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&self->down_waiters);

  self->down_waiters = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiters->len; i++)
    if (problem)
      g_task_return_new_error (waiters->pdata[i], INF_ERROR, INF_ERROR_CANCELLED, "%s", problem);
    else
      g_task_return_boolean (waiters->pdata[i], TRUE);
}

static gboolean
stay_up (InfNode *self, GError **error)
{
  if (self->disconnecting == INF_DISCONNECTING_STOPPING)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_REFUSED,
                           "this node is stopping what runs; connect when it has disconnected");
      return FALSE;
    }
  g_clear_handle_id (&self->down_timer, g_source_remove);
  self->disconnecting = INF_DISCONNECTING_NOT;
  self->locks_when_down = FALSE;
  inf_session_set_draining (self->session, FALSE);
  answer_waiters (self, "the owner connected again");
  inf_node_update_state (self);
  return TRUE;
}

/**
 * inf_node_connect:
 * @node: an unlocked node that is a member of a grid
 * @error: why it can't take part
 *
 * Returns: whether it takes part in its grid from now on; finding the others goes on
 */
gboolean
inf_node_connect (InfNode *node, GError **error)
{
  if (!node->membership)
    return inf_node_require_session (node, error);
  if (!want_connected (node, TRUE, error))
    return FALSE;
  if (node->session)
    return node->disconnecting == INF_DISCONNECTING_NOT || stay_up (node, error);
  g_autoptr (GError) local_error = NULL;
  if (inf_node_open_session (node, &local_error))
    return TRUE;
  g_free (node->connect_error);
  node->connect_error = g_strdup (local_error->message);
  inf_node_update_state (node);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static void
came_down (InfNode *self)
{
  g_clear_handle_id (&self->down_timer, g_source_remove);
  self->disconnecting = INF_DISCONNECTING_NOT;
  if (self->session)
    inf_node_close_session (self);
  if (self->locks_when_down)
    inf_node_forget_key (self);
  self->locks_when_down = FALSE;
  inf_node_update_state (self);
  answer_waiters (self, NULL);
}

/* Whether all leases are over, and only their clients' goodbyes are missing. */
static gboolean
are_leases_over (InfNode *self)
{
  return inf_lease_host_get_slots_used (inf_session_get_lease_host (self->session)) == 0;
}

/* What still holds on to a lease that is over, hashing its outputs, borrows from the session: such
 * a lease has to go first. */
static gboolean
try_to_come_down (InfNode *self)
{
  gint64 now_us = g_get_monotonic_time ();
  guint leases = inf_session_count_leases (self->session);
  gboolean is_over
      = are_leases_over (self) && inf_jobs_count_active (inf_session_get_jobs (self->session)) == 0;

  if (!is_over)
    self->down_since_us = now_us;
  if (is_over && leases > 0 && now_us - self->down_since_us > CLOSING_PATIENCE_US)
    inf_lease_host_forget_stopped (inf_session_get_lease_host (self->session));
  if (is_over && leases == 0)
    {
      came_down (self);
      return TRUE;
    }
  inf_node_emit_state_changed (self);
  return FALSE;
}

static gboolean
on_down_timer (gpointer user_data)
{
  return try_to_come_down (user_data) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
}

static gboolean
check_how (InfNode *self, const char *how, GError **error)
{
  if (g_str_equal (how, "finish") || g_str_equal (how, "stop"))
    return TRUE;
  if (*how)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "“%s” is no way to disconnect; “finish” and “stop” are", how);
      return FALSE;
    }
  guint leases = inf_session_count_leases (self->session);
  guint jobs = inf_jobs_count_active (inf_session_get_jobs (self->session));
  if (leases + jobs == 0)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_REFUSED,
               "%u jobs of others run here and %u of this node's are under way; finish them first "
               "or stop them",
               leases, jobs);
  return FALSE;
}

static void
begin_going_down (InfNode *self, InfDisconnecting disconnecting)
{
  self->disconnecting = disconnecting;
  self->down_since_us = g_get_monotonic_time ();
  inf_session_set_draining (self->session, TRUE);
  if (self->down_timer == 0)
    self->down_timer = g_timeout_add (POLL_INTERVAL_MS, on_down_timer, self);
  inf_node_update_state (self);
}

/* HOW as in the contract; the callback comes when the node is down, but with "finish" at once. */
void
inf_node_go_down_async (InfNode *self, const char *how, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  gboolean finishes = g_str_equal (how, "finish");
  GError *error = NULL;

  if (!self->session)
    {
      if (self->locks_when_down)
        came_down (self);
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (!check_how (self, how, &error))
    {
      self->locks_when_down = FALSE;
      g_task_return_error (task, error);
      return;
    }
  if (finishes)
    g_task_return_boolean (task, TRUE);
  else
    g_ptr_array_add (self->down_waiters, g_steal_pointer (&task));
  if (self->disconnecting != INF_DISCONNECTING_STOPPING)
    begin_going_down (self, finishes ? INF_DISCONNECTING_FINISHING : INF_DISCONNECTING_STOPPING);
  if (g_str_equal (how, "stop"))
    inf_session_stop_async (self->session, "was disconnected by its owner", on_stopped, NULL);
  if (!*how)
    try_to_come_down (self);
}

/**
 * inf_node_disconnect_async:
 * @node: a node
 * @how: "" when nothing runs, "finish", "stop"
 * @callback: when it is out of contact; with "finish" at once
 * @user_data: for @callback
 */
void
inf_node_disconnect_async (InfNode *node, const char *how, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GError *error = NULL;
  gboolean may = inf_node_require_unlocked (node, &error);

  if (may && !node->membership)
    may = inf_node_require_session (node, &error);
  if (may && node->session)
    may = check_how (node, how, &error);
  if (!may || !want_connected (node, FALSE, &error))
    {
      g_task_report_error (node, callback, user_data, NULL, error);
      return;
    }
  inf_node_go_down_async (node, how, callback, user_data);
}

/**
 * inf_node_lock_async:
 * @node: an unlocked node with a passphrase
 * @how: as for inf_node_disconnect_async()
 * @callback: when the key is forgotten; with "finish" at once
 * @user_data: for @callback
 */
void
inf_node_lock_async (InfNode *node, const char *how, GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GError *error = NULL;

  if (!inf_node_require_unlocked (node, &error))
    {
      g_task_report_error (node, callback, user_data, NULL, error);
      return;
    }
  if (!node->identity->sealed)
    {
      g_task_report_new_error (node, callback, user_data, NULL, INF_ERROR, INF_ERROR_REFUSED,
                               "this identity has no passphrase to unlock it with; set one first: "
                               "infinity identity passwd");
      return;
    }
  node->locks_when_down = TRUE;
  inf_node_go_down_async (node, how, callback, user_data);
}

gboolean
inf_node_down_finish (InfNode *node, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
