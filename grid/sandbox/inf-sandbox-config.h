#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The job network's plan, the same in every job: participant 1 is the launcher, leased hosts
 * follow. The last index keeps every port below Linux's ephemeral range (32768 and up). */
#define INF_SANDBOX_LAUNCHER_INDEX 1
#define INF_SANDBOX_MAX_INDEX 340
#define INF_SANDBOX_PORTS_EACH 64
#define INF_SANDBOX_JOB_DIR "/job"
#define INF_SANDBOX_AGENT_DIR "/run/infinity/agent"
#define INF_SANDBOX_AGENT_PATH "/run/infinity/infinity-agent"
#define INF_SANDBOX_TEE_PATH "/infinity/tee"
#define INF_SANDBOX_LOG_PATH "/infinity/log"

/**
 * InfSandboxLimits:
 * @memory_bytes: what all processes of the sandbox may use together, 0 for no limit
 * @scratch_bytes: size of the private `/tmp` and of `/dev/shm`, each; 0 for 256 MiB
 * @n_processes: processes and threads, 0 for 1024
 * @file_bytes: size of one file, 0 for no limit
 * @lowest_priority: nice 19 and SCHED_BATCH
 */
typedef struct
{
  guint64 memory_bytes;
  guint64 scratch_bytes;
  guint n_processes;
  guint64 file_bytes;
  gboolean lowest_priority;
} InfSandboxLimits;

typedef struct _InfSandboxConfig InfSandboxConfig;

guint inf_sandbox_port_base (guint index);
gboolean inf_sandbox_index_is_valid (guint index);
guint32 inf_sandbox_address (guint index);
char *inf_sandbox_address_text (guint index);
gboolean inf_sandbox_index_from_address (guint32 address, guint *ret_index);

InfSandboxConfig *inf_sandbox_config_new (const char *job_dir, guint own_index);
void inf_sandbox_config_free (InfSandboxConfig *config);

guint inf_sandbox_config_get_own_index (InfSandboxConfig *config);
void inf_sandbox_config_add_participant (InfSandboxConfig *config, guint index, guint n_ports);
void inf_sandbox_config_add_bind (InfSandboxConfig *config, const char *host_path,
                                  const char *sandbox_path);
void inf_sandbox_config_set_env (InfSandboxConfig *config, const char *name, const char *value);
void inf_sandbox_config_set_limits (InfSandboxConfig *config, const InfSandboxLimits *limits);
void inf_sandbox_config_set_agent_dir (InfSandboxConfig *config, const char *host_dir);
void inf_sandbox_config_set_log (InfSandboxConfig *config, const char *fifo);
void inf_sandbox_config_set_mca_params (InfSandboxConfig *config, const char *text);

GVariant *inf_sandbox_config_to_variant (InfSandboxConfig *config);
InfSandboxConfig *inf_sandbox_config_from_variant (GVariant *variant, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSandboxConfig, inf_sandbox_config_free)

G_END_DECLS
