#include "client-app/inf-entry-item.h"

#include "client-app/inf-credit-words.h"

#include <string.h>

/**
 * InfEntryItem:
 *
 * An entry of the account. It never changes, but for the name of its job, which may be learnt
 * later; "changed" is emitted then.
 */
struct _InfEntryItem
{
  GObject parent_instance;

  InfEntryFacts facts;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfEntryItem, inf_entry_item, G_TYPE_OBJECT)

static void
inf_entry_item_finalize (GObject *object)
{
  InfEntryFacts *facts = &INF_ENTRY_ITEM (object)->facts;

  g_free (facts->kind);
  g_free (facts->peer);
  g_free (facts->job);
  g_free (facts->job_name);
  G_OBJECT_CLASS (inf_entry_item_parent_class)->finalize (object);
}

static void
inf_entry_item_class_init (InfEntryItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_entry_item_finalize;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_ENTRY_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
inf_entry_item_init (InfEntryItem *self)
{
}

static char *
get_string (GVariant *entry, const char *key)
{
  const char *value = "";

  g_variant_lookup (entry, key, "&s", &value);
  return g_strdup (value);
}

/* Returns: (transfer full): an entry of an `a{sv}` as Credits1 has it */
InfEntryItem *
inf_entry_item_new (GVariant *entry)
{
  InfEntryItem *self = g_object_new (INF_TYPE_ENTRY_ITEM, NULL);

  self->facts.kind = get_string (entry, "kind");
  self->facts.peer = get_string (entry, "peer");
  self->facts.job = get_string (entry, "job");
  self->facts.job_name = g_strdup ("");
  g_variant_lookup (entry, "number", "t", &self->facts.number);
  g_variant_lookup (entry, "amount", "x", &self->facts.amount);
  g_variant_lookup (entry, "balance", "x", &self->facts.balance);
  g_variant_lookup (entry, "time-unix", "x", &self->facts.time_unix);
  return self;
}

const InfEntryFacts *
inf_entry_item_get_facts (InfEntryItem *self)
{
  return &self->facts;
}

static gboolean
contains (const char *text, const char *folded)
{
  g_autofree char *other = g_utf8_casefold (text, -1);

  return strstr (other, folded) != NULL;
}

/* @folded: what is searched, casefolded: a computer, a job, what it was for */
gboolean
inf_entry_item_matches (InfEntryItem *self, const char *folded)
{
  return contains (self->facts.peer, folded) || contains (self->facts.job_name, folded)
         || contains (self->facts.job, folded)
         || contains (inf_credit_words_kind (self->facts.kind), folded);
}

void
inf_entry_item_set_job_name (InfEntryItem *self, const char *name)
{
  if (g_str_equal (self->facts.job_name, name))
    return;
  g_free (self->facts.job_name);
  self->facts.job_name = g_strdup (name);
  g_signal_emit (self, signals[CHANGED], 0);
}
