#include "grid/jobs/inf-lease-log.h"

/* What is too old is cut off a quarter at a time, so that each byte is moved a few times only. */
#define SLACK_BYTES (INF_LEASE_LOG_KEPT_BYTES / 4)

struct _InfLeaseLog
{
  GByteArray *bytes; /* the end of all that was printed */
  guint64 begin;     /* the offset of its first byte */
};

InfLeaseLog *
inf_lease_log_new (void)
{
  InfLeaseLog *log = g_new0 (InfLeaseLog, 1);

  log->bytes = g_byte_array_new ();
  return log;
}

/**
 * inf_lease_log_free:
 * @log: (nullable): a log
 */
void
inf_lease_log_free (InfLeaseLog *log)
{
  if (!log)
    return;
  g_byte_array_unref (log->bytes);
  g_free (log);
}

static void
drop (InfLeaseLog *log, guint n)
{
  g_byte_array_remove_range (log->bytes, 0, n);
  log->begin += n;
}

/**
 * inf_lease_log_append:
 * @log: a log
 * @data: what was printed, of any kind
 * @size_bytes: the length of @data
 */
void
inf_lease_log_append (InfLeaseLog *log, const void *data, gsize size_bytes)
{
  if (size_bytes > INF_LEASE_LOG_KEPT_BYTES)
    {
      gsize n_lost = size_bytes - INF_LEASE_LOG_KEPT_BYTES;
      drop (log, log->bytes->len);
      log->begin += n_lost;
      data = (const guint8 *)data + n_lost;
      size_bytes = INF_LEASE_LOG_KEPT_BYTES;
    }
  g_byte_array_append (log->bytes, data, (guint)size_bytes);
  if (log->bytes->len > INF_LEASE_LOG_KEPT_BYTES + SLACK_BYTES)
    drop (log, log->bytes->len - INF_LEASE_LOG_KEPT_BYTES);
}

static guint64
get_start (const InfLeaseLog *log)
{
  guint n_old
      = log->bytes->len > INF_LEASE_LOG_KEPT_BYTES ? log->bytes->len - INF_LEASE_LOG_KEPT_BYTES : 0;

  return log->begin + n_old;
}

/**
 * inf_lease_log_read:
 * @log: a log
 * @offset: from where; what is kept no more is passed over
 * @max_bytes: how much at most
 * @ret_start: (out): the offset of the first byte that is kept
 *
 * Returns: (transfer full): what was printed from @offset, or else @ret_start, on; empty where
 *   there is nothing more yet
 */
GBytes *
inf_lease_log_read (const InfLeaseLog *log, guint64 offset, gsize max_bytes, guint64 *ret_start)
{
  guint64 start = get_start (log), end = log->begin + log->bytes->len;
  guint64 from = CLAMP (offset, start, end);

  *ret_start = start;
  return g_bytes_new (log->bytes->data + (from - log->begin), MIN (end - from, max_bytes));
}
