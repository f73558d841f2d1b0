#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfLaunchHost:
 * @index: its place in the job network, 2 and up
 * @n_slots: ranks it takes
 */
typedef struct
{
  guint index;
  guint n_slots;
} InfLaunchHost;

/**
 * InfLaunch:
 * @hosts: (array length=n_hosts): in the order in which ranks are placed
 * @n_hosts: at least one
 * @n_ranks: how many processes, 0 for one per slot
 * @program: absolute path inside the sandbox, or the bare name of an installed program
 * @args: (nullable) (array zero-terminated=1): its arguments
 * @env: (nullable) (array zero-terminated=1): NAME=VALUE, set for every rank
 */
typedef struct
{
  const InfLaunchHost *hosts;
  guint n_hosts;
  guint n_ranks;
  const char *program;
  const char *const *args;
  const char *const *env;
} InfLaunch;

char **inf_launch_argv (const InfLaunch *launch, GError **error);
char *inf_launch_mca_params (guint index, guint n_slots, gboolean shares_cores, gboolean has_log);

G_END_DECLS
