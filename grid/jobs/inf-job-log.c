#include "grid/jobs/inf-job-log.h"

#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A job can print without end; its log can't fill the submitter's disk. */
#define MAX_LOG_BYTES ((guint64)256 * 1024 * 1024)

/* mpiexec explains an abort between lines of dashes, after what the program said itself. */
#define BANNER "----------"

struct _InfJobLog
{
  int fd;
  guint64 size_bytes;
  gboolean is_full;
  gboolean in_banner;
  char *last_words;
  InfProgressParser *parser;
  InfProgressLineFunc func;
  gpointer user_data;
};

static void
on_line (const InfProgressLine *line, gpointer user_data)
{
  InfJobLog *log = user_data;

  if (line->kind == INF_PROGRESS_PLAIN)
    {
      log->in_banner = log->in_banner || g_str_has_prefix (line->text, BANNER);
      if (!log->in_banner && *line->text)
        {
          g_free (log->last_words);
          log->last_words = g_strdup (line->text);
        }
    }
  log->func (line, log->user_data);
}

/**
 * inf_job_log_open:
 * @path: the file, appended to
 * @func: called for each line
 * @user_data: for @func
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): the log
 */
InfJobLog *
inf_job_log_open (const char *path, InfProgressLineFunc func, gpointer user_data, GError **error)
{
  struct stat info;
  int fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

  if (fd < 0 || fstat (fd, &info) != 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  InfJobLog *log = g_new0 (InfJobLog, 1);
  log->fd = fd;
  log->size_bytes = (guint64)info.st_size;
  log->func = func;
  log->user_data = user_data;
  log->parser = inf_progress_parser_new (on_line, log);
  return log;
}

/**
 * inf_job_log_end_output:
 * @log: a log
 *
 * The program has ended: a last line without its end is a line too.
 */
void
inf_job_log_end_output (InfJobLog *log)
{
  inf_progress_parser_finish (log->parser);
}

/**
 * inf_job_log_close:
 * @log: (nullable) (transfer full): a log; calls nobody any more
 */
void
inf_job_log_close (InfJobLog *log)
{
  if (!log)
    return;
  inf_progress_parser_free (log->parser);
  close (log->fd);
  g_free (log->last_words);
  g_free (log);
}

static void
append (InfJobLog *log, const char *data, gsize size_bytes)
{
  while (size_bytes > 0)
    {
      gssize n = write (log->fd, data, size_bytes);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_warning ("a job's log can't be written: %s", g_strerror (errno));
          log->is_full = TRUE;
          return;
        }
      data += n;
      size_bytes -= (gsize)n;
      log->size_bytes += (guint64)n;
    }
}

/**
 * inf_job_log_add:
 * @log: a log
 * @data: what the job printed, in pieces as they came
 */
void
inf_job_log_add (InfJobLog *log, GBytes *data)
{
  static const char notice[] = "\n[the log is full; what follows is not kept]\n";
  gsize size_bytes;
  const char *bytes = g_bytes_get_data (data, &size_bytes);

  inf_progress_parser_feed (log->parser, bytes, size_bytes);
  if (log->is_full)
    return;
  append (log, bytes, MIN (size_bytes, MAX_LOG_BYTES - MIN (log->size_bytes, MAX_LOG_BYTES)));
  if (log->size_bytes >= MAX_LOG_BYTES && !log->is_full)
    {
      append (log, notice, sizeof notice - 1);
      log->is_full = TRUE;
    }
}

guint64
inf_job_log_get_size_bytes (const InfJobLog *log)
{
  return log->size_bytes;
}

/**
 * inf_job_log_get_last_words:
 * @log: a log
 *
 * Returns: (transfer none) (nullable): the last line that the program printed before mpiexec began
 *   to explain
 */
const char *
inf_job_log_get_last_words (const InfJobLog *log)
{
  return log->last_words;
}
