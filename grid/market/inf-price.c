#include "grid/market/inf-price.h"

/* Products of a price and a time need up to 105 bits. */
__extension__ typedef unsigned __int128 Wide;

/* Saturating is safe: no balance covers the largest amount, so it can't be escrowed or paid. */
static guint64
saturate (Wide amount)
{
  return amount > INF_UCREDITS_MAX ? INF_UCREDITS_MAX : (guint64)amount;
}

/**
 * inf_price_served_ms:
 * @elapsed_us: running time by somebody's clock; below 0 counts as 0
 *
 * Returns: the whole milliseconds that were started
 */
guint64
inf_price_served_ms (gint64 elapsed_us)
{
  if (elapsed_us <= 0)
    return 0;
  return MIN (((guint64)elapsed_us + 999) / 1000, INF_SERVED_MS_MAX);
}

/**
 * inf_price_cost:
 * @price_ucredits: per node·second
 * @served_ms: running time of one node
 *
 * The one place where time becomes money: client and host both call it, so they can't differ.
 *
 * Returns: the cost, rounded up to a whole micro-credit; %INF_UCREDITS_MAX when it is not below
 */
guint64
inf_price_cost (guint64 price_ucredits, guint64 served_ms)
{
  return saturate (((Wide)price_ucredits * served_ms + 999) / 1000);
}

/**
 * inf_price_affordable_ms:
 * @price_ucredits: per node·second
 * @budget_ucredits: what there is to spend
 *
 * Returns: the longest running time whose inf_price_cost() is at most @budget_ucredits, and at
 *   most %INF_SERVED_MS_MAX
 */
guint64
inf_price_affordable_ms (guint64 price_ucredits, guint64 budget_ucredits)
{
  if (price_ucredits == 0)
    return INF_SERVED_MS_MAX;
  Wide affordable = (Wide)budget_ucredits * 1000 / price_ucredits;
  return affordable > INF_SERVED_MS_MAX ? INF_SERVED_MS_MAX : (guint64)affordable;
}

/**
 * inf_ucredits_add:
 * @a: an amount
 * @b: an amount
 *
 * Returns: their sum; %INF_UCREDITS_MAX when it is not below
 */
guint64
inf_ucredits_add (guint64 a, guint64 b)
{
  return saturate ((Wide)a + b);
}

/**
 * inf_ucredits_to_text:
 * @ucredits: an amount
 *
 * Returns: (transfer full): it in credits, as short as it is exact: "0", "12.5", "-0.000001"
 */
char *
inf_ucredits_to_text (gint64 ucredits)
{
  guint64 magnitude = ucredits < 0 ? -(guint64)ucredits : (guint64)ucredits;
  GString *text = g_string_new (ucredits < 0 ? "-" : "");

  g_string_append_printf (text, "%" G_GUINT64_FORMAT, magnitude / INF_UCREDITS_PER_CREDIT);
  if (magnitude % INF_UCREDITS_PER_CREDIT != 0)
    {
      g_string_append_printf (text, ".%06" G_GUINT64_FORMAT, magnitude % INF_UCREDITS_PER_CREDIT);
      while (text->str[text->len - 1] == '0')
        g_string_truncate (text, text->len - 1);
    }
  return g_string_free (text, FALSE);
}
