#include "cli/inf-terminal.h"

#include "cli/inf-text.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Data goes to standard output, everything that is said about it to standard error. */

gboolean
inf_terminal_is_output (void)
{
  return isatty (STDOUT_FILENO);
}

gboolean
inf_terminal_is_messages (void)
{
  const char *term = g_getenv ("TERM");

  return isatty (STDERR_FILENO) && g_strcmp0 (term, "dumb") != 0;
}

/**
 * inf_terminal_get_width:
 * @fd: standard output or standard error
 *
 * Returns: columns of the terminal @fd is; 0 when it is none, or does not say
 */
gsize
inf_terminal_get_width (int fd)
{
  struct winsize size = { 0 };

  if (!isatty (fd) || ioctl (fd, TIOCGWINSZ, &size) != 0)
    return 0;
  return size.ws_col;
}

/**
 * inf_terminal_wants_color:
 *
 * Returns: whether messages may be coloured: a terminal reads them, and `NO_COLOR` is not set
 *   (https://no-color.org: any value that is not empty)
 */
gboolean
inf_terminal_wants_color (void)
{
  const char *no_color = g_getenv ("NO_COLOR");

  return inf_terminal_is_messages () && !(no_color && *no_color);
}

/**
 * inf_terminal_print:
 * @text: data, already safe for whatever reads it
 */
void
inf_terminal_print (const char *text)
{
  fputs (text, stdout);
}

/**
 * inf_terminal_message:
 * @format: a format as printf() takes, for one or several lines without the last line's end
 *
 * Writes a message to standard error; each of its lines is made safe for a terminal.
 */
void
inf_terminal_message (const char *format, ...)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    {
      g_autofree char *line = inf_text_make_safe (lines[i]);
      fprintf (stderr, "%s\n", line);
    }
}
