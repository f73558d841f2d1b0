#pragma once

#include "grid/ledger/inf-account.h"
#include "grid/ledger/inf-ledger.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * InfLedger:
 * @db: the file, locked for as long as the ledger is open
 * @path: its name, for messages
 * @owner: who signs
 * @account: what all entries come to, those of an open transaction included
 * @committed: the same without them
 * @changed: (nullable): hears of new entries
 * @changed_data: for @changed
 */
struct _InfLedger
{
  sqlite3 *db;
  char *path;
  InfKeypair *owner;
  InfAccount account;
  InfAccount committed;
  InfLedgerChanged changed;
  gpointer changed_data;
};

/* The file: inf-ledger-db.c */
gboolean inf_ledger_db_open (InfLedger *ledger, GError **error);
gboolean inf_ledger_db_fail (InfLedger *ledger, GError **error);
sqlite3_stmt *inf_ledger_db_prepare (InfLedger *ledger, const char *sql, GError **error);
gboolean inf_ledger_db_run (InfLedger *ledger, sqlite3_stmt *statement, GError **error);
gboolean inf_ledger_db_row (InfLedger *ledger, sqlite3_stmt *statement, gboolean *ret_found,
                            GError **error);
gboolean inf_ledger_db_begin (InfLedger *ledger, GError **error);
gboolean inf_ledger_db_end (InfLedger *ledger, gboolean keep, GError **error);

void inf_ledger_db_bind_amount (sqlite3_stmt *statement, int index, guint64 amount);
void inf_ledger_db_bind_data (sqlite3_stmt *statement, int index, gconstpointer data, gsize size);
void inf_ledger_db_bind_bytes (sqlite3_stmt *statement, int index, GBytes *bytes);
guint64 inf_ledger_db_get_amount (sqlite3_stmt *statement, int column);
void inf_ledger_db_get_data (sqlite3_stmt *statement, int column, gpointer ret_data, gsize size);
GBytes *inf_ledger_db_get_bytes (sqlite3_stmt *statement, int column);

/* Within a transaction: inf-ledger.c */
gboolean inf_ledger_append (InfLedger *ledger, InfAccountSubject *subject, InfEntry *entry,
                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

G_END_DECLS
