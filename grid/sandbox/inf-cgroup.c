#include "grid/sandbox/inf-cgroup.h"

#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT "/sys/fs/cgroup"
#define DEFAULT_PROCESSES 1024
#define SWEEP_AGE_S 60

/* A control group of one sandbox, below the one that the daemon runs in: in the unified hierarchy
 * where the memory controller is delegated, else in version 1's memory and pids hierarchies. */
struct _InfCgroup
{
  char *dirs[2]; /* unified, or memory and pids */
  gboolean unified;
  gboolean memory;
};

static gboolean
write_value (const char *dir, const char *name, const char *value)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gssize written;

  if (fd < 0)
    return FALSE;
  written = write (fd, value, strlen (value));
  close (fd);
  return written >= 0;
}

static gboolean
write_number (const char *dir, const char *name, guint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  return write_value (dir, name, text);
}

/* The path of this process's group in the hierarchy of @controller, "" for the unified one. */
static char *
own_group (const char *controller)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents ("/proc/self/cgroup", &text, NULL, NULL))
    return NULL;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line; line++)
    {
      g_auto (GStrv) fields = g_strsplit (*line, ":", 3);
      if (g_strv_length (fields) != 3)
        continue;
      g_auto (GStrv) names = g_strsplit (fields[1], ",", -1);
      if (*controller ? g_strv_contains ((const char *const *)names, controller)
                      : g_str_equal (fields[0], "0"))
        return g_strdup (fields[2]);
    }
  return NULL;
}

/* Groups whose keeper was killed before it could remove them. One in use can't be removed; one that
 * is just being made is young. */
static void
sweep (const char *parent)
{
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (parent, name, NULL);
      struct stat info;

      if (g_str_has_prefix (name, INF_CGROUP_PREFIX) && stat (path, &info) == 0
          && now_s - info.st_ctime > SWEEP_AGE_S)
        rmdir (path);
    }
}

static char *
make_dir (const char *hierarchy, const char *controller, const char *name)
{
  g_autofree char *group = own_group (controller);
  g_autofree char *parent = NULL;
  g_autofree char *dir = NULL;

  if (!group)
    return NULL;
  parent = g_build_filename (hierarchy, group, NULL);
  sweep (parent);
  dir = g_build_filename (parent, name, NULL);
  return mkdir (dir, 0755) == 0 ? g_steal_pointer (&dir) : NULL;
}

static gboolean
try_unified (InfCgroup *cgroup, const char *name, const InfSandboxLimits *limits)
{
  guint64 n_processes = limits->n_processes ? limits->n_processes : DEFAULT_PROCESSES;
  g_autofree char *controllers = NULL;

  if (!g_file_get_contents (ROOT "/cgroup.controllers", &controllers, NULL, NULL))
    return FALSE;
  cgroup->dirs[0] = make_dir (ROOT, "", name);
  if (!cgroup->dirs[0])
    return FALSE;
  cgroup->unified = TRUE;
  cgroup->memory = limits->memory_bytes > 0
                   && write_number (cgroup->dirs[0], "memory.max", limits->memory_bytes);
  if (cgroup->memory)
    write_value (cgroup->dirs[0], "memory.swap.max", "0");
  write_number (cgroup->dirs[0], "pids.max", n_processes + 4);
  write_value (cgroup->dirs[0], "cpu.weight", "1");
  return TRUE;
}

static gboolean
try_version_1 (InfCgroup *cgroup, const char *name, const InfSandboxLimits *limits)
{
  guint64 n_processes = limits->n_processes ? limits->n_processes : DEFAULT_PROCESSES;

  cgroup->dirs[0] = make_dir (ROOT "/memory", "memory", name);
  cgroup->dirs[1] = make_dir (ROOT "/pids", "pids", name);
  if (cgroup->dirs[0] && limits->memory_bytes > 0)
    cgroup->memory = write_number (cgroup->dirs[0], "memory.limit_in_bytes", limits->memory_bytes);
  if (cgroup->memory)
    write_number (cgroup->dirs[0], "memory.memsw.limit_in_bytes", limits->memory_bytes);
  if (cgroup->dirs[1])
    write_number (cgroup->dirs[1], "pids.max", n_processes + 4);
  return cgroup->dirs[0] || cgroup->dirs[1];
}

/**
 * inf_cgroup_new:
 * @name: of the group, unique among its siblings
 * @limits: memory and processes
 * @error: #INF_ERROR_UNSUPPORTED when this process may make no group
 *
 * Returns: (transfer full) (nullable): a new, empty group with the limits that its controllers
 *   allow
 */
InfCgroup *
inf_cgroup_new (const char *name, const InfSandboxLimits *limits, GError **error)
{
  g_autoptr (InfCgroup) cgroup = g_new0 (InfCgroup, 1);

  if (try_unified (cgroup, name, limits) || try_version_1 (cgroup, name, limits))
    return g_steal_pointer (&cgroup);
  g_set_error_literal (error, INF_ERROR, INF_ERROR_UNSUPPORTED, "no writable control group");
  return NULL;
}

/**
 * inf_cgroup_enter:
 * @cgroup: a group
 * @error: #INF_ERROR_UNSUPPORTED
 *
 * Puts this process into the group, for good and with all its children.
 *
 * Returns: whether it is in all of its hierarchies
 */
gboolean
inf_cgroup_enter (InfCgroup *cgroup, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (cgroup->dirs); i++)
    if (cgroup->dirs[i] && !write_value (cgroup->dirs[i], "cgroup.procs", "0"))
      {
        g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED, "entering %s: %s", cgroup->dirs[i],
                     g_strerror (errno));
        return FALSE;
      }
  return TRUE;
}

/**
 * inf_cgroup_limits_memory:
 * @cgroup: (nullable): a group
 *
 * Returns: whether the kernel keeps everything in it under the limit of memory
 */
gboolean
inf_cgroup_limits_memory (InfCgroup *cgroup)
{
  return cgroup && cgroup->memory;
}

/**
 * inf_cgroup_open_events:
 * @cgroup: (nullable): a group
 *
 * Returns: (transfer full): a descriptor for inf_cgroup_events_show_oom(), which may be read from
 *   namespaces in which the group can't be found; -1 when the group does not limit memory
 */
int
inf_cgroup_open_events (InfCgroup *cgroup)
{
  g_autofree char *path = NULL;

  if (!inf_cgroup_limits_memory (cgroup))
    return -1;
  path = g_build_filename (cgroup->dirs[0],
                           cgroup->unified ? "memory.events" : "memory.oom_control", NULL);
  return open (path, O_RDONLY | O_CLOEXEC);
}

/**
 * inf_cgroup_events_show_oom:
 * @events_fd: from inf_cgroup_open_events()
 *
 * Returns: whether the kernel killed something in the group for want of memory
 */
gboolean
inf_cgroup_events_show_oom (int events_fd)
{
  char text[512];
  gssize size = events_fd >= 0 ? pread (events_fd, text, sizeof text - 1, 0) : 0;
  const char *found;

  if (size <= 0)
    return FALSE;
  text[size] = '\0';
  found = strstr (text, "oom_kill ");
  return found && strtoull (found + strlen ("oom_kill "), NULL, 10) > 0;
}

/**
 * inf_cgroup_describe:
 * @cgroup: a group
 *
 * Returns: (transfer full): which version, and what it limits, for people
 */
char *
inf_cgroup_describe (InfCgroup *cgroup)
{
  return g_strdup_printf ("control groups %s: %s", cgroup->unified ? "v2" : "v1",
                          cgroup->memory ? "memory and processes limited" : "memory not limited");
}

/**
 * inf_cgroup_remove:
 * @cgroup: (nullable): a group in which nothing runs any more
 */
void
inf_cgroup_remove (InfCgroup *cgroup)
{
  if (!cgroup)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (cgroup->dirs); i++)
    {
      if (cgroup->dirs[i])
        rmdir (cgroup->dirs[i]);
      g_free (cgroup->dirs[i]);
    }
  g_free (cgroup);
}
