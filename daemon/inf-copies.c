#include "daemon/inf-copies.h"

#include "common/inf-error.h"

#define LOOK_INTERVAL_MS 250

typedef struct
{
  InfCopy *copy;
  gpointer client; /* only compared */
  char *id;
  guint64 told_bytes;
} Entry;

struct _InfCopies
{
  GObject parent;

  GPtrArray *entries; /* of Entry */
  guint look_id;
  GPtrArray *stoppers; /* of GTask: who waits until there are none */
};

G_DEFINE_FINAL_TYPE (InfCopies, inf_copies, G_TYPE_OBJECT)

enum
{
  SIGNAL_PROGRESS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  inf_copy_unref (entry->copy);
  g_free (entry->id);
  g_free (entry);
}

static void
inf_copies_finalize (GObject *object)
{
  InfCopies *self = INF_COPIES (object);

  g_clear_handle_id (&self->look_id, g_source_remove);
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->stoppers);
  G_OBJECT_CLASS (inf_copies_parent_class)->finalize (object);
}

static void
inf_copies_class_init (InfCopiesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_copies_finalize;
  signals[SIGNAL_PROGRESS]
      = g_signal_new ("progress", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 4, G_TYPE_POINTER, G_TYPE_STRING, G_TYPE_UINT64, G_TYPE_UINT64);
}

static void
inf_copies_init (InfCopies *self)
{
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->stoppers = g_ptr_array_new_with_free_func (g_object_unref);
}

/* Returns: (transfer full): none yet */
InfCopies *
inf_copies_new (void)
{
  return g_object_new (INF_TYPE_COPIES, NULL);
}

/* @id: "" is nobody's */
static Entry *
find (InfCopies *self, gpointer client, const char *id)
{
  for (guint i = 0; *id && i < self->entries->len; i++)
    {
      Entry *entry = self->entries->pdata[i];
      if (entry->client == client && g_str_equal (entry->id, id))
        return entry;
    }
  return NULL;
}

static gboolean
look (gpointer user_data)
{
  InfCopies *self = user_data;
  guint64 done_bytes, total_bytes;

  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = self->entries->pdata[i];
      inf_copy_look (entry->copy, &done_bytes, &total_bytes);
      if (!*entry->id || done_bytes == entry->told_bytes)
        continue;
      entry->told_bytes = done_bytes;
      g_signal_emit (self, signals[SIGNAL_PROGRESS], 0, entry->client, entry->id, done_bytes,
                     total_bytes);
    }
  return G_SOURCE_CONTINUE;
}

/**
 * inf_copies_begin:
 * @copies: copies
 * @client: who wants it
 * @id: what it is called by @client, "" when nobody is to be told of it
 * @error: #INF_ERROR_EXISTS when @client has one of that name under way
 *
 * Returns: (transfer full) (nullable): for the thread that copies, until inf_copies_end()
 */
InfCopy *
inf_copies_begin (InfCopies *copies, gpointer client, const char *id, GError **error)
{
  Entry *entry;

  if (find (copies, client, id))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_EXISTS, "a copy “%s” is under way", id);
      return NULL;
    }
  entry = g_new0 (Entry, 1);
  entry->copy = inf_copy_new ();
  entry->client = client;
  entry->id = g_strdup (id);
  g_ptr_array_add (copies->entries, entry);
  if (!copies->look_id)
    copies->look_id = g_timeout_add (LOOK_INTERVAL_MS, look, copies);
  return inf_copy_ref (entry->copy);
}

static void
tell_stoppers (InfCopies *self)
{
  g_autoptr (GPtrArray) stoppers = g_steal_pointer (&self->stoppers);

  self->stoppers = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < stoppers->len; i++)
    g_task_return_boolean (stoppers->pdata[i], TRUE);
}

/* @copy: (transfer full): which is done, failed or cancelled */
void
inf_copies_end (InfCopies *copies, InfCopy *copy)
{
  for (guint i = 0; i < copies->entries->len; i++)
    if (((Entry *)copies->entries->pdata[i])->copy == copy)
      {
        g_ptr_array_remove_index_fast (copies->entries, i);
        break;
      }
  inf_copy_unref (copy);
  if (copies->entries->len > 0)
    return;
  g_clear_handle_id (&copies->look_id, g_source_remove);
  tell_stoppers (copies);
}

/**
 * inf_copies_cancel:
 * @copies: copies
 * @client: whose
 * @id: one of its copies
 * @error: #INF_ERROR_NOT_FOUND when there is none of that name, or none any more
 */
gboolean
inf_copies_cancel (InfCopies *copies, gpointer client, const char *id, GError **error)
{
  Entry *entry = find (copies, client, id);

  if (entry)
    inf_copy_cancel (entry->copy);
  else
    g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "no copy “%s” is under way", id);
  return entry != NULL;
}

/**
 * inf_copies_stop_async:
 * @copies: copies
 * @callback: when all of them are cancelled, and what they had written is gone
 * @user_data: for @callback
 */
void
inf_copies_stop_async (InfCopies *copies, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (copies, NULL, callback, user_data);

  for (guint i = 0; i < copies->entries->len; i++)
    inf_copy_cancel (((Entry *)copies->entries->pdata[i])->copy);
  g_ptr_array_add (copies->stoppers, task);
  if (copies->entries->len == 0)
    tell_stoppers (copies);
}

gboolean
inf_copies_stop_finish (InfCopies *copies, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
