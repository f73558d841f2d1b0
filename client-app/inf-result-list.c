#include "client-app/inf-result-list.h"

#include "common/inf-error.h"

/**
 * InfResultList:
 *
 * The results on this computer, as infinityd tells of them. It loads them once, and after that only
 * what it is told of; it emits "changed" when it has loaded, could not, or infinityd went.
 */
struct _InfResultList
{
  GObject parent_instance;

  InfService *service;
  GCancellable *cancellable; /* of all calls to this infinityd */
  GListStore *store;
  GHashTable *by_name; /* to InfResultItem, which the store keeps */
  gboolean is_loaded;
  char *problem;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfResultList, inf_result_list, G_TYPE_OBJECT)

static void
emit_changed (InfResultList *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Takes a result that is new, or new of one that is known. */
static void
take (InfResultList *self, GVariant *result)
{
  const char *name = "";
  InfResultItem *known;
  g_autoptr (InfResultItem) item = NULL;

  g_variant_lookup (result, "name", "&s", &name);
  known = g_hash_table_lookup (self->by_name, name);
  if (known)
    {
      inf_result_item_update (known, result);
      return;
    }
  item = inf_result_item_new (result);
  g_hash_table_insert (self->by_name, g_strdup (inf_result_item_get_name (item)), item);
  g_list_store_append (self->store, item);
}

static void
drop (InfResultList *self, const char *name)
{
  InfResultItem *item = g_hash_table_lookup (self->by_name, name);
  guint position;

  if (!item)
    return;
  g_hash_table_remove (self->by_name, name);
  if (g_list_store_find (self->store, item, &position))
    g_list_store_remove (self->store, position);
}

static void
replace (InfResultList *self, GVariant *results)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  GVariantIter iter;
  GVariant *result;

  g_hash_table_remove_all (self->by_name);
  g_variant_iter_init (&iter, results);
  while (g_variant_iter_loop (&iter, "@a{sv}", &result))
    {
      InfResultItem *item = inf_result_item_new (result);
      g_ptr_array_add (items, item);
      g_hash_table_insert (self->by_name, g_strdup (inf_result_item_get_name (item)), item);
    }
  g_list_store_splice (self->store, 0, g_list_model_get_n_items (G_LIST_MODEL (self->store)),
                       items->pdata, items->len);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfResultList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) results = NULL;

  if (inf_dbus_results1_call_list_finish (INF_DBUS_RESULTS1 (source), &results, result, &error))
    {
      replace (self, results);
      self->is_loaded = TRUE;
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  else
    {
      g_dbus_error_strip_remote_error (error);
      self->problem = g_strdup (error->message);
    }
  emit_changed (self);
}

typedef struct
{
  InfResultList *self;
  char *name;
} Question;

static void
on_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr (InfResultList) self = question->self;
  g_autofree char *name = question->name;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) got = NULL;

  if (inf_dbus_results1_call_get_finish (INF_DBUS_RESULTS1 (source), &got, result, &error))
    take (self, got);
  else if (inf_error_is_not_found (error))
    drop (self, name);
  else
    return;
  emit_changed (self);
}

static void
on_result_changed (InfDBusResults1 *results, const char *name, gpointer user_data)
{
  InfResultList *self = user_data;
  Question *question = g_new (Question, 1);

  *question = (Question){ g_object_ref (self), g_strdup (name) };
  inf_dbus_results1_call_get (results, name, self->cancellable, on_got, question);
}

static void
end (InfResultList *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->problem, g_free);
  self->is_loaded = FALSE;
}

static void
on_service_state (InfResultList *self)
{
  InfDBusResults1 *results = inf_service_get_results (self->service);

  if (inf_service_get_state (self->service) == INF_SERVICE_UP && results && !self->cancellable)
    {
      self->cancellable = g_cancellable_new ();
      g_signal_connect_object (results, "result-changed", G_CALLBACK (on_result_changed), self, 0);
      inf_result_list_reload (self);
    }
  else if (inf_service_get_state (self->service) != INF_SERVICE_UP && self->cancellable)
    {
      end (self);
      emit_changed (self);
    }
}

static void
inf_result_list_dispose (GObject *object)
{
  InfResultList *self = INF_RESULT_LIST (object);

  if (self->service)
    g_signal_handlers_disconnect_by_data (self->service, self);
  end (self);
  g_clear_object (&self->service);
  g_clear_object (&self->store);
  g_clear_pointer (&self->by_name, g_hash_table_unref);
  G_OBJECT_CLASS (inf_result_list_parent_class)->dispose (object);
}

static void
inf_result_list_class_init (InfResultListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_result_list_dispose;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_RESULT_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
inf_result_list_init (InfResultList *self)
{
  self->store = g_list_store_new (INF_TYPE_RESULT_ITEM);
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Returns: (transfer full): the results of what @service reaches, also after it came back */
InfResultList *
inf_result_list_new (InfService *service)
{
  InfResultList *self = g_object_new (INF_TYPE_RESULT_LIST, NULL);

  self->service = g_object_ref (service);
  g_signal_connect_swapped (service, "notify::state", G_CALLBACK (on_service_state), self);
  on_service_state (self);
  return self;
}

gboolean
inf_result_list_is_loaded (InfResultList *self)
{
  return self->is_loaded;
}

/* Returns: (nullable): why there is no list */
const char *
inf_result_list_get_problem (InfResultList *self)
{
  return self->problem;
}

/* Returns: (transfer none) (nullable): the result of that name */
InfResultItem *
inf_result_list_find (InfResultList *self, const char *name)
{
  return g_hash_table_lookup (self->by_name, name);
}

/* Returns: (transfer none): of #InfResultItem, in no order */
GListModel *
inf_result_list_get_items (InfResultList *self)
{
  return G_LIST_MODEL (self->store);
}

/* Asks again, after a problem. */
void
inf_result_list_reload (InfResultList *self)
{
  InfDBusResults1 *results = inf_service_get_results (self->service);

  g_clear_pointer (&self->problem, g_free);
  if (results && self->cancellable)
    inf_dbus_results1_call_list (results, self->cancellable, on_listed, g_object_ref (self));
  emit_changed (self);
}
