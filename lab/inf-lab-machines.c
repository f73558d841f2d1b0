#include "lab/inf-lab-machines.h"

#include "common/inf-error.h"
#include "lab/inf-lab-lan.h"
#include "lab/inf-lab-machine.h"
#include "lab/inf-lab-names.h"
#include "lab/inf-lab-process-private.h"
#include "lab/inf-lab-rules.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define TOOL_TIMEOUT_MS 20000

/* What a person did to a host's wire; it stays so when the host is killed and started again. */
typedef struct
{
  gboolean cut;
  double rate_mbit;
  gboolean has_rules;
} Cable;

struct _InfLabMachines
{
  char *lab_dir;
  char **share;
  guint n;
  InfLabMachine *machines;
  Cable *cables;
  InfLabWire *wires;
  const char *rules_tool; /* (nullable): the variant of iptables-restore that works here */
};

/* Each is tried with a given set of rules, until one works; then it is stuck to, or the rules of
 * two would be in force. */
static const char *const rules_tools[]
    = { "iptables-restore", "iptables-nft-restore", "iptables-legacy-restore" };

static gboolean
load_rules (InfLabMachine *machine, const char *tool, const char *rules, GError **error)
{
  const char *argv[] = { tool, "-w", NULL };
  g_autofree char *tool6 = g_strconcat ("ip6", tool + strlen ("ip"), NULL);

  if (!inf_lab_process_run (machine->dir, argv, rules, TOOL_TIMEOUT_MS, NULL, NULL, NULL, error))
    return FALSE;
  argv[0] = tool6;
  return !g_file_test ("/proc/net/if_inet6", G_FILE_TEST_EXISTS)
         || inf_lab_process_run (machine->dir, argv, rules, TOOL_TIMEOUT_MS, NULL, NULL, NULL,
                                 error);
}

static gboolean
apply_rules (InfLabMachines *machines, guint i, GError **error)
{
  g_autofree char *rules = inf_lab_rules_text (i + 1, machines->wires, machines->n);
  gboolean any = strstr (rules, "\n-A ") != NULL;
  g_autoptr (GError) first = NULL;

  if (machines->machines[i].pid <= 0 || (!any && !machines->cables[i].has_rules))
    return TRUE;
  for (guint t = 0; t < G_N_ELEMENTS (rules_tools); t++)
    {
      const char *tool = machines->rules_tool ? machines->rules_tool : rules_tools[t];

      if (load_rules (&machines->machines[i], tool, rules, first ? NULL : &first))
        {
          machines->rules_tool = tool;
          machines->cables[i].has_rules = any;
          return TRUE;
        }
      if (machines->rules_tool)
        break;
    }
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

static gboolean
set_card_rate (InfLabMachine *machine, double mbit, GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);

  inf_lab_lan_rate_argv ("eth0", mbit, argv);
  return inf_lab_process_run (machine->dir, (const char *const *)argv->pdata, NULL, TOOL_TIMEOUT_MS,
                              NULL, NULL, NULL, error);
}

static gboolean
apply_rate (InfLabMachines *machines, guint i, double mbit, GError **error)
{
  InfLabMachine *machine = &machines->machines[i];

  return machine->pid <= 0
         || (inf_lab_lan_set_rate (machine->index, mbit, error)
             && set_card_rate (machine, mbit, error));
}

static gboolean
apply_cut (InfLabMachines *machines, guint i, GError **error)
{
  return machines->machines[i].pid <= 0
         || inf_lab_lan_set_connected (i + 1, !machines->cables[i].cut, error);
}

/* Starts @n hosts from the @first, each step for all of them at once. */
static gboolean
boot (InfLabMachines *machines, guint first, guint n, GError **error)
{
  g_autofree guint *indices = g_new (guint, n);
  g_autofree GPid *pids = g_new (GPid, n);
  InfLabMachine *booted = &machines->machines[first];
  gboolean up = TRUE;

  for (guint i = 0; i < n && up; i++)
    {
      up = inf_lab_machine_spawn (&booted[i], error);
      indices[i] = booted[i].index;
      pids[i] = booted[i].pid;
    }
  up = up && inf_lab_lan_plug (indices, pids, n, error);
  for (guint i = 0; i < n && up; i++)
    up = inf_lab_machine_configure (&booted[i], machines->lab_dir,
                                    (const char *const *)machines->share, error);
  for (guint i = 0; i < n && up; i++)
    up = inf_lab_machine_await (&booted[i], error);
  for (guint i = first; i < first + n && up; i++)
    up = (!machines->cables[i].cut || apply_cut (machines, i, error))
         && apply_rules (machines, i, error)
         && (machines->cables[i].rate_mbit <= 0
             || apply_rate (machines, i, machines->cables[i].rate_mbit, error));
  for (guint i = 0; i < n && !up; i++)
    inf_lab_machine_kill (&booted[i]);
  return up;
}

/**
 * inf_lab_machines_new:
 * @lab_dir: the lab's directory
 * @n_hosts: how many hosts
 * @share: (array zero-terminated=1): paths that stay visible in them
 * @error: return location
 *
 * Makes the switch in the calling process's network namespace, and starts all hosts. The process
 * must have one thread.
 *
 * Returns: (transfer full) (nullable): the hosts, all up
 */
InfLabMachines *
inf_lab_machines_new (const char *lab_dir, guint n_hosts, const char *const *share, GError **error)
{
  g_autoptr (InfLabMachines) machines = g_new0 (InfLabMachines, 1);
  g_autofree char *etc_hosts = g_build_filename (lab_dir, "etc-hosts", NULL);
  g_autofree char *text = inf_lab_names_etc_hosts (n_hosts);

  machines->lab_dir = g_strdup (lab_dir);
  machines->share = g_strdupv ((char **)share);
  machines->n = n_hosts;
  machines->machines = g_new0 (InfLabMachine, n_hosts);
  machines->cables = g_new0 (Cable, n_hosts);
  machines->wires = g_new0 (InfLabWire, n_hosts);
  for (guint i = 0; i < n_hosts; i++)
    inf_lab_machine_init (&machines->machines[i], lab_dir, i + 1);
  if (!g_file_set_contents_full (etc_hosts, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, error)
      || !inf_lab_lan_make (error) || !boot (machines, 0, n_hosts, error))
    return NULL;
  return g_steal_pointer (&machines);
}

static gboolean
handle_cut (InfLabMachines *machines, guint i, guint other, double value, GError **error)
{
  machines->cables[i].cut = TRUE;
  return apply_cut (machines, i, error);
}

static gboolean
handle_heal (InfLabMachines *machines, guint i, guint other, double value, GError **error)
{
  machines->cables[i].cut = FALSE;
  g_clear_pointer (&machines->wires[i].deaf_to, g_array_unref);
  return apply_cut (machines, i, error) && apply_rules (machines, i, error);
}

static gboolean
handle_unblock (InfLabMachines *machines, guint from, guint to, double value, GError **error)
{
  GArray *deaf_to = machines->wires[to].deaf_to;

  for (guint i = deaf_to ? deaf_to->len : 0; i-- > 0;)
    if (g_array_index (deaf_to, guint, i) == from + 1)
      g_array_remove_index (deaf_to, i);
  return apply_rules (machines, to, error);
}

static gboolean
handle_block (InfLabMachines *machines, guint from, guint to, double value, GError **error)
{
  InfLabWire *wire = &machines->wires[to];
  guint number = from + 1;

  if (!wire->deaf_to)
    wire->deaf_to = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (wire->deaf_to, number);
  return apply_rules (machines, to, error);
}

static gboolean
handle_loss (InfLabMachines *machines, guint i, guint other, double percent, GError **error)
{
  if (!(percent >= 0 && percent <= 100))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "a loss is 0 to 100 per cent, not %g",
                   percent);
      return FALSE;
    }
  machines->wires[i].loss_percent = percent;
  for (guint j = 0; j < machines->n; j++)
    if (!apply_rules (machines, j, error))
      return FALSE;
  return TRUE;
}

static gboolean
handle_rate (InfLabMachines *machines, guint i, guint other, double mbit, GError **error)
{
  gboolean limited = machines->cables[i].rate_mbit > 0;

  if (!(mbit == 0 || (mbit >= 0.01 && mbit <= 100000)))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "a rate is 0.01 to 100000 Mbit/s, or 0 for no limit, not %g", mbit);
      return FALSE;
    }
  machines->cables[i].rate_mbit = mbit;
  return (mbit == 0 && !limited) || apply_rate (machines, i, mbit, error);
}

static gboolean
handle_kill (InfLabMachines *machines, guint i, guint other, double value, GError **error)
{
  if (machines->machines[i].pid <= 0)
    return TRUE;
  inf_lab_machine_kill (&machines->machines[i]);
  machines->cables[i].has_rules = FALSE;
  /* The kernel takes the card away on its own, some time after the last process. */
  inf_lab_lan_unplug (i + 1, NULL);
  return TRUE;
}

static gboolean
handle_boot (InfLabMachines *machines, guint i, guint other, double value, GError **error)
{
  return machines->machines[i].pid > 0 || boot (machines, i, 1, error);
}

/**
 * inf_lab_machines_handle:
 * @machines: the hosts
 * @verb: "cut", "heal", "block", "unblock", "loss", "rate", "kill" or "boot"
 * @host: the number of the host it is about, from 1
 * @other: for "block" and "unblock" the number of the host that hears @host no more, or again
 * @value: for "loss" per cent, for "rate" Mbit/s
 * @error: return location
 *
 * Returns: whether it was done
 */
gboolean
inf_lab_machines_handle (InfLabMachines *machines, const char *verb, guint host, guint other,
                         double value, GError **error)
{
  static const struct
  {
    const char *verb;
    gboolean two;
    gboolean (*handle) (InfLabMachines *, guint, guint, double, GError **);
  } verbs[] = { { "cut", FALSE, handle_cut },    { "heal", FALSE, handle_heal },
                { "block", TRUE, handle_block }, { "unblock", TRUE, handle_unblock },
                { "loss", FALSE, handle_loss },  { "rate", FALSE, handle_rate },
                { "kill", FALSE, handle_kill },  { "boot", FALSE, handle_boot } };

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      if (strcmp (verb, verbs[i].verb) != 0)
        continue;
      if (host < 1 || host > machines->n || (verbs[i].two && (other < 1 || other > machines->n)))
        break;
      return verbs[i].handle (machines, host - 1, other - 1, value, error);
    }
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "no host %u, or nothing called %s", host, verb);
  return FALSE;
}

/**
 * inf_lab_machines_status:
 * @machines: the hosts
 *
 * Returns: (transfer floating): of each its name, address, whether it is up, whether it is cut, its
 *   loss, its rate and its first process
 */
GVariant *
inf_lab_machines_status (InfLabMachines *machines)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssbbddi)"));
  for (guint i = 0; i < machines->n; i++)
    {
      InfLabMachine *machine = &machines->machines[i];
      g_autofree char *address = inf_lab_names_address (i + 1);

      g_variant_builder_add (&builder, "(ssbbddi)", machine->name, address, machine->pid > 0,
                             machines->cables[i].cut, machines->wires[i].loss_percent,
                             machines->cables[i].rate_mbit, machine->pid);
    }
  return g_variant_builder_end (&builder);
}

/**
 * inf_lab_machines_reap:
 * @machines: the hosts
 *
 * Marks those down whose first process has ended by itself.
 */
void
inf_lab_machines_reap (InfLabMachines *machines)
{
  for (guint i = 0; i < machines->n; i++)
    {
      InfLabMachine *machine = &machines->machines[i];

      if (machine->pid <= 0 || waitpid (machine->pid, NULL, WNOHANG) != machine->pid)
        continue;
      inf_lab_machine_forget (machine);
      machines->cables[i].has_rules = FALSE;
      inf_lab_lan_unplug (i + 1, NULL);
    }
}

/**
 * inf_lab_machines_free:
 * @machines: (nullable) (transfer full): the hosts
 *
 * Kills everything in them and frees them.
 */
void
inf_lab_machines_free (InfLabMachines *machines)
{
  if (!machines)
    return;
  /* All at once, then one after the other for sure. */
  for (guint i = 0; i < machines->n; i++)
    if (machines->machines[i].pid > 0)
      kill (machines->machines[i].pid, SIGKILL);
  for (guint i = 0; i < machines->n; i++)
    {
      inf_lab_machine_clear (&machines->machines[i]);
      g_clear_pointer (&machines->wires[i].deaf_to, g_array_unref);
    }
  g_strfreev (machines->share);
  g_free (machines->lab_dir);
  g_free (machines->machines);
  g_free (machines->cables);
  g_free (machines->wires);
  g_free (machines);
}
