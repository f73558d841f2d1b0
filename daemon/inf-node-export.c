#include "daemon/inf-node-passphrase.h"

#include "common/inf-error.h"
#include "daemon/inf-identity-export.h"

#include <errno.h>
#include <glib/gstdio.h>

/* An identity's way to another machine, and back. */

static char *
moved_path (InfNode *self)
{
  return g_build_filename (self->state_dir, INF_NODE_MOVED_NAME, NULL);
}

/* Takes back what was moved away. */
gboolean
inf_node_reclaim (InfNode *self, GError **error)
{
  g_autofree char *moved = moved_path (self);

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

static void
imported (InfNode *self, GTask *task, InfPassphraseWork *work)
{
  GVariant *files = g_object_get_data (G_OBJECT (task), "files");
  GError *error = NULL;

  if (!inf_identity_export_unpack (files, self->state_dir, &error)
      || !inf_node_reclaim (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  inf_node_finish_adopting (self, task, work, inf_identity_file_new_sealed (work->made));
}

/* What is sealed along with the key has no place in the file of the running node. */
static void
opened_import (InfNode *self, GTask *task, InfPassphraseWork *opened)
{
  InfPassphraseWork *work = g_new0 (InfPassphraseWork, 1);

  work->keypair = inf_keypair_ref (opened->keypair);
  work->name = g_strdup (opened->name);
  work->new_passphrase = g_strdup (opened->old_passphrase);
  work->done = imported;
  g_object_set_data_full (G_OBJECT (task), "files", g_variant_ref (opened->files),
                          (GDestroyNotify)g_variant_unref);
  inf_node_start_work (self, g_object_ref (task), work);
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
      inf_node_refuse (task, error);
      return;
    }
  InfPassphraseWork *work = g_new0 (InfPassphraseWork, 1);
  work->sealed = inf_sealed_identity_ref (file->sealed);
  work->old_passphrase = g_strdup (passphrase);
  work->name = g_strdup (file->name);
  work->done = opened_import;
  inf_node_start_work (node, task, work);
}

static gboolean
mark_moved (InfNode *self, GError **error)
{
  g_autofree char *moved = moved_path (self);
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
exported (InfNode *self, GTask *task, InfPassphraseWork *work)
{
  GError *error = NULL;
  g_autoptr (InfIdentityFile) file = inf_identity_file_new_sealed (work->made);

  /* Only once the file is made; whoever asked may still fail to keep it, but can reclaim. */
  if (work->flag && !mark_moved (self, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, inf_identity_file_encode (file), (GDestroyNotify)g_bytes_unref);
}

static void export(InfNode *self, GTask *task, InfPassphraseWork *work)
{
  GError *error = NULL;

  work->files = inf_identity_export_pack (self->state_dir, self->ledger, &error);
  if (work->files)
    {
      inf_node_start_work (self, task, work);
      return;
    }
  inf_passphrase_work_free (work);
  inf_node_refuse (task, error);
}

typedef struct
{
  GTask *task;
  InfPassphraseWork *work;
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
  inf_passphrase_work_free (moving->work);
  inf_node_refuse (moving->task, error);
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
      inf_node_refuse (task, error);
      return;
    }
  InfPassphraseWork *work = g_new0 (InfPassphraseWork, 1);
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
