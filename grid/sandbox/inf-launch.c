#include "grid/sandbox/inf-launch.h"

#include "common/inf-error.h"
#include "grid/sandbox/inf-sandbox-config.h"

#include <string.h>

/* One port of each participant is Open MPI's control channel, a rank listens on one other. */
#define MAX_RANKS_EACH (INF_SANDBOX_PORTS_EACH - 1)

static gboolean
check_hosts (const InfLaunch *launch, guint *ret_n_slots, GError **error)
{
  guint n_slots = 0;

  for (guint i = 0; i < launch->n_hosts; i++)
    {
      const InfLaunchHost *host = &launch->hosts[i];

      if (!inf_sandbox_index_is_valid (host->index) || host->index == INF_SANDBOX_LAUNCHER_INDEX
          || host->n_slots == 0 || host->n_slots > MAX_RANKS_EACH)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                       "participant %u can't take %u ranks: a host takes 1 to %d", host->index,
                       host->n_slots, MAX_RANKS_EACH);
          return FALSE;
        }
      n_slots += host->n_slots;
    }
  if (launch->n_hosts == 0 || launch->n_ranks > n_slots)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "%u ranks don't fit on %u hosts with %u slots", launch->n_ranks, launch->n_hosts,
                   n_slots);
      return FALSE;
    }
  *ret_n_slots = n_slots;
  return TRUE;
}

static gboolean
check_program (const InfLaunch *launch, GError **error)
{
  const char *program = launch->program;

  if (program && *program && *program != '-'
      && (g_path_is_absolute (program) || !strchr (program, '/')))
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
               "%s is neither a path inside the sandbox nor the name of a program",
               program ? program : "nothing");
  return FALSE;
}

static void
add (GPtrArray *argv, const char *first, const char *second)
{
  g_ptr_array_add (argv, g_strdup (first));
  if (second)
    g_ptr_array_add (argv, g_strdup (second));
}

static char *
host_list (const InfLaunch *launch)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < launch->n_hosts; i++)
    {
      g_autofree char *address = inf_sandbox_address_text (launch->hosts[i].index);
      g_string_append_printf (list, "%s%s:%u", i ? "," : "", address, launch->hosts[i].n_slots);
    }
  return g_string_free (list, FALSE);
}

/**
 * inf_launch_argv:
 * @launch: what to run where
 * @error: #INF_ERROR_INVALID
 *
 * The command line holds what makes the launch; what every participant must agree about is in
 * inf_launch_mca_params(), so that mpiexec has little to forward and hosts little to check.
 *
 * Returns: (transfer full) (nullable): the mpiexec command to run in the launcher's sandbox
 */
char **
inf_launch_argv (const InfLaunch *launch, GError **error)
{
  g_autoptr (GPtrArray) argv = NULL;
  guint n_slots = 0;

  if (!check_hosts (launch, &n_slots, error) || !check_program (launch, error))
    return NULL;
  argv = g_ptr_array_new ();
  g_autofree char *hosts = host_list (launch);
  g_autofree char *n_ranks = g_strdup_printf ("%u", launch->n_ranks ? launch->n_ranks : n_slots);
  add (argv, "mpiexec", "--leave-session-attached");
  add (argv, "--host", hosts);
  add (argv, "-np", n_ranks);
  add (argv, "--wdir", INF_SANDBOX_JOB_DIR);
  for (const char *const *each = launch->env; each && *each; each++)
    add (argv, "-x", *each);
  add (argv, launch->program, NULL);
  for (const char *const *each = launch->args; each && *each; each++)
    add (argv, *each, NULL);
  g_ptr_array_add (argv, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&argv), FALSE);
}

/**
 * inf_launch_mca_params:
 * @index: a participant
 * @n_slots: ranks that run on it
 * @shares_cores: whether these ranks may find no free core each, so that waiting should not spin
 * @has_log: whether its sandbox has a log, inf_sandbox_config_set_log(), for what they print
 *
 * Returns: (transfer full): Open MPI's parameters of that participant's sandbox
 */
char *
inf_launch_mca_params (guint index, guint n_slots, gboolean shares_cores, gboolean has_log)
{
  guint base = inf_sandbox_port_base (index);
  GString *text = g_string_new (NULL);

  /* Listeners stay on the wildcard address whatever is included, so ports tell participants
   * apart. */
  g_string_append_printf (text, "oob_tcp_if_include = 10.77.0.0/16\n");
  g_string_append_printf (text, "oob_tcp_disable_ipv6_family = 1\n");
  g_string_append_printf (text, "oob_tcp_dynamic_ipv4_ports = %u\n", base);
  g_string_append_printf (text, "btl_tcp_if_include = 10.77.0.0/16\n");
  g_string_append_printf (text, "btl_tcp_disable_family = 6\n");
  g_string_append_printf (text, "btl_tcp_port_min_v4 = %u\n", base + 1);
  g_string_append_printf (text, "btl_tcp_port_range_v4 = %u\n", INF_SANDBOX_PORTS_EACH - 1);
  g_string_append (text, "pml = ob1\n");
  g_string_append (text, "btl = self,vader,tcp\n");
  g_string_append (text, "btl_vader_single_copy_mechanism = none\n");
  g_string_append (text, "btl_base_warn_component_unused = 0\n");
  /* Each orted sees the whole machine: two participants on it would be bound to the same cores. */
  g_string_append (text, "hwloc_base_binding_policy = none\n");
  g_string_append_printf (text, "mpi_yield_when_idle = %d\n", shares_cores ? 1 : 0);
  g_string_append_printf (text, "plm_rsh_agent = %s\n",
                          index == INF_SANDBOX_LAUNCHER_INDEX ? INF_SANDBOX_AGENT_PATH
                                                              : "/bin/false");
  if (has_log)
    g_string_append (text, "orte_fork_agent = " INF_SANDBOX_TEE_PATH " " INF_SANDBOX_LOG_PATH "\n");
  g_string_append (text, "plm_rsh_no_tree_spawn = 1\n");
  g_string_append (text, "plm_rsh_num_concurrent = 512\n");
  g_string_append (text, "orte_abort_on_non_zero_status = 1\n");
  /* A peer that is silent is dead: gossip says so earlier, this is for when it does not. */
  g_string_append (text, "oob_tcp_keepalive_time = 10\n");
  g_string_append (text, "oob_tcp_keepalive_intvl = 5\n");
  g_string_append (text, "oob_tcp_keepalive_probes = 2\n");
  return g_string_free (text, FALSE);
}
