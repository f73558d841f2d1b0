#include "lab/inf-lab-private.h"

#include "common/inf-error.h"
#include "lab/inf-lab-dirs.h"
#include "lab/inf-lab-keeper.h"
#include "lab/inf-lab-launch.h"
#include "lab/inf-lab-message.h"
#include "lab/inf-lab-names.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUEST_TIMEOUT_MS 60000
#define START_TIMEOUT_MS 120000

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
GVariant *
inf_lab_ask (InfLab *lab, const char *verb, guint host, guint other, double value, GError **error)
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
  reply = inf_lab_ask (probe, "status", 0, 0, 0, error);
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
  g_autoptr (GVariant) reply = inf_lab_ask (lab, "stop", 0, 0, 0, error);

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
