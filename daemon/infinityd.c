#include "daemon/inf-bus-views.h"

#include "common/inf-error.h"
#include "common/inf-paths.h"
#include "config.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* The node's program: opens the state directory, serves D-Bus, and runs until it is told to stop.
 */

typedef struct
{
  InfNode *node;
  GMainLoop *loop;
  guint n_signals;
} Program;

static void
on_shut_down (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

/* The first signal stops and settles; a second one doesn't wait for that. */
static gboolean
on_signal (gpointer user_data)
{
  Program *program = user_data;

  if (program->n_signals++ == 0)
    inf_node_shut_down_async (program->node, on_shut_down, program->loop);
  else
    g_main_loop_quit (program->loop);
  return G_SOURCE_CONTINUE;
}

/* Job networks take a descriptor for every stream. */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

static gboolean
make_state_dir (const char *state_dir, GError **error)
{
  if (g_mkdir_with_parents (state_dir, 0700) == 0)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "the state directory %s can't be made",
               state_dir);
  return FALSE;
}

static void
add_views (InfBus *bus, InfNode *node, GMainLoop *loop)
{
  g_autoptr (GDBusInterfaceSkeleton) node_view = inf_bus_node_new (node, loop);
  g_autoptr (GDBusInterfaceSkeleton) identity_view = inf_bus_identity_new (node);
  g_autoptr (GDBusInterfaceSkeleton) host_view = inf_bus_host_new (node);
  g_autoptr (GDBusInterfaceSkeleton) resources_view = inf_bus_resources_new (node);
  g_autoptr (GDBusInterfaceSkeleton) jobs_view = inf_bus_jobs_new (node);
  g_autoptr (GDBusInterfaceSkeleton) results_view = inf_bus_results_new (node);
  g_autoptr (GDBusInterfaceSkeleton) files_view = inf_bus_files_new (node);
  g_autoptr (GDBusInterfaceSkeleton) copies_view = inf_bus_copies_new (node);
  g_autoptr (GDBusInterfaceSkeleton) credits_view = inf_bus_credits_new (node);

  inf_bus_add (bus, node_view);
  inf_bus_add (bus, identity_view);
  inf_bus_add (bus, host_view);
  inf_bus_add (bus, resources_view);
  inf_bus_add (bus, jobs_view);
  inf_bus_add (bus, results_view);
  inf_bus_add (bus, files_view);
  inf_bus_add (bus, copies_view);
  inf_bus_add (bus, credits_view);
}

static gboolean
run (GError **error)
{
  g_autofree char *state_dir = inf_paths_state_dir ();
  g_autofree char *socket_path = inf_paths_socket (state_dir);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  if (!make_state_dir (state_dir, error))
    return FALSE;
  /* First of all: the socket's lock keeps a second infinityd off the state. */
  g_autoptr (InfBus) bus = inf_bus_new (socket_path, error);
  if (!bus)
    return FALSE;
  g_autoptr (InfNode) node = inf_node_new (state_dir, error);
  if (!node || !inf_node_start (node, error))
    return FALSE;
  add_views (bus, node, loop);
  inf_bus_start (bus);

  Program program = { node, loop, 0 };
  guint sources[] = { g_unix_signal_add (SIGTERM, on_signal, &program),
                      g_unix_signal_add (SIGINT, on_signal, &program) };
  g_main_loop_run (loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  return TRUE;
}

int
main (int argc, char **argv)
{
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and leave", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  setlocale (LC_CTYPE, "");
  g_option_context_set_summary (options, "The Infinity node of this user on this machine.\n"
                                         "State lies in $INFINITY_HOME, else in "
                                         "$XDG_STATE_HOME/infinity.");
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    {
      g_printerr ("infinityd: %s\n", error->message);
      return 2;
    }
  if (version)
    {
      g_print ("infinityd %s\n", INF_VERSION);
      return EXIT_SUCCESS;
    }
  signal (SIGPIPE, SIG_IGN);
  raise_descriptor_limit ();
  if (run (&error))
    return EXIT_SUCCESS;
  g_printerr ("infinityd: %s\n", error->message);
  return EXIT_FAILURE;
}
