#include "grid/sandbox/inf-sandbox-config-private.h"

#include "common/inf-error.h"
#include "common/inf-paths.h"

#include <arpa/inet.h>
#include <string.h>

/* The job network: 10.77.0.0/16. */
#define NETWORK 0x0a4d0000u
#define FIRST_PORT 10000
#define MAX_BINDS 64
#define MAX_ENV 256

/**
 * inf_sandbox_index_is_valid:
 * @index: a participant's place in the job network
 *
 * Returns: whether there is such a place
 */
gboolean
inf_sandbox_index_is_valid (guint index)
{
  return index >= INF_SANDBOX_LAUNCHER_INDEX && index <= INF_SANDBOX_MAX_INDEX;
}

/**
 * inf_sandbox_port_base:
 * @index: a participant's place in the job network
 *
 * Returns: the first of its %INF_SANDBOX_PORTS_EACH ports: Open MPI's control channel (oob); the
 *   others are for messages (btl)
 */
guint
inf_sandbox_port_base (guint index)
{
  return FIRST_PORT + INF_SANDBOX_PORTS_EACH * index;
}

/**
 * inf_sandbox_address:
 * @index: a participant's place in the job network
 *
 * Returns: its IPv4 address in host byte order
 */
guint32
inf_sandbox_address (guint index)
{
  return NETWORK | index;
}

/**
 * inf_sandbox_address_text:
 * @index: a participant's place in the job network
 *
 * Returns: (transfer full): its IPv4 address, "10.77.0.2" for example
 */
char *
inf_sandbox_address_text (guint index)
{
  return g_strdup_printf ("10.77.%u.%u", index >> 8, index & 255);
}

/**
 * inf_sandbox_index_from_address:
 * @address: an IPv4 address in host byte order
 * @ret_index: (out): the participant whose address it is; left alone when there is none
 *
 * Returns: whether it is a participant's address
 */
gboolean
inf_sandbox_index_from_address (guint32 address, guint *ret_index)
{
  guint index = address & 0xffff;

  if ((address & 0xffff0000u) != NETWORK || !inf_sandbox_index_is_valid (index))
    return FALSE;
  *ret_index = index;
  return TRUE;
}

static void
bind_free (gpointer data)
{
  InfSandboxBind *bind = data;

  g_free (bind->host_path);
  g_free (bind->sandbox_path);
  g_free (bind);
}

/**
 * inf_sandbox_config_new:
 * @job_dir: a directory of this machine that becomes /job, the one place of the host that the job
 *   may write to; absolute
 * @own_index: this participant's place in the job network
 *
 * Returns: (transfer full): a configuration with no other participant and no limit on memory
 */
InfSandboxConfig *
inf_sandbox_config_new (const char *job_dir, guint own_index)
{
  InfSandboxConfig *config = g_new0 (InfSandboxConfig, 1);

  config->job_dir = g_strdup (job_dir);
  config->own_index = own_index;
  config->participants = g_array_new (FALSE, FALSE, sizeof (InfSandboxParticipant));
  config->binds = g_ptr_array_new_with_free_func (bind_free);
  config->env = g_ptr_array_new_with_free_func (bind_free);
  config->agent_dir = g_strdup ("");
  config->mca_params = g_strdup ("");
  config->limits.lowest_priority = TRUE;
  return config;
}

void
inf_sandbox_config_free (InfSandboxConfig *config)
{
  if (!config)
    return;
  g_free (config->job_dir);
  g_array_unref (config->participants);
  g_ptr_array_unref (config->binds);
  g_ptr_array_unref (config->env);
  g_free (config->agent_dir);
  g_free (config->mca_params);
  g_free (config);
}

guint
inf_sandbox_config_get_own_index (InfSandboxConfig *config)
{
  return config->own_index;
}

/**
 * inf_sandbox_config_add_participant:
 * @config: a configuration
 * @index: a place in the job network; this sandbox's own is ignored
 * @n_ports: how many of its ports the job may use, the first is Open MPI's control channel; 0 for
 *   all %INF_SANDBOX_PORTS_EACH, which is right unless there are hundreds of participants. Each
 * costs every other participant a listening socket. A rank passes over ports that an earlier run in
 * the same sandbox left in TIME_WAIT, and Open MPI waits for ever for one beyond those that are
 *   listened to.
 */
void
inf_sandbox_config_add_participant (InfSandboxConfig *config, guint index, guint n_ports)
{
  InfSandboxParticipant participant = { index, n_ports };

  if (n_ports == 0 || n_ports > INF_SANDBOX_PORTS_EACH)
    participant.n_ports = INF_SANDBOX_PORTS_EACH;
  if (index != config->own_index)
    g_array_append_val (config->participants, participant);
}

static void
add_pair (GPtrArray *array, const char *first, const char *second)
{
  InfSandboxBind *bind = g_new0 (InfSandboxBind, 1);

  bind->host_path = g_strdup (first);
  bind->sandbox_path = g_strdup (second);
  g_ptr_array_add (array, bind);
}

/**
 * inf_sandbox_config_add_bind:
 * @config: a configuration
 * @host_path: a file or directory of this machine, absolute
 * @sandbox_path: where the job sees it, read-only; absolute. A path below /job is mounted over the
 *   job directory; its parents are made.
 */
void
inf_sandbox_config_add_bind (InfSandboxConfig *config, const char *host_path,
                             const char *sandbox_path)
{
  add_pair (config->binds, host_path, sandbox_path);
}

/**
 * inf_sandbox_config_set_env:
 * @config: a configuration
 * @name: an environment variable for everything that runs in the sandbox
 * @value: its value
 *
 * Nothing of the daemon's own environment is ever passed on.
 */
void
inf_sandbox_config_set_env (InfSandboxConfig *config, const char *name, const char *value)
{
  add_pair (config->env, name, value);
}

void
inf_sandbox_config_set_limits (InfSandboxConfig *config, const InfSandboxLimits *limits)
{
  config->limits = *limits;
}

/**
 * inf_sandbox_config_set_agent_dir:
 * @config: a configuration
 * @host_dir: the directory of an #InfAgentServer, seen as %INF_SANDBOX_AGENT_DIR; only the
 *   launcher's sandbox has one. `infinity-agent` is bound beside it.
 */
void
inf_sandbox_config_set_agent_dir (InfSandboxConfig *config, const char *host_dir)
{
  g_free (config->agent_dir);
  config->agent_dir = g_strdup (host_dir);
}

/**
 * inf_sandbox_config_set_log:
 * @config: a configuration
 * @fifo: a FIFO of this machine, absolute, which gets a copy of what the job's programs print, when
 *   inf_launch_mca_params() was told that there is a log
 */
void
inf_sandbox_config_set_log (InfSandboxConfig *config, const char *fifo)
{
  g_autofree char *tee = inf_paths_helper ("infinity-tee");

  inf_sandbox_config_add_bind (config, tee, INF_SANDBOX_TEE_PATH);
  inf_sandbox_config_add_bind (config, fifo, INF_SANDBOX_LOG_PATH);
}

/**
 * inf_sandbox_config_set_mca_params:
 * @config: a configuration
 * @text: what inf_launch_mca_params() gives: Open MPI's parameters of this participant
 */
void
inf_sandbox_config_set_mca_params (InfSandboxConfig *config, const char *text)
{
  g_free (config->mca_params);
  config->mca_params = g_strdup (text);
}

/**
 * inf_sandbox_config_to_variant:
 * @config: a configuration
 *
 * Returns: (transfer floating): of type %INF_SANDBOX_CONFIG_TYPE, for the helper
 */
GVariant *
inf_sandbox_config_to_variant (InfSandboxConfig *config)
{
  const InfSandboxLimits *limits = &config->limits;
  g_auto (GVariantBuilder) participants = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(uu)"));
  g_auto (GVariantBuilder) binds = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));
  g_auto (GVariantBuilder) env = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));

  for (guint i = 0; i < config->participants->len; i++)
    {
      InfSandboxParticipant *each = &g_array_index (config->participants, InfSandboxParticipant, i);
      g_variant_builder_add (&participants, "(uu)", each->index, each->n_ports);
    }
  for (guint i = 0; i < config->binds->len; i++)
    {
      InfSandboxBind *each = g_ptr_array_index (config->binds, i);
      g_variant_builder_add (&binds, "(ss)", each->host_path, each->sandbox_path);
    }
  for (guint i = 0; i < config->env->len; i++)
    {
      InfSandboxBind *each = g_ptr_array_index (config->env, i);
      g_variant_builder_add (&env, "(ss)", each->host_path, each->sandbox_path);
    }
  return g_variant_new (INF_SANDBOX_CONFIG_TYPE_FORMAT, config->job_dir, config->own_index,
                        &participants, &binds, &env, limits->memory_bytes, limits->scratch_bytes,
                        limits->n_processes, limits->file_bytes, limits->lowest_priority,
                        config->agent_dir, config->mca_params);
}

static gboolean
check (InfSandboxConfig *config, GError **error)
{
  if (!inf_sandbox_index_is_valid (config->own_index))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "no participant %u in a job network",
                   config->own_index);
      return FALSE;
    }
  if (!g_path_is_absolute (config->job_dir)
      || (*config->agent_dir && !g_path_is_absolute (config->agent_dir)))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "%s is not an absolute path",
                   config->job_dir);
      return FALSE;
    }
  if (config->binds->len > MAX_BINDS || config->env->len > MAX_ENV
      || config->participants->len > INF_SANDBOX_MAX_INDEX)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "%u binds, %u variables and %u participants are too many for one sandbox",
                   config->binds->len, config->env->len, config->participants->len);
      return FALSE;
    }
  for (guint i = 0; i < config->binds->len; i++)
    {
      InfSandboxBind *each = g_ptr_array_index (config->binds, i);

      if (g_path_is_absolute (each->host_path) && g_path_is_absolute (each->sandbox_path)
          && !strstr (each->sandbox_path, ".."))
        continue;
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "%s can't be bound to %s: not absolute",
                   each->host_path, each->sandbox_path);
      return FALSE;
    }
  return TRUE;
}

static void
read_pairs (GVariantIter *iter, GPtrArray *array)
{
  const char *first, *second;

  while (g_variant_iter_next (iter, "(&s&s)", &first, &second))
    add_pair (array, first, second);
}

/**
 * inf_sandbox_config_from_variant:
 * @variant: of type %INF_SANDBOX_CONFIG_TYPE, in normal form
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the configuration, checked
 */
InfSandboxConfig *
inf_sandbox_config_from_variant (GVariant *variant, GError **error)
{
  g_autoptr (InfSandboxConfig) config = NULL;
  g_autoptr (GVariantIter) participants = NULL;
  g_autoptr (GVariantIter) binds = NULL;
  g_autoptr (GVariantIter) env = NULL;
  const char *job_dir, *agent_dir, *mca_params;
  InfSandboxLimits limits;
  guint own_index, index, n_ports;

  g_variant_get (variant, "(&sua(uu)a(ss)a(ss)(ttutb)&s&s)", &job_dir, &own_index, &participants,
                 &binds, &env, &limits.memory_bytes, &limits.scratch_bytes, &limits.n_processes,
                 &limits.file_bytes, &limits.lowest_priority, &agent_dir, &mca_params);
  config = inf_sandbox_config_new (job_dir, own_index);
  while (g_variant_iter_next (participants, "(uu)", &index, &n_ports))
    {
      if (!inf_sandbox_index_is_valid (index))
        {
          g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "no participant %u in a job network",
                       index);
          return NULL;
        }
      inf_sandbox_config_add_participant (config, index, n_ports);
    }
  read_pairs (binds, config->binds);
  read_pairs (env, config->env);
  inf_sandbox_config_set_limits (config, &limits);
  inf_sandbox_config_set_agent_dir (config, agent_dir);
  inf_sandbox_config_set_mca_params (config, mca_params);
  return check (config, error) ? g_steal_pointer (&config) : NULL;
}
