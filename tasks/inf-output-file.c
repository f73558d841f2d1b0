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

/* A file with no name yet, which nothing can leave behind; false where the file system has none, or
 * there is no /proc to name it by. */
static bool
open_nameless (InfOutputFile *file, const char *directory)
{
  if (access ("/proc/self/fd", X_OK) < 0)
    return false;
  file->fd = open (directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  file->is_nameless = file->fd >= 0;
  return file->is_nameless;
}

/* A hidden file in the same directory, which signals remove. */
static bool
open_hidden (InfOutputFile *file)
{
  file->fd = mkostemp (file->temporary, O_CLOEXEC);
  if (file->fd < 0)
    return false;
  remember (file, NULL);
  return true;
}

/**
 * inf_output_file_open:
 * @file: (out): a file to write; has to stay where it is until it is committed or discarded
 * @path: the name it will have; a file of that name stays as it is until then
 * @error: set to %INF_TASK_IO on failure
 *
 * Opened before the work starts, so that a directory nobody can write to is known at once. The data
 * goes to a file without a name, or, where the file system has no such thing, to a hidden one
 * beside @path, which SIGKILL alone can leave behind.
 */
bool
inf_output_file_open (InfOutputFile *file, const char *path, InfTaskError *error)
{
  char for_directory[INF_OUTPUT_FILE_PATH_SIZE], for_name[INF_OUTPUT_FILE_PATH_SIZE];
  const char *directory;
  int length;

  file->fd = -1;
  file->is_nameless = false;
  if (snprintf (file->path, sizeof file->path, "%s", path) >= (int)sizeof file->path)
    return inf_task_error_set (error, INF_TASK_IO, "the output's name is too long");
  memcpy (for_directory, file->path, sizeof for_directory);
  memcpy (for_name, file->path, sizeof for_name);
  directory = dirname (for_directory);
  length = snprintf (file->temporary, sizeof file->temporary, "%s/.%s.XXXXXX", directory,
                     basename (for_name));
  if (length >= (int)sizeof file->temporary)
    return inf_task_error_set (error, INF_TASK_IO, "the output's name is too long");
  if (open_nameless (file, directory) || open_hidden (file))
    return true;
  return fail (file, "create", error);
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

static bool
link_nameless (const InfOutputFile *file, const char *path)
{
  char self[64];

  snprintf (self, sizeof self, "/proc/self/fd/%d", file->fd);
  return linkat (AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}

/* A link can't replace a file, but renaming can: then the temporary name is in between. */
static bool
link_temporarily (InfOutputFile *file)
{
  int placeholder = mkostemp (file->temporary, O_CLOEXEC);

  if (placeholder < 0)
    return false;
  close (placeholder);
  unlink (file->temporary);
  return link_nameless (file, file->temporary);
}

static bool
give_name (InfOutputFile *file)
{
  mode_t mask = umask (0);

  umask (mask);
  if (file->is_nameless && link_nameless (file, file->path))
    return true;
  if (file->is_nameless && (errno != EEXIST || !link_temporarily (file)))
    return false;
  if (!file->is_nameless && fchmod (file->fd, 0666 & ~mask) < 0)
    return false;
  if (rename (file->temporary, file->path) == 0)
    return true;
  unlink (file->temporary);
  return false;
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
  bool is_named = give_name (file) || fail (file, "write", error);

  inf_output_file_discard (file);
  return is_named;
}

/* Removes a file that was not committed; does nothing to one that was, or was never opened. */
void
inf_output_file_discard (InfOutputFile *file)
{
  if (file->fd < 0)
    return;
  close (file->fd);
  file->fd = -1;
  if (file->is_nameless)
    return;
  /* gone already where it was committed */
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
