#include "lab/inf-lab-text-fd.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A program's whole input or output as a file in memory: unlike with pipes, nobody has to keep
 * reading while it runs, and nothing can fill up. */

/**
 * inf_lab_text_fd_null:
 *
 * Returns: a descriptor of /dev/null
 */
int
inf_lab_text_fd_null (void)
{
  return open ("/dev/null", O_RDWR | O_CLOEXEC);
}

/**
 * inf_lab_text_fd_new:
 * @text: what is to be read from it
 *
 * Returns: a descriptor of a file in memory that holds @text, at its start
 */
int
inf_lab_text_fd_new (const char *text)
{
  int fd = memfd_create ("infinity-lab", MFD_CLOEXEC);
  gsize length = strlen (text);

  if (fd >= 0 && (pwrite (fd, text, length, 0) != (gssize)length))
    {
      close (fd);
      return -1;
    }
  return fd;
}

/**
 * inf_lab_text_fd_take:
 * @fd: a descriptor from inf_lab_text_fd_new(); it is closed
 *
 * Returns: (transfer full): what has been written to it, up to the first NUL
 */
char *
inf_lab_text_fd_take (int fd)
{
  GString *text = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  while (fd >= 0 && (n = pread (fd, buffer, sizeof buffer, (off_t)text->len)) > 0)
    g_string_append_len (text, buffer, n);
  if (fd >= 0)
    close (fd);
  return g_string_free (text, FALSE);
}
