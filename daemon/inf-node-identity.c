#include "daemon/inf-node-passphrase.h"

#include "common/inf-error.h"
#include "discovery/identity/inf-name.h"

/* Who a node is:
 *
 *  UNREGISTERED ──register, import, or the first grid──▶ UNLOCKED ◀──unlock── LOCKED
 *                                                            │ ──lock, restart──▲
 *                                                            └──export to move──▶ MOVED
 * ──reclaim──▶
 * */

#define FILE_NAME "identity"

static char *
path_of (InfNode *self, const char *name)
{
  return g_build_filename (self->state_dir, name, NULL);
}

gboolean
inf_node_load_identity (InfNode *self, GError **error)
{
  g_autofree char *path = path_of (self, FILE_NAME);
  g_autofree char *moved = path_of (self, INF_NODE_MOVED_NAME);
  g_autoptr (GError) local_error = NULL;

  if (!inf_lockout_load (&self->lockout, self->state_dir, error))
    return FALSE;
  self->identity = inf_identity_file_load (path, &local_error);
  if (!self->identity && !inf_error_is_not_found (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  self->is_moved = g_file_test (moved, G_FILE_TEST_EXISTS);
  if (self->identity && self->identity->keypair && !self->is_moved)
    self->keypair = inf_keypair_ref (self->identity->keypair);
  return TRUE;
}

/* The file first: what is not on disk this node is not. */
static gboolean
adopt (InfNode *self, InfIdentityFile *file, InfKeypair *keypair, GError **error)
{
  g_autofree char *path = path_of (self, FILE_NAME);

  if (!inf_identity_file_save (file, path, error))
    {
      inf_identity_file_free (file);
      return FALSE;
    }
  g_clear_pointer (&self->identity, inf_identity_file_free);
  self->identity = file;
  inf_keypair_ref (keypair);
  g_clear_pointer (&self->keypair, inf_keypair_unref);
  self->keypair = keypair;
  inf_keypair_lock_memory (keypair);
  inf_node_emit_identity_changed (self);
  inf_node_update_state (self);
  return TRUE;
}

static gboolean
adopt_plain (InfNode *self, InfKeypair *keypair, const char *name, GError **error)
{
  return adopt (self, inf_identity_file_new_plain (keypair, name), keypair, error);
}

/* Makes the identity of a machine that has none, without a passphrase; a node that has one must be
 * unlocked. */
gboolean
inf_node_ensure_identity (InfNode *self, GError **error)
{
  if (self->identity)
    return inf_node_require_unlocked (self, error);
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  return adopt_plain (self, keypair, "", error);
}

gboolean
inf_node_require_unlocked (InfNode *self, GError **error)
{
  if (self->keypair)
    return TRUE;
  if (!self->identity)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_NOT_FOUND,
                         "this node has no identity yet; run “infinity identity create”");
  else if (self->is_moved)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED,
                         "this identity was moved to another machine; “infinity identity unlock "
                         "--reclaim” takes it back");
  else
    g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED,
                         "the identity is locked; run “infinity identity unlock”");
  return FALSE;
}

/* Nothing that was done with the key goes on. */
void
inf_node_forget_key (InfNode *self)
{
  inf_node_drop_membership (self);
  g_clear_pointer (&self->keypair, inf_keypair_unref);
  inf_node_emit_identity_changed (self);
}

InfIdentityState
inf_node_get_identity_state (InfNode *node)
{
  if (!node->identity)
    return INF_IDENTITY_UNREGISTERED;
  if (node->is_moved)
    return INF_IDENTITY_MOVED;
  return node->keypair ? INF_IDENTITY_UNLOCKED : INF_IDENTITY_LOCKED;
}

gboolean
inf_node_is_sealed (InfNode *node)
{
  return node->identity && node->identity->sealed;
}

/**
 * inf_node_get_own_name:
 * @node: a node
 *
 * Returns: (transfer none): what its owner called it at its registration; "" otherwise
 */
const char *
inf_node_get_own_name (InfNode *node)
{
  return node->identity ? node->identity->name : "";
}

guint
inf_node_get_failures (InfNode *node)
{
  return node->lockout.failures;
}

gint64
inf_node_get_retry_unix_us (InfNode *node)
{
  return inf_lockout_get_retry_unix_us (&node->lockout, g_get_real_time ());
}

/* What follows an unlocking: the grid, if there is one and the owner wants it. An identity that is
 * open stays so even where that fails; the state tells. */
static void
go_on (InfNode *self)
{
  g_autoptr (GError) error = NULL;

  if (self->session || self->membership)
    return;
  if (!inf_node_load_membership (self, &error)
      || (self->membership && self->settings.connected && !inf_node_open_session (self, &error)))
    {
      g_warning ("%s", error->message);
      self->connect_error = g_strdup (error->message);
    }
  inf_node_update_state (self);
}

void
inf_node_finish_adopting (InfNode *self, GTask *task, InfPassphraseWork *work,
                          InfIdentityFile *file)
{
  GError *error = NULL;

  if (!adopt (self, file, work->keypair, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  go_on (self);
  g_task_return_boolean (task, TRUE);
}

static void
registered (InfNode *self, GTask *task, InfPassphraseWork *work)
{
  inf_node_finish_adopting (self, task, work, inf_identity_file_new_sealed (work->made));
}

/**
 * inf_node_register_async:
 * @node: a node without an identity
 * @name: what its owner calls it
 * @passphrase: what to seal it with, "" for nothing
 * @callback: when it is on disk and open
 * @user_data: for @callback
 */
void
inf_node_register_async (InfNode *node, const char *name, const char *passphrase,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (node, NULL, callback, user_data);
  g_autoptr (InfKeypair) keypair = NULL;
  GError *error = NULL;

  if (node->identity)
    g_set_error_literal (&error, INF_ERROR, INF_ERROR_EXISTS, "this node has an identity already");
  else if (!inf_name_is_valid (name))
    g_set_error_literal (&error, INF_ERROR, INF_ERROR_INVALID,
                         "a name has 1 to 63 bytes and begins with a letter or a digit");
  if (error)
    {
      inf_node_refuse (task, error);
      return;
    }
  keypair = inf_keypair_generate ();
  if (*passphrase)
    {
      InfPassphraseWork *work = g_new0 (InfPassphraseWork, 1);
      work->keypair = g_steal_pointer (&keypair);
      work->new_passphrase = g_strdup (passphrase);
      work->name = g_strdup (name);
      work->done = registered;
      inf_node_start_work (node, task, work);
      return;
    }
  if (adopt_plain (node, keypair, name, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

static gboolean
open_with (InfNode *self, InfKeypair *keypair, GError **error)
{
  if (!inf_node_reclaim (self, error))
    return FALSE;
  self->keypair = inf_keypair_ref (keypair);
  inf_keypair_lock_memory (keypair);
  inf_node_emit_identity_changed (self);
  go_on (self);
  return TRUE;
}

static void
unlocked (InfNode *self, GTask *task, InfPassphraseWork *work)
{
  GError *error = NULL;

  if (open_with (self, work->keypair, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * inf_node_unlock_async:
 * @node: a node that is locked, or moved away
 * @passphrase: perhaps its passphrase
 * @reclaims: whether to take back an identity that was moved away
 * @callback: when it is open; connecting goes on after that
 * @user_data: for @callback
 */
void
inf_node_unlock_async (InfNode *node, const char *passphrase, gboolean reclaims,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (node, NULL, callback, user_data);
  GError *error = NULL;

  if (node->keypair)
    g_set_error_literal (&error, INF_ERROR, INF_ERROR_EXISTS, "the identity is unlocked already");
  else if (!node->identity || (node->is_moved && !reclaims))
    inf_node_require_unlocked (node, &error);
  if (error)
    {
      inf_node_refuse (task, error);
      return;
    }
  if (node->identity->sealed)
    {
      InfPassphraseWork *work = g_new0 (InfPassphraseWork, 1);
      work->sealed = inf_sealed_identity_ref (node->identity->sealed);
      work->old_passphrase = g_strdup (passphrase);
      work->is_guess = TRUE;
      work->done = unlocked;
      inf_node_start_work (node, task, work);
      return;
    }
  if (open_with (node, node->identity->keypair, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

static void
changed (InfNode *self, GTask *task, InfPassphraseWork *work)
{
  GError *error = NULL;
  InfIdentityFile *file
      = work->made ? inf_identity_file_new_sealed (work->made)
                   : inf_identity_file_new_plain (work->keypair, inf_node_get_own_name (self));

  /* It may have been locked meanwhile. */
  if (!inf_node_require_unlocked (self, &error))
    {
      inf_identity_file_free (file);
      g_task_return_error (task, error);
      return;
    }
  if (adopt (self, file, self->keypair, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * inf_node_change_passphrase_async:
 * @node: an unlocked node
 * @old_passphrase: its passphrase; "" where it has none
 * @new_passphrase: the new one; "" for none
 * @callback: when it is sealed with the new one
 * @user_data: for @callback
 */
void
inf_node_change_passphrase_async (InfNode *node, const char *old_passphrase,
                                  const char *new_passphrase, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task = g_task_new (node, NULL, callback, user_data);
  GError *error = NULL;

  if (!inf_node_require_unlocked (node, &error))
    {
      inf_node_refuse (task, error);
      return;
    }
  InfPassphraseWork *work = g_new0 (InfPassphraseWork, 1);
  if (node->identity->sealed)
    {
      work->sealed = inf_sealed_identity_ref (node->identity->sealed);
      work->old_passphrase = g_strdup (old_passphrase);
      work->is_guess = TRUE;
    }
  else
    work->keypair = inf_keypair_ref (node->keypair);
  work->new_passphrase = *new_passphrase ? g_strdup (new_passphrase) : NULL;
  work->name = g_strdup (inf_node_get_own_name (node));
  work->done = changed;
  inf_node_start_work (node, task, work);
}

gboolean
inf_node_identity_finish (InfNode *node, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
