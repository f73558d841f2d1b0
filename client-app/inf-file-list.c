#include "client-app/inf-file-list.h"

/**
 * InfFileList:
 *
 * The files that this node holds and those it fetches, as infinityd tells of them. It emits
 * "changed" when it has loaded, could not, or infinityd went.
 */
struct _InfFileList
{
  GObject parent_instance;

  InfService *service;
  GCancellable *cancellable; /* of all calls to this infinityd */
  GListStore *files;
  GListStore *transfers;
  GHashTable *by_hash; /* to InfFileItem, which the store keeps */
  gboolean is_loaded;
  char *problem;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfFileList, inf_file_list, G_TYPE_OBJECT)

static void
emit_changed (InfFileList *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
take_file (InfFileList *self, GVariant *file)
{
  const char *sha256 = "";
  InfFileItem *known;
  g_autoptr (InfFileItem) item = NULL;

  g_variant_lookup (file, "sha256", "&s", &sha256);
  known = g_hash_table_lookup (self->by_hash, sha256);
  if (known)
    {
      inf_file_item_update (known, file);
      return;
    }
  item = inf_file_item_new (file);
  g_hash_table_insert (self->by_hash, g_strdup (sha256), item);
  g_list_store_insert (self->files, 0, item);
}

/* Returns: (transfer none) (nullable): which the list keeps */
static InfTransferItem *
find_transfer (InfFileList *self, const char *id, guint *ret_position)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->transfers)); i++)
    {
      g_autoptr (InfTransferItem) known = g_list_model_get_item (G_LIST_MODEL (self->transfers), i);
      if (!g_str_equal (inf_transfer_item_get_facts (known)->id, id))
        continue;
      *ret_position = i;
      return known;
    }
  return NULL;
}

static void
forget_all (InfFileList *self)
{
  g_hash_table_remove_all (self->by_hash);
  g_list_store_remove_all (self->files);
  g_list_store_remove_all (self->transfers);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfFileList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) files = NULL;

  inf_dbus_files1_call_list_finish (INF_DBUS_FILES1 (source), &files, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error)
    {
      g_dbus_error_strip_remote_error (error);
      self->problem = g_strdup (error->message);
    }
  else
    {
      /* newest first: the last taken is the first in the list */
      for (gsize i = g_variant_n_children (files); i > 0; i--)
        {
          g_autoptr (GVariant) file = g_variant_get_child_value (files, i - 1);
          take_file (self, file);
        }
      self->is_loaded = TRUE;
    }
  emit_changed (self);
}

static void
on_transfers (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfFileList) self = user_data;
  g_autoptr (GVariant) transfers = NULL;
  GVariantIter iter;
  GVariant *transfer;

  /* without them the list of files is no less true */
  if (!inf_dbus_files1_call_list_transfers_finish (INF_DBUS_FILES1 (source), &transfers, result,
                                                   NULL)
      || !self->service)
    return;
  g_variant_iter_init (&iter, transfers);
  while (g_variant_iter_loop (&iter, "@a{sv}", &transfer))
    inf_file_list_take_transfer (self, transfer);
  emit_changed (self);
}

static void
on_file_added (InfDBusFiles1 *files, GVariant *file, gpointer user_data)
{
  take_file (user_data, file);
  emit_changed (user_data);
}

static void
on_file_removed (InfDBusFiles1 *files, const char *sha256, gpointer user_data)
{
  InfFileList *self = user_data;
  InfFileItem *item = g_hash_table_lookup (self->by_hash, sha256);
  guint position;

  if (!item)
    return;
  g_hash_table_remove (self->by_hash, sha256);
  if (g_list_store_find (self->files, item, &position))
    g_list_store_remove (self->files, position);
  emit_changed (self);
}

static void
on_transfer_changed (InfDBusFiles1 *files, GVariant *transfer, gpointer user_data)
{
  inf_file_list_take_transfer (user_data, transfer);
}

static void
on_service_state (InfFileList *self)
{
  InfDBusFiles1 *files = inf_service_get_files (self->service);
  gboolean is_up = inf_service_get_state (self->service) == INF_SERVICE_UP && files;

  if (is_up && !self->cancellable)
    {
      self->cancellable = g_cancellable_new ();
      g_signal_connect_object (files, "file-added", G_CALLBACK (on_file_added), self, 0);
      g_signal_connect_object (files, "file-removed", G_CALLBACK (on_file_removed), self, 0);
      g_signal_connect_object (files, "transfer-changed", G_CALLBACK (on_transfer_changed), self,
                               0);
      inf_file_list_reload (self);
    }
  else if (!is_up && self->cancellable)
    {
      g_cancellable_cancel (self->cancellable);
      g_clear_object (&self->cancellable);
      forget_all (self);
      g_clear_pointer (&self->problem, g_free);
      self->is_loaded = FALSE;
      emit_changed (self);
    }
}

static void
inf_file_list_dispose (GObject *object)
{
  InfFileList *self = INF_FILE_LIST (object);

  if (self->service)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (inf_file_list_parent_class)->dispose (object);
}

static void
inf_file_list_finalize (GObject *object)
{
  InfFileList *self = INF_FILE_LIST (object);

  g_object_unref (self->files);
  g_object_unref (self->transfers);
  g_hash_table_unref (self->by_hash);
  g_free (self->problem);
  G_OBJECT_CLASS (inf_file_list_parent_class)->finalize (object);
}

static void
inf_file_list_class_init (InfFileListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_file_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = inf_file_list_finalize;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_FILE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
inf_file_list_init (InfFileList *self)
{
  self->files = g_list_store_new (INF_TYPE_FILE_ITEM);
  self->transfers = g_list_store_new (INF_TYPE_TRANSFER_ITEM);
  self->by_hash = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Returns: (transfer full): the files of what @service reaches, also after it came back */
InfFileList *
inf_file_list_new (InfService *service)
{
  InfFileList *self = g_object_new (INF_TYPE_FILE_LIST, NULL);

  self->service = g_object_ref (service);
  g_signal_connect_swapped (service, "notify::state", G_CALLBACK (on_service_state), self);
  on_service_state (self);
  return self;
}

gboolean
inf_file_list_is_loaded (InfFileList *self)
{
  return self->is_loaded;
}

/* Returns: (nullable): why there is no list */
const char *
inf_file_list_get_problem (InfFileList *self)
{
  return self->problem;
}

/* Returns: (transfer none): of #InfFileItem, newest first */
GListModel *
inf_file_list_get_files (InfFileList *self)
{
  return G_LIST_MODEL (self->files);
}

/* Returns: (transfer none): of #InfTransferItem, newest first */
GListModel *
inf_file_list_get_transfers (InfFileList *self)
{
  return G_LIST_MODEL (self->transfers);
}

/* @transfer: an `a{sv}` as Files1 has it, known or new */
void
inf_file_list_take_transfer (InfFileList *self, GVariant *transfer)
{
  g_autoptr (InfTransferItem) item = NULL;
  InfTransferItem *known;
  const char *id = "";
  guint position;

  g_variant_lookup (transfer, "id", "&s", &id);
  known = find_transfer (self, id, &position);
  if (known)
    {
      inf_transfer_item_update (known, transfer);
      return;
    }
  item = inf_transfer_item_new (transfer);
  g_list_store_insert (self->transfers, 0, item);
}

void
inf_file_list_drop_transfer (InfFileList *self, const char *id)
{
  guint position;

  if (find_transfer (self, id, &position))
    g_list_store_remove (self->transfers, position);
}

/* Asks again: after a problem, and for what nobody tells of. */
void
inf_file_list_reload (InfFileList *self)
{
  InfDBusFiles1 *files = inf_service_get_files (self->service);

  g_clear_pointer (&self->problem, g_free);
  if (files && self->cancellable)
    {
      inf_dbus_files1_call_list (files, self->cancellable, on_listed, g_object_ref (self));
      inf_dbus_files1_call_list_transfers (files, self->cancellable, on_transfers,
                                           g_object_ref (self));
    }
  emit_changed (self);
}
