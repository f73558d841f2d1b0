#include "widgets/inf-row-index.h"

#include <string.h>

/*
 * Which bytes of a file are which row of its text, for a file that is never all in memory.
 *
 * A line of n bytes makes ceil (n / columns) rows, an empty one makes one: columns are bytes, and
 * what cuts a character in two moves the cut to the character's end (inf_row_index_cut()). So rows
 * follow from where lines begin. Of these only some are kept:
 *
 *   rows   0        64       128 ────────────────── 90,128     90,192
 *          ▲ mark            ▲ mark: a long line    ▲ mark     ▲ mark
 *
 * at least 64 rows lie between two marks, and a line of more rows than that has one of its own.
 * From a mark it is at most 127 rows to any row, unless the mark is a long line's, in which every
 * row is found by multiplication.
 *
 * A file that is one line for as far as anybody looked is "unbroken": nothing has to be read to
 * know its rows.
 */

#define ROWS_PER_MARK 64

typedef struct
{
  guint64 offset;
  guint row;
  gboolean is_long;
} Mark;

struct _InfRowIndex
{
  guint columns;
  gboolean is_unbroken;
  gboolean is_full;
  GArray *marks;
  guint64 n_fed;      /* bytes so far */
  guint64 line_begin; /* of the line that has not ended */
  guint line_row;     /* its first row */
};

/**
 * inf_row_index_new:
 * @columns: bytes in a row, at least 8
 *
 * Returns: (transfer full): an index that is fed the file from its beginning
 */
InfRowIndex *
inf_row_index_new (guint columns)
{
  InfRowIndex *index = g_new0 (InfRowIndex, 1);
  Mark first = { 0 };

  index->columns = MAX (columns, 8);
  index->marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  g_array_append_val (index->marks, first);
  return index;
}

/**
 * inf_row_index_new_unbroken:
 * @columns: bytes in a row, at least 8
 * @size_bytes: of the file
 *
 * Returns: (transfer full): the index of a file that is taken for one line, whatever is in it
 */
InfRowIndex *
inf_row_index_new_unbroken (guint columns, guint64 size_bytes)
{
  InfRowIndex *index = inf_row_index_new (columns);

  index->is_unbroken = TRUE;
  index->n_fed = size_bytes;
  index->is_full = inf_row_index_get_n_rows (index) == INF_ROW_INDEX_MAX_ROWS;
  return index;
}

void
inf_row_index_free (InfRowIndex *index)
{
  if (!index)
    return;
  g_array_unref (index->marks);
  g_free (index);
}

static guint64
count_rows (const InfRowIndex *index, guint64 line_bytes)
{
  return line_bytes ? (line_bytes - 1) / index->columns + 1 : 1;
}

/* Returns: the rows of what was fed, %INF_ROW_INDEX_MAX_ROWS at most */
guint
inf_row_index_get_n_rows (const InfRowIndex *index)
{
  guint64 n_rows = index->line_row;

  /* a newline at the very end begins no row */
  if (index->n_fed > index->line_begin)
    n_rows += count_rows (index, index->n_fed - index->line_begin);
  return (guint)MIN (n_rows, INF_ROW_INDEX_MAX_ROWS);
}

/* Returns: whether there are more rows than can be shown */
gboolean
inf_row_index_is_full (const InfRowIndex *index)
{
  return index->is_full;
}

/* Returns: how many bytes from a place on are enough to cut any row */
gsize
inf_row_index_get_reach (const InfRowIndex *index)
{
  /* a character's rest before and after, a newline for each row */
  return (2 * ROWS_PER_MARK + 1) * (gsize)(index->columns + 1) + 8;
}

static void
end_line (InfRowIndex *index, guint64 newline)
{
  guint64 n_rows = count_rows (index, newline - index->line_begin);
  Mark *last = &g_array_index (index->marks, Mark, index->marks->len - 1);
  Mark mark = { index->line_begin, index->line_row, n_rows > ROWS_PER_MARK };

  if (mark.is_long && last->row == mark.row)
    last->is_long = TRUE;
  else if (mark.is_long || mark.row - last->row >= ROWS_PER_MARK || last->is_long)
    g_array_append_val (index->marks, mark);
  index->line_begin = newline + 1;
  if (index->line_row + n_rows > INF_ROW_INDEX_MAX_ROWS)
    {
      index->is_full = TRUE;
      n_rows = INF_ROW_INDEX_MAX_ROWS - index->line_row;
    }
  index->line_row += (guint)n_rows;
}

/**
 * inf_row_index_feed:
 * @index: an index that is not unbroken
 * @bytes: (array length=n_bytes): what comes next in the file
 * @n_bytes: how much that is
 *
 * Returns: whether there is room for more rows
 */
gboolean
inf_row_index_feed (InfRowIndex *index, const guint8 *bytes, gsize n_bytes)
{
  const guint8 *at = bytes;
  const guint8 *end = bytes + n_bytes;
  const guint8 *newline;

  g_return_val_if_fail (!index->is_unbroken, FALSE);

  if (index->is_full)
    return FALSE;
  while (!index->is_full && at < end && (newline = memchr (at, '\n', (gsize)(end - at))))
    {
      end_line (index, index->n_fed + (guint64)(newline - bytes));
      at = newline + 1;
    }
  if (index->is_full)
    {
      /* what follows is no part of any row */
      index->n_fed = index->line_begin;
      return FALSE;
    }
  index->n_fed += n_bytes;
  index->is_full = inf_row_index_get_n_rows (index) == INF_ROW_INDEX_MAX_ROWS;
  return !index->is_full;
}

static const Mark *
find_mark (const InfRowIndex *index, guint row)
{
  guint low = 0;
  guint high = index->marks->len;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;
      if (g_array_index (index->marks, Mark, middle).row <= row)
        low = middle;
      else
        high = middle;
    }
  return &g_array_index (index->marks, Mark, low);
}

static InfRowPlace
place_in_line (const InfRowIndex *index, guint64 line_begin, guint row)
{
  return (InfRowPlace){ line_begin + (guint64)row * index->columns, 0, row > 0 };
}

/**
 * inf_row_index_locate:
 * @index: an index
 * @row: which row, from 0
 * @ret_place: (out): where it is
 *
 * Returns: whether there is such a row
 */
gboolean
inf_row_index_locate (const InfRowIndex *index, guint row, InfRowPlace *ret_place)
{
  const Mark *mark;

  if (row >= inf_row_index_get_n_rows (index))
    return FALSE;
  mark = find_mark (index, row);
  /* the line that has not ended may be a long one without a mark */
  if (row >= index->line_row)
    *ret_place = place_in_line (index, index->line_begin, row - index->line_row);
  else if (mark->is_long)
    *ret_place = place_in_line (index, mark->offset, row - mark->row);
  else
    *ret_place = (InfRowPlace){ mark->offset, row - mark->row, FALSE };
  return TRUE;
}

static gsize
find_line_end (const InfRowIndex *index, const guint8 *bytes, gsize begin, gsize n_bytes)
{
  const guint8 *newline = index->is_unbroken ? NULL : memchr (bytes + begin, '\n', n_bytes - begin);

  return newline ? (gsize)(newline - bytes) : n_bytes;
}

/* A cut in a character goes behind it; what is no UTF-8 is cut where it is. */
static gsize
skip_character_rest (const guint8 *bytes, gsize at, gsize limit)
{
  gsize rest = at;

  while (rest < limit && rest - at < 3 && (bytes[rest] & 0xc0) == 0x80)
    rest++;
  return rest;
}

/**
 * inf_row_index_cut:
 * @index: an index
 * @place: where the row is
 * @bytes: (array length=n_bytes): what the file has from there on
 * @n_bytes: inf_row_index_get_reach(), or less where the file ends
 * @ret_begin: (out): where the row begins in @bytes
 * @ret_end: (out): where it ends; a newline does not belong to it
 *
 * Returns: whether the row is there; a file that has changed may have it no more
 */
gboolean
inf_row_index_cut (const InfRowIndex *index, const InfRowPlace *place, const guint8 *bytes,
                   gsize n_bytes, gsize *ret_begin, gsize *ret_end)
{
  gsize line = 0;
  gsize line_end = find_line_end (index, bytes, 0, n_bytes);
  guint row = place->n_rows_before;
  gsize begin;
  gsize end;

  while (row >= count_rows (index, line_end - line))
    {
      row -= (guint)count_rows (index, line_end - line);
      if (line_end >= n_bytes)
        return FALSE;
      line = line_end + 1;
      line_end = find_line_end (index, bytes, line, n_bytes);
    }
  begin = line + (gsize)row * index->columns;
  if (begin >= n_bytes && place->n_rows_before)
    return FALSE;
  end = MIN (begin + index->columns, line_end);
  *ret_begin = row || place->is_in_line ? skip_character_rest (bytes, begin, end) : begin;
  *ret_end = MAX (*ret_begin, skip_character_rest (bytes, end, line_end));
  return TRUE;
}
