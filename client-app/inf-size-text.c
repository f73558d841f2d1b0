#include "client-app/inf-size-text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* Sizes as people type them: "4 GiB", "512M", "1.5g", "1000000". */

static const char letters[] = "kmgtp";

/* Returns: how many times 1024, -1 where it is no unit */
static int
find_power (const char *unit)
{
  g_autofree char *lower = g_ascii_strdown (unit, -1);
  const char *letter;

  g_strstrip (lower);
  if (!*lower || g_str_equal (lower, "b"))
    return 0;
  letter = strchr (letters, *lower);
  if (!letter || (lower[1] && !g_str_equal (lower + 1, "b") && !g_str_equal (lower + 1, "ib")))
    return -1;
  return (int)(letter - letters) + 1;
}

/**
 * inf_size_text_parse:
 * @text: what somebody typed; a comma counts as a point
 * @ret_size_bytes: (out): the size; units are powers of 1024
 *
 * Returns: whether it is a size
 */
gboolean
inf_size_text_parse (const char *text, guint64 *ret_size_bytes)
{
  g_autofree char *number = g_strdelimit (g_strdup (text), ",", '.');
  char *end;
  double value;
  int power;

  g_strstrip (number);
  /* what strtod takes besides: signs, hexadecimal, infinity */
  if (!g_ascii_isdigit (*number) || g_ascii_tolower (number[1]) == 'x')
    return FALSE;
  value = g_ascii_strtod (number, &end);
  power = find_power (end);
  if (power < 0)
    return FALSE;
  value = ldexp (value, power * 10);
  if (!(value < (double)G_MAXINT64))
    return FALSE;
  *ret_size_bytes = (guint64)value;
  return TRUE;
}

/* Returns: (transfer full): the shortest text that inf_size_text_parse() makes the same size of */
char *
inf_size_text_format (guint64 size_bytes)
{
  static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
  guint power = 0;

  while (size_bytes && size_bytes % 1024 == 0 && power + 1 < G_N_ELEMENTS (units))
    {
      size_bytes /= 1024;
      power++;
    }
  return g_strdup_printf ("%" G_GUINT64_FORMAT " %s", size_bytes, units[power]);
}
