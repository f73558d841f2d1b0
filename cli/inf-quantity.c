#include "cli/inf-quantity.h"

#include <string.h>

/**
 * inf_quantity_format_credits:
 * @ucredits: an amount in micro-credits, of either sign
 *
 * Returns: (transfer full): the amount in credits, with as many decimals as it needs and no more
 */
char *
inf_quantity_format_credits (gint64 ucredits)
{
  /* through unsigned arithmetic, as the lowest number has no positive counterpart */
  guint64 size = ucredits < 0 ? -(guint64)ucredits : (guint64)ucredits;
  guint64 whole = size / INF_UCREDITS_PER_CREDIT;
  guint64 part = size % INF_UCREDITS_PER_CREDIT;
  GString *text = g_string_new (ucredits < 0 ? "-" : "");

  g_string_append_printf (text, "%" G_GUINT64_FORMAT, whole);
  if (part)
    {
      g_string_append_printf (text, ".%06" G_GUINT64_FORMAT, part);
      while (text->str[text->len - 1] == '0')
        g_string_truncate (text, text->len - 1);
    }
  return g_string_free (text, FALSE);
}

/**
 * inf_quantity_format_size:
 * @size_bytes: a size
 *
 * Returns: (transfer full): the size with a binary unit, "1.5 GiB" for example
 */
char *
inf_quantity_format_size (guint64 size_bytes)
{
  static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
  double size = size_bytes / 1024.0;
  guint unit = 0;

  if (size_bytes < 1024)
    return g_strdup_printf ("%u B", (guint)size_bytes);
  /* 1023.95 would be rounded to 1024.0 */
  while (size >= 1023.95 && unit + 1 < G_N_ELEMENTS (units))
    {
      size /= 1024;
      unit++;
    }
  return g_strdup_printf ("%.1f %s", size, units[unit]);
}

/**
 * inf_quantity_format_duration:
 * @duration_us: a duration; what is below zero counts as zero
 *
 * Returns: (transfer full): the duration in its two largest units: "0.4 ms", "3.2 s", "1m05s",
 *   "2h03m", "3d04h"
 */
char *
inf_quantity_format_duration (gint64 duration_us)
{
  gint64 seconds = MAX (duration_us, 0) / G_USEC_PER_SEC;

  if (duration_us < 999950)
    return g_strdup_printf ("%.1f ms", MAX (duration_us, 0) / 1000.0);
  if (duration_us < 59950000)
    return g_strdup_printf ("%.1f s", duration_us / (double)G_USEC_PER_SEC);
  seconds = MAX (seconds, 60);
  if (seconds < 3600)
    return g_strdup_printf ("%dm%02ds", (int)(seconds / 60), (int)(seconds % 60));
  if (seconds < 86400)
    return g_strdup_printf ("%dh%02dm", (int)(seconds / 3600), (int)(seconds / 60 % 60));
  return g_strdup_printf ("%" G_GINT64_FORMAT "d%02dh", seconds / 86400,
                          (int)(seconds / 3600 % 24));
}

/**
 * inf_quantity_format_time:
 * @unix_us: a time in microseconds since 1970
 *
 * Returns: (transfer full): the local time to the second; "-" for 0 and for years that have no
 *   four digits
 */
char *
inf_quantity_format_time (gint64 unix_us)
{
  g_autoptr (GDateTime) time = NULL;

  if (unix_us <= 0)
    return g_strdup ("-");
  time = g_date_time_new_from_unix_local (unix_us / G_USEC_PER_SEC);
  return time ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : g_strdup ("-");
}

static gboolean
refuse (const char *text, const char *expected, GError **error)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is not %s", text, expected);
  return FALSE;
}

/* Reads decimal digits at @cursor; FALSE when there is none or the number is too large. */
static gboolean
read_digits (const char **cursor, guint64 *ret_value)
{
  guint64 value = 0;
  const char *p = *cursor;

  for (; g_ascii_isdigit (*p); p++)
    if (!g_uint64_checked_mul (&value, value, 10)
        || !g_uint64_checked_add (&value, value, (guint64)(*p - '0')))
      return FALSE;
  if (p == *cursor)
    return FALSE;
  *cursor = p;
  *ret_value = value;
  return TRUE;
}

/**
 * inf_quantity_parse_credits:
 * @text: credits as a decimal number with at most six decimals, such as "0.25"
 * @ret_ucredits: (out): the amount in micro-credits, at most %G_MAXINT64
 * @error: %G_OPTION_ERROR_BAD_VALUE
 *
 * Returns: whether @text is such a number
 */
gboolean
inf_quantity_parse_credits (const char *text, guint64 *ret_ucredits, GError **error)
{
  static const char expected[] = "an amount of credits: a number with at most six decimals";
  const char *cursor = text;
  guint64 whole, part = 0;

  if (!read_digits (&cursor, &whole))
    return refuse (text, expected, error);
  if (*cursor == '.')
    {
      const char *start = ++cursor;
      if (!read_digits (&cursor, &part) || cursor - start > 6)
        return refuse (text, expected, error);
      for (gssize digits = cursor - start; digits < 6; digits++)
        part *= 10;
    }
  if (*cursor || whole > (G_MAXINT64 - part) / INF_UCREDITS_PER_CREDIT)
    return refuse (text, expected, error);
  *ret_ucredits = whole * INF_UCREDITS_PER_CREDIT + part;
  return TRUE;
}

/**
 * inf_quantity_parse_size:
 * @text: a whole number of bytes, or of the binary units K, M, G, T ("512M", "2GiB")
 * @ret_size_bytes: (out): the size
 * @error: %G_OPTION_ERROR_BAD_VALUE
 *
 * Returns: whether @text is a size
 */
gboolean
inf_quantity_parse_size (const char *text, guint64 *ret_size_bytes, GError **error)
{
  static const char expected[] = "a size: a whole number, then nothing, K, M, G or T";
  static const char units[] = "KMGT";
  const char *cursor = text;
  guint64 size;

  if (!read_digits (&cursor, &size))
    return refuse (text, expected, error);
  if (*cursor)
    {
      const char *unit = strchr (units, g_ascii_toupper (*cursor));
      guint64 factor;

      if (!unit)
        return refuse (text, expected, error);
      factor = (guint64)1 << (10 * (unit - units + 1));
      cursor++;
      if (*cursor && g_ascii_strcasecmp (cursor, "iB") != 0
          && g_ascii_strcasecmp (cursor, "B") != 0)
        return refuse (text, expected, error);
      if (!g_uint64_checked_mul (&size, size, factor))
        return refuse (text, expected, error);
    }
  *ret_size_bytes = size;
  return TRUE;
}

/**
 * inf_quantity_parse_duration:
 * @text: seconds, or numbers with the units s, m, h, d ("90", "15m", "1h30m")
 * @ret_seconds: (out): the duration in seconds
 * @error: %G_OPTION_ERROR_BAD_VALUE
 *
 * Returns: whether @text is a duration
 */
gboolean
inf_quantity_parse_duration (const char *text, guint64 *ret_seconds, GError **error)
{
  static const char expected[] = "a duration: seconds, or numbers with s, m, h or d";
  const char *cursor = text;
  guint64 seconds = 0;

  do
    {
      guint64 value, factor = 1;

      if (!read_digits (&cursor, &value))
        return refuse (text, expected, error);
      switch (*cursor)
        {
        case 'd':
          factor = 86400;
          break;
        case 'h':
          factor = 3600;
          break;
        case 'm':
          factor = 60;
          break;
        case 's':
        case '\0':
          break;
        default:
          return refuse (text, expected, error);
        }
      if (*cursor)
        cursor++;
      if (!g_uint64_checked_mul (&value, value, factor)
          || !g_uint64_checked_add (&seconds, seconds, value))
        return refuse (text, expected, error);
    }
  while (*cursor);
  *ret_seconds = seconds;
  return TRUE;
}
