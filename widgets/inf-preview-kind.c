#include "widgets/inf-preview-kind.h"

#include <string.h>

/* The kinds that gdk-pixbuf decodes by itself, and that programs write. */
static const struct
{
  const char *magic;
  gsize length;
  const char *mime_type;
} pictures[] = {
  { "\x89PNG\r\n\x1a\n", 8, "image/png" },
  { "\xff\xd8\xff", 3, "image/jpeg" },
  { "GIF87a", 6, "image/gif" },
  { "GIF89a", 6, "image/gif" },
};

static const char *const netpbm_types[] = {
  "image/x-portable-bitmap",
  "image/x-portable-graymap",
  "image/x-portable-pixmap",
};

/* "P6", white space, then the width or a comment; P1 to P3 are the same kinds in text */
static const char *
find_netpbm (const guint8 *head, gsize n_head)
{
  if (n_head < 4 || head[0] != 'P' || head[1] < '1' || head[1] > '6' || !g_ascii_isspace (head[2])
      || !(g_ascii_isdigit (head[3]) || head[3] == '#'))
    return NULL;
  return netpbm_types[(head[1] - '1') % 3];
}

static const char *
find_picture (const guint8 *head, gsize n_head)
{
  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
    if (n_head >= pictures[i].length && !memcmp (head, pictures[i].magic, pictures[i].length))
      return pictures[i].mime_type;
  return find_netpbm (head, n_head);
}

/* Newlines at the end, and a sign at the beginning, make it no less of a number. */
static gsize
trim_end (const guint8 *bytes, gsize n_bytes)
{
  while (n_bytes && (bytes[n_bytes - 1] == '\n' || bytes[n_bytes - 1] == '\r'))
    n_bytes--;
  return n_bytes;
}

static gboolean
has_sign (const guint8 *head, gsize n_head)
{
  return n_head && (*head == '-' || *head == '+');
}

static gboolean
are_digits (const guint8 *bytes, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    if (!g_ascii_isdigit (bytes[i]))
      return FALSE;
  return n_bytes > 0;
}

static gboolean
is_control (guint8 byte)
{
  return byte < 32 && !strchr ("\t\n\r\f\b\x1b", byte);
}

/* Text may have a wrong byte here and there; no text has a tenth of them. */
static gboolean
is_text (const guint8 *bytes, gsize n_bytes)
{
  const char *at = (const char *)bytes;
  const char *end = at + n_bytes;
  gsize n_wrong = 0;

  for (gsize i = 0; i < n_bytes; i++)
    {
      if (!bytes[i])
        return FALSE;
      n_wrong += is_control (bytes[i]);
    }
  while (!g_utf8_validate_len (at, (gsize)(end - at), &at))
    {
      /* a character that the end of what was read cuts in two is none */
      if (end - at < 4)
        break;
      n_wrong++;
      at++;
    }
  return n_wrong * 10 <= n_bytes;
}

/**
 * inf_preview_kind_guess:
 * @head: (array length=n_head): what the file begins with
 * @n_head: some thousand bytes, or all there are
 * @tail: (array length=n_tail): what it ends with
 * @n_tail: the same
 * @ret_mime_type: (out) (nullable): of a picture, else %NULL
 *
 * Guesses from bytes alone: whoever wrote the file chose its name.
 *
 * Returns: how to show it
 */
InfPreviewKind
inf_preview_kind_guess (const guint8 *head, gsize n_head, const guint8 *tail, gsize n_tail,
                        const char **ret_mime_type)
{
  gsize sign = has_sign (head, n_head) ? 1 : 0;
  /* the two are the same bytes of a short file */
  gsize tail_sign = n_tail == n_head ? sign : 0;
  gsize trimmed_head = trim_end (head, n_head);
  gsize trimmed_tail = trim_end (tail, n_tail);

  *ret_mime_type = NULL;
  if (!n_head)
    return INF_PREVIEW_EMPTY;
  if ((*ret_mime_type = find_picture (head, n_head)))
    return INF_PREVIEW_PICTURE;
  if (trimmed_head > sign && are_digits (head + sign, trimmed_head - sign)
      && trimmed_tail > tail_sign && are_digits (tail + tail_sign, trimmed_tail - tail_sign))
    return INF_PREVIEW_NUMBER;
  return is_text (head, n_head) && is_text (tail, n_tail) ? INF_PREVIEW_TEXT : INF_PREVIEW_BINARY;
}

/**
 * inf_preview_kind_count_digits:
 * @head: (array length=n_head): what the file begins with
 * @n_head: some thousand bytes, or all there are
 * @tail: (array length=n_tail): what it ends with
 * @n_tail: the same
 * @size_bytes: of the file
 *
 * Returns: how many digits a %INF_PREVIEW_NUMBER has, going by its size
 */
guint64
inf_preview_kind_count_digits (const guint8 *head, gsize n_head, const guint8 *tail, gsize n_tail,
                               guint64 size_bytes)
{
  return size_bytes - (n_tail - trim_end (tail, n_tail)) - has_sign (head, n_head);
}

/* A number of the head of a netpbm file, after white space and comments. */
static gboolean
read_netpbm_number (const guint8 *head, gsize n_head, gsize *at, guint *ret_number)
{
  gboolean is_comment = FALSE;
  guint64 number = 0;

  while (*at < n_head && (is_comment || head[*at] == '#' || g_ascii_isspace (head[*at])))
    {
      is_comment = head[*at] != '\n' && (is_comment || head[*at] == '#');
      (*at)++;
    }
  if (*at >= n_head || !g_ascii_isdigit (head[*at]))
    return FALSE;
  for (; *at < n_head && g_ascii_isdigit (head[*at]); (*at)++)
    number = MIN (number * 10 + head[*at] - '0', G_MAXINT);
  *ret_number = (guint)number;
  return TRUE;
}

/**
 * inf_preview_kind_get_netpbm_size:
 * @head: (array length=n_head): what a picture of a netpbm kind begins with
 * @n_head: how much that is
 * @ret_width: (out): in pixels, %G_MAXINT at most
 * @ret_height: (out): the same
 *
 * Returns: whether it says how large it is
 */
gboolean
inf_preview_kind_get_netpbm_size (const guint8 *head, gsize n_head, guint *ret_width,
                                  guint *ret_height)
{
  gsize at = 2;
  guint width;

  if (n_head < 2 || !read_netpbm_number (head, n_head, &at, &width)
      || !read_netpbm_number (head, n_head, &at, ret_height))
    return FALSE;
  *ret_width = width;
  return TRUE;
}
