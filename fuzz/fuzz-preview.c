#include "widgets/inf-preview-kind.h"
#include "widgets/inf-row-index.h"
#include "widgets/inf-row-text.h"

#include <string.h>

/* The first byte is the width of a row, the second by how much the file shrinks after it was looked
 * through, the third the size of the pieces in which that is done; the rest is the file. */

#define HEAD_BYTES 3

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes);

/* Returns: how many bytes of the file the row has */
static gsize
check_row (const InfRowIndex *index, const guint8 *file, gsize n_bytes, guint row)
{
  InfRowPlace place;
  g_autofree char *text = NULL;
  gsize n_there;
  gsize begin;
  gsize end;

  g_assert (inf_row_index_locate (index, row, &place));
  if (place.offset > n_bytes)
    return 0;
  n_there = MIN (inf_row_index_get_reach (index), n_bytes - (gsize)place.offset);
  if (!inf_row_index_cut (index, &place, file + place.offset, n_there, &begin, &end))
    return 0;
  g_assert (begin <= end && end <= n_there);
  text = inf_row_text_make (file + place.offset + begin, end - begin);
  g_assert (g_utf8_validate (text, -1, NULL) && !strchr (text, '\n'));
  return end - begin;
}

static gsize
check_rows (const InfRowIndex *index, const guint8 *file, gsize n_bytes)
{
  gsize n_shown = 0;

  for (guint i = 0; i < inf_row_index_get_n_rows (index); i++)
    n_shown += check_row (index, file, n_bytes, i);
  return n_shown;
}

static gsize
count_newlines (const guint8 *file, gsize n_bytes)
{
  gsize n_newlines = 0;

  for (gsize i = 0; i < n_bytes; i++)
    n_newlines += file[i] == '\n';
  return n_newlines;
}

static void
check_kind (const guint8 *file, gsize n_bytes)
{
  const char *mime_type;
  guint width;
  guint height;
  InfPreviewKind kind = inf_preview_kind_guess (file, n_bytes, file, n_bytes, &mime_type);

  g_assert ((kind == INF_PREVIEW_PICTURE) == (mime_type != NULL));
  g_assert ((kind == INF_PREVIEW_EMPTY) == (n_bytes == 0));
  if (kind == INF_PREVIEW_NUMBER)
    g_assert (inf_preview_kind_count_digits (file, n_bytes, file, n_bytes, n_bytes) <= n_bytes);
  inf_preview_kind_get_netpbm_size (file, n_bytes, &width, &height);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes)
{
  const guint8 *file = data + HEAD_BYTES;
  gsize n_bytes = size_bytes - HEAD_BYTES;
  g_autoptr (InfRowIndex) index = NULL;
  g_autoptr (InfRowIndex) unbroken = NULL;
  gsize piece;

  if (size_bytes < HEAD_BYTES)
    return 0;
  index = inf_row_index_new (data[0]);
  unbroken = inf_row_index_new_unbroken (data[0], n_bytes);
  piece = (gsize)data[2] + 1;
  for (gsize at = 0; at < n_bytes; at += piece)
    g_assert (inf_row_index_feed (index, file + at, MIN (piece, n_bytes - at)));
  check_kind (file, n_bytes);
  /* every byte is in one row */
  g_assert (check_rows (index, file, n_bytes) + count_newlines (file, n_bytes) == n_bytes);
  g_assert (check_rows (unbroken, file, n_bytes) == n_bytes);
  check_rows (index, file, n_bytes - MIN (n_bytes, data[1]));
  return 0;
}
