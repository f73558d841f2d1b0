#include "host-app/inf-lease-item.h"

/**
 * InfLeaseItem:
 *
 * A lease of this machine as a list shows it. It is updated in place, and emits "changed" then.
 */
struct _InfLeaseItem
{
  GObject parent_instance;

  char *id;
  char *client;
  char *program;
  char *state;
  char *end_reason;
  guint slots;
  gint64 since_unix;
  gint64 ended_unix;
  gint64 cpu_milli;
  gint64 memory_bytes;
  guint64 earned;
  guint64 price;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfLeaseItem, inf_lease_item, G_TYPE_OBJECT)

static void
inf_lease_item_finalize (GObject *object)
{
  InfLeaseItem *self = INF_LEASE_ITEM (object);

  g_free (self->id);
  g_free (self->client);
  g_free (self->program);
  g_free (self->state);
  g_free (self->end_reason);
  G_OBJECT_CLASS (inf_lease_item_parent_class)->finalize (object);
}

static void
inf_lease_item_class_init (InfLeaseItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_lease_item_finalize;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_LEASE_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
inf_lease_item_init (InfLeaseItem *self)
{
  self->id = g_strdup ("");
  self->client = g_strdup ("");
  self->program = g_strdup ("");
  self->state = g_strdup ("");
  self->end_reason = g_strdup ("");
  self->cpu_milli = -1;
  self->memory_bytes = -1;
}

/**
 * inf_lease_item_new:
 * @lease: a lease as Host1 describes it, `a{sv}`
 */
InfLeaseItem *
inf_lease_item_new (GVariant *lease)
{
  InfLeaseItem *self = g_object_new (INF_TYPE_LEASE_ITEM, NULL);

  inf_lease_item_update (self, lease);
  return self;
}

const char *
inf_lease_item_get_id (InfLeaseItem *self)
{
  return self->id;
}

const char *
inf_lease_item_get_client (InfLeaseItem *self)
{
  return self->client;
}

const char *
inf_lease_item_get_program (InfLeaseItem *self)
{
  return self->program;
}

const char *
inf_lease_item_get_state (InfLeaseItem *self)
{
  return self->state;
}

const char *
inf_lease_item_get_end_reason (InfLeaseItem *self)
{
  return self->end_reason;
}

gboolean
inf_lease_item_is_closed (InfLeaseItem *self)
{
  return g_str_equal (self->state, "closed");
}

guint
inf_lease_item_get_slots (InfLeaseItem *self)
{
  return self->slots;
}

gint64
inf_lease_item_get_since_unix (InfLeaseItem *self)
{
  return self->since_unix;
}

/* Returns: 0 while it lasts */
gint64
inf_lease_item_get_ended_unix (InfLeaseItem *self)
{
  return self->ended_unix;
}

/* Returns: processors in use times 1000, -1 where that is unknown */
gint64
inf_lease_item_get_cpu_milli (InfLeaseItem *self)
{
  return self->cpu_milli;
}

/* Returns: -1 where it is unknown */
gint64
inf_lease_item_get_memory_bytes (InfLeaseItem *self)
{
  return self->memory_bytes;
}

/* Returns: so far, in micro-credits */
guint64
inf_lease_item_get_earned (InfLeaseItem *self)
{
  return self->earned;
}

/* Returns: micro-credits per second */
guint64
inf_lease_item_get_price (InfLeaseItem *self)
{
  return self->price;
}

static void
take_text (char **place, GVariant *lease, const char *key)
{
  const char *text;

  if (!g_variant_lookup (lease, key, "&s", &text))
    return;
  g_free (*place);
  *place = g_strdup (text);
}

/**
 * inf_lease_item_update:
 * @self: an item
 * @lease: what is known of the lease now; what it does not hold stays as it was
 */
void
inf_lease_item_update (InfLeaseItem *self, GVariant *lease)
{
  take_text (&self->id, lease, "id");
  take_text (&self->client, lease, "client-name");
  take_text (&self->program, lease, "program");
  take_text (&self->state, lease, "state");
  take_text (&self->end_reason, lease, "end-reason");
  g_variant_lookup (lease, "slots", "u", &self->slots);
  g_variant_lookup (lease, "since-unix", "x", &self->since_unix);
  g_variant_lookup (lease, "ended-unix", "x", &self->ended_unix);
  g_variant_lookup (lease, "cpu-milli", "x", &self->cpu_milli);
  g_variant_lookup (lease, "memory-used", "x", &self->memory_bytes);
  g_variant_lookup (lease, "earned", "t", &self->earned);
  g_variant_lookup (lease, "price", "t", &self->price);
  g_signal_emit (self, signals[CHANGED], 0);
}
