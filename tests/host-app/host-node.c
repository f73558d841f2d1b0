#include "tests/host-app/inf-host-scenario.h"

#include <glib-unix.h>
#include <stdlib.h>

/* infinityd's contract in a program of its own, for tests and benchmarks that run the real app:
 *
 *   host-node [--sign-in | --ready] [--peers N] [--past N] [--changes N]
 *
 * serves $INFINITY_HOME until it is ended: one who hosts two jobs; with --ready, none; with
 * --sign-in, a new one. CHANGES peers change each second; of these and of samples who subscribed is
 * told. */

static gboolean starts_unregistered;
static gboolean starts_ready;
static int n_peers = 9;
static int n_past = 20;
static int n_changes;

static const GOptionEntry options[] = {
  { "sign-in", 0, 0, G_OPTION_ARG_NONE, &starts_unregistered, "Nobody is registered", NULL },
  { "ready", 0, 0, G_OPTION_ARG_NONE, &starts_ready, "No job runs", NULL },
  { "peers", 0, 0, G_OPTION_ARG_INT, &n_peers, "Other computers", "N" },
  { "past", 0, 0, G_OPTION_ARG_INT, &n_past, "Jobs that have ended", "N" },
  { "changes", 0, 0, G_OPTION_ARG_INT, &n_changes, "Peers that change each second", "N" },
  { NULL },
};

typedef struct
{
  InfDesktopNode *node;
  gboolean wants_samples;
  gboolean wants_peers;
  guint second;
} State;

static void
on_call (InfDesktopNode *node, const char *method, GVariant *arguments, gpointer user_data)
{
  State *state = user_data;

  if (g_str_equal (method, "Resources1.Subscribe"))
    state->wants_samples = TRUE;
  else if (g_str_equal (method, "Resources1.Unsubscribe"))
    state->wants_samples = FALSE;
  else if (g_str_equal (method, "Node1.SubscribePeers"))
    state->wants_peers = TRUE;
  else if (g_str_equal (method, "Node1.UnsubscribePeers"))
    state->wants_peers = FALSE;
  else if (g_str_equal (method, "Identity1.Register"))
    inf_desktop_node_set (node, "Identity1.State", "'unlocked'");
  else if (g_str_equal (method, "Node1.CreateGrid"))
    inf_host_scenario_hosting (node);
}

static gboolean
on_second (gpointer user_data)
{
  State *state = user_data;

  if (state->wants_samples)
    inf_host_scenario_sample (state->node, state->second);
  for (int i = 0; state->wants_peers && i < n_changes; i++)
    {
      g_autofree char *text = g_strdup_printf (
          "('peer%08u', {'rtt-us': <@x %u>, 'slots-free': <@u %u>})",
          (state->second * (guint)n_changes + (guint)i) % (guint)MAX (n_peers, 1),
          200 + state->second * 37 % 900, state->second % 8);
      inf_desktop_node_emit (state->node, "Node1.PeerChanged", g_variant_new_parsed (text));
    }
  state->second++;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  State state = { 0 };

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  state.node = inf_desktop_node_new (g_getenv ("INFINITY_HOME"));
  if (starts_unregistered)
    inf_host_scenario_register (state.node);
  else if (starts_ready)
    inf_host_scenario_ready (state.node);
  else
    inf_host_scenario_hosting (state.node);
  inf_host_scenario_add_peers (state.node, (guint)n_peers);
  inf_host_scenario_add_past (state.node, (guint)n_past);
  inf_desktop_node_set_hook (state.node, on_call, &state);
  g_timeout_add (1000, on_second, &state);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_main_loop_run (loop);
  inf_desktop_node_free (state.node);
  return EXIT_SUCCESS;
}
