#include "tasks/inf-output-file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files that a signal has to remove; a task writes two at most. */
#define MAX_OPEN 4
static InfOutputFile *volatile open_files[MAX_OPEN];

static bool
fail (const InfOutputFile *file, const char *what, InfTaskError *error)
{
  return inf_task_error_set (error, INF_TASK_IO, "can't %s %.380s: %s", what, file->path,
                             strerror (errno));
}

static void
remember (InfOutputFile *file, InfOutputFile *instead_of)
{
  for (int i = 0; i < MAX_OPEN; i++)
    if (open_files[i] == instead_of)
      {
        open_files[i] = file;
        return;
      }
}

/**
 * inf_output_file_open:
 * @file: (out): a file to write; has to stay where it is until it is committed or discarded
 * @path: the name it will have; a file of that name stays as it is until then
 * @error: set to %INF_TASK_IO on failure
 *
 * Opened before the work starts, so that a directory nobody can write to is known at once. The data
 * goes to a hidden file beside it; being killed by SIGKILL alone can leave that one behind.
 */
bool
inf_output_file_open (InfOutputFile *file, const char *path, InfTaskError *error)
{
  char for_directory[INF_OUTPUT_FILE_PATH_SIZE], for_name[INF_OUTPUT_FILE_PATH_SIZE];
  int length;

  file->fd = -1;
  if (snprintf (file->path, sizeof file->path, "%s", path) >= (int)sizeof file->path)
    return inf_task_error_set (error, INF_TASK_IO, "the output's name is too long");
  memcpy (for_directory, file->path, sizeof for_directory);
  memcpy (for_name, file->path, sizeof for_name);
  length = snprintf (file->temporary, sizeof file->temporary, "%s/.%s.XXXXXX",
                     dirname (for_directory), basename (for_name));
  if (length >= (int)sizeof file->temporary)
    return inf_task_error_set (error, INF_TASK_IO, "the output's name is too long");
  file->fd = mkostemp (file->temporary, O_CLOEXEC);
  if (file->fd < 0)
    return fail (file, "create", error);
  remember (file, NULL);
  return true;
}

/* Appends; sets %INF_TASK_IO where the disk is full. */
bool
inf_output_file_write (InfOutputFile *file, const char *data, size_t size_bytes,
                       InfTaskError *error)
{
  while (size_bytes > 0)
    {
      ssize_t n = write (file->fd, data, size_bytes);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (file, "write", error);
      data += n;
      size_bytes -= (size_t)n;
    }
  return true;
}

/**
 * inf_output_file_commit:
 * @file: a file with all its data; it is closed in either case
 * @error: set to %INF_TASK_IO on failure, with no file left
 *
 * Gives the file its name and the permissions that any new file has.
 */
bool
inf_output_file_commit (InfOutputFile *file, InfTaskError *error)
{
  mode_t mask = umask (0);
  int fd = file->fd;

  umask (mask);
  file->fd = -1;
  if (fchmod (fd, 0666 & ~mask) < 0 || close (fd) < 0 || rename (file->temporary, file->path) < 0)
    {
      fail (file, "write", error);
      unlink (file->temporary);
      remember (NULL, file);
      return false;
    }
  remember (NULL, file);
  return true;
}

/* Removes a file that was not committed; does nothing to one that was, or was never opened. */
void
inf_output_file_discard (InfOutputFile *file)
{
  if (file->fd < 0)
    return;
  close (file->fd);
  file->fd = -1;
  unlink (file->temporary);
  remember (NULL, file);
}

static void
discard_and_die (int signal_number)
{
  for (int i = 0; i < MAX_OPEN; i++)
    if (open_files[i])
      unlink (open_files[i]->temporary);
  signal (signal_number, SIG_DFL);
  raise (signal_number);
}

/* Open MPI ends ranks with SIGTERM when the job is cancelled or another rank has died. */
void
inf_output_file_discard_all_on_signals (void)
{
  const int signals[] = { SIGTERM, SIGINT, SIGHUP };

  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
    {
      struct sigaction action = { .sa_handler = discard_and_die };
      sigaction (signals[i], &action, NULL);
    }
}
