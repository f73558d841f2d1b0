#include "widgets/inf-peer-list.h"

/**
 * InfPeerList:
 *
 * The peers of the grid as a #GListModel of #InfPeerItem. A change of one costs a look into a hash
 * table, whatever their number; nothing is loaded twice while infinityd stays.
 *
 * It emits "loaded" when the whole list has come or could not be had.
 */
struct _InfPeerList
{
  GObject parent_instance;

  InfService *service;
  GCancellable *cancellable;
  GListStore *store;
  GHashTable *by_id; /* to InfPeerItem, which the store keeps */
  gboolean is_watched;
  gboolean is_loaded;
  char *problem;
};

enum
{
  LOADED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void inf_peer_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (InfPeerList, inf_peer_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, inf_peer_list_model_init))

static GType
inf_peer_list_get_item_type (GListModel *model)
{
  return INF_TYPE_PEER_ITEM;
}

static guint
inf_peer_list_get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (INF_PEER_LIST (model)->store));
}

static gpointer
inf_peer_list_get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (INF_PEER_LIST (model)->store), position);
}

static void
inf_peer_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = inf_peer_list_get_item_type;
  iface->get_n_items = inf_peer_list_get_n_items;
  iface->get_item = inf_peer_list_get_item;
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfPeerList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) peers = NULL;

  if (!inf_dbus_node1_call_list_peers_finish (INF_DBUS_NODE1 (source), &peers, result, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_dbus_error_strip_remote_error (error);
      self->problem = g_strdup (error->message);
      g_signal_emit (self, signals[LOADED], 0);
      return;
    }
  inf_peer_list_replace (self, peers);
}

static void
on_peer_told (InfDBusNode1 *node, const char *id, GVariant *told, gpointer user_data)
{
  inf_peer_list_take (user_data, id, told);
}

static void
load (InfPeerList *self)
{
  InfDBusNode1 *node = inf_service_get_node (self->service);

  g_clear_pointer (&self->problem, g_free);
  inf_dbus_node1_call_list_peers (node, self->cancellable, on_listed, g_object_ref (self));
}

static void
on_grid_changed (GObject *node, GParamSpec *pspec, gpointer user_data)
{
  load (user_data);
}

static void
begin (InfPeerList *self)
{
  InfDBusNode1 *node = inf_service_get_node (self->service);

  if (!node || !self->is_watched || self->cancellable)
    return;
  self->cancellable = g_cancellable_new ();
  g_signal_connect_object (node, "peer-joined", G_CALLBACK (on_peer_told), self, 0);
  g_signal_connect_object (node, "peer-changed", G_CALLBACK (on_peer_told), self, 0);
  /* it stays in the list: that it is gone is worth knowing */
  g_signal_connect_object (node, "peer-gone", G_CALLBACK (on_peer_told), self, 0);
  g_signal_connect_object (node, "notify::grid-id", G_CALLBACK (on_grid_changed), self, 0);
  load (self);
}

static void
end (InfPeerList *self)
{
  InfDBusNode1 *node = inf_service_get_node (self->service);

  if (!self->cancellable)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (node)
    g_signal_handlers_disconnect_by_data (node, self);
}

static void
on_service_state (InfService *service, GParamSpec *pspec, gpointer user_data)
{
  InfPeerList *self = user_data;

  if (inf_service_get_state (service) == INF_SERVICE_UP)
    begin (self);
  else
    {
      end (self);
      self->is_loaded = FALSE;
    }
}

static void
inf_peer_list_dispose (GObject *object)
{
  InfPeerList *self = INF_PEER_LIST (object);

  if (self->service)
    {
      inf_peer_list_set_watched (self, FALSE);
      g_signal_handlers_disconnect_by_data (self->service, self);
    }
  g_clear_object (&self->service);
  g_clear_object (&self->store);
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->problem, g_free);
  G_OBJECT_CLASS (inf_peer_list_parent_class)->dispose (object);
}

static void
inf_peer_list_class_init (InfPeerListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_peer_list_dispose;

  signals[LOADED] = g_signal_new ("loaded", INF_TYPE_PEER_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
}

static void
on_items_changed (GListModel *store, guint position, guint removed, guint added, gpointer user_data)
{
  g_list_model_items_changed (user_data, position, removed, added);
}

static void
inf_peer_list_init (InfPeerList *self)
{
  self->store = g_list_store_new (INF_TYPE_PEER_ITEM);
  /* keyed by the strings of the items */
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  g_signal_connect (self->store, "items-changed", G_CALLBACK (on_items_changed), self);
}

/* Returns: (transfer full): an empty list, which follows nobody yet */
InfPeerList *
inf_peer_list_new (void)
{
  return g_object_new (INF_TYPE_PEER_LIST, NULL);
}

/* Returns: (transfer none) (nullable): the peer of that whole id */
InfPeerItem *
inf_peer_list_find (InfPeerList *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

/* Returns: (transfer none) (nullable): this computer among them */
InfPeerItem *
inf_peer_list_get_self (InfPeerList *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    if (g_str_equal (inf_peer_item_get_facts (item)->state, "self"))
      return item;
  return NULL;
}

/* Returns: whether the whole list has come once */
gboolean
inf_peer_list_is_loaded (InfPeerList *self)
{
  return self->is_loaded;
}

/* Returns: (nullable): why the list could not be had */
const char *
inf_peer_list_get_problem (InfPeerList *self)
{
  return self->problem;
}

/**
 * inf_peer_list_follow:
 * @self: a list that follows nobody yet
 * @service: the connection whose peers it holds, while it is watched
 */
void
inf_peer_list_follow (InfPeerList *self, InfService *service)
{
  g_return_if_fail (!self->service);

  self->service = g_object_ref (service);
  if (self->is_watched)
    inf_service_hold_peers (service);
  g_signal_connect (service, "notify::state", G_CALLBACK (on_service_state), self);
  on_service_state (service, NULL, self);
}

/**
 * inf_peer_list_set_watched:
 * @self: a list
 * @is_watched: whether somebody looks at it
 *
 * Who looks has the list brought up to date, and kept so; a grid's changes cost a hidden app
 * nothing.
 */
void
inf_peer_list_set_watched (InfPeerList *self, gboolean is_watched)
{
  if (is_watched == self->is_watched)
    return;
  self->is_watched = is_watched;
  if (!self->service)
    return;
  if (is_watched)
    {
      /* before the list is asked for, so that no change falls between */
      inf_service_hold_peers (self->service);
      begin (self);
    }
  else
    {
      end (self);
      inf_service_release_peers (self->service);
    }
}

/* @peers: `aa{sv}`, all there are */
void
inf_peer_list_replace (InfPeerList *self, GVariant *peers)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_known = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  g_hash_table_remove_all (self->by_id);
  for (gsize i = 0; i < g_variant_n_children (peers); i++)
    {
      g_autoptr (GVariant) peer = g_variant_get_child_value (peers, i);
      InfPeerItem *item = inf_peer_item_new (peer);

      g_ptr_array_add (items, item);
      g_hash_table_insert (self->by_id, inf_peer_item_get_facts (item)->id, item);
    }
  g_list_store_splice (self->store, 0, n_known, items->pdata, items->len);
  self->is_loaded = TRUE;
  g_signal_emit (self, signals[LOADED], 0);
}

/**
 * inf_peer_list_take:
 * @self: a list
 * @id: the whole id of a peer, known or not
 * @told: `a{sv}`, what has changed of it
 */
void
inf_peer_list_take (InfPeerList *self, const char *id, GVariant *told)
{
  InfPeerItem *item = inf_peer_list_find (self, id);
  const char *whole_id;

  if (item)
    {
      inf_peer_item_update (item, told);
      return;
    }
  /* a part of what is not known is nobody; the list that is on its way has it */
  if (!g_variant_lookup (told, "id", "&s", &whole_id))
    return;
  item = inf_peer_item_new (told);
  g_hash_table_insert (self->by_id, inf_peer_item_get_facts (item)->id, item);
  g_list_store_append (self->store, item);
  g_object_unref (item);
}
