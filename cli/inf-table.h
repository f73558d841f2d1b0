#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfCell:
 * @INF_CELL_TEXT: a string, or an array of strings; cut where the terminal is too narrow
 * @INF_CELL_ID: an id: a table shows the beginning, which is enough to name it
 * @INF_CELL_NUMBER: a whole number; -1 is unknown
 * @INF_CELL_MILLI: a number times 1000
 * @INF_CELL_CREDITS: micro-credits
 * @INF_CELL_SIZE: bytes
 * @INF_CELL_RTT: microseconds, -1 unknown
 * @INF_CELL_TIME: microseconds since 1970, 0 never
 * @INF_CELL_YES_NO: a boolean
 * @INF_CELL_PERCENT: a double from 0 to 1, below 0 unknown
 */
typedef enum
{
  INF_CELL_TEXT,
  INF_CELL_ID,
  INF_CELL_NUMBER,
  INF_CELL_MILLI,
  INF_CELL_CREDITS,
  INF_CELL_SIZE,
  INF_CELL_RTT,
  INF_CELL_TIME,
  INF_CELL_YES_NO,
  INF_CELL_PERCENT,
} InfCell;

/**
 * InfColumn:
 * @key: the key in a row's dictionary; what `--columns` calls it
 * @title: (nullable): what people read above it; %NULL ends an array of columns
 * @cell: how its value is shown
 * @is_extra: whether a table has it only when asked
 * @format: (nullable): makes the text of the cell from the row, for what is no plain value
 *
 * A column of a table, or a line of a record.
 */
typedef struct
{
  const char *key;
  const char *title;
  InfCell cell;
  gboolean is_extra;
  char *(*format) (GVariant *row);
} InfColumn;

char *inf_table_render (const InfColumn *columns, GVariant *rows, const char *selection,
                        gsize width, GError **error);
char *inf_table_get_text (const InfColumn *columns, const char *key, GVariant *row);
char *inf_table_render_record (const InfColumn *columns, GVariant *row);

G_END_DECLS
