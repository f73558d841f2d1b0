#include "grid/sandbox/inf-process-tree.h"

#include "grid/sandbox/inf-process-usage.h"

#include <stdio.h>
#include <string.h>

/* What a sandbox uses, seen from outside of it: its processes are below its keeper, whatever
 * namespaces they are in. */

typedef struct
{
  gint64 pid;
  gint64 parent_pid;
  guint64 cpu_ticks;
} Process;

struct _InfProcessTree
{
  char *proc_dir;
  GArray *processes;  /* of Process */
  GHashTable *by_pid; /* pid → its place, from 1 */
};

/**
 * inf_process_stat_parse:
 * @stat: the text of /proc/PID/stat; proc(5)
 * @ret_parent_pid: (out): its parent
 * @ret_cpu_ticks: (out): the processor time that it and its ended children used
 *
 * Returns: whether @stat is such a text
 */
gboolean
inf_process_stat_parse (const char *stat, gint64 *ret_parent_pid, guint64 *ret_cpu_ticks)
{
  /* The name, in parentheses, may hold anything, parentheses too. */
  const char *behind_name = strrchr (stat, ')');
  gint64 parent_pid;
  guint64 user, system;
  gint64 children_user, children_system;

  if (!behind_name
      || sscanf (behind_name + 1,
                 " %*c %" G_GINT64_FORMAT " %*d %*d %*d %*d %*u %*u %*u %*u %*u %" G_GUINT64_FORMAT
                 " %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                 &parent_pid, &user, &system, &children_user, &children_system)
             != 5)
    return FALSE;
  *ret_parent_pid = parent_pid;
  *ret_cpu_ticks
      = user + system + (guint64)MAX (children_user, 0) + (guint64)MAX (children_system, 0);
  return TRUE;
}

static char *
read_of (InfProcessTree *tree, gint64 pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/%" G_GINT64_FORMAT "/%s", tree->proc_dir, pid, name);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

/**
 * inf_process_tree_read:
 * @proc_dir: "/proc"
 *
 * Returns: (transfer full): the processes that there are
 */
InfProcessTree *
inf_process_tree_read (const char *proc_dir)
{
  InfProcessTree *tree = g_new0 (InfProcessTree, 1);
  g_autoptr (GDir) dir = g_dir_open (proc_dir, 0, NULL);
  const char *name;

  tree->proc_dir = g_strdup (proc_dir);
  tree->processes = g_array_new (FALSE, TRUE, sizeof (Process));
  tree->by_pid = g_hash_table_new (NULL, NULL);
  while (dir && (name = g_dir_read_name (dir)))
    {
      Process process = { .pid = g_ascii_strtoll (name, NULL, 10) };
      if (process.pid <= 0)
        continue;
      g_autofree char *stat = read_of (tree, process.pid, "stat");
      if (!stat || !inf_process_stat_parse (stat, &process.parent_pid, &process.cpu_ticks))
        continue;
      g_array_append_val (tree->processes, process);
      g_hash_table_insert (tree->by_pid, GSIZE_TO_POINTER ((gsize)process.pid),
                           GUINT_TO_POINTER (tree->processes->len));
    }
  return tree;
}

void
inf_process_tree_free (InfProcessTree *tree)
{
  if (!tree)
    return;
  g_array_unref (tree->processes);
  g_hash_table_unref (tree->by_pid);
  g_free (tree->proc_dir);
  g_free (tree);
}

static gboolean
is_below (InfProcessTree *tree, const Process *process, gint64 root_pid)
{
  /* A list read while processes come and go may hold a circle. */
  for (guint steps = 0; steps <= tree->processes->len; steps++)
    {
      if (process->pid == root_pid)
        return TRUE;
      gsize parent = (gsize)process->parent_pid;
      guint place
          = GPOINTER_TO_UINT (g_hash_table_lookup (tree->by_pid, GSIZE_TO_POINTER (parent)));
      if (place == 0)
        return FALSE;
      process = &g_array_index (tree->processes, Process, place - 1);
    }
  return FALSE;
}

/**
 * inf_process_tree_sum:
 * @tree: the processes
 * @root_pid: one of them
 * @ret_total: (out): what it and everything below it use together; nothing when it is gone
 */
void
inf_process_tree_sum (InfProcessTree *tree, gint64 root_pid, InfProcessTotal *ret_total)
{
  InfProcessTotal total = { 0 };

  for (guint i = 0; i < tree->processes->len; i++)
    {
      const Process *process = &g_array_index (tree->processes, Process, i);
      InfProcessUsage usage;
      if (!is_below (tree, process, root_pid))
        continue;
      g_autofree char *status = read_of (tree, process->pid, "status");
      total.cpu_ticks += process->cpu_ticks;
      total.n_processes++;
      if (status && inf_process_usage_parse (status, &usage))
        total.memory_bytes += usage.memory_bytes;
    }
  *ret_total = total;
}
