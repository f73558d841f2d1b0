#include "common/inf-base32.h"

/* RFC 4648, section 6, in lower case and without padding: ids and invites are typed and read aloud.
 */
static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * inf_base32_encode:
 * @data: (array length=size_bytes): what to encode
 * @size_bytes: its length
 *
 * Returns: (transfer full): the text, eight characters for five bytes
 */
char *
inf_base32_encode (const guint8 *data, gsize size_bytes)
{
  GString *text = g_string_sized_new (size_bytes * 8 / 5 + 2);
  guint32 bits = 0;
  guint n_bits = 0;

  for (gsize i = 0; i < size_bytes; i++)
    {
      bits = (bits << 8) | data[i];
      n_bits += 8;
      while (n_bits >= 5)
        {
          n_bits -= 5;
          g_string_append_c (text, alphabet[(bits >> n_bits) & 31]);
        }
    }
  if (n_bits > 0)
    g_string_append_c (text, alphabet[(bits << (5 - n_bits)) & 31]);
  return g_string_free (text, FALSE);
}

static int
digit_value (char c)
{
  c = g_ascii_tolower (c);
  if (c >= 'a' && c <= 'z')
    return c - 'a';
  if (c >= '2' && c <= '7')
    return c - '2' + 26;
  return -1;
}

/**
 * inf_base32_decode:
 * @text: base32 in either case; '-' between groups is passed over
 * @ret_size_bytes: (out): the length; left alone on failure
 *
 * Only the one text that inf_base32_encode() gives for some bytes is taken: left-over bits are
 * zero.
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL when @text is not base32
 */
guint8 *
inf_base32_decode (const char *text, gsize *ret_size_bytes)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  guint32 bits = 0;
  guint n_bits = 0;

  for (const char *c = text; *c; c++)
    {
      if (*c == '-')
        continue;
      int value = digit_value (*c);
      if (value < 0)
        return NULL;
      bits = ((bits << 5) | (guint32)value) & 0xfff;
      n_bits += 5;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          guint8 byte = (guint8)(bits >> n_bits);
          g_byte_array_append (data, &byte, 1);
        }
    }
  if (n_bits >= 5 || (bits & ((1u << n_bits) - 1)) != 0)
    return NULL;
  *ret_size_bytes = data->len;
  return g_byte_array_free (g_steal_pointer (&data), FALSE);
}
