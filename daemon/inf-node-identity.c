#include "daemon/inf-node-private.h"

#include "common/inf-error.h"
#include "daemon/inf-identity-export.h"
#include "discovery/identity/inf-name.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* Who a node is:
 *
 *  UNREGISTERED ──register, import, or the first grid──▶ UNLOCKED ◀──unlock── LOCKED
 *                                                            │ ──lock, restart──▲
 *                                                            └──export to move──▶ MOVED
 * ──reclaim──▶
 *
 * What a passphrase is needed for takes a second of Argon2id, in a thread, one at a time. */

#define FILE_NAME "identity"
#define MOVED_NAME "identity.moved"

static char *
path_of (InfNode *self, const char *name)
{
  return g_build_filename (self->state_dir, name, NULL);
}

gboolean
inf_node_load_identity (InfNode *self, GError **error)
{
  g_autofree char *path = path_of (self, FILE_NAME);
  g_autofree char *moved = path_of (self, MOVED_NAME);
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

/* Work with a passphrase: opens what is sealed, then seals what was opened or is given. */
typedef struct _Work Work;

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
  void (*done) (InfNode *self, GTask *task, Work *work);
};

static void
work_free (Work *work)
{
  g_clear_pointer (&work->sealed, inf_sealed_identity_unref);
  g_clear_pointer (&work->keypair, inf_keypair_unref);
  g_clear_pointer (&work->files, g_variant_unref);
  g_clear_pointer (&work->made, inf_sealed_identity_unref);
  inf_passphrase_free (work->old_passphrase);
  inf_passphrase_free (work->new_passphrase);
  g_free (work->name);
  g_free (work);
}

static void
do_work (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;
  GError *error = NULL;

  if (work->sealed)
    {
      g_autoptr (GVariant) files = NULL;
      work->keypair = inf_sealed_identity_open (work->sealed, work->old_passphrase, &files, &error);
      if (!work->files)
        work->files = g_steal_pointer (&files);
    }
  if (!error && work->new_passphrase)
    work->made = inf_sealed_identity_new (work->keypair, work->name, work->files,
                                          work->new_passphrase, &error);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
note_right_passphrase (InfNode *self)
{
  g_autoptr (GError) error = NULL;

  self->lockout = (InfLockout){ 0 };
  if (!inf_lockout_save (&self->lockout, self->state_dir, &error))
    g_warning ("%s", error->message);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfNode *self = INF_NODE (source);
  g_autoptr (GTask) task = user_data;
  Work *work = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;
  gboolean worked = g_task_propagate_boolean (G_TASK (result), &error);

  self->is_identity_busy = FALSE;
  /* Want of memory is no wrong passphrase. */
  if (work->is_guess && (worked || !g_error_matches (error, INF_ERROR, INF_ERROR_DENIED)))
    note_right_passphrase (self);
  inf_node_emit_identity_changed (self);
  if (worked)
    work->done (self, task, work);
  else
    g_task_return_error (task, error);
}

/* A guess is counted before it is looked at, so that killing infinityd doesn't undo it. */
static gboolean
begin_guess (InfNode *self, GError **error)
{
  gint64 now_unix_us = g_get_real_time ();

  if (!inf_lockout_check (&self->lockout, now_unix_us, error))
    return FALSE;
  inf_lockout_fail (&self->lockout, now_unix_us);
  return inf_lockout_save (&self->lockout, self->state_dir, error);
}

static void
start_work (InfNode *self, GTask *task, Work *work)
{
  GError *error = NULL;

  if (self->is_identity_busy)
    g_set_error_literal (&error, INF_ERROR, INF_ERROR_REFUSED,
                         "another passphrase is being looked at; try again in a moment");
  else if (work->new_passphrase && !inf_passphrase_check (work->new_passphrase, &error))
    ;
  else if (!work->is_guess || begin_guess (self, &error))
    {
      g_autoptr (GTask) worker = g_task_new (self, NULL, on_worked, task);
      self->is_identity_busy = TRUE;
      g_task_set_task_data (worker, work, (GDestroyNotify)work_free);
      g_task_run_in_thread (worker, do_work);
      return;
    }
  work_free (work);
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
refuse (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
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

static void
finish_adopting (InfNode *self, GTask *task, Work *work, InfIdentityFile *file)
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
registered (InfNode *self, GTask *task, Work *work)
{
  finish_adopting (self, task, work, inf_identity_file_new_sealed (work->made));
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
      refuse (task, error);
      return;
    }
  keypair = inf_keypair_generate ();
  if (*passphrase)
    {
      Work *work = g_new0 (Work, 1);
      work->keypair = g_steal_pointer (&keypair);
      work->new_passphrase = g_strdup (passphrase);
      work->name = g_strdup (name);
      work->done = registered;
      start_work (node, task, work);
      return;
    }
  if (adopt_plain (node, keypair, name, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

static gboolean
reclaim (InfNode *self, GError **error)
{
  g_autofree char *moved = path_of (self, MOVED_NAME);

  if (!self->is_moved)
    return TRUE;
  if (g_unlink (moved) != 0 && errno != ENOENT)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", moved, g_strerror (errno));
      return FALSE;
    }
  self->is_moved = FALSE;
  return TRUE;
}

static gboolean
open_with (InfNode *self, InfKeypair *keypair, GError **error)
{
  if (!reclaim (self, error))
    return FALSE;
  self->keypair = inf_keypair_ref (keypair);
  inf_keypair_lock_memory (keypair);
  inf_node_emit_identity_changed (self);
  go_on (self);
  return TRUE;
}

static void
unlocked (InfNode *self, GTask *task, Work *work)
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
      refuse (task, error);
      return;
    }
  if (node->identity->sealed)
    {
      Work *work = g_new0 (Work, 1);
      work->sealed = inf_sealed_identity_ref (node->identity->sealed);
      work->old_passphrase = g_strdup (passphrase);
      work->is_guess = TRUE;
      work->done = unlocked;
      start_work (node, task, work);
      return;
    }
  if (open_with (node, node->identity->keypair, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

static void
changed (InfNode *self, GTask *task, Work *work)
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
      refuse (task, error);
      return;
    }
  Work *work = g_new0 (Work, 1);
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
  start_work (node, task, work);
}

static void
imported (InfNode *self, GTask *task, Work *work)
{
  GVariant *files = g_object_get_data (G_OBJECT (task), "files");
  GError *error = NULL;

  if (!inf_identity_export_unpack (files, self->state_dir, &error) || !reclaim (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  finish_adopting (self, task, work, inf_identity_file_new_sealed (work->made));
}

/* What is sealed along with the key has no place in the file of the running node. */
static void
opened_import (InfNode *self, GTask *task, Work *opened)
{
  Work *work = g_new0 (Work, 1);

  work->keypair = inf_keypair_ref (opened->keypair);
  work->name = g_strdup (opened->name);
  work->new_passphrase = g_strdup (opened->old_passphrase);
  work->done = imported;
  g_object_set_data_full (G_OBJECT (task), "files", g_variant_ref (opened->files),
                          (GDestroyNotify)g_variant_unref);
  start_work (self, g_object_ref (task), work);
}

static gboolean
can_be_replaced (InfNode *self)
{
  return !self->identity
         || (!self->membership && !self->identity->sealed && !self->is_moved
             && !inf_identity_export_has_account (self->state_dir));
}

/**
 * inf_node_import_async:
 * @node: a node that never was in a grid
 * @data: what inf_node_export_async() gave, from anyone
 * @passphrase: perhaps what it was sealed with
 * @callback: when this node is that identity, and open
 * @user_data: for @callback
 */
void
inf_node_import_async (InfNode *node, GBytes *data, const char *passphrase,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (node, NULL, callback, user_data);
  GError *error = NULL;
  g_autoptr (InfIdentityFile) file = inf_identity_file_parse (data, &error);

  if (file && !file->sealed)
    g_set_error_literal (&error, INF_ERROR, INF_ERROR_INVALID,
                         "that is a node's own identity file; make one for moving with “infinity "
                         "identity export”");
  else if (file && !can_be_replaced (node))
    g_set_error_literal (&error, INF_ERROR, INF_ERROR_EXISTS,
                         "this node is somebody already; another one's place is another "
                         "INFINITY_HOME");
  if (error)
    {
      refuse (task, error);
      return;
    }
  Work *work = g_new0 (Work, 1);
  work->sealed = inf_sealed_identity_ref (file->sealed);
  work->old_passphrase = g_strdup (passphrase);
  work->name = g_strdup (file->name);
  work->done = opened_import;
  start_work (node, task, work);
}

gboolean
inf_node_identity_finish (InfNode *node, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
mark_moved (InfNode *self, GError **error)
{
  g_autofree char *moved = path_of (self, MOVED_NAME);
  g_autoptr (GError) local_error = NULL;

  if (!g_file_set_contents_full (moved, "", 0,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &local_error))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", moved, local_error->message);
      return FALSE;
    }
  self->is_moved = TRUE;
  inf_node_forget_key (self);
  inf_node_update_state (self);
  return TRUE;
}

static void
exported (InfNode *self, GTask *task, Work *work)
{
  GError *error = NULL;
  g_autoptr (InfIdentityFile) file = inf_identity_file_new_sealed (work->made);

  /* Only once the file is made; whoever asked may still fail to keep it, but can reclaim. */
  if (work->flag && !mark_moved (self, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, inf_identity_file_encode (file), (GDestroyNotify)g_bytes_unref);
}

static void export(InfNode *self, GTask *task, Work *work)
{
  GError *error = NULL;

  work->files = inf_identity_export_pack (self->state_dir, self->ledger, &error);
  if (work->files)
    {
      start_work (self, task, work);
      return;
    }
  work_free (work);
  refuse (task, error);
}

typedef struct
{
  GTask *task;
  Work *work;
} Moving;

static void
on_down (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Moving *moving = user_data;
  GError *error = NULL;

  if (inf_node_down_finish (INF_NODE (source), result, &error))
    {
      export(INF_NODE (source), moving->task, moving->work);
      return;
    }
  work_free (moving->work);
  refuse (moving->task, error);
}

/**
 * inf_node_export_async:
 * @node: an unlocked node
 * @passphrase: its passphrase; where it has none, the one for the file
 * @moves: whether this node is to be nobody's from then on; it disconnects first
 * @callback: when the file is made
 * @user_data: for @callback
 */
void
inf_node_export_async (InfNode *node, const char *passphrase, gboolean moves,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (node, NULL, callback, user_data);
  GError *error = NULL;

  if (!inf_node_require_unlocked (node, &error))
    {
      refuse (task, error);
      return;
    }
  Work *work = g_new0 (Work, 1);
  if (node->identity->sealed)
    {
      work->sealed = inf_sealed_identity_ref (node->identity->sealed);
      work->old_passphrase = g_strdup (passphrase);
      work->is_guess = TRUE;
    }
  else
    work->keypair = inf_keypair_ref (node->keypair);
  work->new_passphrase = g_strdup (passphrase);
  work->name = g_strdup (inf_node_get_own_name (node));
  work->flag = moves;
  work->done = exported;
  if (!moves || !node->session)
    {
      export(node, task, work);
      return;
    }
  Moving *moving = g_new0 (Moving, 1);
  moving->task = task;
  moving->work = work;
  inf_node_go_down_async (node, "", on_down, moving);
}

/**
 * inf_node_export_finish:
 * @node: a node
 * @result: what the callback got
 * @error: #INF_ERROR_DENIED for a wrong passphrase, #INF_ERROR_REFUSED while something runs
 *
 * Returns: (transfer full) (nullable): the file's content
 */
GBytes *
inf_node_export_finish (InfNode *node, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
