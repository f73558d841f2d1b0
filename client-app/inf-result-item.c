#include "client-app/inf-result-item.h"

/**
 * InfResultItem:
 *
 * What a job left behind, as Results1 tells it. It is updated in place, and emits "changed" then
 * and when more is known of its outputs.
 */
struct _InfResultItem
{
  GObject parent_instance;

  char *name;
  char *job;
  char *program;
  char *directory;
  gint64 finished_unix;
  gboolean is_complete;
  GListStore *outputs;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfResultItem, inf_result_item, G_TYPE_OBJECT)

static void
inf_result_item_finalize (GObject *object)
{
  InfResultItem *self = INF_RESULT_ITEM (object);

  g_free (self->name);
  g_free (self->job);
  g_free (self->program);
  g_free (self->directory);
  g_object_unref (self->outputs);
  G_OBJECT_CLASS (inf_result_item_parent_class)->finalize (object);
}

static void
inf_result_item_class_init (InfResultItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_result_item_finalize;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_RESULT_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
inf_result_item_init (InfResultItem *self)
{
  self->outputs = g_list_store_new (INF_TYPE_OUTPUT_ITEM);
}

/* Returns: (transfer full): a result of an `a{sv}` as Results1 has it */
InfResultItem *
inf_result_item_new (GVariant *result)
{
  InfResultItem *self = g_object_new (INF_TYPE_RESULT_ITEM, NULL);

  inf_result_item_update (self, result);
  return self;
}

const char *
inf_result_item_get_name (InfResultItem *self)
{
  return self->name;
}

const char *
inf_result_item_get_job (InfResultItem *self)
{
  return self->job;
}

const char *
inf_result_item_get_program (InfResultItem *self)
{
  return self->program;
}

const char *
inf_result_item_get_directory (InfResultItem *self)
{
  return self->directory;
}

gint64
inf_result_item_get_finished_unix (InfResultItem *self)
{
  return self->finished_unix;
}

/* Returns: whether the job left all that it should */
gboolean
inf_result_item_is_complete (InfResultItem *self)
{
  return self->is_complete;
}

/* Returns: (transfer none): of #InfOutputItem */
GListModel *
inf_result_item_get_outputs (InfResultItem *self)
{
  return G_LIST_MODEL (self->outputs);
}

static gboolean
contains (const char *text, const char *folded)
{
  g_autofree char *other = g_utf8_casefold (text, -1);

  return strstr (other, folded) != NULL;
}

/* @folded: what is searched, casefolded */
gboolean
inf_result_item_matches (InfResultItem *self, const char *folded)
{
  return contains (self->name, folded) || contains (self->program, folded);
}

static void
take_string (GVariant *result, const char *key, char **text)
{
  const char *value = "";

  g_variant_lookup (result, key, "&s", &value);
  g_free (*text);
  *text = g_strdup (value);
}

static void
take_outputs (InfResultItem *self, GVariant *outputs)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  GVariantIter iter;
  const char *name;
  const char *host;
  guint64 size_bytes;

  g_variant_iter_init (&iter, outputs);
  while (g_variant_iter_next (&iter, "(&st&s&s)", &name, &size_bytes, NULL, &host))
    g_ptr_array_add (items, inf_output_item_new (name, size_bytes, host));
  g_list_store_splice (self->outputs, 0, g_list_model_get_n_items (G_LIST_MODEL (self->outputs)),
                       items->pdata, items->len);
}

/* @result: an `a{sv}` as Results1 has it; what it does not say is unknown */
void
inf_result_item_update (InfResultItem *self, GVariant *result)
{
  g_autoptr (GVariant) outputs
      = g_variant_lookup_value (result, "outputs", G_VARIANT_TYPE ("a(stss)"));

  take_string (result, "name", &self->name);
  take_string (result, "job", &self->job);
  take_string (result, "program", &self->program);
  take_string (result, "directory", &self->directory);
  self->finished_unix = 0;
  self->is_complete = FALSE;
  g_variant_lookup (result, "finished-unix", "x", &self->finished_unix);
  g_variant_lookup (result, "complete", "b", &self->is_complete);
  if (outputs)
    take_outputs (self, outputs);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* What is checked already, of a check that ended early, stays known. */
void
inf_result_item_set_checking (InfResultItem *self, gboolean is_checking)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->outputs)); i++)
    {
      g_autoptr (InfOutputItem) output = g_list_model_get_item (G_LIST_MODEL (self->outputs), i);
      if (is_checking)
        inf_output_item_set_mark (output, INF_OUTPUT_CHECKING);
      else if (inf_output_item_get_mark (output) == INF_OUTPUT_CHECKING)
        inf_output_item_set_mark (output, INF_OUTPUT_UNCHECKED);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

/* @marks: `a(ss)` as Results1.Verify answers: relative name and verified, changed or missing */
void
inf_result_item_take_marks (InfResultItem *self, GVariant *marks)
{
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantIter iter;
  const char *name;
  const char *mark;

  g_variant_iter_init (&iter, marks);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &mark))
    g_hash_table_insert (by_name, (gpointer)name, (gpointer)mark);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->outputs)); i++)
    {
      g_autoptr (InfOutputItem) output = g_list_model_get_item (G_LIST_MODEL (self->outputs), i);
      mark = g_hash_table_lookup (by_name, inf_output_item_get_name (output));
      if (mark)
        inf_output_item_set_mark (output, inf_result_words_parse_mark (mark));
    }
  g_signal_emit (self, signals[CHANGED], 0);
}
