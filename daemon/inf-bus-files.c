#include "daemon/inf-bus-views.h"

#include "common/inf-error.h"
#include "discovery/files/inf-file-find.h"
#include "inf-dbus.h"

static GVariant *
describe_file (InfNode *node, const InfStoreObject *object)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const InfShelfFile *file = inf_shelf_look (inf_node_get_shelf (node), &object->id);
  g_autofree char *hex = inf_sha256_to_hex (object->id.bytes);

  g_variant_dict_insert (&dict, "sha256", "s", hex);
  g_variant_dict_insert (&dict, "size", "t", object->size_bytes);
  g_variant_dict_insert (&dict, "name", "s", file ? file->name : "");
  g_variant_dict_insert (&dict, "added-unix", "x",
                         file ? file->added_unix_us : object->came_unix_us);
  g_variant_dict_insert (&dict, "shared", "b", file != NULL);
  /* the shelf itself pins what is on it */
  g_variant_dict_insert (&dict, "in-use", "b", object->n_pins > (file ? 1 : 0));
  return g_variant_dict_end (&dict);
}

static GVariant *
describe_transfer (const InfTransfer *transfer)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *id = g_strdup_printf ("%u", transfer->id);
  g_autofree char *hex = inf_sha256_to_hex (transfer->object.bytes);

  g_variant_dict_insert (&dict, "id", "s", id);
  g_variant_dict_insert (&dict, "sha256", "s", hex);
  g_variant_dict_insert (&dict, "name", "s", transfer->name);
  g_variant_dict_insert (&dict, "size", "t", transfer->size_bytes);
  g_variant_dict_insert (&dict, "got", "t", transfer->got_bytes);
  g_variant_dict_insert (&dict, "from", "s", transfer->from);
  g_variant_dict_insert (&dict, "state", "s", inf_transfer_state_to_text (transfer->state));
  g_variant_dict_insert (&dict, "message", "s",
                         transfer->state == INF_TRANSFER_FAILED ? transfer->message : "");
  g_variant_dict_insert (&dict, "to", "s", transfer->to ? transfer->to : "");
  g_variant_dict_insert (&dict, "began-unix", "x", transfer->began_unix_us);
  g_variant_dict_insert (&dict, "ended-unix", "x", transfer->ended_unix_us);
  return g_variant_dict_end (&dict);
}

static gint64
get_added (GVariant *file)
{
  gint64 added_unix_us = 0;

  g_variant_lookup (file, "added-unix", "x", &added_unix_us);
  return added_unix_us;
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  gint64 one = get_added (*(GVariant **)a), other = get_added (*(GVariant **)b);

  return (one < other) - (one > other);
}

static gboolean
handle_list (InfDBusFiles1 *skeleton, GDBusMethodInvocation *invocation, InfNode *node)
{
  g_autoptr (GArray) objects = inf_store_list (inf_node_get_store (node));
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  GVariantBuilder builder;

  for (guint i = 0; i < objects->len; i++)
    g_ptr_array_add (files, g_variant_ref_sink (
                                describe_file (node, &g_array_index (objects, InfStoreObject, i))));
  g_ptr_array_sort (files, compare_newest_first);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < files->len; i++)
    g_variant_builder_add_value (&builder, files->pdata[i]);
  inf_dbus_files1_complete_list (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static void
tell_added (InfDBusFiles1 *skeleton, InfNode *node, const InfObjectId *id)
{
  InfStoreObject object;

  if (inf_store_look (inf_node_get_store (node), id, &object))
    inf_dbus_files1_emit_file_added (skeleton, describe_file (node, &object));
}

/* Copying and hashing a file, into the store or out of it, is a thread's work. */
typedef struct
{
  InfDBusFiles1 *skeleton;
  InfNode *node;
  GDBusMethodInvocation *invocation;
  InfStore *store;
  InfCopy *copy;
  char *path;
  InfObjectId id;
} Copying;

/* @copy: (transfer full): of whoever asked */
static Copying *
copying_new (InfDBusFiles1 *skeleton, InfNode *node, GDBusMethodInvocation *invocation,
             const char *path, InfCopy *copy)
{
  Copying *copying = g_new0 (Copying, 1);

  copying->skeleton = g_object_ref (skeleton);
  copying->node = g_object_ref (node);
  copying->invocation = invocation;
  copying->store = inf_store_ref (inf_node_get_store (node));
  copying->copy = copy;
  copying->path = g_strdup (path);
  return copying;
}

static void
copying_free (Copying *copying)
{
  inf_copies_end (inf_node_get_copies (copying->node), copying->copy);
  g_object_unref (copying->skeleton);
  g_object_unref (copying->node);
  inf_store_unref (copying->store);
  g_free (copying->path);
  g_free (copying);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Copying, copying_free)

static void
copy_in_thread (Copying *copying, GTaskThreadFunc func, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, copying);

  g_task_set_task_data (task, copying, NULL);
  g_task_run_in_thread (task, func);
}

static gboolean
require_absolute (GDBusMethodInvocation *invocation, const char *path)
{
  if (g_path_is_absolute (path))
    return TRUE;
  g_dbus_method_invocation_return_error (invocation, INF_ERROR, INF_ERROR_INVALID,
                                         "“%s” is no absolute path", path);
  return FALSE;
}

static void
add_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Copying *copying = task_data;
  GError *error = NULL;

  if (inf_store_add_file (copying->store, copying->path, copying->copy, &copying->id, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Copying) copying = user_data;
  g_autofree char *base = g_path_get_basename (copying->path);
  const char *name = inf_file_name_is_safe (base) ? base : "";
  g_autofree char *hex = NULL;
  GError *error = NULL;
  gboolean is_stored = g_task_propagate_boolean (G_TASK (result), &error);
  gboolean is_added = is_stored
                      && inf_shelf_put (inf_node_get_shelf (copying->node), &copying->id, name,
                                        g_get_real_time (), &error);

  if (is_stored)
    inf_store_unpin (copying->store, &copying->id);
  if (!is_added)
    {
      g_dbus_method_invocation_take_error (copying->invocation, error);
      return;
    }
  tell_added (copying->skeleton, copying->node, &copying->id);
  hex = inf_sha256_to_hex (copying->id.bytes);
  inf_dbus_files1_complete_add (copying->skeleton, copying->invocation, hex);
}

static gboolean
handle_add (InfDBusFiles1 *skeleton, GDBusMethodInvocation *invocation, const char *path,
            const char *copy_id, InfNode *node)
{
  InfCopy *copy;

  if (require_absolute (invocation, path)
      && (copy = inf_bus_begin_copy (node, invocation, copy_id)) != NULL)
    copy_in_thread (copying_new (skeleton, node, invocation, path, copy), add_in_thread, on_added);
  return TRUE;
}

static gboolean
handle_fetch (InfDBusFiles1 *skeleton, GDBusMethodInvocation *invocation, const char *sha256,
              const char *name, const char *to, InfNode *node)
{
  const InfTransfer *transfer;
  g_autofree char *id = NULL;
  GError *error = NULL;
  InfObjectId object;

  if (!inf_sha256_from_hex (sha256, object.bytes))
    {
      g_dbus_method_invocation_return_error (
          invocation, INF_ERROR, INF_ERROR_INVALID,
          "“%s” is no SHA-256: 64 digits of hexadecimal are expected", sha256);
      return TRUE;
    }
  if (!inf_bus_require_grid (node, invocation))
    return TRUE;
  transfer
      = inf_transfers_begin (inf_node_get_transfers (node), &object, name, *to ? to : NULL, &error);
  if (!transfer)
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  id = g_strdup_printf ("%u", transfer->id);
  inf_dbus_files1_complete_fetch (skeleton, invocation, id);
  return TRUE;
}

static gboolean
handle_list_transfers (InfDBusFiles1 *skeleton, GDBusMethodInvocation *invocation, InfNode *node)
{
  g_autoptr (GPtrArray) transfers = inf_transfers_list (inf_node_get_transfers (node));
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < transfers->len; i++)
    g_variant_builder_add_value (&builder, describe_transfer (transfers->pdata[i]));
  inf_dbus_files1_complete_list_transfers (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
handle_cancel_transfer (InfDBusFiles1 *skeleton, GDBusMethodInvocation *invocation,
                        const char *text, InfNode *node)
{
  GError *error = NULL;
  guint64 id;

  /* what is no number is no transfer */
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &id, NULL))
    id = 0;
  if (inf_transfers_cancel (inf_node_get_transfers (node), (guint)id, &error))
    inf_dbus_files1_complete_cancel_transfer (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

/* Answers the invocation with the error when there is no such file. */
static gboolean
find_file (InfNode *node, GDBusMethodInvocation *invocation, const char *text, InfObjectId *ret_id)
{
  GError *error = NULL;

  if (inf_shelf_find (inf_node_get_shelf (node), text, ret_id, &error))
    return TRUE;
  g_dbus_method_invocation_take_error (invocation, error);
  return FALSE;
}

static void
save_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Copying *copying = task_data;
  GError *error = NULL;

  if (inf_store_save (copying->store, &copying->id, copying->path, copying->copy, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Copying) copying = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    inf_dbus_files1_complete_save (copying->skeleton, copying->invocation);
  else
    g_dbus_method_invocation_take_error (copying->invocation, error);
}

static gboolean
handle_save (InfDBusFiles1 *skeleton, GDBusMethodInvocation *invocation, const char *file,
             const char *path, const char *copy_id, InfNode *node)
{
  Copying *copying;
  InfCopy *copy;
  InfObjectId id;

  if (!require_absolute (invocation, path) || !find_file (node, invocation, file, &id)
      || !(copy = inf_bus_begin_copy (node, invocation, copy_id)))
    return TRUE;
  copying = copying_new (skeleton, node, invocation, path, copy);
  copying->id = id;
  copy_in_thread (copying, save_in_thread, on_saved);
  return TRUE;
}

static gboolean
handle_remove (InfDBusFiles1 *skeleton, GDBusMethodInvocation *invocation, const char *file,
               InfNode *node)
{
  InfShelf *shelf = inf_node_get_shelf (node);
  GError *error = NULL;
  InfObjectId id;

  if (!find_file (node, invocation, file, &id))
    return TRUE;
  if (inf_shelf_look (shelf, &id)
          ? inf_shelf_take (shelf, &id, &error)
          : inf_store_remove_unneeded (inf_node_get_store (node), &id, &error))
    inf_dbus_files1_complete_remove (skeleton, invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static void
on_store_changed (const InfObjectId *id, gboolean is_here, gpointer user_data)
{
  InfDBusFiles1 *skeleton = user_data;
  g_autofree char *hex = inf_sha256_to_hex (id->bytes);

  if (is_here)
    tell_added (skeleton, g_object_get_data (G_OBJECT (skeleton), "node"), id);
  else
    inf_dbus_files1_emit_file_removed (skeleton, hex);
}

static void
on_arrived (InfTransfers *transfers, const InfObjectId *id, gpointer user_data)
{
  tell_added (user_data, g_object_get_data (user_data, "node"), id);
}

static void
on_transfer_changed (InfTransfers *transfers, const InfTransfer *transfer, gpointer user_data)
{
  inf_dbus_files1_emit_transfer_changed (user_data, describe_transfer (transfer));
}

static void
stop_watching (gpointer store)
{
  inf_store_set_changed (store, NULL, NULL);
  inf_store_unref (store);
}

/**
 * inf_bus_files_new:
 * @node: the node
 *
 * Returns: (transfer full): org.infinitygrid.Files1
 */
GDBusInterfaceSkeleton *
inf_bus_files_new (InfNode *node)
{
  InfDBusFiles1 *skeleton = inf_dbus_files1_skeleton_new ();
  InfTransfers *transfers = inf_node_get_transfers (node);
  InfStore *store = inf_node_get_store (node);

  g_object_set_data (G_OBJECT (skeleton), "node", node);
  g_signal_connect (skeleton, "handle-list", G_CALLBACK (handle_list), node);
  g_signal_connect (skeleton, "handle-add", G_CALLBACK (handle_add), node);
  g_signal_connect (skeleton, "handle-fetch", G_CALLBACK (handle_fetch), node);
  g_signal_connect (skeleton, "handle-list-transfers", G_CALLBACK (handle_list_transfers), node);
  g_signal_connect (skeleton, "handle-cancel-transfer", G_CALLBACK (handle_cancel_transfer), node);
  g_signal_connect (skeleton, "handle-save", G_CALLBACK (handle_save), node);
  g_signal_connect (skeleton, "handle-remove", G_CALLBACK (handle_remove), node);
  g_signal_connect_object (transfers, "changed", G_CALLBACK (on_transfer_changed), skeleton, 0);
  g_signal_connect_object (transfers, "arrived", G_CALLBACK (on_arrived), skeleton, 0);
  inf_store_set_changed (store, on_store_changed, skeleton);
  g_object_set_data_full (G_OBJECT (skeleton), "store", inf_store_ref (store), stop_watching);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
