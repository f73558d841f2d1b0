#include "cli/inf-peer-graph.h"

#include "cli/inf-json.h"
#include "cli/inf-quantity.h"
#include "cli/inf-text.h"

#define NEIGHBOURS_TYPE G_VARIANT_TYPE ("a(sxi)")
#define LOSSY_PERMILLE 50

/* What one end measured; -1 unknown. */
typedef struct
{
  gint64 rtt_us;
  gint32 loss_permille;
} Measurement;

/* @first is the lesser of the two ids. */
typedef struct
{
  char *first;
  char *second;
  Measurement by_first;
  Measurement by_second;
} Edge;

struct _InfPeerGraph
{
  GVariant *peers;
  GPtrArray *edges;      /* of Edge, by @first, then @second */
  GHashTable *edge_keys; /* Edge by "first second" */
};

static void
edge_free (gpointer data)
{
  Edge *edge = data;

  g_free (edge->first);
  g_free (edge->second);
  g_free (edge);
}

static const char *
lookup_text (GVariant *peer, const char *key)
{
  const char *text = "";

  g_variant_lookup (peer, key, "&s", &text);
  return text;
}

static Edge *
ensure_edge (InfPeerGraph *graph, const char *a, const char *b)
{
  gboolean is_ordered = g_strcmp0 (a, b) < 0;
  g_autofree char *key = g_strdup_printf ("%s %s", is_ordered ? a : b, is_ordered ? b : a);
  Edge *edge = g_hash_table_lookup (graph->edge_keys, key);

  if (edge)
    return edge;
  edge = g_new0 (Edge, 1);
  edge->first = g_strdup (is_ordered ? a : b);
  edge->second = g_strdup (is_ordered ? b : a);
  edge->by_first = edge->by_second = (Measurement){ -1, -1 };
  g_ptr_array_add (graph->edges, edge);
  g_hash_table_insert (graph->edge_keys, g_steal_pointer (&key), edge);
  return edge;
}

static void
add_measurement (InfPeerGraph *graph, const char *by, const char *of, gint64 rtt_us,
                 gint32 loss_permille)
{
  const Measurement measurement = { rtt_us, loss_permille };

  if (g_str_equal (by, of))
    return;
  Edge *edge = ensure_edge (graph, by, of);
  if (g_str_equal (edge->first, by))
    edge->by_first = measurement;
  else
    edge->by_second = measurement;
}

static void
add_neighbours (InfPeerGraph *graph, GVariant *peer)
{
  g_autoptr (GVariant) neighbours = g_variant_lookup_value (peer, "neighbours", NEIGHBOURS_TYPE);

  for (gsize i = 0; neighbours && i < g_variant_n_children (neighbours); i++)
    {
      const char *id;
      gint64 rtt_us;
      gint32 loss_permille;
      g_variant_get_child (neighbours, i, "(&sxi)", &id, &rtt_us, &loss_permille);
      add_measurement (graph, lookup_text (peer, "id"), id, rtt_us, loss_permille);
    }
}

/* What this node itself measured is newer than what its record says, and more. */
static void
add_own_measurements (InfPeerGraph *graph, const char *self)
{
  for (gsize i = 0; i < g_variant_n_children (graph->peers); i++)
    {
      g_autoptr (GVariant) peer = g_variant_get_child_value (graph->peers, i);
      gint64 rtt_us = -1;
      gint32 loss_permille = -1;
      g_variant_lookup (peer, "rtt-us", "x", &rtt_us);
      g_variant_lookup (peer, "loss-permille", "i", &loss_permille);
      if (rtt_us > 0)
        add_measurement (graph, self, lookup_text (peer, "id"), rtt_us, loss_permille);
    }
}

static int
compare_edges (gconstpointer a, gconstpointer b)
{
  const Edge *first = *(Edge *const *)a, *second = *(Edge *const *)b;
  int order = g_strcmp0 (first->first, second->first);

  return order ? order : g_strcmp0 (first->second, second->second);
}

/**
 * inf_peer_graph_new:
 * @peers: (transfer none): what ListPeers answers, `aa{sv}`
 *
 * Returns: (transfer full): the picture; the same peers give the same one, whatever their order
 */
InfPeerGraph *
inf_peer_graph_new (GVariant *peers)
{
  InfPeerGraph *graph = g_new0 (InfPeerGraph, 1);

  graph->peers = g_variant_ref (peers);
  graph->edges = g_ptr_array_new_with_free_func (edge_free);
  graph->edge_keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < g_variant_n_children (peers); i++)
    {
      g_autoptr (GVariant) peer = g_variant_get_child_value (peers, i);
      add_neighbours (graph, peer);
    }
  for (gsize i = 0; i < g_variant_n_children (peers); i++)
    {
      g_autoptr (GVariant) peer = g_variant_get_child_value (peers, i);
      if (g_str_equal (lookup_text (peer, "state"), "self"))
        add_own_measurements (graph, lookup_text (peer, "id"));
    }
  g_ptr_array_sort (graph->edges, compare_edges);
  return graph;
}

void
inf_peer_graph_free (InfPeerGraph *graph)
{
  if (!graph)
    return;
  g_variant_unref (graph->peers);
  g_ptr_array_unref (graph->edges);
  g_hash_table_unref (graph->edge_keys);
  g_free (graph);
}

/* A double-quoted string of the DOT language: printable, and nothing that ends it early. */
static void
append_quoted (GString *out, const char *text)
{
  g_autofree char *safe = inf_text_make_safe (text);

  g_string_append_c (out, '"');
  for (const char *c = safe; *c; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *c);
    }
  g_string_append_c (out, '"');
}

static const char *
style_of (const char *state)
{
  static const char *const styles[][2] = {
    { "self", "penwidth=2" },
    { "suspect", "color=orange" },
    { "away", "style=dashed, color=blue" },
    { "reclaimed", "color=blue" },
    { "dead", "style=dashed, color=red" },
    { "left", "style=dashed, color=gray" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if (g_str_equal (state, styles[i][0]))
      return styles[i][1];
  return "color=black";
}

static void
append_dot_node (GString *out, GVariant *peer)
{
  const char *name = lookup_text (peer, "name"), *state = lookup_text (peer, "state");
  guint32 free_slots = 0, slots = 0;

  g_variant_lookup (peer, "slots-free", "u", &free_slots);
  g_variant_lookup (peer, "slots-total", "u", &slots);
  g_autofree char *label = g_strdup_printf ("%s (%s) %u/%u", name, state, free_slots, slots);
  g_string_append (out, "  ");
  append_quoted (out, lookup_text (peer, "id"));
  g_string_append (out, " [label=");
  append_quoted (out, label);
  g_string_append_printf (out, ", %s];\n", style_of (state));
}

static char *
format_measurement (const Measurement *measurement)
{
  if (measurement->rtt_us < 0)
    return g_strdup ("unknown");
  g_autofree char *rtt = inf_quantity_format_duration (measurement->rtt_us);
  if (measurement->loss_permille < 0)
    return g_steal_pointer (&rtt);
  return g_strdup_printf ("%s, %.1f%% lost", rtt, measurement->loss_permille / 10.0);
}

/* Beside each end of an edge is what that end measured. */
static void
append_dot_edge (GString *out, const Edge *edge)
{
  gboolean is_one_sided = edge->by_first.rtt_us < 0 || edge->by_second.rtt_us < 0;
  gint32 loss = MAX (edge->by_first.loss_permille, edge->by_second.loss_permille);
  g_autofree char *by_first = format_measurement (&edge->by_first);
  g_autofree char *by_second = format_measurement (&edge->by_second);

  g_string_append (out, "  ");
  append_quoted (out, edge->first);
  g_string_append (out, " -- ");
  append_quoted (out, edge->second);
  g_string_append (out, " [taillabel=");
  append_quoted (out, by_first);
  g_string_append (out, ", headlabel=");
  append_quoted (out, by_second);
  g_string_append_printf (out, ", style=%s, color=%s];\n", is_one_sided ? "dashed" : "solid",
                          loss >= LOSSY_PERMILLE ? "red" : "gray");
}

/* Who is in no row any more, though somebody names him. */
static void
append_dot_strangers (GString *out, const InfPeerGraph *graph)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; i < g_variant_n_children (graph->peers); i++)
    {
      g_autoptr (GVariant) peer = g_variant_get_child_value (graph->peers, i);
      g_hash_table_add (known, g_strdup (lookup_text (peer, "id")));
    }
  for (guint i = 0; i < graph->edges->len; i++)
    {
      const Edge *edge = g_ptr_array_index (graph->edges, i);
      const char *ends[] = { edge->first, edge->second };
      for (guint j = 0; j < G_N_ELEMENTS (ends); j++)
        {
          if (!g_hash_table_add (known, g_strdup (ends[j])))
            continue;
          g_autofree char *label = g_strdup_printf ("%.10s (unknown)", ends[j]);
          g_string_append (out, "  ");
          append_quoted (out, ends[j]);
          g_string_append (out, " [label=");
          append_quoted (out, label);
          g_string_append (out, ", style=dotted];\n");
        }
    }
}

/**
 * inf_peer_graph_to_dot:
 * @graph: a picture
 *
 * Returns: (transfer full): it in Graphviz's DOT language: `dot -Tsvg`, or better `neato`
 */
char *
inf_peer_graph_to_dot (const InfPeerGraph *graph)
{
  GString *out = g_string_new ("graph grid {\n"
                               "  layout=neato;\n"
                               "  overlap=false;\n"
                               "  node [shape=box];\n"
                               "  edge [fontsize=8];\n");

  for (gsize i = 0; i < g_variant_n_children (graph->peers); i++)
    {
      g_autoptr (GVariant) peer = g_variant_get_child_value (graph->peers, i);
      append_dot_node (out, peer);
    }
  append_dot_strangers (out, graph);
  for (guint i = 0; i < graph->edges->len; i++)
    append_dot_edge (out, g_ptr_array_index (graph->edges, i));
  g_string_append (out, "}\n");
  return g_string_free (out, FALSE);
}

static void
insert_measurement (GVariantDict *dict, const char *prefix, const Measurement *measurement)
{
  g_autofree char *rtt_key = g_strconcat (prefix, "-rtt-us", NULL);
  g_autofree char *loss_key = g_strconcat (prefix, "-loss-permille", NULL);

  g_variant_dict_insert (dict, rtt_key, "x", measurement->rtt_us);
  g_variant_dict_insert (dict, loss_key, "i", measurement->loss_permille);
}

/**
 * inf_peer_graph_to_json:
 * @graph: a picture
 *
 * Returns: (transfer full): an object: "peers" as `infinity peers --json` has them, and "edges",
 * each with the ids "a" and "b", what either end measured ("a-rtt-us", "a-loss-permille",
 * "b-rtt-us", "b-loss-permille"; -1 unknown), and whether both did ("both-known")
 */
char *
inf_peer_graph_to_json (const InfPeerGraph *graph)
{
  g_auto (GVariantDict) whole = G_VARIANT_DICT_INIT (NULL);
  GVariantBuilder edges;

  g_variant_builder_init (&edges, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < graph->edges->len; i++)
    {
      const Edge *edge = g_ptr_array_index (graph->edges, i);
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
      g_variant_dict_insert (&dict, "a", "s", edge->first);
      g_variant_dict_insert (&dict, "b", "s", edge->second);
      insert_measurement (&dict, "a", &edge->by_first);
      insert_measurement (&dict, "b", &edge->by_second);
      g_variant_dict_insert (&dict, "both-known", "b",
                             edge->by_first.rtt_us >= 0 && edge->by_second.rtt_us >= 0);
      g_variant_builder_add_value (&edges, g_variant_dict_end (&dict));
    }
  g_variant_dict_insert_value (&whole, "peers", graph->peers);
  g_variant_dict_insert_value (&whole, "edges", g_variant_builder_end (&edges));
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_dict_end (&whole));
  return inf_json_from_variant (value);
}
