#include "common/inf-paths.h"
#include "grid/sandbox/inf-agent-server.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char *dir;
  InfAgentServer *server;
  InfAgentCall *call; /* the last one */
  gboolean cancelled;
  gboolean over;
} Fixture;

static void
on_cancelled (InfAgentCall *call, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->cancelled = TRUE;
}

static void
on_call (InfAgentCall *call, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->call = g_object_ref (call);
  g_signal_connect (call, "cancelled", G_CALLBACK (on_cancelled), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("infinity-agent-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->server = inf_agent_server_new (fixture->dir, on_call, fixture, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->call);
  inf_agent_server_stop (fixture->server);
  g_object_unref (fixture->server);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->dir);
}

static GSubprocess *
start_agent (Fixture *fixture, const char *host)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autofree char *socket = g_build_filename (fixture->dir, "socket", NULL);
  g_autofree char *agent = inf_paths_helper ("infinity-agent");
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, "INFINITY_AGENT_SOCKET", socket, TRUE);
  GSubprocess *process = g_subprocess_launcher_spawn (launcher, &error, agent, host, " orted",
                                                      "-mca", "ess", "\"env\"", NULL);
  g_assert_no_error (error);
  return process;
}

static void
on_agent_exit (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL));
  fixture->over = TRUE;
}

static void
wait_for_call (Fixture *fixture)
{
  while (!fixture->call)
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_for_exit (Fixture *fixture, GSubprocess *agent)
{
  g_subprocess_wait_async (agent, NULL, on_agent_exit, fixture);
  while (!fixture->over)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_status_and_streams_come_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) agent = start_agent (fixture, "10.77.0.3");
  char text[64] = "";

  wait_for_call (fixture);
  g_assert_cmpuint (inf_agent_call_get_host_index (fixture->call), ==, 3);
  g_assert_cmpstr (inf_agent_call_get_command_line (fixture->call), ==, " orted -mca ess \"env\"");
  int out = inf_agent_call_steal_fd (fixture->call, 1);
  g_assert_cmpint (write (out, "said", 4), ==, 4);
  close (out);
  g_assert_cmpint (inf_agent_call_steal_fd (fixture->call, 1), ==, -1);
  inf_agent_call_return (fixture->call, 7, NULL);
  inf_agent_call_return (fixture->call, 8, "nobody hears this");
  wait_for_exit (fixture, agent);
  g_assert_cmpint (g_subprocess_get_exit_status (agent), ==, 7);
  g_assert_cmpint (
      g_input_stream_read (g_subprocess_get_stdout_pipe (agent), text, sizeof text, NULL, NULL), ==,
      4);
  g_assert_cmpstr (text, ==, "said");
  g_assert_false (fixture->cancelled);
}

static void
test_a_message_is_shown (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) agent = start_agent (fixture, "10.77.0.3");
  char text[64] = "";

  wait_for_call (fixture);
  inf_agent_call_return (fixture->call, 255, "oak is gone");
  wait_for_exit (fixture, agent);
  g_assert_cmpint (g_subprocess_get_exit_status (agent), ==, 255);
  g_assert_cmpint (
      g_input_stream_read (g_subprocess_get_stdout_pipe (agent), text, sizeof text, NULL, NULL), >,
      0);
  g_assert_cmpstr (text, ==, "oak is gone\n");
}

static void
test_hosts_outside_the_job_are_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) agent = start_agent (fixture, "192.168.0.1");

  wait_for_exit (fixture, agent);
  g_assert_cmpint (g_subprocess_get_exit_status (agent), ==, 255);
  g_assert_null (fixture->call);
}

static void
test_a_killed_agent_cancels (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) agent = start_agent (fixture, "10.77.0.3");

  wait_for_call (fixture);
  g_subprocess_force_exit (agent);
  while (!fixture->cancelled)
    g_main_context_iteration (NULL, TRUE);
  inf_agent_call_return (fixture->call, 0, NULL);
  wait_for_exit (fixture, agent);
}

static void
test_a_stopped_server_ends_agents (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) agent = start_agent (fixture, "10.77.0.3");

  wait_for_call (fixture);
  inf_agent_server_stop (fixture->server);
  wait_for_exit (fixture, agent);
  g_assert_cmpint (g_subprocess_get_exit_status (agent), ==, 255);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/agent-server/status-and-streams-come-back", test_status_and_streams_come_back);
  add ("/agent-server/a-message-is-shown", test_a_message_is_shown);
  add ("/agent-server/hosts-outside-the-job-are-refused", test_hosts_outside_the_job_are_refused);
  add ("/agent-server/a-killed-agent-cancels", test_a_killed_agent_cancels);
  add ("/agent-server/a-stopped-server-ends-agents", test_a_stopped_server_ends_agents);
  return g_test_run ();
}
