#include "tests/client-app/inf-client-scenario.h"
#include "tests/client-app/inf-jobs-scenario.h"

#include <glib-unix.h>
#include <stdlib.h>

/* infinityd's contract in a program of its own, for tests and benchmarks that run the real app:
 *
 *   client-node [--sign-in | --ready] [--busy]
 *
 * serves $INFINITY_HOME until it is ended: one who runs jobs, or, with --ready, none; with
 * --sign-in, a new one. On SIGUSR1 the job that runs is done; with --busy it tells each second how
 * far it is and what it cost. */

#define RUNNING "job5running23456723456723456"

static gboolean starts_unregistered;
static gboolean starts_ready;
static gboolean is_busy;

static const GOptionEntry options[] = {
  { "sign-in", 0, 0, G_OPTION_ARG_NONE, &starts_unregistered, "Nobody is registered", NULL },
  { "ready", 0, 0, G_OPTION_ARG_NONE, &starts_ready, "No job ran", NULL },
  { "busy", 0, 0, G_OPTION_ARG_NONE, &is_busy, "The job that runs tells of itself", NULL },
  { NULL },
};

static void
on_call (InfDesktopNode *node, const char *method, GVariant *arguments, gpointer user_data)
{
  if (g_str_equal (method, "Identity1.Register"))
    inf_desktop_node_set (node, "Identity1.State", "'unlocked'");
  else if (g_str_equal (method, "Node1.CreateGrid"))
    inf_client_scenario_ready (node);
}

static gboolean
on_done (gpointer user_data)
{
  inf_jobs_scenario_tell (user_data, RUNNING,
                          "{'name': <'heat-flow'>, 'state': <'done'>, 'summary': <'all of it'>,"
                          " 'result': <'/nonexistent'>}");
  return G_SOURCE_CONTINUE;
}

static gboolean
on_second (gpointer user_data)
{
  static guint second;
  g_autofree char *changed = NULL;
  g_autofree char *balance = NULL;

  second++;
  changed = g_strdup_printf ("{'progress': <%f>, 'progress-text': <'step %u of 10,000'>,"
                             " 'spent': <@t %u>}",
                             0.42 + second * 0.0001, 4200 + second, 885000 + second * 7500);
  balance = g_strdup_printf ("@x %u", 984350000 - second * 7500);
  inf_jobs_scenario_tell (user_data, RUNNING, changed);
  inf_desktop_node_set (user_data, "Credits1.Balance", balance);
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
  InfDesktopNode *node;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  node = inf_desktop_node_new (g_getenv ("INFINITY_HOME"));
  if (starts_unregistered)
    inf_client_scenario_register (node);
  else
    inf_client_scenario_ready (node);
  if (!starts_ready)
    {
      inf_jobs_scenario_some (node);
      inf_client_scenario_own_some (node);
    }
  if (is_busy)
    g_timeout_add (1000, on_second, node);
  inf_desktop_node_set_hook (node, on_call, NULL);
  g_unix_signal_add (SIGUSR1, on_done, node);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_main_loop_run (loop);
  inf_desktop_node_free (node);
  return EXIT_SUCCESS;
}
