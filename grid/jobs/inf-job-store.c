#include "grid/jobs/inf-job-store.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"

#include <sqlite3.h>
#include <string.h>

/* One row a job. The columns are what is searched for and what a person with the sqlite3 shell
 * wants to see; `spec` and `record` are the whole, as GVariants. Numbers for names are counted in a
 * table of their own, so that the folder of a job that was removed is not given to another.
 *
 * synchronous=FULL with WAL: what inf_job_store_put() has returned from survives a power cut, which
 * is what lets the state machine act on it. inf_job_store_note() does without the wait for the
 * disk, which is most of what a write costs. */

#define SCHEMA_VERSION 2
#define BUSY_TIMEOUT_MS 2000
#define MAX_PREFIX_BYTES 256

struct _InfJobStore
{
  sqlite3 *db;
};

static const char schema[]
    = "BEGIN IMMEDIATE;"
      "CREATE TABLE jobs ("
      "  id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL UNIQUE, state TEXT NOT NULL,"
      "  finished INTEGER NOT NULL, reason TEXT, submitted_unix_us INTEGER NOT NULL,"
      "  spent_ucredits INTEGER NOT NULL, spec BLOB NOT NULL, record BLOB NOT NULL);"
      "CREATE TABLE names (base TEXT PRIMARY KEY NOT NULL, last INTEGER NOT NULL);"
      "PRAGMA user_version = 1;"
      "COMMIT;";

/* Of version 2: the reason for programs, NULL for none. */
static const char causes[] = "BEGIN IMMEDIATE;"
                             "ALTER TABLE jobs ADD COLUMN cause BLOB;"
                             "PRAGMA user_version = 2;"
                             "COMMIT;";

/* One for each way of listing, so that no listing reads, or sorts, the jobs that it does not show.
 */
static const char indices[]
    = "CREATE INDEX IF NOT EXISTS jobs_by_time ON jobs (submitted_unix_us);"
      "CREATE INDEX IF NOT EXISTS jobs_by_end ON jobs (finished, submitted_unix_us);"
      "CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, submitted_unix_us);";

static gboolean
set_sqlite_error (InfJobStore *store, const char *what, GError **error)
{
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", what, sqlite3_errmsg (store->db));
  return FALSE;
}

static gboolean
execute (InfJobStore *store, const char *sql, GError **error)
{
  if (sqlite3_exec (store->db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  set_sqlite_error (store, "the job store failed", error);
  if (!sqlite3_get_autocommit (store->db))
    sqlite3_exec (store->db, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

static sqlite3_stmt *
prepare (InfJobStore *store, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (store->db, sql, -1, &statement, NULL) != SQLITE_OK)
    set_sqlite_error (store, "the job store failed", error);
  return statement;
}

static gboolean
read_version (InfJobStore *store, int *ret_version, GError **error)
{
  sqlite3_stmt *statement = prepare (store, "PRAGMA user_version", error);
  gboolean ok = statement && sqlite3_step (statement) == SQLITE_ROW;

  if (ok)
    *ret_version = sqlite3_column_int (statement, 0);
  else if (statement)
    set_sqlite_error (store, "the job store can't be read", error);
  sqlite3_finalize (statement);
  return ok;
}

static gboolean
open_schema (InfJobStore *store, GError **error)
{
  int version;

  if (!read_version (store, &version, error)
      || !execute (store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;", error))
    return FALSE;
  if (version >= 0 && version <= SCHEMA_VERSION)
    return (version >= 1 || execute (store, schema, error))
           && (version >= 2 || execute (store, causes, error)) && execute (store, indices, error);
  g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED,
               "the job store is of version %d, this Infinity knows version %d; use the newer one",
               version, SCHEMA_VERSION);
  return FALSE;
}

/**
 * inf_job_store_open:
 * @path: a file, made when it does not exist; its directory does
 * @error: #INF_ERROR_FAILED, or #INF_ERROR_UNSUPPORTED when a newer Infinity wrote it
 *
 * Returns: (transfer full) (nullable): the store
 */
InfJobStore *
inf_job_store_open (const char *path, GError **error)
{
  g_autoptr (InfJobStore) store = g_new0 (InfJobStore, 1);

  if (sqlite3_open_v2 (path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL)
      != SQLITE_OK)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "the job store %s can't be opened: %s", path,
                   store->db ? sqlite3_errmsg (store->db) : "out of memory");
      return NULL;
    }
  sqlite3_busy_timeout (store->db, BUSY_TIMEOUT_MS);
  if (!open_schema (store, error))
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  return g_steal_pointer (&store);
}

void
inf_job_store_close (InfJobStore *store)
{
  if (!store)
    return;
  sqlite3_close (store->db);
  g_free (store);
}

/**
 * inf_job_store_next_name:
 * @store: a store
 * @base: what the name begins with, as inf_job_spec_base_name() gives
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): @base-1, @base-2 and so on: a name that this store has never
 *   given before, nor has a job of
 */
char *
inf_job_store_next_name (InfJobStore *store, const char *base, GError **error)
{
  /* "a-1" counted from base "a" may also be what somebody called a job; hence the loop. */
  for (guint tries = 0; tries < 1000; tries++)
    {
      sqlite3_stmt *statement
          = prepare (store,
                     "INSERT INTO names VALUES (?1, 1) ON CONFLICT (base) DO UPDATE "
                     "SET last = last + 1 RETURNING ?1 || '-' || last, "
                     "EXISTS (SELECT 1 FROM jobs WHERE name = ?1 || '-' || last)",
                     error);
      if (!statement)
        return NULL;
      sqlite3_bind_text (statement, 1, base, -1, SQLITE_TRANSIENT);
      g_autofree char *name = NULL;
      gboolean is_taken = FALSE;
      if (sqlite3_step (statement) == SQLITE_ROW)
        {
          name = g_strdup ((const char *)sqlite3_column_text (statement, 0));
          is_taken = sqlite3_column_int (statement, 1);
        }
      if (!name || sqlite3_step (statement) != SQLITE_DONE)
        {
          set_sqlite_error (store, "no name for the job", error);
          sqlite3_finalize (statement);
          return NULL;
        }
      sqlite3_finalize (statement);
      if (!is_taken)
        return g_steal_pointer (&name);
    }
  g_set_error (error, INF_ERROR, INF_ERROR_EXISTS, "no free name for a job called %s", base);
  return NULL;
}

static void
bind_variant (sqlite3_stmt *statement, int index, GVariant *value)
{
  sqlite3_bind_blob64 (statement, index, g_variant_get_data (value), g_variant_get_size (value),
                       SQLITE_TRANSIENT);
}

static gboolean
write_job (InfJobStore *store, InfJob *job, GError **error)
{
  g_autoptr (GVariant) spec = g_variant_ref_sink (inf_job_spec_to_variant (inf_job_get_spec (job)));
  g_autoptr (GVariant) record = g_variant_ref_sink (inf_job_to_variant (job));
  sqlite3_stmt *statement
      = prepare (store,
                 "INSERT INTO jobs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
                 "ON CONFLICT (id) DO UPDATE SET state = ?3, finished = ?4, reason = ?5, "
                 "spent_ucredits = ?7, spec = ?8, record = ?9, cause = ?10",
                 error);
  if (!statement)
    return FALSE;
  sqlite3_bind_text (statement, 1, inf_job_get_id_text (job), -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (statement, 2, inf_job_get_name (job), -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (statement, 3, inf_job_state_to_text (inf_job_get_state (job)), -1,
                     SQLITE_STATIC);
  sqlite3_bind_int (statement, 4, inf_job_is_finished (job));
  sqlite3_bind_text (statement, 5, inf_job_get_reason (job), -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (statement, 6, inf_job_get_submitted_unix_us (job));
  sqlite3_bind_int64 (statement, 7, (gint64)inf_job_get_spent_ucredits (job));
  bind_variant (statement, 8, spec);
  bind_variant (statement, 9, record);
  if (inf_job_get_cause (job))
    bind_variant (statement, 10, inf_job_get_cause (job));
  gboolean ok = sqlite3_step (statement) == SQLITE_DONE;
  if (!ok)
    set_sqlite_error (store, "the job could not be written down", error);
  sqlite3_finalize (statement);
  return ok;
}

/**
 * inf_job_store_put:
 * @store: a store
 * @job: a job, new or known
 * @error: #INF_ERROR_FAILED
 *
 * Writes all of @job at once. When this returns, it is on disk.
 *
 * Returns: whether it was written; when not, the store has what it had before
 */
gboolean
inf_job_store_put (InfJobStore *store, InfJob *job, GError **error)
{
  return write_job (store, job, error);
}

/**
 * inf_job_store_note:
 * @store: a store
 * @job: a job, new or known
 * @error: #INF_ERROR_FAILED
 *
 * As inf_job_store_put(), for what nothing is done on the strength of: it survives the end of this
 * process, and a power cut from the next inf_job_store_put() of any job on.
 *
 * Returns: whether it was written; when not, the store has what it had before
 */
gboolean
inf_job_store_note (InfJobStore *store, InfJob *job, GError **error)
{
  gboolean ok
      = execute (store, "PRAGMA synchronous = NORMAL", error) && write_job (store, job, error);

  return execute (store, "PRAGMA synchronous = FULL", ok ? error : NULL) && ok;
}

static GVariant *
column_variant (sqlite3_stmt *statement, int column, const char *type)
{
  g_autoptr (GBytes) bytes = g_bytes_new (sqlite3_column_blob (statement, column),
                                          (gsize)sqlite3_column_bytes (statement, column));
  g_autoptr (GVariant) value
      = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));

  /* A disk's damage is as little to be trusted as a peer's bytes. */
  return g_variant_is_normal_form (value) ? g_steal_pointer (&value) : NULL;
}

typedef struct
{
  GVariant *spec; /* NULL when damaged */
  GVariant *record;
  GVariant *cause; /* NULL for none */
  char *name;
} Row;

static void
row_free (gpointer data)
{
  Row *row = data;

  g_clear_pointer (&row->spec, g_variant_unref);
  g_clear_pointer (&row->record, g_variant_unref);
  g_clear_pointer (&row->cause, g_variant_unref);
  g_free (row->name);
  g_free (row);
}

static InfJob *
decode_row (const Row *row, GError **error)
{
  g_autoptr (InfJobSpec) spec = NULL;
  InfJob *job = NULL;

  if (row->spec && row->record)
    spec = inf_job_spec_from_variant (row->spec, error);
  else
    g_set_error_literal (error, INF_ERROR, INF_ERROR_CORRUPT, "a job's record is damaged");
  if (spec)
    job = inf_job_from_variant (row->record, spec, error);
  if (job)
    inf_job_set_cause (job, row->cause);
  else
    g_prefix_error (error, "job %s: ", row->name);
  return job;
}

/**
 * inf_job_rows_read:
 * @rows: rows
 * @index: which
 *
 * One damaged row must not hide the others, nor keep the node from starting: it is told of and
 * passed over.
 *
 * Returns: (transfer full) (nullable): the job of the row; %NULL when the row is damaged
 */
InfJob *
inf_job_rows_read (const InfJobRows *rows, guint index)
{
  g_autoptr (GError) damage = NULL;
  InfJob *job = decode_row (((GPtrArray *)rows)->pdata[index], &damage);

  if (!job)
    g_warning ("%s", damage->message);
  return job;
}

guint
inf_job_rows_get_n (const InfJobRows *rows)
{
  return ((GPtrArray *)rows)->len;
}

void
inf_job_rows_free (InfJobRows *rows)
{
  if (rows)
    g_ptr_array_unref ((GPtrArray *)rows);
}

/* Steps through @statement, which this frees, of (spec, record, name, cause). */
static InfJobRows *
read_rows (InfJobStore *store, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  int status;

  while ((status = sqlite3_step (statement)) == SQLITE_ROW)
    {
      Row *row = g_new0 (Row, 1);
      row->spec = column_variant (statement, 0, INF_JOB_SPEC_TYPE);
      row->record = column_variant (statement, 1, INF_JOB_TYPE);
      row->name = g_strdup ((const char *)sqlite3_column_text (statement, 2));
      if (sqlite3_column_type (statement, 3) == SQLITE_BLOB)
        row->cause = column_variant (statement, 3, "a{sv}");
      g_ptr_array_add (rows, row);
    }
  if (status != SQLITE_DONE)
    set_sqlite_error (store, "the job store can't be read", error);
  sqlite3_finalize (statement);
  return status == SQLITE_DONE ? (InfJobRows *)g_steal_pointer (&rows) : NULL;
}

static GPtrArray *
read_jobs (InfJobStore *store, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (InfJobRows) rows = read_rows (store, statement, error);
  GPtrArray *jobs;

  if (!rows)
    return NULL;
  jobs = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_job_unref);
  for (guint i = 0; i < inf_job_rows_get_n (rows); i++)
    {
      InfJob *job = inf_job_rows_read (rows, i);
      if (job)
        g_ptr_array_add (jobs, job);
    }
  return jobs;
}

static char *
name_candidates (GPtrArray *jobs)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < jobs->len && i < 4; i++)
    g_string_append_printf (names, "%s%s", i ? ", " : "", inf_job_get_name (jobs->pdata[i]));
  if (jobs->len > 4)
    g_string_append (names, " …");
  return g_string_free (names, FALSE);
}

/**
 * inf_job_store_get:
 * @store: a store
 * @text: a job's name, its id, or the beginning of either
 * @error: #INF_ERROR_NOT_FOUND; #INF_ERROR_INVALID when several jobs begin so, naming some
 *
 * A whole name or id wins over those that only begin with it.
 *
 * Returns: (transfer full) (nullable): the job
 */
InfJob *
inf_job_store_get (InfJobStore *store, const char *text, GError **error)
{
  sqlite3_stmt *statement;
  gsize length = strlen (text);

  if (length == 0 || length > MAX_PREFIX_BYTES || !g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                           "a job is named by its name, its id, or the beginning of one");
      return NULL;
    }
  statement = prepare (store,
                       "SELECT spec, record, name, cause FROM jobs "
                       "WHERE substr (id, 1, length (?1)) = lower (?1) "
                       "OR substr (name, 1, length (?1)) = ?1 "
                       "ORDER BY (name = ?1 OR id = ?1) DESC, submitted_unix_us DESC LIMIT 5",
                       error);
  if (!statement)
    return NULL;
  sqlite3_bind_text (statement, 1, text, -1, SQLITE_TRANSIENT);
  g_autoptr (GPtrArray) jobs = read_jobs (store, statement, error);
  if (!jobs)
    return NULL;
  if (jobs->len == 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "there is no job “%s”", text);
      return NULL;
    }
  InfJob *first = jobs->pdata[0];
  if (jobs->len == 1 || g_str_equal (inf_job_get_name (first), text)
      || g_str_equal (inf_job_get_id_text (first), text))
    return inf_job_ref (first);
  g_autofree char *names = name_candidates (jobs);
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "“%s” may be any of %s; give more of it", text,
               names);
  return NULL;
}

static sqlite3_stmt *
prepare_filtered (InfJobStore *store, const char *columns, const char *filter, const char *end,
                  GError **error)
{
  gboolean is_state
      = !g_str_equal (filter, INF_JOB_FILTER_ALL) && !g_str_equal (filter, INF_JOB_FILTER_ACTIVE);
  const char *condition = is_state ? "WHERE state = ?1" : *filter ? "WHERE finished = 0" : "";
  g_autofree char *sql = g_strdup_printf ("SELECT %s FROM jobs %s %s", columns, condition, end);
  sqlite3_stmt *statement = prepare (store, sql, error);

  if (statement && is_state)
    sqlite3_bind_text (statement, 1, filter, -1, SQLITE_TRANSIENT);
  return statement;
}

static gboolean
count_jobs (InfJobStore *store, const char *filter, guint *ret_total, GError **error)
{
  sqlite3_stmt *statement = prepare_filtered (store, "COUNT (*)", filter, "", error);
  gboolean ok = statement && sqlite3_step (statement) == SQLITE_ROW;

  if (ok)
    *ret_total = (guint)sqlite3_column_int64 (statement, 0);
  else if (statement)
    set_sqlite_error (store, "the jobs can't be counted", error);
  sqlite3_finalize (statement);
  return ok;
}

/**
 * inf_job_store_select:
 * @store: a store
 * @filter: %INF_JOB_FILTER_ALL, %INF_JOB_FILTER_ACTIVE for those that have not ended, or a state's
 *   text
 * @offset: how many to pass over
 * @limit: how many at most
 * @ret_total: (out) (optional): how many there are in all
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): the rows of jobs, the newest first
 */
InfJobRows *
inf_job_store_select (InfJobStore *store, const char *filter, guint offset, guint limit,
                      guint *ret_total, GError **error)
{
  sqlite3_stmt *statement;

  if (ret_total && !count_jobs (store, filter, ret_total, error))
    return NULL;
  statement
      = prepare_filtered (store, "spec, record, name, cause", filter,
                          "ORDER BY submitted_unix_us DESC, rowid DESC LIMIT ?2 OFFSET ?3", error);
  if (!statement)
    return NULL;
  sqlite3_bind_int64 (statement, 2, (gint64)limit);
  sqlite3_bind_int64 (statement, 3, (gint64)offset);
  return read_rows (store, statement, error);
}

/**
 * inf_job_store_remove:
 * @store: a store
 * @job: a finished job
 * @error: #INF_ERROR_INVALID when it is not finished, #INF_ERROR_FAILED
 *
 * Returns: whether the store has it no more
 */
gboolean
inf_job_store_remove (InfJobStore *store, InfJob *job, GError **error)
{
  if (!inf_job_is_finished (job))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "job %s has not ended; cancel it first",
                   inf_job_get_name (job));
      return FALSE;
    }
  sqlite3_stmt *statement = prepare (store, "DELETE FROM jobs WHERE id = ?1", error);
  if (!statement)
    return FALSE;
  sqlite3_bind_text (statement, 1, inf_job_get_id_text (job), -1, SQLITE_TRANSIENT);
  gboolean ok = sqlite3_step (statement) == SQLITE_DONE;
  if (!ok)
    set_sqlite_error (store, "the job could not be removed", error);
  sqlite3_finalize (statement);
  return ok;
}
