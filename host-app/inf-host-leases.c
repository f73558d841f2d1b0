#include "host-app/inf-host-leases.h"

/* as many as infinityd gives at a time */
#define PAGE 1000

/**
 * InfHostLeases:
 *
 * The jobs of others on this computer, as lists that are updated in place: those that run and those
 * that have ended, newest first.
 *
 * Signals: "ended" with the #InfLeaseItem that runs no more; "loaded" with a message, %NULL when
 * what runs is known.
 */
struct _InfHostLeases
{
  GObject parent_instance;

  GListStore *running;
  GListStore *past;
  GHashTable *past_by_id; /* to InfLeaseItem, which the list keeps */
};

typedef struct
{
  InfHostLeases *self;
  GCancellable *cancellable;
  guint offset;
} Page;

enum
{
  ENDED,
  LOADED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfHostLeases, inf_host_leases, G_TYPE_OBJECT)

static void ask_for_page (InfHostLeases *self, InfDBusHost1 *host, GCancellable *cancellable,
                          guint offset);

/* Returns: (transfer full) (nullable) */
static InfLeaseItem *
find_running (InfHostLeases *self, const char *id, guint *ret_position)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->running));

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (InfLeaseItem) item = g_list_model_get_item (G_LIST_MODEL (self->running), i);
      if (!g_str_equal (inf_lease_item_get_id (item), id))
        continue;
      *ret_position = i;
      return g_steal_pointer (&item);
    }
  return NULL;
}

static gboolean
remember_past (InfHostLeases *self, InfLeaseItem *item)
{
  return g_hash_table_insert (self->past_by_id, (gpointer)inf_lease_item_get_id (item), item);
}

static gboolean
is_past (InfHostLeases *self, const char *id)
{
  return g_hash_table_contains (self->past_by_id, id);
}

/**
 * inf_host_leases_take:
 * @self: the leases
 * @lease: what is known of one now, `a{sv}`; one that ended moves from what runs to what was
 */
void
inf_host_leases_take (InfHostLeases *self, GVariant *lease)
{
  const char *id = "";
  guint position = 0;
  g_autoptr (InfLeaseItem) item = NULL;
  gboolean is_known;

  g_variant_lookup (lease, "id", "&s", &id);
  item = find_running (self, id, &position);
  is_known = item != NULL;
  if (is_known)
    inf_lease_item_update (item, lease);
  else
    item = inf_lease_item_new (lease);
  if (!inf_lease_item_is_closed (item))
    {
      if (!is_known)
        g_list_store_insert (self->running, 0, item);
      return;
    }
  if (is_known)
    g_list_store_remove (self->running, position);
  if (!is_past (self, id))
    {
      remember_past (self, item);
      g_list_store_insert (self->past, 0, item);
    }
  if (is_known)
    g_signal_emit (self, signals[ENDED], 0, item);
}

static void
on_running (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfHostLeases) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) leases = NULL;

  if (!inf_dbus_host1_call_list_leases_finish (INF_DBUS_HOST1 (source), &leases, result, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_dbus_error_strip_remote_error (error);
      g_signal_emit (self, signals[LOADED], 0, error->message);
      return;
    }
  g_list_store_remove_all (self->running);
  for (gsize i = g_variant_n_children (leases); i > 0; i--)
    {
      g_autoptr (GVariant) lease = g_variant_get_child_value (leases, i - 1);
      inf_host_leases_take (self, lease);
    }
  g_signal_emit (self, signals[LOADED], 0, NULL);
}

static void
page_free (Page *page)
{
  g_object_unref (page->self);
  g_object_unref (page->cancellable);
  g_free (page);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Page, page_free)

/* Of jobs that ended while pages were on their way some come twice. */
static void
append_page (InfHostLeases *self, GVariant *leases)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; i < g_variant_n_children (leases); i++)
    {
      g_autoptr (GVariant) lease = g_variant_get_child_value (leases, i);
      g_autoptr (InfLeaseItem) item = inf_lease_item_new (lease);

      if (is_past (self, inf_lease_item_get_id (item)))
        continue;
      remember_past (self, item);
      g_ptr_array_add (items, g_steal_pointer (&item));
    }
  g_list_store_splice (self->past, g_list_model_get_n_items (G_LIST_MODEL (self->past)), 0,
                       items->pdata, items->len);
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Page) page = user_data;
  g_autoptr (GVariant) leases = NULL;

  /* what an older infinityd can't tell is no failure of the app */
  if (!inf_dbus_host1_call_list_past_leases_finish (INF_DBUS_HOST1 (source), &leases, result, NULL))
    return;
  if (page->offset == 0)
    {
      g_hash_table_remove_all (page->self->past_by_id);
      g_list_store_remove_all (page->self->past);
    }
  append_page (page->self, leases);
  if (g_variant_n_children (leases) == PAGE)
    ask_for_page (page->self, INF_DBUS_HOST1 (source), page->cancellable, page->offset + PAGE);
}

static void
ask_for_page (InfHostLeases *self, InfDBusHost1 *host, GCancellable *cancellable, guint offset)
{
  Page *page = g_new (Page, 1);

  *page = (Page){ g_object_ref (self), g_object_ref (cancellable), offset };
  inf_dbus_host1_call_list_past_leases (host, offset, PAGE, cancellable, on_page, page);
}

/**
 * inf_host_leases_load:
 * @self: the leases
 * @host: who knows them
 * @cancellable: ends the asking
 *
 * Asks for all of them; "loaded" tells when what runs is known.
 */
void
inf_host_leases_load (InfHostLeases *self, InfDBusHost1 *host, GCancellable *cancellable)
{
  inf_dbus_host1_call_list_leases (host, cancellable, on_running, g_object_ref (self));
  ask_for_page (self, host, cancellable, 0);
}

static void
inf_host_leases_dispose (GObject *object)
{
  InfHostLeases *self = INF_HOST_LEASES (object);

  g_clear_pointer (&self->past_by_id, g_hash_table_unref);
  g_clear_object (&self->running);
  g_clear_object (&self->past);
  G_OBJECT_CLASS (inf_host_leases_parent_class)->dispose (object);
}

static void
inf_host_leases_class_init (InfHostLeasesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_host_leases_dispose;

  signals[ENDED] = g_signal_new ("ended", INF_TYPE_HOST_LEASES, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, INF_TYPE_LEASE_ITEM);
  signals[LOADED] = g_signal_new ("loaded", INF_TYPE_HOST_LEASES, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
inf_host_leases_init (InfHostLeases *self)
{
  self->running = g_list_store_new (INF_TYPE_LEASE_ITEM);
  self->past = g_list_store_new (INF_TYPE_LEASE_ITEM);
  /* keyed by the strings of the items */
  self->past_by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

/* Returns: (transfer full): none yet */
InfHostLeases *
inf_host_leases_new (void)
{
  return g_object_new (INF_TYPE_HOST_LEASES, NULL);
}

/* Returns: (transfer none): of #InfLeaseItem */
GListModel *
inf_host_leases_get_running (InfHostLeases *self)
{
  return G_LIST_MODEL (self->running);
}

/* Returns: (transfer none): of #InfLeaseItem */
GListModel *
inf_host_leases_get_past (InfHostLeases *self)
{
  return G_LIST_MODEL (self->past);
}

/* Returns: micro-credits a second that those that run pay together */
guint64
inf_host_leases_get_rate (InfHostLeases *self)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->running));
  guint64 rate = 0;

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (InfLeaseItem) item = g_list_model_get_item (G_LIST_MODEL (self->running), i);
      if (g_str_equal (inf_lease_item_get_state (item), "running"))
        rate += inf_lease_item_get_price (item);
    }
  return rate;
}

/* infinityd is away: what runs is not known. */
void
inf_host_leases_forget_running (InfHostLeases *self)
{
  g_list_store_remove_all (self->running);
}
