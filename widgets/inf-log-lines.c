#include "widgets/inf-log-lines.h"

#include "widgets/inf-log-cleaner.h"

#include <string.h>

/* A new block begins at the first line after so many bytes, at the latest after twice as many. */
#define BLOCK_BYTES ((gsize)256 * 1024)
#define TAB_COLUMNS 8

typedef struct
{
  GString *text;
  GArray *starts; /* guint32: where each row begins */
  guint64 first_row;
  guint serial;
} Block;

/**
 * InfLogLines:
 *
 * The rows of a log by number, whatever their number: the text in blocks, and where in a block each
 * row begins. A row keeps its number when the oldest blocks are dropped, which they are when there
 * is more than may be kept.
 */
struct _InfLogLines
{
  InfLogCleaner cleaner;
  GString *scratch;
  GPtrArray *blocks;
  guint64 first_block; /* the number of the first that is kept */
  guint64 n_dropped_bytes;
  gsize n_bytes;
  gsize max_bytes;
  guint max_rows;
  guint max_columns;
  gboolean is_inside; /* the last row goes on */
};

static void
block_free (gpointer data)
{
  Block *block = data;

  g_string_free (block->text, TRUE);
  g_array_unref (block->starts);
  g_free (block);
}

/**
 * inf_log_lines_new:
 * @max_bytes: how much text is kept, about; %INF_LOG_MAX_BYTES where nothing else is wanted
 * @max_rows: how many rows, about
 *
 * Returns: (transfer full): an empty log
 */
InfLogLines *
inf_log_lines_new (gsize max_bytes, guint max_rows)
{
  InfLogLines *self = g_new0 (InfLogLines, 1);

  self->max_bytes = max_bytes;
  self->max_rows = max_rows;
  self->scratch = g_string_new (NULL);
  self->blocks = g_ptr_array_new_with_free_func (block_free);
  return self;
}

void
inf_log_lines_free (InfLogLines *self)
{
  if (!self)
    return;
  g_string_free (self->scratch, TRUE);
  g_ptr_array_unref (self->blocks);
  g_free (self);
}

static Block *
get_last_block (InfLogLines *self)
{
  return self->blocks->len ? self->blocks->pdata[self->blocks->len - 1] : NULL;
}

guint64
inf_log_lines_get_first_row (InfLogLines *self)
{
  return self->blocks->len ? ((Block *)self->blocks->pdata[0])->first_row : 0;
}

/* Returns: the number of the row that will come after the last */
guint64
inf_log_lines_get_end_row (InfLogLines *self)
{
  Block *last = get_last_block (self);

  return last ? last->first_row + last->starts->len : 0;
}

/* Returns: how much of the beginning was dropped */
guint64
inf_log_lines_get_dropped_bytes (InfLogLines *self)
{
  return self->n_dropped_bytes;
}

/* Returns: the width of the widest row that was ever kept, in characters of a fixed-width font */
guint
inf_log_lines_get_max_columns (InfLogLines *self)
{
  return self->max_columns;
}

static guint
count_columns (const char *text, gsize size_bytes)
{
  guint n_columns = 0;

  for (const char *at = text; at < text + size_bytes; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (character == '\t')
        n_columns += TAB_COLUMNS - n_columns % TAB_COLUMNS;
      else if (character != '\n' && !g_unichar_iszerowidth (character))
        n_columns += g_unichar_iswide (character) ? 2 : 1;
    }
  return n_columns;
}

static void
note_width (InfLogLines *self, Block *block)
{
  guint32 start = g_array_index (block->starts, guint32, block->starts->len - 1);
  gsize size_bytes = block->text->len - start;

  /* a tab is one byte and eight columns at most: what can't be the widest is not counted */
  if (size_bytes * TAB_COLUMNS <= self->max_columns)
    return;
  if (size_bytes > self->max_columns || memchr (block->text->str + start, '\t', size_bytes) != NULL)
    self->max_columns
        = MAX (self->max_columns, count_columns (block->text->str + start, size_bytes));
}

static void
drop_first_block (InfLogLines *self)
{
  Block *first = self->blocks->pdata[0];

  self->n_bytes -= first->text->len;
  self->n_dropped_bytes += first->text->len;
  self->first_block++;
  g_ptr_array_remove_index (self->blocks, 0);
}

static Block *
add_block (InfLogLines *self)
{
  Block *block = g_new0 (Block, 1);

  block->first_row = inf_log_lines_get_end_row (self);
  block->text = g_string_new (NULL);
  block->starts = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_ptr_array_add (self->blocks, block);
  while (self->blocks->len > 1
         && (self->n_bytes > self->max_bytes
             || inf_log_lines_get_end_row (self) - inf_log_lines_get_first_row (self)
                    > self->max_rows))
    drop_first_block (self);
  return block;
}

/* @is_line_start: whether the row begins a line, and does not go on with one */
static Block *
begin_row (InfLogLines *self, gboolean is_line_start)
{
  Block *block = get_last_block (self);
  gsize limit_bytes = is_line_start ? BLOCK_BYTES : 2 * BLOCK_BYTES;
  guint32 start;

  if (!block || block->text->len >= limit_bytes)
    block = add_block (self);
  start = (guint32)block->text->len;
  g_array_append_val (block->starts, start);
  self->is_inside = TRUE;
  return block;
}

/* How much of @text fits into @room bytes, and does not end inside a character. */
static gsize
fit (const char *text, gsize size_bytes, gsize room)
{
  if (size_bytes <= room)
    return size_bytes;
  while (room > 0 && ((guchar)text[room] & 0xC0) == 0x80)
    room--;
  return room;
}

/* @text: of one line, without its end */
static void
add_text (InfLogLines *self, const char *text, gsize size_bytes)
{
  Block *block = get_last_block (self);

  while (size_bytes > 0)
    {
      gsize start;
      gsize n_fit;

      if (!self->is_inside)
        block = begin_row (self, TRUE);
      start = g_array_index (block->starts, guint32, block->starts->len - 1);
      n_fit = fit (text, size_bytes, INF_LOG_ROW_MAX_BYTES - (block->text->len - start));
      if (n_fit == 0)
        {
          block = begin_row (self, FALSE);
          continue;
        }
      g_string_append_len (block->text, text, (gssize)n_fit);
      block->serial++;
      self->n_bytes += n_fit;
      note_width (self, block);
      text += n_fit;
      size_bytes -= n_fit;
    }
}

static void
end_line (InfLogLines *self)
{
  Block *block = self->is_inside ? get_last_block (self) : begin_row (self, TRUE);

  g_string_append_c (block->text, '\n');
  block->serial++;
  self->n_bytes++;
  self->is_inside = FALSE;
}

/* A progress bar is drawn over itself: only the last row of its line can be that. */
static void
begin_row_anew (InfLogLines *self)
{
  Block *block = get_last_block (self);
  guint32 start;

  if (!self->is_inside)
    return;
  start = g_array_index (block->starts, guint32, block->starts->len - 1);
  self->n_bytes -= block->text->len - start;
  g_string_truncate (block->text, start);
  block->serial++;
}

/**
 * inf_log_lines_append:
 * @self: a log
 * @data: (array length=size_bytes): what was printed next, anything
 * @size_bytes: its length
 *
 * What inf_log_lines_peek_row() and inf_log_lines_peek_block() gave holds no longer.
 */
void
inf_log_lines_append (InfLogLines *self, const guint8 *data, gsize size_bytes)
{
  const char *at;

  g_string_truncate (self->scratch, 0);
  inf_log_cleaner_feed (&self->cleaner, data, size_bytes, self->scratch);
  at = self->scratch->str;
  while (*at)
    {
      gsize n_text = strcspn (at, "\r\n");

      add_text (self, at, n_text);
      at += n_text;
      if (*at == '\n')
        end_line (self);
      else if (*at == '\r')
        begin_row_anew (self);
      at += *at != '\0';
    }
}

/* Forgets everything; the next row is number 0. */
void
inf_log_lines_clear (InfLogLines *self)
{
  self->cleaner = (InfLogCleaner){ 0 };
  /* what held one of the blocks must not take a new one for it */
  self->first_block += self->blocks->len;
  g_ptr_array_set_size (self->blocks, 0);
  self->n_dropped_bytes = 0;
  self->n_bytes = 0;
  self->max_columns = 0;
  self->is_inside = FALSE;
}

guint64
inf_log_lines_get_first_block (InfLogLines *self)
{
  return self->first_block;
}

guint64
inf_log_lines_get_end_block (InfLogLines *self)
{
  return self->first_block + self->blocks->len;
}

static Block *
get_block (InfLogLines *self, guint64 index)
{
  g_assert (index >= self->first_block && index - self->first_block < self->blocks->len);
  return self->blocks->pdata[index - self->first_block];
}

/**
 * inf_log_lines_peek_block:
 * @self: a log
 * @index: the number of a block that is kept
 * @ret_block: (out): the block; its text is the log's, and ends with a 0 that does not count
 */
void
inf_log_lines_peek_block (InfLogLines *self, guint64 index, InfLogBlock *ret_block)
{
  Block *block = get_block (self, index);

  *ret_block = (InfLogBlock){ block->text->str, block->text->len, block->first_row, block->serial };
}

/* Returns: the number of the block that has @row, which is kept */
guint64
inf_log_lines_find_block (InfLogLines *self, guint64 row)
{
  guint low = 0;
  guint high = self->blocks->len;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;
      Block *block = self->blocks->pdata[middle];

      if (block->first_row <= row)
        low = middle;
      else
        high = middle;
    }
  return self->first_block + low;
}

/**
 * inf_log_lines_find_row:
 * @self: a log
 * @block: the number of a block that is kept
 * @offset: a place in its text, in bytes
 * @ret_start: (out): where in the text the row begins
 *
 * Returns: the number of the row that has that place
 */
guint64
inf_log_lines_find_row (InfLogLines *self, guint64 block, gsize offset, gsize *ret_start)
{
  Block *found = get_block (self, block);
  guint low = 0;
  guint high = found->starts->len;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (found->starts, guint32, middle) <= offset)
        low = middle;
      else
        high = middle;
    }
  *ret_start = g_array_index (found->starts, guint32, low);
  return found->first_row + low;
}

/* Returns: the text of @row with its `\n`, which only the last row of a line has */
static const char *
peek_whole_row (InfLogLines *self, guint64 row, gsize *ret_size_bytes)
{
  Block *block = get_block (self, inf_log_lines_find_block (self, row));
  guint index = (guint)(row - block->first_row);
  guint32 start = g_array_index (block->starts, guint32, index);
  gsize end = index + 1 < block->starts->len ? g_array_index (block->starts, guint32, index + 1)
                                             : block->text->len;

  *ret_size_bytes = end - start;
  return block->text->str + start;
}

/**
 * inf_log_lines_peek_row:
 * @self: a log
 * @row: the number of a row that is kept
 * @ret_size_bytes: (out): its length
 *
 * Returns: (transfer none) (array length=ret_size_bytes): valid UTF-8, without the end of the line;
 *   not terminated
 */
const char *
inf_log_lines_peek_row (InfLogLines *self, guint64 row, gsize *ret_size_bytes)
{
  const char *text = peek_whole_row (self, row, ret_size_bytes);

  if (*ret_size_bytes && text[*ret_size_bytes - 1] == '\n')
    (*ret_size_bytes)--;
  return text;
}

/**
 * inf_log_lines_dup_rows:
 * @self: a log
 * @first: a row
 * @end: the row after the last; rows that are not kept are left out
 *
 * Returns: (transfer full): their text, with folded lines whole
 */
char *
inf_log_lines_dup_rows (InfLogLines *self, guint64 first, guint64 end)
{
  g_autoptr (GString) text = g_string_new (NULL);

  first = MAX (first, inf_log_lines_get_first_row (self));
  end = MIN (end, inf_log_lines_get_end_row (self));
  for (guint64 row = first; row < end; row++)
    {
      gsize size_bytes;
      const char *at = peek_whole_row (self, row, &size_bytes);

      g_string_append_len (text, at, (gssize)size_bytes);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
