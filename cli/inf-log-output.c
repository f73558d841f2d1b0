#include "cli/inf-log-output.h"

#include "cli/inf-text.h"
#include "common/inf-error.h"
#include "common/inf-report-filter.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

/* Where a job's log goes: as it is to a file or a pipe, made harmless to a terminal. There, the
 * lines by which a program reports its progress (docs/jobs.md) are left out, as that is shown
 * otherwise. */

struct _InfLogOutput
{
  int fd;
  InfTextFilter *filter; /* NULL when nothing is filtered */
  InfReportFilter reports;
  gboolean is_inside_line;
};

/**
 * inf_log_output_new:
 * @fd: standard output or standard error; not closed
 *
 * Returns: (transfer full): a way to write a log to @fd
 */
InfLogOutput *
inf_log_output_new (int fd)
{
  InfLogOutput *output = g_new0 (InfLogOutput, 1);

  output->fd = fd;
  if (isatty (fd))
    output->filter = inf_text_filter_new ();
  return output;
}

void
inf_log_output_free (InfLogOutput *output)
{
  if (!output)
    return;
  g_clear_pointer (&output->filter, inf_text_filter_free);
  g_free (output);
}

static gboolean
write_all (InfLogOutput *output, const char *data, gsize size_bytes, GError **error)
{
  if (size_bytes)
    output->is_inside_line = data[size_bytes - 1] != '\n';
  while (size_bytes)
    {
      gssize written = write (output->fd, data, size_bytes);
      if (written >= 0)
        {
          data += written;
          size_bytes -= (gsize)written;
        }
      else if (errno == EAGAIN)
        {
          struct pollfd wait = { .fd = output->fd, .events = POLLOUT };
          poll (&wait, 1, 1000);
        }
      else if (errno != EINTR)
        {
          int saved = errno;
          g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "the log can't be written: %s",
                       g_strerror (saved));
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * inf_log_output_write:
 * @output: an output
 * @bytes: the next part of the log
 * @error: %INF_ERROR_FAILED
 *
 * Returns: whether they are written
 */
gboolean
inf_log_output_write (InfLogOutput *output, GBytes *bytes, GError **error)
{
  g_autoptr (GByteArray) plain = NULL;
  g_autoptr (GString) safe = NULL;
  gsize size_bytes;
  const char *data = g_bytes_get_data (bytes, &size_bytes);

  /* what was printed by other ways comes first */
  fflush (output->fd == STDOUT_FILENO ? stdout : stderr);
  if (!output->filter)
    return write_all (output, data, size_bytes, error);
  plain = g_byte_array_new ();
  safe = g_string_new (NULL);
  inf_report_filter_feed (&output->reports, (const guint8 *)data, size_bytes, plain);
  inf_text_filter_push (output->filter, plain->data, plain->len, safe);
  return write_all (output, safe->str, safe->len, error);
}

/**
 * inf_log_output_finish:
 * @output: an output
 * @error: %INF_ERROR_FAILED
 *
 * To be called after the log's last byte. On a terminal it ends the line.
 *
 * Returns: whether all is written
 */
gboolean
inf_log_output_finish (InfLogOutput *output, GError **error)
{
  g_autoptr (GByteArray) plain = NULL;
  g_autoptr (GString) rest = NULL;

  if (!output->filter)
    return TRUE;
  plain = g_byte_array_new ();
  rest = g_string_new (NULL);
  inf_report_filter_finish (&output->reports, plain);
  inf_text_filter_push (output->filter, plain->data, plain->len, rest);
  inf_text_filter_finish (output->filter, rest);
  if (output->is_inside_line || rest->len)
    g_string_append_c (rest, '\n');
  return write_all (output, rest->str, rest->len, error);
}

/**
 * inf_log_output_is_at_line_start:
 * @output: an output
 *
 * Returns: whether the last line written is ended
 */
gboolean
inf_log_output_is_at_line_start (InfLogOutput *output)
{
  return !output->is_inside_line;
}
