#include "client-app/inf-job-item.h"

#include <string.h>

/**
 * InfJobItem:
 *
 * A job of this node as lists show it. It is updated in place, and emits "changed" then, and when
 * time has gone on.
 */
struct _InfJobItem
{
  GObject parent_instance;

  InfJobFacts facts;
  char *name_key; /* (nullable): of its name, to sort by; made when it is needed */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfJobItem, inf_job_item, G_TYPE_OBJECT)

static void
inf_job_item_finalize (GObject *object)
{
  InfJobItem *self = INF_JOB_ITEM (object);

  inf_job_facts_clear (&self->facts);
  g_free (self->name_key);
  G_OBJECT_CLASS (inf_job_item_parent_class)->finalize (object);
}

static void
inf_job_item_class_init (InfJobItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_job_item_finalize;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_JOB_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
inf_job_item_init (InfJobItem *self)
{
  inf_job_facts_init (&self->facts);
}

/**
 * inf_job_item_new:
 * @job: a job as Jobs1 describes it, `a{sv}`
 */
InfJobItem *
inf_job_item_new (GVariant *job)
{
  InfJobItem *self = g_object_new (INF_TYPE_JOB_ITEM, NULL);

  inf_job_facts_take (&self->facts, job);
  return self;
}

/* Returns: (transfer none): holds until the next "changed" */
const InfJobFacts *
inf_job_item_get_facts (InfJobItem *self)
{
  return &self->facts;
}

const char *
inf_job_item_get_id (InfJobItem *self)
{
  return self->facts.id;
}

/* Returns: (transfer none): what orders names as people do, by strcmp() */
const char *
inf_job_item_get_name_key (InfJobItem *self)
{
  if (!self->name_key)
    self->name_key = g_utf8_collate_key_for_filename (self->facts.name, -1);
  return self->name_key;
}

static gboolean
contains (const char *text, const char *folded)
{
  g_autofree char *mine = g_utf8_casefold (text, -1);

  return strstr (mine, folded) != NULL;
}

/* @folded: what is searched, in folded case: part of a name, a program, a host or an id */
gboolean
inf_job_item_matches (InfJobItem *self, const char *folded)
{
  if (contains (self->facts.name, folded) || contains (self->facts.program, folded)
      || g_str_has_prefix (self->facts.id, folded))
    return TRUE;
  for (guint i = 0; self->facts.hosts[i]; i++)
    if (contains (self->facts.hosts[i], folded))
      return TRUE;
  return FALSE;
}

/**
 * inf_job_item_update:
 * @self: an item
 * @job: what is known of the job now; what it does not hold stays as it was
 */
void
inf_job_item_update (InfJobItem *self, GVariant *job)
{
  inf_job_facts_take (&self->facts, job);
  g_clear_pointer (&self->name_key, g_free);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Time has passed: what is said of it is another, though nothing was told. */
void
inf_job_item_tick (InfJobItem *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}
