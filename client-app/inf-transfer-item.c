#include "client-app/inf-transfer-item.h"

/**
 * InfTransferItem:
 *
 * A file that is or was being fetched. It is updated in place, and emits "changed" then.
 */
struct _InfTransferItem
{
  GObject parent_instance;

  InfTransferFacts facts;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfTransferItem, inf_transfer_item, G_TYPE_OBJECT)

static void
inf_transfer_item_finalize (GObject *object)
{
  InfTransferFacts *facts = &INF_TRANSFER_ITEM (object)->facts;

  g_free (facts->id);
  g_free (facts->sha256);
  g_free (facts->name);
  g_free (facts->from);
  g_free (facts->state);
  g_free (facts->message);
  G_OBJECT_CLASS (inf_transfer_item_parent_class)->finalize (object);
}

static void
inf_transfer_item_class_init (InfTransferItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_transfer_item_finalize;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_TRANSFER_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
inf_transfer_item_init (InfTransferItem *self)
{
}

/* Returns: (transfer full): a transfer of an `a{sv}` as Files1 has it */
InfTransferItem *
inf_transfer_item_new (GVariant *transfer)
{
  InfTransferItem *self = g_object_new (INF_TYPE_TRANSFER_ITEM, NULL);

  inf_transfer_item_update (self, transfer);
  return self;
}

const InfTransferFacts *
inf_transfer_item_get_facts (InfTransferItem *self)
{
  return &self->facts;
}

static void
take_string (GVariant *transfer, const char *key, char **text)
{
  const char *value = "";

  g_variant_lookup (transfer, key, "&s", &value);
  g_free (*text);
  *text = g_strdup (value);
}

/* @transfer: an `a{sv}` as Files1 has it; what it does not say is unknown */
void
inf_transfer_item_update (InfTransferItem *self, GVariant *transfer)
{
  InfTransferFacts *facts = &self->facts;

  take_string (transfer, "id", &facts->id);
  take_string (transfer, "sha256", &facts->sha256);
  take_string (transfer, "name", &facts->name);
  take_string (transfer, "from", &facts->from);
  take_string (transfer, "state", &facts->state);
  take_string (transfer, "message", &facts->message);
  facts->size_bytes = facts->got_bytes = 0;
  facts->began_unix = facts->ended_unix = 0;
  g_variant_lookup (transfer, "size", "t", &facts->size_bytes);
  g_variant_lookup (transfer, "got", "t", &facts->got_bytes);
  g_variant_lookup (transfer, "began-unix", "x", &facts->began_unix);
  g_variant_lookup (transfer, "ended-unix", "x", &facts->ended_unix);
  g_signal_emit (self, signals[CHANGED], 0);
}
