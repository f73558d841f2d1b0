#include "grid/ledger/inf-ledger-private.h"

#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The ledger's file. Entries are the truth, signed and chained; the other tables are what they come
 * to, kept beside them so that no operation has to read the whole chain, and what is not money yet:
 * vouchers and leases. All of one operation is written in one transaction. */

#define SCHEMA_VERSION 1
#define APPLICATION_ID 0x496e664c /* "InfL" */

static const char schema[] = "CREATE TABLE entries ("
                             "  number INTEGER PRIMARY KEY,"
                             "  kind INTEGER NOT NULL,"
                             "  lease BLOB NOT NULL,"
                             "  statement BLOB NOT NULL,"
                             "  hash BLOB NOT NULL UNIQUE"
                             ") STRICT;"
                             "CREATE TABLE account ("
                             "  id INTEGER PRIMARY KEY CHECK (id = 1),"
                             "  owner BLOB NOT NULL,"
                             "  number INTEGER NOT NULL,"
                             "  head BLOB NOT NULL,"
                             "  balance INTEGER NOT NULL CHECK (balance >= 0),"
                             "  escrowed INTEGER NOT NULL CHECK (escrowed >= 0),"
                             "  granted INTEGER NOT NULL CHECK (granted >= 0),"
                             "  earned INTEGER NOT NULL CHECK (earned >= 0),"
                             "  paid INTEGER NOT NULL CHECK (paid >= 0)"
                             ") STRICT;"
                             "CREATE TABLE grants ("
                             "  reference BLOB PRIMARY KEY,"
                             "  entry INTEGER NOT NULL UNIQUE REFERENCES entries (number)"
                             ") STRICT, WITHOUT ROWID;"
                             "CREATE TABLE escrows ("
                             "  lease BLOB PRIMARY KEY,"
                             "  job BLOB NOT NULL,"
                             "  host BLOB NOT NULL,"
                             "  amount INTEGER NOT NULL CHECK (amount >= 0),"
                             "  signed INTEGER NOT NULL CHECK (signed >= 0),"
                             "  paid INTEGER,"
                             "  lease_bytes BLOB,"
                             "  settlement BLOB,"
                             "  delivered INTEGER NOT NULL DEFAULT 0,"
                             "  CHECK (paid IS NULL OR (paid >= 0 AND amount = 0))"
                             ") STRICT, WITHOUT ROWID;"
                             "CREATE INDEX escrows_open ON escrows (lease) WHERE paid IS NULL;"
                             "CREATE INDEX settlements_open ON escrows (lease)"
                             "  WHERE settlement IS NOT NULL AND delivered = 0;"
                             "CREATE TABLE claims ("
                             "  lease BLOB PRIMARY KEY,"
                             "  job BLOB NOT NULL,"
                             "  client BLOB NOT NULL,"
                             "  prepaid INTEGER NOT NULL CHECK (prepaid >= 0),"
                             "  served_ms INTEGER NOT NULL CHECK (served_ms >= 0),"
                             "  billed INTEGER NOT NULL,"
                             "  voucher BLOB,"
                             "  lease_bytes BLOB,"
                             "  earned INTEGER CHECK (earned >= 0),"
                             "  settlement BLOB"
                             ") STRICT, WITHOUT ROWID;"
                             "CREATE INDEX claims_open ON claims (lease) WHERE earned IS NULL;";

/* FULL: what was promised or paid must survive the machine, not only the process. EXCLUSIVE: two
 * nodes on one account would make two entries of one number, which is what double spending is. */
static const char settings[] = "PRAGMA locking_mode = EXCLUSIVE;"
                               "PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA cell_size_check = ON;";

/**
 * inf_ledger_db_fail:
 * @ledger: a ledger whose last SQLite call failed
 * @error: (out): set from SQLite's words
 *
 * Returns: FALSE
 */
gboolean
inf_ledger_db_fail (InfLedger *ledger, GError **error)
{
  int code = sqlite3_errcode (ledger->db) & 0xff;

  if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
    g_set_error (error, INF_ERROR, INF_ERROR_DENIED,
                 "ledger %s is open in another infinityd; stop that one first", ledger->path);
  else
    g_set_error (error, INF_ERROR,
                 code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_CONSTRAINT
                     ? INF_ERROR_CORRUPT
                     : INF_ERROR_FAILED,
                 "ledger %s: %s", ledger->path, sqlite3_errmsg (ledger->db));
  return FALSE;
}

static gboolean
execute (InfLedger *ledger, const char *sql, GError **error)
{
  if (sqlite3_exec (ledger->db, sql, NULL, NULL, NULL) != SQLITE_OK)
    return inf_ledger_db_fail (ledger, error);
  return TRUE;
}

sqlite3_stmt *
inf_ledger_db_prepare (InfLedger *ledger, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (ledger->db, sql, -1, &statement, NULL) != SQLITE_OK)
    inf_ledger_db_fail (ledger, error);
  return statement;
}

/* For a statement that gives no rows. */
gboolean
inf_ledger_db_run (InfLedger *ledger, sqlite3_stmt *statement, GError **error)
{
  if (sqlite3_step (statement) != SQLITE_DONE)
    return inf_ledger_db_fail (ledger, error);
  return TRUE;
}

/* For a statement that gives rows: steps to the next. */
gboolean
inf_ledger_db_row (InfLedger *ledger, sqlite3_stmt *statement, gboolean *ret_found, GError **error)
{
  int code = sqlite3_step (statement);

  if (code != SQLITE_ROW && code != SQLITE_DONE)
    return inf_ledger_db_fail (ledger, error);
  *ret_found = code == SQLITE_ROW;
  return TRUE;
}

gboolean
inf_ledger_db_begin (InfLedger *ledger, GError **error)
{
  ledger->committed = ledger->account;
  return execute (ledger, "BEGIN IMMEDIATE", error);
}

/**
 * inf_ledger_db_end:
 * @ledger: a ledger with an open transaction
 * @keep: whether all of it went well, so that it is to be kept
 * @error: why it could not be kept; not touched when @keep is FALSE
 *
 * Returns: whether the transaction was kept
 */
gboolean
inf_ledger_db_end (InfLedger *ledger, gboolean keep, GError **error)
{
  if (keep && execute (ledger, "COMMIT", error))
    {
      if (ledger->changed && ledger->account.number != ledger->committed.number)
        ledger->changed (ledger->changed_data);
      return TRUE;
    }
  sqlite3_exec (ledger->db, "ROLLBACK", NULL, NULL, NULL);
  ledger->account = ledger->committed;
  return FALSE;
}

/* Amounts are at most INT64_MAX by the account's rules; times are far below. */
void
inf_ledger_db_bind_amount (sqlite3_stmt *statement, int index, guint64 amount)
{
  sqlite3_bind_int64 (statement, index, (gint64)MIN (amount, (guint64)G_MAXINT64));
}

void
inf_ledger_db_bind_data (sqlite3_stmt *statement, int index, gconstpointer data, gsize size)
{
  sqlite3_bind_blob64 (statement, index, data, size, SQLITE_TRANSIENT);
}

void
inf_ledger_db_bind_bytes (sqlite3_stmt *statement, int index, GBytes *bytes)
{
  gsize size;

  if (!bytes)
    {
      sqlite3_bind_null (statement, index);
      return;
    }
  const void *data = g_bytes_get_data (bytes, &size);
  inf_ledger_db_bind_data (statement, index, data, size);
}

guint64
inf_ledger_db_get_amount (sqlite3_stmt *statement, int column)
{
  return (guint64)MAX (sqlite3_column_int64 (statement, column), 0);
}

/* A field of another length can only come from a damaged file: it reads as zeros, which
 * inf_ledger_verify() then finds. */
void
inf_ledger_db_get_data (sqlite3_stmt *statement, int column, gpointer ret_data, gsize size)
{
  const void *data = sqlite3_column_blob (statement, column);

  if (data && (gsize)sqlite3_column_bytes (statement, column) == size)
    memcpy (ret_data, data, size);
  else
    memset (ret_data, 0, size);
}

GBytes *
inf_ledger_db_get_bytes (sqlite3_stmt *statement, int column)
{
  const void *data = sqlite3_column_blob (statement, column);

  if (sqlite3_column_type (statement, column) == SQLITE_NULL)
    return NULL;
  return g_bytes_new (data, (gsize)sqlite3_column_bytes (statement, column));
}

static gboolean
read_number (InfLedger *ledger, const char *sql, gint64 *ret_number, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (ledger, sql, error);
  gboolean found = FALSE;

  if (!statement || !inf_ledger_db_row (ledger, statement, &found, error))
    return FALSE;
  *ret_number = found ? sqlite3_column_int64 (statement, 0) : 0;
  return TRUE;
}

static gboolean
create_schema (InfLedger *ledger, GError **error)
{
  g_autofree char *marks = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d;",
                                            APPLICATION_ID, SCHEMA_VERSION);
  static const guint8 no_head[INF_SHA256_SIZE_BYTES] = { 0 };

  if (!execute (ledger, schema, error) || !execute (ledger, marks, error))
    return FALSE;
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger, "INSERT INTO account VALUES (1, ?1, 0, ?2, 0, 0, 0, 0, 0)", error);
  if (!statement)
    return FALSE;
  const InfPublicKey *owner = inf_keypair_get_public_key (ledger->owner);
  inf_ledger_db_bind_data (statement, 1, owner->bytes, sizeof owner->bytes);
  inf_ledger_db_bind_data (statement, 2, no_head, sizeof no_head);
  return inf_ledger_db_run (ledger, statement, error);
}

static gboolean
check_version (InfLedger *ledger, gint64 version, GError **error)
{
  gint64 application_id;

  if (!read_number (ledger, "PRAGMA application_id", &application_id, error))
    return FALSE;
  if (application_id != APPLICATION_ID)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "%s is not a ledger", ledger->path);
      return FALSE;
    }
  if (version > SCHEMA_VERSION)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED,
                   "ledger %s was written by a newer Infinity; run that one", ledger->path);
      return FALSE;
    }
  return TRUE;
}

static gboolean
ensure_schema (InfLedger *ledger, GError **error)
{
  gint64 version, n_tables;

  if (!read_number (ledger, "PRAGMA user_version", &version, error)
      || !read_number (ledger, "SELECT count(*) FROM sqlite_schema", &n_tables, error))
    return FALSE;
  if (version > 0 || n_tables > 0)
    return check_version (ledger, version, error);
  if (!inf_ledger_db_begin (ledger, error))
    return FALSE;
  return inf_ledger_db_end (ledger, create_schema (ledger, error), error);
}

/* SQLite gives its journal the mode of the file itself. */
static gboolean
create_file (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "ledger %s: %s", path, g_strerror (errno));
      return FALSE;
    }
  close (fd);
  return TRUE;
}

/**
 * inf_ledger_db_open:
 * @ledger: a ledger with path and owner
 * @error: as inf_ledger_open()
 *
 * Opens the file, making it when it is missing.
 */
gboolean
inf_ledger_db_open (InfLedger *ledger, GError **error)
{
  if (!create_file (ledger->path, error))
    return FALSE;
  if (sqlite3_open_v2 (ledger->path, &ledger->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
    return inf_ledger_db_fail (ledger, error);
  sqlite3_extended_result_codes (ledger->db, 1);
  return execute (ledger, settings, error) && ensure_schema (ledger, error);
}

/**
 * inf_ledger_get_path:
 * @ledger: a ledger
 *
 * Returns: (transfer none): its file
 */
const char *
inf_ledger_get_path (InfLedger *ledger)
{
  return ledger->path;
}

/**
 * inf_ledger_serialize:
 * @ledger: a ledger
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): what a file of it would hold, its journal included
 */
GBytes *
inf_ledger_serialize (InfLedger *ledger, GError **error)
{
  sqlite3_int64 size;
  guchar *data = sqlite3_serialize (ledger->db, "main", &size, 0);

  if (data)
    return g_bytes_new_with_free_func (data, (gsize)size, sqlite3_free, data);
  inf_ledger_db_fail (ledger, error);
  return NULL;
}
