#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A line longer than this many bytes is folded into several rows. */
#define INF_LOG_ROW_MAX_BYTES 1024

/* What is kept unless something else is asked for: of lines of 80 characters, 1.6 million. */
#define INF_LOG_MAX_BYTES ((gsize)128 * 1024 * 1024)
#define INF_LOG_MAX_ROWS (4 * 1024 * 1024)

typedef struct _InfLogLines InfLogLines;

/**
 * InfLogBlock:
 * @text: (array length=size_bytes): rows one after the other, UTF-8
 * @first_row: the number of its first row
 * @serial: another whenever the text is
 *
 * A part of a log, some hundred KiB of whole rows.
 */
typedef struct
{
  const char *text;
  gsize size_bytes;
  guint64 first_row;
  guint serial;
} InfLogBlock;

InfLogLines *inf_log_lines_new (gsize max_bytes, guint max_rows);
void inf_log_lines_free (InfLogLines *self);

void inf_log_lines_append (InfLogLines *self, const guint8 *data, gsize size_bytes);
void inf_log_lines_clear (InfLogLines *self);

guint64 inf_log_lines_get_first_row (InfLogLines *self);
guint64 inf_log_lines_get_end_row (InfLogLines *self);
guint64 inf_log_lines_get_dropped_bytes (InfLogLines *self);
guint inf_log_lines_get_max_columns (InfLogLines *self);
const char *inf_log_lines_peek_row (InfLogLines *self, guint64 row, gsize *ret_size_bytes);
char *inf_log_lines_dup_rows (InfLogLines *self, guint64 first, guint64 end);

guint64 inf_log_lines_get_first_block (InfLogLines *self);
guint64 inf_log_lines_get_end_block (InfLogLines *self);
void inf_log_lines_peek_block (InfLogLines *self, guint64 index, InfLogBlock *ret_block);
guint64 inf_log_lines_find_block (InfLogLines *self, guint64 row);
guint64 inf_log_lines_find_row (InfLogLines *self, guint64 block, gsize offset, gsize *ret_start);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLogLines, inf_log_lines_free)

G_END_DECLS
