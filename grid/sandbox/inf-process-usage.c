#include "grid/sandbox/inf-process-usage.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_SIZE_BYTES 4096

static guint64
field (const char *status, const char *name)
{
  const char *found = strstr (status, name);

  return found ? strtoull (found + strlen (name), NULL, 10) : 0;
}

/**
 * inf_process_usage_parse:
 * @status: the text of /proc/PID/status; proc(5)
 * @ret_usage: (out): what that process uses; left alone on failure
 *
 * Shared memory is not in it: each process that maps it would count it again, and what a job can
 * share lies in file systems of a fixed size.
 *
 * Returns: whether @status is such a text
 */
gboolean
inf_process_usage_parse (const char *status, InfProcessUsage *ret_usage)
{
  if (!strstr (status, "\nThreads:"))
    return FALSE;
  ret_usage->memory_bytes
      = (field (status, "\nRssAnon:") + field (status, "\nVmSwap:") + field (status, "\nVmPTE:"))
        << 10;
  ret_usage->n_threads = (guint)field (status, "\nThreads:");
  return TRUE;
}

static gboolean
read_status (const char *pid, char *buffer)
{
  g_autofree char *path = g_strconcat ("/proc/", pid, "/status", NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gssize size;

  if (fd < 0)
    return FALSE;
  size = read (fd, buffer, STATUS_SIZE_BYTES - 1);
  close (fd);
  if (size <= 0)
    return FALSE;
  buffer[size] = '\0';
  return TRUE;
}

/**
 * inf_process_usage_of_others:
 * @ret_usage: (out): what all processes of this PID namespace but this one use together
 */
void
inf_process_usage_of_others (InfProcessUsage *ret_usage)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  InfProcessUsage total = { 0 };
  char buffer[STATUS_SIZE_BYTES];
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      InfProcessUsage usage;

      if (!g_ascii_isdigit (*name) || (pid_t)atoi (name) == getpid () || !read_status (name, buffer)
          || !inf_process_usage_parse (buffer, &usage))
        continue;
      total.memory_bytes += usage.memory_bytes;
      total.n_threads += usage.n_threads;
    }
  *ret_usage = total;
}
