#include "widgets/inf-foreign-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A file that somebody else wrote: the output of a job. Its name leads nowhere but below its
 * directory, no link is followed, what is no regular file is not opened, and it is read without
 * being mapped, since it may shrink meanwhile.
 */

struct _InfForeignFile
{
  gatomicrefcount ref_count;
  int fd;
  struct stat opened;
};

static gboolean
is_plain (const char *component)
{
  return *component && !g_str_equal (component, ".") && !g_str_equal (component, "..");
}

static gboolean
fail (GError **error, int code, const char *name)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", name, g_strerror (code));
  return FALSE;
}

/* Goes down one component after the other, and never up. Returns: -1 with errno set */
static int
open_below (const char *directory, const char *name)
{
  g_auto (GStrv) components = g_strsplit (name, "/", -1);
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  for (guint i = 0; fd >= 0 && components[i]; i++)
    {
      int kind = components[i + 1] ? O_DIRECTORY : O_NONBLOCK | O_NOCTTY;
      int next = -1;
      int problem = EINVAL;

      if (is_plain (components[i]))
        {
          next = openat (fd, components[i], O_RDONLY | O_CLOEXEC | O_NOFOLLOW | kind);
          problem = errno;
        }
      close (fd);
      errno = problem;
      fd = next;
    }
  return fd;
}

/**
 * inf_foreign_file_open:
 * @directory: (type filename): where it is
 * @name: its name below that; may be any bytes
 * @error: #GIOErrorEnum
 *
 * Returns: (transfer full) (nullable): the file
 */
InfForeignFile *
inf_foreign_file_open (const char *directory, const char *name, GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (name, -1);
  InfForeignFile *file;
  struct stat opened;
  int fd;

  fd = *directory && *name ? open_below (directory, name) : -1;
  if (fd < 0)
    {
      fail (error, *directory && *name ? errno : EINVAL, shown);
      return NULL;
    }
  if (fstat (fd, &opened) != 0 || !S_ISREG (opened.st_mode))
    {
      close (fd);
      /* Translators: of a file that a job left behind; %s is its name */
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _ ("%s is not a regular file"),
                   shown);
      return NULL;
    }
  file = g_new0 (InfForeignFile, 1);
  g_atomic_ref_count_init (&file->ref_count);
  file->fd = fd;
  file->opened = opened;
  return file;
}

InfForeignFile *
inf_foreign_file_ref (InfForeignFile *file)
{
  g_atomic_ref_count_inc (&file->ref_count);
  return file;
}

void
inf_foreign_file_unref (InfForeignFile *file)
{
  if (!file || !g_atomic_ref_count_dec (&file->ref_count))
    return;
  close (file->fd);
  g_free (file);
}

/* Returns: its length in bytes when it was opened */
guint64
inf_foreign_file_get_size (const InfForeignFile *file)
{
  return (guint64)file->opened.st_size;
}

/* Returns: whether somebody wrote to it since it was opened */
gboolean
inf_foreign_file_has_changed (const InfForeignFile *file)
{
  struct stat now;

  return fstat (file->fd, &now) != 0 || now.st_size != file->opened.st_size
         || now.st_mtim.tv_sec != file->opened.st_mtim.tv_sec
         || now.st_mtim.tv_nsec != file->opened.st_mtim.tv_nsec;
}

/**
 * inf_foreign_file_read:
 * @file: a file
 * @offset: from which byte on
 * @buffer: (out) (array length=n_bytes): where to
 * @n_bytes: how many
 *
 * May be called from any thread.
 *
 * Returns: how many there were; fewer at the end, where it shrank and where it can't be read
 */
gsize
inf_foreign_file_read (const InfForeignFile *file, guint64 offset, gpointer buffer, gsize n_bytes)
{
  gsize n_read = 0;

  while (n_read < n_bytes)
    {
      ssize_t n
          = pread (file->fd, (char *)buffer + n_read, n_bytes - n_read, (off_t)(offset + n_read));
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      n_read += (gsize)n;
    }
  return n_read;
}
