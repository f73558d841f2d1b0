#include "cli/inf-passphrase.h"

#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* A passphrase comes from the terminal, where it is not shown, or as a line of a descriptor, for
 * scripts; never from the command line, which every user of the machine can read. */

#define MAX_BYTES 1024

/**
 * inf_passphrase_wipe:
 * @passphrase: (nullable): what inf_passphrase_read() gave
 *
 * Leaves nothing of it in memory.
 */
void
inf_passphrase_wipe (char *passphrase)
{
  if (!passphrase)
    return;
  explicit_bzero (passphrase, MAX_BYTES + 1);
  g_free (passphrase);
}

/* Byte by byte: what follows the line is the next reader's. */
static char *
read_line (int fd, GError **error)
{
  char *line = g_malloc0 (MAX_BYTES + 1);
  gssize n_read;
  gsize length = 0;

  while ((n_read = read (fd, line + length, 1)) != 0)
    {
      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0 || length == MAX_BYTES)
        break;
      if (line[length] == '\n')
        {
          line[length] = '\0';
          return line;
        }
      length++;
    }
  if (n_read == 0 && length > 0)
    return line;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "there is no passphrase to read: %s",
               n_read < 0            ? g_strerror (errno)
               : length == MAX_BYTES ? "the line is too long"
                                     : "the end was reached");
  inf_passphrase_wipe (line);
  return NULL;
}

static char *
read_from_terminal (const char *prompt, GError **error)
{
  int terminal = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  struct termios shown, hidden;
  char *line;

  if (terminal < 0 || tcgetattr (terminal, &shown) != 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           "there is no terminal to ask for the passphrase at; see "
                           "--passphrase-fd");
      if (terminal >= 0)
        close (terminal);
      return NULL;
    }
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
  hidden.c_lflag |= ECHONL;
  dprintf (terminal, "%s: ", prompt);
  tcsetattr (terminal, TCSAFLUSH, &hidden);
  line = read_line (terminal, error);
  tcsetattr (terminal, TCSAFLUSH, &shown);
  close (terminal);
  return line;
}

/**
 * inf_passphrase_read:
 * @fd: where it is a line; -1 for the terminal
 * @prompt: what it is for
 * @error: why there is none
 *
 * With the terminal's keys for signals turned off, so that it is never left without an echo,
 * Ctrl+C is part of a wrong passphrase; Ctrl+D ends without one.
 *
 * Returns: (transfer full) (nullable): the passphrase, for inf_passphrase_wipe()
 */
char *
inf_passphrase_read (int fd, const char *prompt, GError **error)
{
  char *passphrase = fd >= 0 ? read_line (fd, error) : read_from_terminal (prompt, error);

  if (passphrase && !g_utf8_validate (passphrase, -1, NULL))
    {
      inf_passphrase_wipe (passphrase);
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "the passphrase is no UTF-8 text");
      return NULL;
    }
  return passphrase;
}

/**
 * inf_passphrase_read_new:
 * @fd: where it is a line; -1 for the terminal, where it is asked for twice
 * @error: why there is none
 *
 * Returns: (transfer full) (nullable): the passphrase, for inf_passphrase_wipe()
 */
char *
inf_passphrase_read_new (int fd, GError **error)
{
  char *passphrase = inf_passphrase_read (fd, "New passphrase", error);
  char *again = passphrase && fd < 0 ? inf_passphrase_read (fd, "Once more", error) : NULL;
  gboolean is_same = passphrase && (fd >= 0 || (again && g_str_equal (passphrase, again)));

  if (again && !is_same)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "the two are not the same");
  inf_passphrase_wipe (again);
  if (is_same)
    return passphrase;
  inf_passphrase_wipe (passphrase);
  return NULL;
}
