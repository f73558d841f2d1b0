#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More rows than this no list has room for: their heights are added up in an int. */
#define INF_ROW_INDEX_MAX_ROWS 20000000

/**
 * InfRowPlace:
 * @offset: of a byte of the file to read from
 * @n_rows_before: rows between there and the one that is looked for
 * @is_in_line: whether a line is cut at @offset
 *
 * Where to find a row.
 */
typedef struct
{
  guint64 offset;
  guint n_rows_before;
  gboolean is_in_line;
} InfRowPlace;

typedef struct _InfRowIndex InfRowIndex;

InfRowIndex *inf_row_index_new (guint columns);
InfRowIndex *inf_row_index_new_unbroken (guint columns, guint64 size_bytes);
void inf_row_index_free (InfRowIndex *index);

guint inf_row_index_get_n_rows (const InfRowIndex *index);
gboolean inf_row_index_is_full (const InfRowIndex *index);
gsize inf_row_index_get_reach (const InfRowIndex *index);
gboolean inf_row_index_locate (const InfRowIndex *index, guint row, InfRowPlace *ret_place);
gboolean inf_row_index_cut (const InfRowIndex *index, const InfRowPlace *place, const guint8 *bytes,
                            gsize n_bytes, gsize *ret_begin, gsize *ret_end);

gboolean inf_row_index_feed (InfRowIndex *index, const guint8 *bytes, gsize n_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfRowIndex, inf_row_index_free)

G_END_DECLS
