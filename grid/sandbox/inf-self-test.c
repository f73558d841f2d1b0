#include "grid/sandbox/inf-self-test.h"

#include "common/inf-error.h"
#include "grid/sandbox/inf-cgroup.h"
#include "grid/sandbox/inf-job-network.h"
#include "grid/sandbox/inf-lease-uid.h"
#include "grid/sandbox/inf-namespaces.h"
#include "grid/sandbox/inf-sandbox-config.h"

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* One line a step on stdout: name, TAB, "ok" or "no", TAB, what was found. Each step is tried for
 * real, in a process of its own since none of them can be undone. */

#define TEST_MEMORY_BYTES (G_GUINT64_CONSTANT (64) << 20)

#define CONNECT_TIMEOUT_MS 5000

typedef gboolean (*Step) (char **ret_found, GError **error);

static gboolean
enter_as_a_lease_would (GError **error)
{
  InfLeaseUid lease;

  if (inf_lease_uid_is_needed ()
      && (!inf_lease_uid_take (&lease, error) || !inf_lease_uid_drop (&lease, error)))
    return FALSE;
  return inf_namespaces_enter (error);
}

static gboolean
try_namespaces (char **ret_found, GError **error)
{
  *ret_found = g_strdup ("user, PID, mount, network and IPC namespaces without privilege");
  return enter_as_a_lease_would (error);
}

/* A connection from one participant's address to another's, both of them this process. */
static gboolean
try_network (char **ret_found, GError **error)
{
  g_autoptr (InfSandboxConfig) config = inf_sandbox_config_new ("/", 2);

  *ret_found = g_strdup ("veth pair, address and local route; a connection was carried");
  inf_sandbox_config_add_participant (config, 3, 1);
  if (!enter_as_a_lease_would (error) || !inf_job_network_set_up (2, error))
    return FALSE;
  g_autoptr (GArray) listeners = inf_job_network_listen (config, error);
  if (!listeners)
    return FALSE;
  /* As participant 3 would see it: its own port, called from participant 2. */
  int fd = inf_job_network_connect (3, 2, inf_sandbox_port_base (3), error);
  if (fd < 0)
    return FALSE;
  struct pollfd wait = { .fd = fd, .events = POLLOUT };
  if (poll (&wait, 1, CONNECT_TIMEOUT_MS) != 1 || !inf_job_network_connected (fd, error))
    {
      if (error && !*error)
        g_set_error_literal (error, INF_ERROR, INF_ERROR_TIMED_OUT, "no connection came about");
      close (fd);
      return FALSE;
    }
  int accepted = inf_job_network_accept (&g_array_index (listeners, InfJobListener, 0), 2);
  close (fd);
  if (accepted < 0)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_UNSUPPORTED,
                         "a connection did not come from its participant's address");
  else
    close (accepted);
  return accepted >= 0;
}

static gboolean
try_cgroup (char **ret_found, GError **error)
{
  g_autofree char *name = g_strdup_printf (INF_CGROUP_PREFIX "%d", (int)getpid ());
  InfSandboxLimits limits = { .memory_bytes = TEST_MEMORY_BYTES };
  g_autoptr (InfCgroup) cgroup = inf_cgroup_new (name, &limits, error);

  if (!cgroup)
    return FALSE;
  *ret_found = inf_cgroup_describe (cgroup);
  if (inf_cgroup_limits_memory (cgroup))
    return TRUE;
  g_set_error_literal (error, INF_ERROR, INF_ERROR_UNSUPPORTED,
                       "the memory controller is not delegated to this user");
  return FALSE;
}

static void
run_step (const char *name, Step step)
{
  pid_t pid = fork ();

  if (pid == 0)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *found = NULL;
      gboolean ok = step (&found, &error);

      printf ("%s\t%s\t%s\n", name, ok ? "ok" : "no", ok ? found : error->message);
      fflush (stdout);
      _exit (0);
    }
  if (pid > 0)
    waitpid (pid, NULL, 0);
}

/**
 * inf_self_test_run:
 *
 * Returns: the exit status of `infinity-sandbox --self-test`
 */
int
inf_self_test_run (void)
{
  run_step ("user-namespaces", try_namespaces);
  run_step ("job-network", try_network);
  run_step ("cgroups", try_cgroup);
  return 0;
}
