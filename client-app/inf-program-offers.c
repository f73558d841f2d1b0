#include "client-app/inf-program-offers.h"

static void
offer_free (gpointer data)
{
  InfProgramOffer *offer = data;

  g_free (offer->name);
  g_free (offer);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const InfProgramOffer *first = *(InfProgramOffer *const *)a;
  const InfProgramOffer *second = *(InfProgramOffer *const *)b;

  return g_utf8_collate (first->name, second->name);
}

static void
count (GHashTable *counts, GVariant *peer)
{
  g_autofree const char **offers = NULL;
  gboolean is_hosting = FALSE;
  const char *state = "";

  g_variant_lookup (peer, "hosting", "b", &is_hosting);
  g_variant_lookup (peer, "state", "&s", &state);
  if (!is_hosting || !(g_str_equal (state, "alive") || g_str_equal (state, "self"))
      || !g_variant_lookup (peer, "offers", "^a&s", &offers))
    return;
  for (const char **name = offers; *name; name++)
    g_hash_table_insert (
        counts, g_strdup (*name),
        GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, *name)) + 1));
}

/**
 * inf_program_offers_collect:
 * @peers: what Node1.ListPeers answered, `aa{sv}`
 *
 * Returns: (transfer full) (element-type InfProgramOffer): the programs that jobs may run by name,
 *   in the order of their names
 */
GPtrArray *
inf_program_offers_collect (GVariant *peers)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *offers = g_ptr_array_new_with_free_func (offer_free);
  GHashTableIter iter;
  gpointer name, n_hosts;

  for (gsize i = 0; i < g_variant_n_children (peers); i++)
    {
      g_autoptr (GVariant) peer = g_variant_get_child_value (peers, i);
      count (counts, peer);
    }
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &name, &n_hosts))
    {
      InfProgramOffer *offer = g_new0 (InfProgramOffer, 1);
      offer->name = g_strdup (name);
      offer->n_hosts = GPOINTER_TO_UINT (n_hosts);
      g_ptr_array_add (offers, offer);
    }
  g_ptr_array_sort (offers, compare);
  return offers;
}
