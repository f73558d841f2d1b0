#include "client-app/inf-job-nodes.h"

#include "widgets/inf-credits-label.h"
#include "widgets/inf-peer-list.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct
{
  char *host;
  AdwActionRow *row;
  InfCreditsLabel *paid;
  gint64 told_paid; /* to the label that counts */
  double told_rate;
} Node;

/**
 * InfJobNodes:
 *
 * The hosts of a job: how they are, how busy they are, and what each was paid.
 */
struct _InfJobNodes
{
  GtkWidget parent_instance;

  InfPeerList *peers;
  GtkListBox *list;
  GArray *nodes; /* Node */
};

G_DEFINE_FINAL_TYPE (InfJobNodes, inf_job_nodes, GTK_TYPE_WIDGET)

static void
node_clear (gpointer data)
{
  g_free (((Node *)data)->host);
}

/* A job names its hosts as the grid does.
 *
 * Returns: (transfer container): name to #InfPeerFacts, of the hosts that are known */
static GHashTable *
find_peers (InfJobNodes *self)
{
  GHashTable *found = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_peers = g_list_model_get_n_items (G_LIST_MODEL (self->peers));

  for (guint i = 0; i < self->nodes->len; i++)
    g_hash_table_insert (found, g_array_index (self->nodes, Node, i).host, NULL);
  for (guint i = 0; i < n_peers; i++)
    {
      g_autoptr (InfPeerItem) peer = g_list_model_get_item (G_LIST_MODEL (self->peers), i);
      const InfPeerFacts *facts = inf_peer_item_get_facts (peer);

      if (g_hash_table_contains (found, facts->name))
        g_hash_table_insert (found, facts->name, (gpointer)facts);
    }
  return found;
}

static char *
describe_peer (const InfPeerFacts *peer)
{
  g_autofree char *state = NULL;

  if (!peer)
    return g_strdup ("");
  state = inf_peer_item_describe_state (peer->state);
  if (!peer->cores)
    return g_steal_pointer (&state);
  /* Translators: a host's state, how many of its processor cores are in use, and how many it has */
  return g_strdup_printf (_ ("%s · %.1f of %u cores busy"), state, peer->load_milli / 1000.0,
                          peer->cores);
}

static void
show_node (Node *node, const InfPeerFacts *peer, const InfJobFacts *facts)
{
  g_autofree char *text = describe_peer (peer);
  gint64 paid = MAX (inf_job_facts_get_paid (facts, node->host), 0);
  double rate = peer && inf_job_facts_runs (facts) ? (double)peer->price : 0;

  if (g_strcmp0 (adw_action_row_get_subtitle (node->row), text) != 0)
    adw_action_row_set_subtitle (node->row, text);
  /* said again, an amount would be counted from anew */
  if (paid != node->told_paid || rate != node->told_rate)
    inf_credits_label_set_amount (node->paid, paid, rate);
  node->told_paid = paid;
  node->told_rate = rate;
}

static void
add_node (InfJobNodes *self, const char *host)
{
  Node node = { .host = g_strdup (host) };
  GtkWidget *paid = inf_credits_label_new ();

  node.row = ADW_ACTION_ROW (adw_action_row_new ());
  node.paid = INF_CREDITS_LABEL (paid);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (node.row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (node.row), host);
  gtk_widget_set_valign (paid, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (node.row, paid);
  gtk_list_box_append (self->list, GTK_WIDGET (node.row));
  g_array_append_val (self->nodes, node);
}

static gboolean
are_shown (InfJobNodes *self, char **hosts)
{
  if (g_strv_length (hosts) != self->nodes->len)
    return FALSE;
  for (guint i = 0; i < self->nodes->len; i++)
    if (!g_str_equal (g_array_index (self->nodes, Node, i).host, hosts[i]))
      return FALSE;
  return TRUE;
}

/* Shows the hosts of a job as they are now. */
void
inf_job_nodes_show (InfJobNodes *self, const InfJobFacts *facts)
{
  g_autoptr (GHashTable) peers = NULL;

  if (!are_shown (self, facts->hosts))
    {
      for (guint i = 0; i < self->nodes->len; i++)
        gtk_list_box_remove (self->list, GTK_WIDGET (g_array_index (self->nodes, Node, i).row));
      g_array_set_size (self->nodes, 0);
      for (guint i = 0; facts->hosts[i]; i++)
        add_node (self, facts->hosts[i]);
    }
  /* how busy they are is of interest while they work on it */
  if (!inf_job_facts_is_over (facts))
    peers = find_peers (self);
  for (guint i = 0; i < self->nodes->len; i++)
    {
      Node *node = &g_array_index (self->nodes, Node, i);

      show_node (node, peers ? g_hash_table_lookup (peers, node->host) : NULL, facts);
    }
}

static void
inf_job_nodes_map (GtkWidget *widget)
{
  InfJobNodes *self = INF_JOB_NODES (widget);

  GTK_WIDGET_CLASS (inf_job_nodes_parent_class)->map (widget);
  inf_peer_list_set_watched (self->peers, TRUE);
}

static void
inf_job_nodes_unmap (GtkWidget *widget)
{
  InfJobNodes *self = INF_JOB_NODES (widget);

  inf_peer_list_set_watched (self->peers, FALSE);
  GTK_WIDGET_CLASS (inf_job_nodes_parent_class)->unmap (widget);
}

static void
inf_job_nodes_dispose (GObject *object)
{
  InfJobNodes *self = INF_JOB_NODES (object);

  if (self->list)
    gtk_widget_unparent (GTK_WIDGET (self->list));
  self->list = NULL;
  g_clear_pointer (&self->nodes, g_array_unref);
  g_clear_object (&self->peers);
  G_OBJECT_CLASS (inf_job_nodes_parent_class)->dispose (object);
}

static void
inf_job_nodes_class_init (InfJobNodesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_job_nodes_dispose;
  widget_class->map = inf_job_nodes_map;
  widget_class->unmap = inf_job_nodes_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
inf_job_nodes_init (InfJobNodes *self)
{
  GtkWidget *placeholder = gtk_label_new (_ ("None yet"));

  self->peers = inf_peer_list_new ();
  self->nodes = g_array_new (FALSE, TRUE, sizeof (Node));
  g_array_set_clear_func (self->nodes, node_clear);
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_widget_add_css_class (placeholder, "dim-label");
  gtk_widget_add_css_class (placeholder, "step");
  gtk_list_box_set_placeholder (self->list, placeholder);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Hosts of the job"), -1);
  gtk_widget_set_parent (GTK_WIDGET (self->list), GTK_WIDGET (self));
}

/* @service: the connection that tells of the hosts, while they are seen */
void
inf_job_nodes_set_service (InfJobNodes *self, InfService *service)
{
  inf_peer_list_follow (self->peers, service);
}
