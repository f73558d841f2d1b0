#include "daemon/inf-node-passphrase.h"

#include "common/inf-error.h"

void
inf_passphrase_work_free (InfPassphraseWork *work)
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
  InfPassphraseWork *work = task_data;
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
  InfPassphraseWork *work = g_task_get_task_data (G_TASK (result));
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

/* Takes TASK and WORK; TASK is answered by the work's `done`, or with what went wrong. */
void
inf_node_start_work (InfNode *self, GTask *task, InfPassphraseWork *work)
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
      g_task_set_task_data (worker, work, (GDestroyNotify)inf_passphrase_work_free);
      g_task_run_in_thread (worker, do_work);
      return;
    }
  inf_passphrase_work_free (work);
  g_task_return_error (task, error);
  g_object_unref (task);
}

void
inf_node_refuse (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}
