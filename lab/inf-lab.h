#pragma once

#include "lab/inf-lab-process.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_LAB_MAX_HOSTS 1000

typedef struct _InfLab InfLab;

/**
 * InfLabConfig:
 * @name: (nullable): what later `infinity lab` calls name it by; %NULL makes up a unique one
 * @n_hosts: how many machines, 1 to %INF_LAB_MAX_HOSTS
 * @keep: whether the lab outlives this process, until it is stopped by name; otherwise it goes
 *   when the #InfLab is freed or this process ends, however it ends
 * @share: (nullable): paths that stay visible in the hosts, though they lie below a directory of
 *   which each host has its own (/tmp, /run). The running program's tree, `$INFINITY_TEST_ROOT`
 *   and the working directory always do.
 */
typedef struct
{
  const char *name;
  guint n_hosts;
  gboolean keep;
  const char *const *share;
} InfLabConfig;

InfLab *inf_lab_start (const InfLabConfig *config, GError **error);
InfLab *inf_lab_open (const char *name, GError **error);
gboolean inf_lab_stop (InfLab *lab, GError **error);
void inf_lab_free (InfLab *lab);
char **inf_lab_list (GError **error);

const char *inf_lab_get_name (InfLab *lab);
guint inf_lab_get_n_hosts (InfLab *lab);
GPid inf_lab_get_keeper_pid (InfLab *lab);
const char *inf_lab_get_host_name (InfLab *lab, guint index);
char *inf_lab_dup_host_address (InfLab *lab, const char *host);
char *inf_lab_dup_home (InfLab *lab, const char *host);
char *inf_lab_dup_infinity_home (InfLab *lab, const char *host);
char *inf_lab_dup_tmp (InfLab *lab, const char *host);

/**
 * InfLabHostStatus:
 * @name: the host's name
 * @address: its IPv4 address
 * @up: whether it runs
 * @cut: whether its cable is pulled
 * @loss_percent: share of its packets that get lost, 0 to 100
 * @rate_mbit: its link's rate each way, 0 for no limit
 * @pid: its first process, as this machine numbers it; 0 when down
 */
typedef struct
{
  char *name;
  char *address;
  gboolean up;
  gboolean cut;
  double loss_percent;
  double rate_mbit;
  GPid pid;
} InfLabHostStatus;

void inf_lab_host_status_free (InfLabHostStatus *status);
GPtrArray *inf_lab_get_status (InfLab *lab, GError **error);

gboolean inf_lab_cut (InfLab *lab, const char *host, GError **error);
gboolean inf_lab_heal (InfLab *lab, const char *host, GError **error);
gboolean inf_lab_block (InfLab *lab, const char *from, const char *to, GError **error);
gboolean inf_lab_unblock (InfLab *lab, const char *from, const char *to, GError **error);
gboolean inf_lab_loss (InfLab *lab, const char *host, double percent, GError **error);
gboolean inf_lab_rate (InfLab *lab, const char *host, double mbit, GError **error);
gboolean inf_lab_kill (InfLab *lab, const char *host, GError **error);
gboolean inf_lab_boot (InfLab *lab, const char *host, GError **error);

InfLabProcess *inf_lab_exec (InfLab *lab, const char *host, const InfLabCommand *command,
                             GError **error);
gboolean inf_lab_run (InfLab *lab, const char *host, const char *const *argv, guint timeout_ms,
                      char **ret_out, char **ret_err, int *ret_status, GError **error);
int inf_lab_count_processes (InfLab *lab, const char *host, GError **error);
char *inf_lab_describe_processes (InfLab *lab, const char *host, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLab, inf_lab_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLabHostStatus, inf_lab_host_status_free)

G_END_DECLS
