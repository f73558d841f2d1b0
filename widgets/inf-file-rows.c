#include "widgets/inf-file-rows.h"

#include "widgets/inf-row-index.h"
#include "widgets/inf-row-text.h"

#include <gtk/gtk.h>
#include <string.h>

#define SCAN_BYTES (1024 * 1024)
#define WINDOW_BYTES (64 * 1024)

/**
 * InfFileRows:
 *
 * The rows of a file as a #GListModel of #GtkStringObject. A row is read when somebody asks for it
 * and kept by nobody, so that a file of any size costs the memory of what is seen. A file that
 * begins with 64 KiB without a newline is taken for one line, of which nothing else has to be read.
 * Of another, a thread looks where its lines begin; until then the list has those of the
 * beginning, and "complete" is emitted when it has all.
 */
struct _InfFileRows
{
  GObject parent_instance;

  InfForeignFile *file;
  InfRowIndex *index;
  GCancellable *cancellable; /* of the thread that looks for lines */
  gboolean is_complete;
  guint64 window_offset; /* what was read last */
  gsize n_window;
  guint8 *window;
};

enum
{
  COMPLETE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void inf_file_rows_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (InfFileRows, inf_file_rows, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, inf_file_rows_model_init))

static GType
inf_file_rows_get_item_type (GListModel *model)
{
  return GTK_TYPE_STRING_OBJECT;
}

static guint
inf_file_rows_get_n_items (GListModel *model)
{
  return inf_row_index_get_n_rows (INF_FILE_ROWS (model)->index);
}

/* Neighbours are asked for one after the other. Returns: how many bytes there are from @offset on
 */
static gsize
look_at (InfFileRows *self, guint64 offset, const guint8 **ret_bytes)
{
  gsize reach = inf_row_index_get_reach (self->index);
  gboolean is_in
      = offset >= self->window_offset && offset + reach <= self->window_offset + self->n_window;

  if (!is_in)
    {
      self->n_window = inf_foreign_file_read (self->file, offset, self->window, WINDOW_BYTES);
      self->window_offset = offset;
    }
  *ret_bytes = self->window + (offset - self->window_offset);
  return MIN (reach, self->n_window - (gsize)(offset - self->window_offset));
}

static gpointer
inf_file_rows_get_item (GListModel *model, guint position)
{
  InfFileRows *self = INF_FILE_ROWS (model);
  InfRowPlace place;
  const guint8 *bytes;
  g_autofree char *text = NULL;
  gsize n_bytes;
  gsize begin;
  gsize end;

  if (!inf_row_index_locate (self->index, position, &place))
    return NULL;
  n_bytes = look_at (self, place.offset, &bytes);
  if (inf_row_index_cut (self->index, &place, bytes, n_bytes, &begin, &end))
    text = inf_row_text_make (bytes + begin, end - begin);
  return gtk_string_object_new (text ? text : "");
}

static void
inf_file_rows_model_init (GListModelInterface *iface)
{
  iface->get_item_type = inf_file_rows_get_item_type;
  iface->get_n_items = inf_file_rows_get_n_items;
  iface->get_item = inf_file_rows_get_item;
}

typedef struct
{
  InfForeignFile *file;
  guint columns;
} Scan;

static void
scan_free (Scan *scan)
{
  inf_foreign_file_unref (scan->file);
  g_free (scan);
}

static void
scan_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Scan *scan = task_data;
  g_autoptr (InfRowIndex) index = inf_row_index_new (scan->columns);
  g_autofree guint8 *buffer = g_malloc (SCAN_BYTES);
  guint64 offset = 0;
  gsize n_bytes;

  while (!g_cancellable_is_cancelled (cancellable)
         && (n_bytes = inf_foreign_file_read (scan->file, offset, buffer, SCAN_BYTES)) > 0
         && inf_row_index_feed (index, buffer, n_bytes))
    offset += n_bytes;
  g_task_return_pointer (task, g_steal_pointer (&index), (GDestroyNotify)inf_row_index_free);
}

static void
on_scanned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfRowIndex *index = g_task_propagate_pointer (G_TASK (result), NULL);
  InfFileRows *self;
  guint n_before;
  guint n_same;

  /* cancelled: the list is gone, or shows something else */
  if (!index)
    return;
  self = user_data;
  n_before = inf_row_index_get_n_rows (self->index);
  /* the last row of the beginning went on behind it */
  n_same = n_before ? n_before - 1 : 0;
  inf_row_index_free (self->index);
  self->index = index;
  n_same = MIN (n_same, inf_row_index_get_n_rows (index));
  self->is_complete = TRUE;
  g_list_model_items_changed (G_LIST_MODEL (self), n_same, n_before - n_same,
                              inf_row_index_get_n_rows (index) - n_same);
  g_signal_emit (self, signals[COMPLETE], 0);
}

static void
begin_scan (InfFileRows *self, guint columns)
{
  g_autoptr (GTask) task = NULL;
  Scan *scan = g_new0 (Scan, 1);

  scan->file = inf_foreign_file_ref (self->file);
  scan->columns = columns;
  self->cancellable = g_cancellable_new ();
  task = g_task_new (NULL, self->cancellable, on_scanned, self);
  g_task_set_task_data (task, scan, (GDestroyNotify)scan_free);
  g_task_run_in_thread (task, scan_in_thread);
}

static void
inf_file_rows_dispose (GObject *object)
{
  InfFileRows *self = INF_FILE_ROWS (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (inf_file_rows_parent_class)->dispose (object);
}

static void
inf_file_rows_finalize (GObject *object)
{
  InfFileRows *self = INF_FILE_ROWS (object);

  inf_foreign_file_unref (self->file);
  inf_row_index_free (self->index);
  g_free (self->window);
  G_OBJECT_CLASS (inf_file_rows_parent_class)->finalize (object);
}

static void
inf_file_rows_class_init (InfFileRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_file_rows_dispose;
  G_OBJECT_CLASS (klass)->finalize = inf_file_rows_finalize;

  signals[COMPLETE] = g_signal_new ("complete", INF_TYPE_FILE_ROWS, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);
}

static void
inf_file_rows_init (InfFileRows *self)
{
  self->window = g_malloc (WINDOW_BYTES);
}

/* Returns: whether a file of which @head is the beginning is taken for one line */
gboolean
inf_file_rows_are_unbroken (const InfForeignFile *file, GBytes *head)
{
  gsize n_head;
  const guint8 *bytes = g_bytes_get_data (head, &n_head);

  return inf_foreign_file_get_size (file) > n_head && n_head && !memchr (bytes, '\n', n_head);
}

/**
 * inf_file_rows_new:
 * @file: the file; referenced
 * @head: its first %INF_FILE_ROWS_HEAD_BYTES, or all of it
 * @columns: bytes in a row, 200 at most
 *
 * Returns: (transfer full): its rows
 */
InfFileRows *
inf_file_rows_new (InfForeignFile *file, GBytes *head, guint columns)
{
  InfFileRows *self = g_object_new (INF_TYPE_FILE_ROWS, NULL);
  guint64 size_bytes = inf_foreign_file_get_size (file);
  gsize n_head;
  const guint8 *bytes = g_bytes_get_data (head, &n_head);
  guint width = MIN (columns, 200);

  self->file = inf_foreign_file_ref (file);
  self->is_complete = TRUE;
  if (inf_file_rows_are_unbroken (file, head))
    {
      self->index = inf_row_index_new_unbroken (width, size_bytes);
      return self;
    }
  self->index = inf_row_index_new (width);
  inf_row_index_feed (self->index, bytes, n_head);
  self->is_complete = size_bytes <= n_head;
  if (!self->is_complete)
    begin_scan (self, width);
  return self;
}

/* Returns: whether all rows are known */
gboolean
inf_file_rows_is_complete (InfFileRows *self)
{
  return self->is_complete;
}

/* Returns: whether the file goes on behind the last row */
gboolean
inf_file_rows_is_full (InfFileRows *self)
{
  return inf_row_index_is_full (self->index);
}
