#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfProcessTree:
 *
 * Every process of this machine and whose child it is, at one moment.
 */
typedef struct _InfProcessTree InfProcessTree;

/**
 * InfProcessTotal:
 * @cpu_ticks: processor time used since each began, that of ended children included
 * @memory_bytes: memory that belongs to them alone
 * @n_processes: how many there are
 */
typedef struct
{
  guint64 cpu_ticks;
  guint64 memory_bytes;
  guint n_processes;
} InfProcessTotal;

InfProcessTree *inf_process_tree_read (const char *proc_dir);
void inf_process_tree_free (InfProcessTree *tree);
void inf_process_tree_sum (InfProcessTree *tree, gint64 root_pid, InfProcessTotal *ret_total);

gboolean inf_process_stat_parse (const char *stat, gint64 *ret_parent_pid, guint64 *ret_cpu_ticks);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfProcessTree, inf_process_tree_free)

G_END_DECLS
