#include "widgets/inf-preview-kind.h"

#include "widgets/inf-row-text.h"

#include <string.h>

static InfPreviewKind
guess (const char *bytes, gsize n_bytes)
{
  const char *mime_type;
  const guint8 *head = (const guint8 *)bytes;

  return inf_preview_kind_guess (head, n_bytes, head, n_bytes, &mime_type);
}

#define GUESS(literal) guess (literal, sizeof (literal) - 1)

static void
test_kinds (void)
{
  g_assert_cmpint (GUESS (""), ==, INF_PREVIEW_EMPTY);
  g_assert_cmpint (GUESS ("42\n"), ==, INF_PREVIEW_NUMBER);
  g_assert_cmpint (GUESS ("-42"), ==, INF_PREVIEW_NUMBER);
  g_assert_cmpint (GUESS ("-"), ==, INF_PREVIEW_TEXT);
  g_assert_cmpint (GUESS ("\n"), ==, INF_PREVIEW_TEXT);
  g_assert_cmpint (GUESS ("1\n2\n"), ==, INF_PREVIEW_TEXT);
  g_assert_cmpint (GUESS ("It is 42 \xe2\x82\xac.\n"), ==, INF_PREVIEW_TEXT);
  g_assert_cmpint (GUESS ("a\0b"), ==, INF_PREVIEW_BINARY);
  g_assert_cmpint (GUESS ("\x7f"
                          "ELF\x02\x01\x01"),
                   ==, INF_PREVIEW_BINARY);
  g_assert_cmpint (GUESS ("\xff\xfe\xfd\xfc\xfb\xfa"), ==, INF_PREVIEW_BINARY);
  /* one wrong byte makes it no less readable */
  g_assert_cmpint (GUESS ("Stra\xdf"
                          "e, in an older coding of characters\n"),
                   ==, INF_PREVIEW_TEXT);
  g_assert_cmpint (GUESS ("cut in a character \xe2\x82"), ==, INF_PREVIEW_TEXT);
}

static void
check_picture (const char *bytes, gsize n_bytes, const char *expected)
{
  const char *mime_type;

  inf_preview_kind_guess ((const guint8 *)bytes, n_bytes, (const guint8 *)bytes, n_bytes,
                          &mime_type);
  g_assert_cmpstr (mime_type, ==, expected);
}

static void
test_pictures (void)
{
  check_picture ("\x89PNG\r\n\x1a\n....", 12, "image/png");
  check_picture ("\x89PNG", 4, NULL);
  check_picture ("\xff\xd8\xff\xe0", 4, "image/jpeg");
  check_picture ("GIF89a", 6, "image/gif");
  check_picture ("P6\n640 480\n255\n", 15, "image/x-portable-pixmap");
  check_picture ("P5 # made by a job\n", 19, "image/x-portable-graymap");
  check_picture ("P4\n1 1\n", 7, "image/x-portable-bitmap");
  check_picture ("P5 is a kind of picture\n", 24, NULL);
  check_picture ("P7\n1", 4, NULL);
}

static void
check_netpbm (const char *bytes, guint expected_width, guint expected_height)
{
  guint width = 0;
  guint height = 0;
  gboolean is_there
      = inf_preview_kind_get_netpbm_size ((const guint8 *)bytes, strlen (bytes), &width, &height);

  g_assert_cmpint (is_there, ==, expected_height > 0);
  g_assert_cmpuint (width, ==, expected_width);
  g_assert_cmpuint (height, ==, expected_height);
}

static void
test_sizes_of_netpbm (void)
{
  check_netpbm ("P6\n640 480\n255\n", 640, 480);
  check_netpbm ("P6 # 1 2\n# 3\n 640\t#\n480", 640, 480);
  check_netpbm ("P6 99999999999999999999 1", G_MAXINT, 1);
  check_netpbm ("P6 640", 0, 0);
  check_netpbm ("P6 -1 5", 0, 0);
  check_netpbm ("P6 # without an end", 0, 0);
  check_netpbm ("P6", 0, 0);
}

static void
test_a_long_number (void)
{
  g_autofree char *digits = g_strnfill (64 * 1024, '7');
  const guint8 *head = (const guint8 *)digits;
  const guint8 *tail = (const guint8 *)"77777\n";
  const char *mime_type;

  g_assert_cmpint (inf_preview_kind_guess (head, 64 * 1024, tail, 6, &mime_type), ==,
                   INF_PREVIEW_NUMBER);
  g_assert_cmpuint (inf_preview_kind_count_digits (head, 64 * 1024, tail, 6, 19000001), ==,
                    19000000);
  digits[0] = '-';
  g_assert_cmpuint (inf_preview_kind_count_digits (head, 64 * 1024, tail, 6, 19000002), ==,
                    19000000);
  /* its end is no number's */
  g_assert_cmpint (
      inf_preview_kind_guess (head, 64 * 1024, (const guint8 *)"77-77\n", 6, &mime_type), ==,
      INF_PREVIEW_TEXT);
}

static void
check_text (const char *bytes, gsize n_bytes, const char *expected)
{
  g_autofree char *text = inf_row_text_make ((const guint8 *)bytes, n_bytes);

  g_assert_cmpstr (text, ==, expected);
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

static void
test_text_of_rows (void)
{
  check_text ("plain", 5, "plain");
  check_text ("dos\r", 4, "dos");
  check_text ("a\0b\x1b[31m", 8,
              "a\xe2\x90\x80"
              "b\xe2\x90\x9b[31m");
  check_text ("\xc3", 1, "\xef\xbf\xbd");
  check_text ("\xc3(", 2, "\xef\xbf\xbd(");
  /* U+202E would turn what follows around */
  check_text ("\xe2\x80\xae"
              "gpj",
              6, "\xef\xbf\xbdgpj");
  check_text ("\xe4\xb8\xad", 3, "\xe4\xb8\xad");
}

/* Any bytes at all become text, and neither core reads behind them. */
static void
test_any_bytes (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (guint round = 0; round < 3000; round++)
    {
      gsize n_bytes = (gsize)g_rand_int_range (rand, 0, 64);
      g_autofree char *bytes = g_malloc (n_bytes + 1);
      g_autofree char *text = NULL;

      for (gsize i = 0; i < n_bytes; i++)
        bytes[i] = (char)g_rand_int_range (rand, 0, 256);
      guess (bytes, n_bytes);
      text = inf_row_text_make ((const guint8 *)bytes, n_bytes);
      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preview-kind/kinds", test_kinds);
  g_test_add_func ("/preview-kind/pictures", test_pictures);
  g_test_add_func ("/preview-kind/sizes-of-netpbm", test_sizes_of_netpbm);
  g_test_add_func ("/preview-kind/a-long-number", test_a_long_number);
  g_test_add_func ("/preview-kind/text-of-rows", test_text_of_rows);
  g_test_add_func ("/preview-kind/any-bytes", test_any_bytes);
  return g_test_run ();
}
