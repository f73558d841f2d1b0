#include "client-app/inf-job-list.h"

/* Few enough that taking them does not keep the main loop from drawing. */
#define PAGE 200

/**
 * InfJobList:
 *
 * The jobs of this node as a #GListModel of #InfJobItem, newest first. They are loaded a page at a
 * time, and kept as infinityd tells; when it comes back after it was away, what is known of them is
 * brought up to date in place.
 *
 * Signals: "loaded" when all have come or could not be had; "job-changed" with an item, when more
 * than the time of it has changed; "job-ended" with an item that was seen to end.
 */
struct _InfJobList
{
  GObject parent_instance;

  InfService *service;
  InfDBusJobs1 *jobs; /* (nullable): who is followed */
  GCancellable *cancellable;
  GListStore *store;
  GHashTable *by_id;  /* to InfJobItem, which the store keeps */
  GHashTable *active; /* set of InfJobItem */
  GHashTable *unseen; /* (nullable): set of InfJobItem that the loading has not come upon yet */
  guint n_loaded;
  gboolean is_loaded;
  char *problem;
};

enum
{
  LOADED,
  JOB_CHANGED,
  JOB_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void inf_job_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (InfJobList, inf_job_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, inf_job_list_model_init))

static GType
inf_job_list_get_item_type (GListModel *model)
{
  return INF_TYPE_JOB_ITEM;
}

static guint
inf_job_list_get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (INF_JOB_LIST (model)->store));
}

static gpointer
inf_job_list_get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (INF_JOB_LIST (model)->store), position);
}

static void
inf_job_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = inf_job_list_get_item_type;
  iface->get_n_items = inf_job_list_get_n_items;
  iface->get_item = inf_job_list_get_item;
}

static void
note_activity (InfJobList *self, InfJobItem *item)
{
  if (inf_job_facts_is_over (inf_job_item_get_facts (item)))
    g_hash_table_remove (self->active, item);
  else
    g_hash_table_add (self->active, item);
}

static void
update_item (InfJobList *self, InfJobItem *item, GVariant *job)
{
  gboolean was_over = inf_job_facts_is_over (inf_job_item_get_facts (item));

  inf_job_item_update (item, job);
  note_activity (self, item);
  g_signal_emit (self, signals[JOB_CHANGED], 0, item);
  if (!was_over && inf_job_facts_is_over (inf_job_item_get_facts (item)))
    g_signal_emit (self, signals[JOB_ENDED], 0, item);
}

/* Returns: (transfer full) (nullable): a new item; %NULL when @job is known, and is updated */
static InfJobItem *
take_job (InfJobList *self, GVariant *job)
{
  const char *id = "";
  InfJobItem *item;

  g_variant_lookup (job, "id", "&s", &id);
  item = g_hash_table_lookup (self->by_id, id);
  if (item)
    {
      if (self->unseen)
        g_hash_table_remove (self->unseen, item);
      update_item (self, item, job);
      return NULL;
    }
  if (!*id)
    return NULL;
  item = inf_job_item_new (job);
  g_hash_table_insert (self->by_id, (char *)inf_job_item_get_id (item), item);
  note_activity (self, item);
  return item;
}

static void
on_job_changed (InfDBusJobs1 *jobs, const char *id, GVariant *job, gpointer user_data)
{
  InfJobList *self = user_data;
  g_autoptr (InfJobItem) item = take_job (self, job);

  if (!item)
    return;
  g_list_store_insert (self->store, 0, item);
  g_signal_emit (self, signals[JOB_CHANGED], 0, item);
}

static void
remove_item (InfJobList *self, InfJobItem *item)
{
  guint position;

  g_hash_table_remove (self->active, item);
  g_hash_table_remove (self->by_id, inf_job_item_get_id (item));
  if (g_list_store_find (self->store, item, &position))
    g_list_store_remove (self->store, position);
}

static void
finish_loading (InfJobList *self)
{
  g_autoptr (GHashTable) unseen = g_steal_pointer (&self->unseen);
  GHashTableIter iter;
  gpointer item;

  /* of another grid, or of a state directory that was put aside */
  g_hash_table_iter_init (&iter, unseen);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    remove_item (self, item);
  self->is_loaded = TRUE;
  g_signal_emit (self, signals[LOADED], 0);
}

static void load_page (InfJobList *self);

static void
take_page (InfJobList *self, GVariant *page)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; i < g_variant_n_children (page); i++)
    {
      g_autoptr (GVariant) job = g_variant_get_child_value (page, i);
      InfJobItem *item = take_job (self, job);

      if (item)
        g_ptr_array_add (items, item);
    }
  if (items->len)
    g_list_store_splice (self->store, g_list_model_get_n_items (G_LIST_MODEL (self->store)), 0,
                         items->pdata, items->len);
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfJobList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) page = NULL;
  guint total;

  if (!inf_dbus_jobs1_call_list_range_finish (INF_DBUS_JOBS1 (source), &total, &page, result,
                                              &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_dbus_error_strip_remote_error (error);
      g_free (self->problem);
      self->problem = g_strdup (error->message);
      g_clear_pointer (&self->unseen, g_hash_table_unref);
      g_signal_emit (self, signals[LOADED], 0);
      return;
    }
  take_page (self, page);
  self->n_loaded += (guint)g_variant_n_children (page);
  /* one that is submitted meanwhile moves the others down: some come twice, and none is missed */
  if (g_variant_n_children (page) > 0 && self->n_loaded < total)
    load_page (self);
  else
    finish_loading (self);
}

static void
load_page (InfJobList *self)
{
  inf_dbus_jobs1_call_list_range (self->jobs, "", self->n_loaded, PAGE, self->cancellable, on_page,
                                  g_object_ref (self));
}

static void
stop (InfJobList *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->jobs)
    g_signal_handlers_disconnect_by_data (self->jobs, self);
  g_clear_object (&self->jobs);
  g_clear_pointer (&self->unseen, g_hash_table_unref);
}

/* Asks for all jobs again; those that are known stay meanwhile. */
void
inf_job_list_reload (InfJobList *self)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  if (!self->jobs)
    return;
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->unseen, g_hash_table_unref);
  self->unseen = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (InfJobItem) item = g_list_model_get_item (G_LIST_MODEL (self->store), i);
      g_hash_table_add (self->unseen, item);
    }
  self->n_loaded = 0;
  load_page (self);
}

static void
on_grid_changed (GObject *node, GParamSpec *pspec, gpointer user_data)
{
  inf_job_list_reload (user_data);
}

static void
on_service_state (InfService *service, GParamSpec *pspec, gpointer user_data)
{
  InfJobList *self = user_data;
  InfDBusJobs1 *jobs = inf_service_get_jobs (service);
  gboolean is_up = inf_service_get_state (service) == INF_SERVICE_UP && jobs;

  if (self->jobs && !is_up)
    stop (self);
  if (self->jobs || !is_up)
    return;
  self->jobs = g_object_ref (jobs);
  g_signal_connect_object (jobs, "job-changed", G_CALLBACK (on_job_changed), self, 0);
  g_signal_connect_object (inf_service_get_node (service), "notify::grid-id",
                           G_CALLBACK (on_grid_changed), self, 0);
  inf_job_list_reload (self);
}

static void
inf_job_list_dispose (GObject *object)
{
  InfJobList *self = INF_JOB_LIST (object);

  stop (self);
  if (self->service)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_object (&self->service);
  g_clear_pointer (&self->active, g_hash_table_unref);
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_object (&self->store);
  g_clear_pointer (&self->problem, g_free);
  G_OBJECT_CLASS (inf_job_list_parent_class)->dispose (object);
}

static void
inf_job_list_class_init (InfJobListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_job_list_dispose;

  signals[LOADED] = g_signal_new ("loaded", INF_TYPE_JOB_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  signals[JOB_CHANGED] = g_signal_new ("job-changed", INF_TYPE_JOB_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, INF_TYPE_JOB_ITEM);
  signals[JOB_ENDED] = g_signal_new ("job-ended", INF_TYPE_JOB_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 1, INF_TYPE_JOB_ITEM);
}

static void
on_items_changed (GListModel *store, guint position, guint removed, guint added, gpointer user_data)
{
  g_list_model_items_changed (user_data, position, removed, added);
}

static void
inf_job_list_init (InfJobList *self)
{
  self->store = g_list_store_new (INF_TYPE_JOB_ITEM);
  /* keyed by the strings of the items */
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->active = g_hash_table_new (NULL, NULL);
  g_signal_connect (self->store, "items-changed", G_CALLBACK (on_items_changed), self);
}

/* Returns: (transfer full): an empty list, which follows nobody yet */
InfJobList *
inf_job_list_new (void)
{
  return g_object_new (INF_TYPE_JOB_LIST, NULL);
}

/* Returns: (transfer none) (nullable): the job of that whole id */
InfJobItem *
inf_job_list_find (InfJobList *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

/* Returns: whether all jobs have come once */
gboolean
inf_job_list_is_loaded (InfJobList *self)
{
  return self->is_loaded;
}

/* Returns: (nullable): why they could not be had */
const char *
inf_job_list_get_problem (InfJobList *self)
{
  return self->problem;
}

/* Returns: how many are not over */
guint
inf_job_list_get_n_active (InfJobList *self)
{
  return g_hash_table_size (self->active);
}

/**
 * inf_job_list_follow:
 * @self: a list that follows nobody yet
 * @service: the connection whose jobs it holds
 */
void
inf_job_list_follow (InfJobList *self, InfService *service)
{
  g_return_if_fail (!self->service);

  self->service = g_object_ref (service);
  g_signal_connect (service, "notify::state", G_CALLBACK (on_service_state), self);
  on_service_state (service, NULL, self);
}

/* Another second has passed for the jobs that are not over. */
void
inf_job_list_tick (InfJobList *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->active);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    inf_job_item_tick (item);
}
