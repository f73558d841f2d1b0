#include "daemon/inf-history.h"

#include "common/inf-error.h"

#include <sqlite3.h>

/* A minute that a power cut takes is no loss: synchronous=NORMAL. */

#define KEPT_US (7 * 24 * 3600 * (gint64)G_USEC_PER_SEC)

struct _InfHistory
{
  sqlite3 *db;
  char *path;
};

static const char schema[]
    = "PRAGMA journal_mode = WAL;"
      "PRAGMA synchronous = NORMAL;"
      "CREATE TABLE IF NOT EXISTS samples (time INTEGER PRIMARY KEY, cpu REAL, cpu_jobs REAL,"
      "  memory REAL, memory_jobs REAL, earned REAL);"
      "CREATE TABLE IF NOT EXISTS leases (id TEXT PRIMARY KEY, job TEXT, client TEXT,"
      "  client_name TEXT, program TEXT, end_reason TEXT, slots INTEGER, since INTEGER,"
      "  ended INTEGER, price INTEGER, earned INTEGER);"
      "CREATE INDEX IF NOT EXISTS leases_by_end ON leases (ended);";

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

static gboolean
fail (InfHistory *history, GError **error)
{
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", history->path,
               sqlite3_errmsg (history->db));
  return FALSE;
}

static sqlite3_stmt *
prepare (InfHistory *history, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (history->db, sql, -1, &statement, NULL) != SQLITE_OK)
    fail (history, error);
  return statement;
}

static gboolean
run (InfHistory *history, sqlite3_stmt *statement, GError **error)
{
  return sqlite3_step (statement) == SQLITE_DONE || fail (history, error);
}

/**
 * inf_history_open:
 * @path: the file, made when it is missing
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): the history
 */
InfHistory *
inf_history_open (const char *path, GError **error)
{
  g_autoptr (InfHistory) history = g_new0 (InfHistory, 1);

  history->path = g_strdup (path);
  if (sqlite3_open (path, &history->db) != SQLITE_OK
      || sqlite3_exec (history->db, schema, NULL, NULL, NULL) != SQLITE_OK)
    {
      fail (history, error);
      return NULL;
    }
  return g_steal_pointer (&history);
}

void
inf_history_close (InfHistory *history)
{
  if (!history)
    return;
  sqlite3_close (history->db);
  g_free (history->path);
  g_free (history);
}

static gboolean
forget_samples (InfHistory *history, gint64 before_unix_us, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = prepare (history, "DELETE FROM samples WHERE time < ?", error);

  if (!statement)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, before_unix_us);
  return run (history, statement, error);
}

/**
 * inf_history_add_sample:
 * @history: a history
 * @sample: a minute's mean
 * @error: #INF_ERROR_FAILED
 *
 * Forgets what is older than a week.
 */
gboolean
inf_history_add_sample (InfHistory *history, const InfSample *sample, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = prepare (history, "INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?)", error);

  if (!statement)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, sample->time_unix_us);
  for (int i = 0; i < INF_N_SAMPLE_KINDS; i++)
    sqlite3_bind_double (statement, 2 + i, sample->values[i]);
  return run (history, statement, error)
         && forget_samples (history, sample->time_unix_us - KEPT_US, error);
}

/**
 * inf_history_list_samples:
 * @history: a history
 * @since_unix_us: from when on
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (element-type InfSample) (nullable): oldest first
 */
GArray *
inf_history_list_samples (InfHistory *history, gint64 since_unix_us, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = prepare (history, "SELECT * FROM samples WHERE time >= ? ORDER BY time", error);
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (InfSample));

  if (!statement)
    return samples;
  sqlite3_bind_int64 (statement, 1, since_unix_us);
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      InfSample sample = { .time_unix_us = sqlite3_column_int64 (statement, 0) };
      for (int i = 0; i < INF_N_SAMPLE_KINDS; i++)
        sample.values[i] = sqlite3_column_double (statement, 1 + i);
      g_array_append_val (samples, sample);
    }
  return samples;
}

static gboolean
forget_leases (InfHistory *history, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = prepare (history,
                 "DELETE FROM leases WHERE id IN"
                 " (SELECT id FROM leases ORDER BY ended DESC LIMIT -1 OFFSET ?)",
                 error);

  if (!statement)
    return FALSE;
  sqlite3_bind_int (statement, 1, INF_HISTORY_MAX_LEASES);
  return run (history, statement, error);
}

/**
 * inf_history_put_lease:
 * @history: a history
 * @lease: one that is over; in the place of what was known of it before
 * @error: #INF_ERROR_FAILED
 */
gboolean
inf_history_put_lease (InfHistory *history, const InfPastLease *lease, GError **error)
{
  const char *texts[] = { lease->id,          lease->job,     lease->client,
                          lease->client_name, lease->program, lease->end_reason };
  const gint64 numbers[] = { lease->slots, lease->since_unix_us, lease->ended_unix_us,
                             (gint64)lease->price_ucredits, (gint64)lease->earned_ucredits };
  g_autoptr (sqlite3_stmt) statement = prepare (
      history, "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", error);
  int place = 1;

  if (!statement)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    sqlite3_bind_text (statement, place++, texts[i], -1, SQLITE_STATIC);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    sqlite3_bind_int64 (statement, place++, numbers[i]);
  return run (history, statement, error) && forget_leases (history, error);
}

static char *
text_of (sqlite3_stmt *statement, int column)
{
  const char *text = (const char *)sqlite3_column_text (statement, column);

  return g_strdup (text && g_utf8_validate (text, -1, NULL) ? text : "");
}

/**
 * inf_history_list_leases:
 * @history: a history
 * @offset: how many of the newest to leave out
 * @limit: how many at most, up to %INF_HISTORY_MAX_LISTED
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (element-type InfPastLease) (nullable): newest first
 */
GPtrArray *
inf_history_list_leases (InfHistory *history, guint offset, guint limit, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = prepare (history, "SELECT * FROM leases ORDER BY ended DESC, id LIMIT ? OFFSET ?", error);
  g_autoptr (GPtrArray) leases
      = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_past_lease_free);

  if (!statement)
    return NULL;
  sqlite3_bind_int64 (statement, 1, MIN (limit, INF_HISTORY_MAX_LISTED));
  sqlite3_bind_int64 (statement, 2, offset);
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      InfPastLease *lease = g_new0 (InfPastLease, 1);
      lease->id = text_of (statement, 0);
      lease->job = text_of (statement, 1);
      lease->client = text_of (statement, 2);
      lease->client_name = text_of (statement, 3);
      lease->program = text_of (statement, 4);
      lease->end_reason = text_of (statement, 5);
      lease->slots = (guint)sqlite3_column_int64 (statement, 6);
      lease->since_unix_us = sqlite3_column_int64 (statement, 7);
      lease->ended_unix_us = sqlite3_column_int64 (statement, 8);
      lease->price_ucredits = (guint64)sqlite3_column_int64 (statement, 9);
      lease->earned_ucredits = (guint64)sqlite3_column_int64 (statement, 10);
      g_ptr_array_add (leases, lease);
    }
  return g_steal_pointer (&leases);
}

void
inf_past_lease_free (InfPastLease *lease)
{
  if (!lease)
    return;
  g_free (lease->id);
  g_free (lease->job);
  g_free (lease->client);
  g_free (lease->client_name);
  g_free (lease->program);
  g_free (lease->end_reason);
  g_free (lease);
}
