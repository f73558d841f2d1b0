#include "lab/inf-lab.h"

#include "common/inf-error.h"
#include "lab/inf-lab-dirs.h"
#include "lab/inf-lab-init.h"
#include "lab/inf-lab-keeper.h"
#include "lab/inf-lab-launch.h"
#include "lab/inf-lab-message.h"
#include "lab/inf-lab-names.h"
#include "lab/inf-lab-process-private.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUEST_TIMEOUT_MS 60000
#define START_TIMEOUT_MS 120000

struct _InfLab
{
  char *name;
  char *dir;
  guint n_hosts;
  char **hosts;
  int owner_fd;    /* -1 unless the lab ends with this process */
  GPid keeper_pid; /* 0 unless the keeper is this process's child */
};

static InfLab *
lab_new (const char *name, guint n_hosts)
{
  InfLab *lab = g_new0 (InfLab, 1);

  lab->name = g_strdup (name);
  lab->dir = inf_lab_dirs_lab (name);
  lab->n_hosts = n_hosts;
  lab->owner_fd = -1;
  lab->hosts = g_new0 (char *, n_hosts + 1);
  for (guint i = 0; i < n_hosts; i++)
    lab->hosts[i] = inf_lab_names_host (i + 1);
  return lab;
}

/* No two labs of one process or of two have the same. */
static char *
unique_name (void)
{
  static int count;

  return g_strdup_printf ("run-%d-%d", (int)getpid (), g_atomic_int_add (&count, 1) + 1);
}

static gboolean
check_config (const InfLabConfig *config, GError **error)
{
  if (config->n_hosts < 1 || config->n_hosts > INF_LAB_MAX_HOSTS)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "a lab has 1 to %d hosts, not %u",
                   INF_LAB_MAX_HOSTS, config->n_hosts);
      return FALSE;
    }
  if (!config->name || inf_lab_names_is_valid_lab (config->name))
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
               "a lab's name is 1 to 32 letters, digits, '-' and '_', not \"%s\"", config->name);
  return FALSE;
}

static gboolean
await_keeper (int fd, GError **error)
{
  g_autoptr (GVariant) ready
      = inf_lab_message_receive (fd, INF_LAB_KEEPER_READY_TYPE, START_TIMEOUT_MS, NULL, error);
  gboolean up;
  int code;
  const char *message;

  if (!ready)
    {
      g_prefix_error (error, "the lab did not start: ");
      return FALSE;
    }
  g_variant_get (ready, "(bi&s)", &up, &code, &message);
  if (!up)
    g_set_error_literal (error, INF_ERROR, code, message);
  return up;
}

/**
 * inf_lab_start:
 * @config: what it shall be
 * @error: return location
 *
 * Starts a lab; when it returns every host is up and can reach the others. What labs left behind
 * whose keeper was killed is removed first.
 *
 * Returns: (transfer full) (nullable): the lab; %NULL with %INF_ERROR_UNSUPPORTED when this machine
 *   can't make one, %INF_ERROR_EXISTS when the name is taken, %INF_ERROR_INVALID
 */
InfLab *
inf_lab_start (const InfLabConfig *config, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (InfLab) lab = NULL;
  int fd;

  if (!check_config (config, error))
    return NULL;
  name = config->name ? g_strdup (config->name) : unique_name ();
  lab = lab_new (name, config->n_hosts);
  inf_lab_dirs_sweep ();
  fd = inf_lab_launch (name, config, &lab->keeper_pid, error);
  if (fd < 0)
    return NULL;
  lab->owner_fd = fd;
  if (!await_keeper (fd, error))
    return NULL;
  if (config->keep)
    {
      close (fd);
      lab->owner_fd = -1;
    }
  return g_steal_pointer (&lab);
}

/* Asks the keeper for something and waits until it is done. */
static GVariant *
ask (InfLab *lab, const char *verb, guint host, guint other, double value, GError **error)
{
  g_autofree char *path = g_build_filename (lab->dir, "control", NULL);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) local = NULL;
  gboolean done;
  int code;
  const char *message;
  int fd = inf_lab_message_connect (path, &local);

  if (fd < 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND,
                   "no lab called %s is running; start one with: infinity lab start --name %s",
                   lab->name, lab->name);
      return NULL;
    }
  if (inf_lab_message_send (fd, g_variant_new ("(suud)", verb, host, other, value), NULL, 0, error))
    reply
        = inf_lab_message_receive (fd, INF_LAB_KEEPER_REPLY_TYPE, REQUEST_TIMEOUT_MS, NULL, error);
  close (fd);
  if (!reply)
    return NULL;
  g_variant_get (reply, "(bi&s@a(ssbbddi))", &done, &code, &message, NULL);
  if (done)
    return g_steal_pointer (&reply);
  g_set_error_literal (error, INF_ERROR, code, message);
  return NULL;
}

/**
 * inf_lab_open:
 * @name: the name of a lab that runs
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the lab, which does not end when this is freed; %NULL with
 *   %INF_ERROR_NOT_FOUND
 */
InfLab *
inf_lab_open (const char *name, GError **error)
{
  g_autoptr (InfLab) probe = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) status = NULL;

  if (!inf_lab_names_is_valid_lab (name))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "no lab can be called \"%s\"", name);
      return NULL;
    }
  probe = lab_new (name, 0);
  reply = ask (probe, "status", 0, 0, 0, error);
  if (!reply)
    return NULL;
  status = g_variant_get_child_value (reply, 3);
  return lab_new (name, (guint)g_variant_n_children (status));
}

/**
 * inf_lab_stop:
 * @lab: a lab
 * @error: return location
 *
 * Ends it: kills everything in its hosts and removes their files.
 *
 * Returns: whether all is gone
 */
gboolean
inf_lab_stop (InfLab *lab, GError **error)
{
  g_autoptr (GVariant) reply = ask (lab, "stop", 0, 0, 0, error);

  inf_lab_dirs_sweep ();
  return reply != NULL;
}

/**
 * inf_lab_free:
 * @lab: (nullable) (transfer full): a lab
 *
 * Frees it. A lab that was started without `keep` ends, and has ended on return.
 */
void
inf_lab_free (InfLab *lab)
{
  if (!lab)
    return;
  if (lab->owner_fd >= 0)
    close (lab->owner_fd);
  if (lab->keeper_pid > 0)
    while (waitpid (lab->keeper_pid, NULL, 0) < 0 && errno == EINTR)
      ;
  g_free (lab->name);
  g_free (lab->dir);
  g_strfreev (lab->hosts);
  g_free (lab);
}

/**
 * inf_lab_list:
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the names of this user's labs that run, sorted
 */
char **
inf_lab_list (GError **error)
{
  return inf_lab_dirs_list (error);
}

/**
 * inf_lab_get_name:
 * @lab: a lab
 *
 * Returns: (transfer none): its name
 */
const char *
inf_lab_get_name (InfLab *lab)
{
  return lab->name;
}

/**
 * inf_lab_get_n_hosts:
 * @lab: a lab
 *
 * Returns: how many hosts it has, up or down
 */
guint
inf_lab_get_n_hosts (InfLab *lab)
{
  return lab->n_hosts;
}

/**
 * inf_lab_get_keeper_pid:
 * @lab: a lab that this process started without `keep`
 *
 * Returns: the process that the lab lives in; 0 for other labs
 */
GPid
inf_lab_get_keeper_pid (InfLab *lab)
{
  return lab->keeper_pid;
}

/**
 * inf_lab_get_host_name:
 * @lab: a lab
 * @index: a host's number, from 1
 *
 * Returns: (transfer none) (nullable): its name: oak, elm, ash, fir, yew, … (docs/lab.md)
 */
const char *
inf_lab_get_host_name (InfLab *lab, guint index)
{
  return index >= 1 && index <= lab->n_hosts ? lab->hosts[index - 1] : NULL;
}

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
  g_autoptr (GVariant) reply = ask (lab, "status", 0, 0, 0, error);
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

static gboolean
ask_host (InfLab *lab, const char *verb, const char *host, const char *other, double value,
          GError **error)
{
  guint index = find_host (lab, host, error);
  guint other_index = index && other ? find_host (lab, other, error) : 0;
  g_autoptr (GVariant) reply = NULL;

  if (!index || (other && !other_index))
    return FALSE;
  reply = ask (lab, verb, index, other_index, value, error);
  return reply != NULL;
}

/**
 * inf_lab_cut:
 * @lab: a lab
 * @host: a host's name
 * @error: return location
 *
 * Lets no frame pass between the host and the others, in either direction, and tells nobody: the
 * card's link stays up and connections go silent.
 *
 * Returns: whether it was done
 */
gboolean
inf_lab_cut (InfLab *lab, const char *host, GError **error)
{
  return ask_host (lab, "cut", host, NULL, 0, error);
}

/**
 * inf_lab_heal:
 * @lab: a lab
 * @host: a host's name
 * @error: return location
 *
 * Undoes inf_lab_cut(), and inf_lab_block() of what others send to it.
 *
 * Returns: whether it was done
 */
gboolean
inf_lab_heal (InfLab *lab, const char *host, GError **error)
{
  return ask_host (lab, "heal", host, NULL, 0, error);
}

/**
 * inf_lab_block:
 * @lab: a lab
 * @from: a host's name
 * @to: another's
 * @error: return location
 *
 * Drops every IP packet that @from sends to @to, silently, on arrival; the other direction and
 * everybody else are not affected.
 *
 * Returns: whether it was done
 */
gboolean
inf_lab_block (InfLab *lab, const char *from, const char *to, GError **error)
{
  return ask_host (lab, "block", from, to, 0, error);
}

/**
 * inf_lab_unblock:
 * @lab: a lab
 * @from: a host's name
 * @to: another's
 * @error: return location
 *
 * Returns: whether inf_lab_block() of the two was undone
 */
gboolean
inf_lab_unblock (InfLab *lab, const char *from, const char *to, GError **error)
{
  return ask_host (lab, "unblock", from, to, 0, error);
}

/**
 * inf_lab_loss:
 * @lab: a lab
 * @host: a host's name
 * @percent: share of the IP packets to it and from it that get lost, 0 to 100, each way
 * @error: return location
 *
 * Returns: whether it was done
 */
gboolean
inf_lab_loss (InfLab *lab, const char *host, double percent, GError **error)
{
  return ask_host (lab, "loss", host, NULL, percent, error);
}

/**
 * inf_lab_rate:
 * @lab: a lab
 * @host: a host's name
 * @mbit: what passes in a second each way, in 10^6 bits, from 0.01; 0 for no limit
 * @error: return location
 *
 * Returns: whether it was done
 */
gboolean
inf_lab_rate (InfLab *lab, const char *host, double mbit, GError **error)
{
  return ask_host (lab, "rate", host, NULL, mbit, error);
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
  return ask_host (lab, "kill", host, NULL, 0, error);
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
  return ask_host (lab, "boot", host, NULL, 0, error);
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
