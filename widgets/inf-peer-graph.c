#include "widgets/inf-peer-graph.h"

#include "widgets/inf-graph-layout.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

/* More would be a ball of wool; who wants to see all has the list. */
#define MAX_PEERS 24
#define MARGIN 56
#define RADIUS 7
#define UPDATE_S 1

typedef struct
{
  InfPeerItem *item;
  gint64 rtt_us;
  InfGraphPoint point;
  PangoLayout *label;
} Node;

/**
 * InfPeerGraph:
 *
 * This computer in the middle, its neighbours around it, nearer the shorter the round trip, and who
 * of them is a neighbour of whom. It is laid out at most once a second, and drawn only then.
 */
struct _InfPeerGraph
{
  GtkWidget parent_instance;

  InfPeerList *list;
  Node nodes[MAX_PEERS + 1]; /* the first is the middle */
  guint n_nodes;
  char *summary;
  guint update_id;
};

G_DEFINE_FINAL_TYPE (InfPeerGraph, inf_peer_graph, GTK_TYPE_WIDGET)

static void
clear_nodes (InfPeerGraph *self)
{
  for (guint i = 0; i < self->n_nodes; i++)
    {
      g_clear_object (&self->nodes[i].item);
      g_clear_object (&self->nodes[i].label);
    }
  self->n_nodes = 0;
}

static void
add_node (InfPeerGraph *self, InfPeerItem *item, gint64 rtt_us)
{
  const InfPeerFacts *facts = inf_peer_item_get_facts (item);
  g_autofree char *trip = inf_phrase_round_trip (rtt_us);
  g_autofree char *text
      = *trip ? g_strdup_printf ("%s\n%s", facts->name, trip) : g_strdup (facts->name);
  PangoLayout *label = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);

  pango_layout_set_alignment (label, PANGO_ALIGN_CENTER);
  self->nodes[self->n_nodes++] = (Node){ g_object_ref (item), rtt_us, { 0, 0 }, label };
}

static void
collect (InfPeerGraph *self)
{
  InfPeerItem *middle = inf_peer_list_get_self (self->list);
  GVariant *neighbours = middle ? inf_peer_item_get_facts (middle)->neighbours : NULL;
  GVariantIter iter;
  const char *id;
  gint64 rtt_us;

  clear_nodes (self);
  if (!middle)
    return;
  add_node (self, middle, -1);
  if (!neighbours)
    return;
  g_variant_iter_init (&iter, neighbours);
  while (self->n_nodes <= MAX_PEERS && g_variant_iter_next (&iter, "(&sxi)", &id, &rtt_us, NULL))
    {
      InfPeerItem *item = inf_peer_list_find (self->list, id);
      if (item && item != middle)
        add_node (self, item, rtt_us);
    }
}

static void
place (InfPeerGraph *self)
{
  gint64 rtts_us[MAX_PEERS];
  InfGraphPoint points[MAX_PEERS];

  if (self->n_nodes < 2)
    return;
  for (guint i = 1; i < self->n_nodes; i++)
    rtts_us[i - 1] = self->nodes[i].rtt_us;
  inf_graph_layout_place (rtts_us, self->n_nodes - 1, points);
  for (guint i = 1; i < self->n_nodes; i++)
    self->nodes[i].point = points[i - 1];
}

static void
summarize (InfPeerGraph *self)
{
  guint n_neighbours = self->n_nodes ? self->n_nodes - 1 : 0;
  GString *summary = g_string_new (NULL);

  g_string_append_printf (summary, ngettext ("%u neighbour", "%u neighbours", n_neighbours),
                          n_neighbours);
  for (guint i = 1; i < self->n_nodes; i++)
    {
      g_autofree char *trip = inf_phrase_round_trip (self->nodes[i].rtt_us);
      g_string_append_printf (summary, "%s %s %s", i == 1 ? ":" : ",",
                              inf_peer_item_get_facts (self->nodes[i].item)->name, trip);
    }
  g_free (self->summary);
  self->summary = g_string_free (summary, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  self->summary, -1);
}

static gboolean
update (gpointer user_data)
{
  InfPeerGraph *self = user_data;

  collect (self);
  place (self);
  summarize (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_CONTINUE;
}

static InfGraphPoint
to_pixels (InfPeerGraph *self, InfGraphPoint point)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));

  return (InfGraphPoint){ width / 2 + point.x * MAX (width / 2 - MARGIN, 0),
                          height / 2 + point.y * MAX (height / 2 - MARGIN / 2.0 - RADIUS, 0) };
}

static void
draw_line (InfPeerGraph *self, cairo_t *cr, guint from, guint to)
{
  InfGraphPoint a = to_pixels (self, self->nodes[from].point);
  InfGraphPoint b = to_pixels (self, self->nodes[to].point);

  cairo_move_to (cr, a.x, a.y);
  cairo_line_to (cr, b.x, b.y);
}

/* Lines between neighbours of this computer that are neighbours of each other. */
static void
draw_friends (InfPeerGraph *self, cairo_t *cr, guint index)
{
  GVariant *neighbours = inf_peer_item_get_facts (self->nodes[index].item)->neighbours;
  GVariantIter iter;
  const char *id;

  if (!neighbours)
    return;
  g_variant_iter_init (&iter, neighbours);
  while (g_variant_iter_next (&iter, "(&sxi)", &id, NULL, NULL))
    for (guint i = 1; i < self->n_nodes; i++)
      if (i != index && g_str_equal (inf_peer_item_get_facts (self->nodes[i].item)->id, id))
        draw_line (self, cr, index, i);
}

static void
draw_edges (InfPeerGraph *self, cairo_t *cr, const GdkRGBA *color)
{
  GdkRGBA faint = *color;

  faint.alpha = 0.12f;
  gdk_cairo_set_source_rgba (cr, &faint);
  cairo_set_line_width (cr, 1);
  for (guint i = 1; i < self->n_nodes; i++)
    draw_friends (self, cr, i);
  cairo_stroke (cr);
  faint.alpha = 0.4f;
  gdk_cairo_set_source_rgba (cr, &faint);
  cairo_set_line_width (cr, 1.5);
  for (guint i = 1; i < self->n_nodes; i++)
    draw_line (self, cr, 0, i);
  cairo_stroke (cr);
}

static void
get_color (GtkStyleContext *context, const char *state, GdkRGBA *color)
{
  const char *name = "success_color";

  if (g_str_equal (state, "self"))
    name = "accent_color";
  else if (g_str_equal (state, "suspect"))
    name = "warning_color";
  else if (!g_str_equal (state, "alive") && !g_str_equal (state, "reclaimed"))
    name = "error_color";
  if (!gtk_style_context_lookup_color (context, name, color))
    gtk_style_context_get_color (context, color);
}

static void
draw_node (InfPeerGraph *self, GtkSnapshot *snapshot, cairo_t *cr, guint index, const GdkRGBA *text)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  Node *node = &self->nodes[index];
  InfGraphPoint at = to_pixels (self, node->point);
  GdkRGBA color;

  get_color (context, inf_peer_item_get_facts (node->item)->state, &color);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_arc (cr, at.x, at.y, index ? RADIUS : RADIUS * 1.6, 0, 2 * G_PI);
  cairo_fill (cr);
}

static void
draw_label (InfPeerGraph *self, GtkSnapshot *snapshot, guint index, const GdkRGBA *text)
{
  Node *node = &self->nodes[index];
  InfGraphPoint at = to_pixels (self, node->point);
  int width;
  int height;

  pango_layout_get_pixel_size (node->label, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT ((float)(int)(at.x - width / 2.0),
                                      (float)(int)(at.y + (index ? RADIUS : RADIUS * 1.6) + 2)));
  gtk_snapshot_append_layout (snapshot, node->label, text);
  gtk_snapshot_restore (snapshot);
}

static void
inf_peer_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  InfPeerGraph *self = INF_PEER_GRAPH (widget);
  graphene_rect_t area = GRAPHENE_RECT_INIT (0, 0, (float)gtk_widget_get_width (widget),
                                             (float)gtk_widget_get_height (widget));
  GdkRGBA text;
  cairo_t *cr;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &text);
  cr = gtk_snapshot_append_cairo (snapshot, &area);
  draw_edges (self, cr, &text);
  for (guint i = 0; i < self->n_nodes; i++)
    draw_node (self, snapshot, cr, i, &text);
  cairo_destroy (cr);
  for (guint i = 0; i < self->n_nodes; i++)
    draw_label (self, snapshot, i, &text);
}

static void
inf_peer_graph_map (GtkWidget *widget)
{
  InfPeerGraph *self = INF_PEER_GRAPH (widget);

  GTK_WIDGET_CLASS (inf_peer_graph_parent_class)->map (widget);
  if (!self->list)
    return;
  update (self);
  self->update_id = g_timeout_add_seconds (UPDATE_S, update, self);
}

static void
inf_peer_graph_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&INF_PEER_GRAPH (widget)->update_id, g_source_remove);
  GTK_WIDGET_CLASS (inf_peer_graph_parent_class)->unmap (widget);
}

static void
inf_peer_graph_dispose (GObject *object)
{
  InfPeerGraph *self = INF_PEER_GRAPH (object);

  g_clear_handle_id (&self->update_id, g_source_remove);
  clear_nodes (self);
  g_clear_object (&self->list);
  g_clear_pointer (&self->summary, g_free);
  G_OBJECT_CLASS (inf_peer_graph_parent_class)->dispose (object);
}

static void
inf_peer_graph_class_init (InfPeerGraphClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_peer_graph_dispose;
  widget_class->map = inf_peer_graph_map;
  widget_class->unmap = inf_peer_graph_unmap;
  widget_class->snapshot = inf_peer_graph_snapshot;
  gtk_widget_class_set_css_name (widget_class, "graph");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
inf_peer_graph_init (InfPeerGraph *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Drawing of this computer’s neighbours"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption");
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * inf_peer_graph_set_list:
 * @self: a drawing that has none yet
 * @list: the peers
 */
void
inf_peer_graph_set_list (InfPeerGraph *self, InfPeerList *list)
{
  g_return_if_fail (!self->list);

  self->list = g_object_ref (list);
}

/* Returns: (nullable): what it shows, in words */
const char *
inf_peer_graph_get_summary (InfPeerGraph *self)
{
  return self->summary;
}
