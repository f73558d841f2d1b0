#include "tests/system/grid-logs.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What every node of a failing test has written, while the files are still there: a failed
 * assertion ends the program, and the lab with it. A handler of signals may only open, read and
 * write, so the names are put together beforehand. */

#define MAX_LOGS 16
#define MAX_TAIL_BYTES 8192

static char *log_paths[MAX_LOGS];
static char *log_titles[MAX_LOGS];

static void
print (const char *text, size_t size)
{
  if (write (STDERR_FILENO, text, size) < 0)
    return;
}

static void
print_tail (const char *path)
{
  char buffer[1024];
  struct stat info;
  ssize_t size;
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (fstat (fd, &info) == 0 && info.st_size > MAX_TAIL_BYTES)
    lseek (fd, info.st_size - MAX_TAIL_BYTES, SEEK_SET);
  while ((size = read (fd, buffer, sizeof buffer)) > 0)
    print (buffer, (size_t)size);
  close (fd);
}

static void
on_failure (int number)
{
  for (guint i = 0; i < MAX_LOGS && log_paths[i]; i++)
    {
      print (log_titles[i], strlen (log_titles[i]));
      print_tail (log_paths[i]);
    }
  /* the disposition was reset when the handler was called */
  raise (number);
}

/**
 * grid_logs_watch:
 * @lab: a lab
 *
 * From now on a signal that ends this program prints the end of each host's daemon.log first.
 */
void
grid_logs_watch (InfLab *lab)
{
  static const int signals[] = { SIGABRT, SIGTRAP, SIGSEGV, SIGTERM };
  struct sigaction action = { .sa_handler = on_failure, .sa_flags = SA_RESETHAND };

  grid_logs_forget ();
  for (guint i = 0; i < MIN (inf_lab_get_n_hosts (lab), MAX_LOGS); i++)
    {
      const char *host = inf_lab_get_host_name (lab, i + 1);
      g_autofree char *home = inf_lab_dup_infinity_home (lab, host);
      log_paths[i] = g_build_filename (home, "daemon.log", NULL);
      log_titles[i] = g_strdup_printf ("--- daemon.log of %s\n", host);
    }
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaction (signals[i], &action, NULL);
}

void
grid_logs_forget (void)
{
  for (guint i = 0; i < MAX_LOGS; i++)
    {
      g_clear_pointer (&log_paths[i], g_free);
      g_clear_pointer (&log_titles[i], g_free);
    }
}
