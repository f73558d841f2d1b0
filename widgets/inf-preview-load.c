#include "widgets/inf-preview-load.h"

#include "widgets/inf-file-rows.h"
#include "widgets/inf-picture.h"

#define TAIL_BYTES 4096

/* Reads the two ends of a file, and a picture, in a thread: a disk may be slow. */

typedef struct
{
  char *directory;
  char *name;
} Where;

static void
where_free (Where *where)
{
  g_free (where->directory);
  g_free (where->name);
  g_free (where);
}

static void
look_into (InfPreviewLoad *load, GCancellable *cancellable)
{
  guint64 size_bytes = inf_foreign_file_get_size (load->file);
  g_autofree guint8 *head = g_malloc (INF_FILE_ROWS_HEAD_BYTES);
  guint8 tail[TAIL_BYTES];
  gsize n_head = inf_foreign_file_read (load->file, 0, head, INF_FILE_ROWS_HEAD_BYTES);
  gsize n_tail = (gsize)MIN (size_bytes, TAIL_BYTES);
  g_autoptr (GError) error = NULL;
  const char *mime_type;

  n_tail = inf_foreign_file_read (load->file, size_bytes - n_tail, tail, n_tail);
  load->kind = inf_preview_kind_guess (head, n_head, tail, n_tail, &mime_type);
  load->n_digits = inf_preview_kind_count_digits (head, n_head, tail, n_tail, size_bytes);
  load->head = g_bytes_new_take (g_steal_pointer (&head), n_head);
  if (load->kind != INF_PREVIEW_PICTURE)
    return;
  load->picture = inf_picture_decode (load->file, mime_type, &load->width, &load->height,
                                      cancellable, &error);
  if (error)
    load->problem = g_strdup (error->message);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Where *where = task_data;
  g_autoptr (InfPreviewLoad) load = g_new0 (InfPreviewLoad, 1);
  GError *error = NULL;

  load->file = inf_foreign_file_open (where->directory, where->name, &error);
  if (!load->file)
    {
      g_task_return_error (task, error);
      return;
    }
  look_into (load, cancellable);
  g_task_return_pointer (task, g_steal_pointer (&load), (GDestroyNotify)inf_preview_load_free);
}

/**
 * inf_preview_load_async:
 * @directory: (type filename): where the file is
 * @name: its name below that, from whoever wrote it
 * @cancellable: (nullable): to stop
 * @callback: when it is there
 * @user_data: for @callback
 */
void
inf_preview_load_async (const char *directory, const char *name, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Where *where = g_new0 (Where, 1);

  where->directory = g_strdup (directory);
  where->name = g_strdup (name);
  g_task_set_task_data (task, where, (GDestroyNotify)where_free);
  g_task_run_in_thread (task, load_in_thread);
}

/* Returns: (transfer full) (nullable): what is known of the file; %NULL when it can't be opened */
InfPreviewLoad *
inf_preview_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
inf_preview_load_free (InfPreviewLoad *load)
{
  if (!load)
    return;
  inf_foreign_file_unref (load->file);
  g_clear_pointer (&load->head, g_bytes_unref);
  g_clear_object (&load->picture);
  g_free (load->problem);
  g_free (load);
}
