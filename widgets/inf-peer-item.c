#include "widgets/inf-peer-item.h"

#include <glib/gi18n.h>
#include <string.h>

/**
 * InfPeerItem:
 *
 * A peer as lists show it. It is updated in place, and emits "changed" then; what is bound to it
 * follows, and no list has to be searched or sorted anew.
 */
struct _InfPeerItem
{
  GObject parent_instance;

  InfPeerFacts facts;
  char *folded; /* what is searched */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfPeerItem, inf_peer_item, G_TYPE_OBJECT)

static void
inf_peer_item_finalize (GObject *object)
{
  InfPeerItem *self = INF_PEER_ITEM (object);

  g_free (self->facts.id);
  g_free (self->facts.name);
  g_free (self->facts.state);
  g_free (self->facts.address);
  g_free (self->facts.os);
  g_clear_pointer (&self->facts.neighbours, g_variant_unref);
  g_free (self->folded);
  G_OBJECT_CLASS (inf_peer_item_parent_class)->finalize (object);
}

static void
inf_peer_item_class_init (InfPeerItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_peer_item_finalize;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_PEER_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
inf_peer_item_init (InfPeerItem *self)
{
  self->facts.id = g_strdup ("");
  self->facts.name = g_strdup ("");
  self->facts.state = g_strdup ("");
  self->facts.address = g_strdup ("");
  self->facts.os = g_strdup ("");
  self->facts.rtt_us = -1;
  self->facts.heard_ms = -1;
}

/**
 * inf_peer_item_new:
 * @peer: a peer as Node1 describes it, `a{sv}`
 *
 * Returns: (transfer full): an item
 */
InfPeerItem *
inf_peer_item_new (GVariant *peer)
{
  InfPeerItem *self = g_object_new (INF_TYPE_PEER_ITEM, NULL);

  inf_peer_item_update (self, peer);
  return self;
}

const InfPeerFacts *
inf_peer_item_get_facts (InfPeerItem *self)
{
  return &self->facts;
}

/**
 * inf_peer_item_matches:
 * @self: an item
 * @folded: what is searched, as g_utf8_casefold() makes it
 *
 * Returns: whether its name, id, address or system has it
 */
gboolean
inf_peer_item_matches (InfPeerItem *self, const char *folded)
{
  return strstr (self->folded, folded) != NULL;
}

static gboolean
take_text (char **place, GVariant *peer, const char *key)
{
  const char *text;

  if (!g_variant_lookup (peer, key, "&s", &text) || g_strcmp0 (text, *place) == 0)
    return FALSE;
  g_free (*place);
  *place = g_strdup (text);
  return TRUE;
}

static void
take_numbers (InfPeerFacts *facts, GVariant *peer)
{
  g_variant_lookup (peer, "cores", "u", &facts->cores);
  g_variant_lookup (peer, "slots-total", "u", &facts->slots_total);
  g_variant_lookup (peer, "slots-free", "u", &facts->slots_free);
  g_variant_lookup (peer, "memory-bytes", "t", &facts->memory_bytes);
  g_variant_lookup (peer, "price", "t", &facts->price);
  g_variant_lookup (peer, "load-milli", "u", &facts->load_milli);
  g_variant_lookup (peer, "rtt-us", "x", &facts->rtt_us);
  g_variant_lookup (peer, "heard-ms", "x", &facts->heard_ms);
  g_variant_lookup (peer, "hosting", "b", &facts->is_hosting);
}

/**
 * inf_peer_item_update:
 * @self: an item
 * @peer: what is known of it now; what it does not hold stays as it was
 */
void
inf_peer_item_update (InfPeerItem *self, GVariant *peer)
{
  InfPeerFacts *facts = &self->facts;
  GVariant *neighbours = g_variant_lookup_value (peer, "neighbours", G_VARIANT_TYPE ("a(sxi)"));
  gboolean is_renamed = FALSE;

  is_renamed |= take_text (&facts->id, peer, "id");
  is_renamed |= take_text (&facts->name, peer, "name");
  is_renamed |= take_text (&facts->address, peer, "address");
  is_renamed |= take_text (&facts->os, peer, "os");
  take_text (&facts->state, peer, "state");
  take_numbers (facts, peer);
  if (neighbours)
    {
      g_clear_pointer (&facts->neighbours, g_variant_unref);
      facts->neighbours = neighbours;
    }
  if (is_renamed || !self->folded)
    {
      g_autofree char *all
          = g_strjoin ("\n", facts->name, facts->id, facts->address, facts->os, NULL);
      g_free (self->folded);
      self->folded = g_utf8_casefold (all, -1);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Returns: (transfer full): a peer's state as people call it */
char *
inf_peer_item_describe_state (const char *state)
{
  static const struct
  {
    const char *state;
    const char *text;
  } texts[] = {
    { "self", N_ ("This computer") },
    { "alive", N_ ("Connected") },
    { "reclaimed", N_ ("In use by its owner") },
    { "suspect", N_ ("No answer") },
    { "dead", N_ ("Gone") },
    { "left", N_ ("Left") },
    { "away", N_ ("Asleep") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (texts[i].state, state))
      return g_strdup (_ (texts[i].text));
  return g_strdup (state);
}
