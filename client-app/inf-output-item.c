#include "client-app/inf-output-item.h"

/**
 * InfOutputItem:
 *
 * A file that a job left behind, and whether it is still what its host stated. It emits "changed"
 * when that is found out.
 */
struct _InfOutputItem
{
  GObject parent_instance;

  char *name;
  char *host;
  guint64 size_bytes;
  InfOutputMark mark;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfOutputItem, inf_output_item, G_TYPE_OBJECT)

static void
inf_output_item_finalize (GObject *object)
{
  InfOutputItem *self = INF_OUTPUT_ITEM (object);

  g_free (self->name);
  g_free (self->host);
  G_OBJECT_CLASS (inf_output_item_parent_class)->finalize (object);
}

static void
inf_output_item_class_init (InfOutputItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_output_item_finalize;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_OUTPUT_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
inf_output_item_init (InfOutputItem *self)
{
}

/**
 * inf_output_item_new:
 * @name: relative to the result's directory
 * @size_bytes: its length
 * @host: the name of the host it came from
 *
 * Returns: (transfer full): an output that nobody has checked yet
 */
InfOutputItem *
inf_output_item_new (const char *name, guint64 size_bytes, const char *host)
{
  InfOutputItem *self = g_object_new (INF_TYPE_OUTPUT_ITEM, NULL);

  self->name = g_strdup (name);
  self->host = g_strdup (host);
  self->size_bytes = size_bytes;
  return self;
}

const char *
inf_output_item_get_name (InfOutputItem *self)
{
  return self->name;
}

const char *
inf_output_item_get_host (InfOutputItem *self)
{
  return self->host;
}

guint64
inf_output_item_get_size (InfOutputItem *self)
{
  return self->size_bytes;
}

InfOutputMark
inf_output_item_get_mark (InfOutputItem *self)
{
  return self->mark;
}

void
inf_output_item_set_mark (InfOutputItem *self, InfOutputMark mark)
{
  if (self->mark == mark)
    return;
  self->mark = mark;
  g_signal_emit (self, signals[CHANGED], 0);
}
