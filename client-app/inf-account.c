#include "client-app/inf-account.h"

#include "client-app/inf-spending.h"

#define PAGE 200
#define MAX_PLOTTED 1000
#define MAX_NAMES 1000

/**
 * InfAccount:
 *
 * The account of this node as infinityd tells it: its entries, newest first, loaded a page at a
 * time as somebody asks for more; what is left of it while jobs run; and the balance over time.
 *
 * It emits "changed" when anything but the list did.
 */
struct _InfAccount
{
  GObject parent_instance;

  InfService *service;
  GCancellable *cancellable; /* of all calls to this infinityd */
  GListStore *entries;
  InfSpending *spending;
  InfSeries *series;
  GHashTable *job_names; /* by id */
  gint64 left;           /* before what is not settled, at the last look */
  gint64 escrowed;
  gboolean is_loaded;
  gboolean has_more;
  gboolean is_loading_head;
  gboolean is_loading_more;
  gboolean is_stale; /* it changed while the head was loading */
  char *problem;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfAccount, inf_account, G_TYPE_OBJECT)

static void load_head (InfAccount *self);

static void
emit_changed (InfAccount *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static const InfEntryFacts *
get_facts (InfAccount *self, guint position)
{
  g_autoptr (InfEntryItem) item = g_list_model_get_item (G_LIST_MODEL (self->entries), position);

  /* the list keeps it */
  return item ? inf_entry_item_get_facts (item) : NULL;
}

static guint64
get_number (InfAccount *self, guint position)
{
  const InfEntryFacts *facts = get_facts (self, position);

  return facts ? facts->number : 0;
}

static void
name_job (InfAccount *self, InfEntryItem *item)
{
  const char *name = g_hash_table_lookup (self->job_names, inf_entry_item_get_facts (item)->job);

  if (name)
    inf_entry_item_set_job_name (item, name);
}

/* Returns: (transfer full): the entries of an answer whose numbers are above @above and below
 * @below */
static GPtrArray *
make_items (InfAccount *self, GVariant *entries, guint64 above, guint64 below)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  GVariantIter iter;
  GVariant *entry;

  g_variant_iter_init (&iter, entries);
  while (g_variant_iter_loop (&iter, "@a{sv}", &entry))
    {
      g_autoptr (InfEntryItem) item = inf_entry_item_new (entry);
      guint64 number = inf_entry_item_get_facts (item)->number;

      if (number <= above || number >= below)
        continue;
      name_job (self, item);
      g_ptr_array_add (items, g_steal_pointer (&item));
    }
  return items;
}

/* The balance stands between two entries: what is drawn has steps. */
static void
fill_series (InfAccount *self)
{
  guint n_entries = MIN (g_list_model_get_n_items (G_LIST_MODEL (self->entries)), MAX_PLOTTED);
  gint64 balance = 0;
  gint64 time_us = 0;

  inf_series_clear (self->series);
  for (guint i = n_entries; i > 0; i--)
    {
      const InfEntryFacts *facts = get_facts (self, i - 1);
      gint64 next_us = MAX (facts->time_unix, time_us);

      if (i < n_entries)
        inf_series_push (self->series, next_us, (double)balance);
      inf_series_push (self->series, next_us, (double)facts->balance);
      balance = facts->balance;
      time_us = next_us;
    }
  if (n_entries)
    inf_series_push (self->series, MAX (g_get_real_time (), time_us), (double)balance);
}

/* What was paid and what is there are looked at together: one without the other would be wrong by
 * what a job has cost. */
static void
settle (InfAccount *self)
{
  InfDBusCredits1 *credits = inf_service_get_credits (self->service);

  inf_spending_begin_settled (self->spending);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->entries)); i++)
    {
      const InfEntryFacts *facts = get_facts (self, i);
      if (g_str_equal (facts->kind, "pay"))
        inf_spending_add_settled (self->spending, facts->job, facts->amount);
    }
  inf_spending_end_settled (self->spending);
  self->escrowed = credits ? inf_dbus_credits1_get_escrowed (credits) : 0;
  self->left = self->escrowed + (credits ? inf_dbus_credits1_get_balance (credits) : 0);
}

static void
take_head (InfAccount *self, GVariant *history)
{
  guint n_before = g_list_model_get_n_items (G_LIST_MODEL (self->entries));
  guint64 newest = get_number (self, 0);
  g_autoptr (GPtrArray) items = make_items (self, history, newest, G_MAXUINT64);
  guint64 oldest_new
      = items->len ? inf_entry_item_get_facts (items->pdata[items->len - 1])->number : 0;
  /* more came than a page holds, or it is another account */
  gboolean has_gap = n_before && items->len && oldest_new != newest + 1;

  if (!n_before || has_gap)
    self->has_more = g_variant_n_children (history) == PAGE;
  g_list_store_splice (self->entries, 0, has_gap ? n_before : 0, items->pdata, items->len);
}

static void
report (InfAccount *self, GError *error)
{
  g_dbus_error_strip_remote_error (error);
  g_free (self->problem);
  self->problem = g_strdup (error->message);
}

static void
on_head (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfAccount) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) history = NULL;

  inf_dbus_credits1_call_history_finish (INF_DBUS_CREDITS1 (source), &history, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_loading_head = FALSE;
  if (error)
    report (self, error);
  else
    {
      take_head (self, history);
      settle (self);
      fill_series (self);
      self->is_loaded = TRUE;
    }
  if (self->is_stale)
    load_head (self);
  emit_changed (self);
}

static void
load_head (InfAccount *self)
{
  InfDBusCredits1 *credits = inf_service_get_credits (self->service);

  if (!credits || !self->cancellable)
    return;
  self->is_stale = self->is_loading_head;
  if (self->is_loading_head)
    return;
  self->is_loading_head = TRUE;
  inf_dbus_credits1_call_history (credits, 0, PAGE, self->cancellable, on_head,
                                  g_object_ref (self));
}

static void
on_more (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfAccount) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) history = NULL;
  g_autoptr (GPtrArray) items = NULL;
  guint n_before = g_list_model_get_n_items (G_LIST_MODEL (self->entries));

  inf_dbus_credits1_call_history_finish (INF_DBUS_CREDITS1 (source), &history, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_loading_more = FALSE;
  if (history)
    {
      items = make_items (self, history, 0, n_before ? get_number (self, n_before - 1) : 1);
      self->has_more = items->len > 0 && g_variant_n_children (history) == PAGE;
      g_list_store_splice (self->entries, n_before, 0, items->pdata, items->len);
      fill_series (self);
    }
  emit_changed (self);
}

static void
learn_job (InfAccount *self, GVariant *job)
{
  const char *id = "";
  const char *name = "";

  g_variant_lookup (job, "id", "&s", &id);
  g_variant_lookup (job, "name", "&s", &name);
  g_hash_table_replace (self->job_names, g_strdup (id), g_strdup (name));
}

static void
take_job (InfAccount *self, GVariant *job)
{
  const char *id = "";
  const char *state = "";
  guint64 spent = 0;
  guint64 price = 0;

  g_variant_lookup (job, "id", "&s", &id);
  g_variant_lookup (job, "state", "&s", &state);
  g_variant_lookup (job, "spent", "t", &spent);
  g_variant_lookup (job, "price", "t", &price);
  learn_job (self, job);
  inf_spending_take_job (self->spending, id, state, spent, price, g_get_monotonic_time ());
}

static void
on_jobs (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfAccount) self = user_data;
  g_autoptr (GVariant) jobs = NULL;
  GVariantIter iter;
  GVariant *job;

  /* without them entries show ids, and the balance moves when they are settled */
  if (!inf_dbus_jobs1_call_list_range_finish (INF_DBUS_JOBS1 (source), NULL, &jobs, result, NULL)
      || !self->service)
    return;
  g_variant_iter_init (&iter, jobs);
  while (g_variant_iter_loop (&iter, "@a{sv}", &job))
    take_job (self, job);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->entries)); i++)
    {
      g_autoptr (InfEntryItem) item = g_list_model_get_item (G_LIST_MODEL (self->entries), i);
      name_job (self, item);
    }
  emit_changed (self);
}

static void
on_job_changed (InfDBusJobs1 *jobs, const char *id, GVariant *job, gpointer user_data)
{
  take_job (user_data, job);
  emit_changed (user_data);
}

static void
on_properties_changed (InfAccount *self)
{
  load_head (self);
}

static void
begin (InfAccount *self)
{
  InfDBusCredits1 *credits = inf_service_get_credits (self->service);
  InfDBusJobs1 *jobs = inf_service_get_jobs (self->service);

  self->cancellable = g_cancellable_new ();
  g_signal_connect_object (credits, "g-properties-changed", G_CALLBACK (on_properties_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (jobs, "job-changed", G_CALLBACK (on_job_changed), self, 0);
  inf_dbus_jobs1_call_list_range (jobs, "", 0, MAX_NAMES, self->cancellable, on_jobs,
                                  g_object_ref (self));
  load_head (self);
}

static void
end (InfAccount *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->spending, inf_spending_free);
  self->spending = inf_spending_new ();
  g_list_store_remove_all (self->entries);
  inf_series_clear (self->series);
  g_clear_pointer (&self->problem, g_free);
  self->is_loaded = self->has_more = FALSE;
  self->is_loading_head = self->is_loading_more = self->is_stale = FALSE;
}

static void
on_service_state (InfAccount *self)
{
  gboolean is_up = inf_service_get_state (self->service) == INF_SERVICE_UP;

  if (is_up && !self->cancellable)
    begin (self);
  else if (!is_up && self->cancellable)
    end (self);
  emit_changed (self);
}

static void
inf_account_dispose (GObject *object)
{
  InfAccount *self = INF_ACCOUNT (object);

  if (self->service)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (inf_account_parent_class)->dispose (object);
}

static void
inf_account_finalize (GObject *object)
{
  InfAccount *self = INF_ACCOUNT (object);

  g_object_unref (self->entries);
  g_object_unref (self->series);
  g_hash_table_unref (self->job_names);
  inf_spending_free (self->spending);
  g_free (self->problem);
  G_OBJECT_CLASS (inf_account_parent_class)->finalize (object);
}

static void
inf_account_class_init (InfAccountClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_account_dispose;
  G_OBJECT_CLASS (klass)->finalize = inf_account_finalize;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_ACCOUNT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
inf_account_init (InfAccount *self)
{
  self->entries = g_list_store_new (INF_TYPE_ENTRY_ITEM);
  self->spending = inf_spending_new ();
  self->series = inf_series_new (2 * MAX_PLOTTED + 1);
  self->job_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* Returns: (transfer full): the account of what @service reaches, also after it came back */
InfAccount *
inf_account_new (InfService *service)
{
  InfAccount *self = g_object_new (INF_TYPE_ACCOUNT, NULL);

  self->service = g_object_ref (service);
  g_signal_connect_swapped (service, "notify::state", G_CALLBACK (on_service_state), self);
  on_service_state (self);
  return self;
}

gboolean
inf_account_is_loaded (InfAccount *self)
{
  return self->is_loaded;
}

/* Returns: whether there are older entries than those in the list */
gboolean
inf_account_has_more (InfAccount *self)
{
  return self->has_more;
}

/* Returns: (nullable): why there are no entries */
const char *
inf_account_get_problem (InfAccount *self)
{
  return self->problem;
}

/* Returns: (transfer none): of #InfEntryItem, newest first */
GListModel *
inf_account_get_entries (InfAccount *self)
{
  return G_LIST_MODEL (self->entries);
}

/* Returns: (transfer none): the balance over time, in micro-credits */
InfSeries *
inf_account_get_series (InfAccount *self)
{
  return self->series;
}

/* Returns: how much time the series is about */
gint64
inf_account_get_span_us (InfAccount *self)
{
  guint length = inf_series_get_length (self->series);

  return length ? inf_series_get_time (self->series, length - 1)
                      - inf_series_get_time (self->series, 0)
                : 0;
}

/**
 * inf_account_get_left:
 * @self: an account
 * @now_us: monotonic time
 *
 * Returns: what its owner has: the balance and what is set aside, without what running jobs have
 *   used of it by now
 */
gint64
inf_account_get_left (InfAccount *self, gint64 now_us)
{
  gint64 unsettled = inf_spending_get_unsettled (self->spending, now_us);

  /* no job can use more than was set aside */
  return self->left - MIN (unsettled, self->escrowed);
}

/* Returns: by how many micro-credits that goes down in a second */
double
inf_account_get_rate (InfAccount *self, gint64 now_us)
{
  gboolean is_used_up = inf_spending_get_unsettled (self->spending, now_us) >= self->escrowed;

  return is_used_up ? 0 : inf_spending_get_rate (self->spending);
}

/* Asks again, after a problem. */
void
inf_account_reload (InfAccount *self)
{
  g_clear_pointer (&self->problem, g_free);
  load_head (self);
  emit_changed (self);
}

/* Has older entries loaded, where there are any. */
void
inf_account_load_more (InfAccount *self)
{
  InfDBusCredits1 *credits = inf_service_get_credits (self->service);

  if (!self->has_more || self->is_loading_more || self->is_loading_head || !credits)
    return;
  self->is_loading_more = TRUE;
  inf_dbus_credits1_call_history (credits, g_list_model_get_n_items (G_LIST_MODEL (self->entries)),
                                  PAGE, self->cancellable, on_more, g_object_ref (self));
}
