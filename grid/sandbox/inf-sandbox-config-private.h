#pragma once

#include "grid/sandbox/inf-sandbox-config.h"

G_BEGIN_DECLS

/* job directory, own index, participants, binds, environment, limits, agent directory, parameters
 */
#define INF_SANDBOX_CONFIG_TYPE "(sua(uu)a(ss)a(ss)(ttutb)ss)"
#define INF_SANDBOX_CONFIG_TYPE_FORMAT INF_SANDBOX_CONFIG_TYPE

typedef struct
{
  guint index;
  guint n_ports;
} InfSandboxParticipant;

/* Also a variable of the environment and its value. */
typedef struct
{
  char *host_path;
  char *sandbox_path;
} InfSandboxBind;

struct _InfSandboxConfig
{
  char *job_dir;
  guint own_index;
  GArray *participants; /* InfSandboxParticipant */
  GPtrArray *binds;     /* InfSandboxBind */
  GPtrArray *env;       /* InfSandboxBind */
  char *agent_dir;      /* "" without */
  char *mca_params;     /* "" without */
  InfSandboxLimits limits;
};

G_END_DECLS
