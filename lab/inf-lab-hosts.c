#include "lab/inf-lab-private.h"

#include "common/inf-error.h"
#include "lab/inf-lab-dirs.h"
#include "lab/inf-lab-names.h"
#include "lab/inf-lab-process-private.h"

#include <string.h>

/* What can be asked of a lab's machines and done in them, but for their wires. */

static guint
find_host (InfLab *lab, const char *host, GError **error)
{
  guint index = inf_lab_names_find (host, lab->n_hosts);
  g_autofree char *names = NULL;

  if (index > 0)
    return index;
  names = g_strjoinv (", ", lab->hosts);
  g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "lab %s has no host %s; it has %s", lab->name,
               host, names);
  return 0;
}

static char *
host_path (InfLab *lab, const char *host, const char *below)
{
  guint index = find_host (lab, host, NULL);
  g_autofree char *dir = index ? inf_lab_dirs_host (lab->dir, lab->hosts[index - 1]) : NULL;

  return dir ? g_build_filename (dir, below, NULL) : NULL;
}

/**
 * inf_lab_dup_host_address:
 * @lab: a lab
 * @host: a host's name
 *
 * Returns: (transfer full) (nullable): its IPv4 address, 10.99.0.1 for the first host
 */
char *
inf_lab_dup_host_address (InfLab *lab, const char *host)
{
  guint index = find_host (lab, host, NULL);

  return index ? inf_lab_names_address (index) : NULL;
}

/**
 * inf_lab_dup_home:
 * @lab: a lab
 * @host: a host's name
 *
 * Returns: (transfer full) (nullable): where the host's /home/owner is on this machine
 */
char *
inf_lab_dup_home (InfLab *lab, const char *host)
{
  return host_path (lab, host, "home");
}

/**
 * inf_lab_dup_infinity_home:
 * @lab: a lab
 * @host: a host's name
 *
 * Returns: (transfer full) (nullable): where the host's `$INFINITY_HOME` is on this machine; a
 *   node's socket in it can be connected to from here
 */
char *
inf_lab_dup_infinity_home (InfLab *lab, const char *host)
{
  return host_path (lab, host, "home/infinity");
}

/**
 * inf_lab_dup_tmp:
 * @lab: a lab
 * @host: a host's name
 *
 * Returns: (transfer full) (nullable): where the host's /tmp is on this machine
 */
char *
inf_lab_dup_tmp (InfLab *lab, const char *host)
{
  return host_path (lab, host, "tmp");
}

/**
 * inf_lab_host_status_free:
 * @status: (nullable) (transfer full): a status
 */
void
inf_lab_host_status_free (InfLabHostStatus *status)
{
  if (!status)
    return;
  g_free (status->name);
  g_free (status->address);
  g_free (status);
}

/**
 * inf_lab_get_status:
 * @lab: a lab
 * @error: return location
 *
 * Returns: (transfer full) (element-type InfLabHostStatus) (nullable): every host's, in order
 */
GPtrArray *
inf_lab_get_status (InfLab *lab, GError **error)
{
  g_autoptr (GVariant) reply = inf_lab_ask (lab, "status", 0, 0, 0, error);
  g_autoptr (GVariantIter) iter = NULL;
  InfLabHostStatus *status;
  GPtrArray *hosts;

  if (!reply)
    return NULL;
  hosts = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_lab_host_status_free);
  g_variant_get_child (reply, 3, "a(ssbbddi)", &iter);
  status = g_new0 (InfLabHostStatus, 1);
  while (g_variant_iter_next (iter, "(ssbbddi)", &status->name, &status->address, &status->up,
                              &status->cut, &status->loss_percent, &status->rate_mbit,
                              &status->pid))
    {
      g_ptr_array_add (hosts, status);
      status = g_new0 (InfLabHostStatus, 1);
    }
  g_free (status);
  return hosts;
}

gboolean
inf_lab_ask_host (InfLab *lab, const char *verb, const char *host, const char *other, double value,
                  GError **error)
{
  guint index = find_host (lab, host, error);
  guint other_index = index && other ? find_host (lab, other, error) : 0;
  g_autoptr (GVariant) reply = NULL;

  if (!index || (other && !other_index))
    return FALSE;
  reply = inf_lab_ask (lab, verb, index, other_index, value, error);
  return reply != NULL;
}

/**
 * inf_lab_kill:
 * @lab: a lab
 * @host: a host's name
 * @error: return location
 *
 * What pulling a machine's plug does: everything in it is killed at once, nobody says goodbye, and
 * it is off the network. On return no process of it is left.
 *
 * Returns: whether it is down now
 */
gboolean
inf_lab_kill (InfLab *lab, const char *host, GError **error)
{
  return inf_lab_ask_host (lab, "kill", host, NULL, 0, error);
}

/**
 * inf_lab_boot:
 * @lab: a lab
 * @host: a host's name
 * @error: return location
 *
 * Starts a host that is down. Its home is as it was; its /tmp is empty; nothing runs. What was done
 * to its wire still holds.
 *
 * Returns: whether it is up now
 */
gboolean
inf_lab_boot (InfLab *lab, const char *host, GError **error)
{
  return inf_lab_ask_host (lab, "boot", host, NULL, 0, error);
}

/**
 * inf_lab_exec:
 * @lab: a lab
 * @host: a host's name
 * @command: what to run
 * @error: return location
 *
 * Starts a command in the host, in a session of its own.
 *
 * Returns: (transfer full) (nullable): the running command; %NULL with %INF_ERROR_NOT_FOUND for no
 *   such host or program, %INF_ERROR_UNREACHABLE when the host is down
 */
InfLabProcess *
inf_lab_exec (InfLab *lab, const char *host, const InfLabCommand *command, GError **error)
{
  guint index = find_host (lab, host, error);
  g_autofree char *dir = index ? inf_lab_dirs_host (lab->dir, lab->hosts[index - 1]) : NULL;

  return dir ? inf_lab_process_start (dir, command, error) : NULL;
}

/**
 * inf_lab_run:
 * @lab: a lab
 * @host: a host's name
 * @argv: (array zero-terminated=1): the program and its arguments
 * @timeout_ms: how long it may take
 * @ret_out: (out) (nullable): what it wrote to stdout
 * @ret_err: (out) (nullable): what it wrote to stderr
 * @ret_status: (out) (nullable): how it ended, for WIFEXITED() and its like; with %NULL anything
 * but exit status 0 is an error that quotes stderr
 * @error: return location
 *
 * Runs a command in the host to its end, with an empty stdin.
 *
 * Returns: whether it ended in time; when not, it was killed
 */
gboolean
inf_lab_run (InfLab *lab, const char *host, const char *const *argv, guint timeout_ms,
             char **ret_out, char **ret_err, int *ret_status, GError **error)
{
  guint index = find_host (lab, host, error);
  g_autofree char *dir = index ? inf_lab_dirs_host (lab->dir, lab->hosts[index - 1]) : NULL;

  return dir
         && inf_lab_process_run (dir, argv, NULL, timeout_ms, ret_out, ret_err, ret_status, error);
}

/* The host's processes but its first, one a line: number, state, name. None when it is down. */
static GVariant *
list_processes (InfLab *lab, const char *host, GError **error)
{
  guint index = find_host (lab, host, error);
  g_autofree char *dir = index ? inf_lab_dirs_host (lab->dir, lab->hosts[index - 1]) : NULL;
  g_autoptr (GError) local = NULL;
  GVariant *list = dir ? inf_lab_process_list (dir, &local) : NULL;

  if (!list && inf_error_is_unreachable (local) && inf_lab_dirs_is_alive (lab->dir))
    return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("(iss)"), NULL, 0));
  if (local)
    g_propagate_error (error, g_steal_pointer (&local));
  return list;
}

/**
 * inf_lab_count_processes:
 * @lab: a lab
 * @host: a host's name
 * @error: return location
 *
 * Counts by PID namespace, so that nothing escapes by its name, its session or a namespace of its
 * own inside. Zombies, which have ended, don't count; nor does the host's first process.
 *
 * Returns: how many processes live in the host, 0 when it is down; -1 on error
 */
int
inf_lab_count_processes (InfLab *lab, const char *host, GError **error)
{
  g_autoptr (GVariant) list = list_processes (lab, host, error);
  GVariantIter iter;
  const char *state;
  int n = 0;

  if (!list)
    return -1;
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(i&s&s)", NULL, &state, NULL))
    n += strcmp (state, "Z") != 0;
  return n;
}

/**
 * inf_lab_describe_processes:
 * @lab: a lab
 * @host: a host's name
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the host's processes, one a line: number, state, name; for
 *   messages
 */
char *
inf_lab_describe_processes (InfLab *lab, const char *host, GError **error)
{
  g_autoptr (GVariant) list = list_processes (lab, host, error);
  GString *text;
  GVariantIter iter;
  const char *state, *name;
  int pid;

  if (!list)
    return NULL;
  text = g_string_new (NULL);
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(i&s&s)", &pid, &state, &name))
    g_string_append_printf (text, "%d %s %s\n", pid, state, name);
  return g_string_free (text, FALSE);
}
