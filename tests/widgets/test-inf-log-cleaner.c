#include "widgets/inf-log-cleaner.h"

#include <string.h>

/* Cleans @bytes whole, and a byte at a time: what comes out must not depend on the pieces. */
static void
assert_cleaned (const char *bytes, gsize size_bytes, const char *expected)
{
  InfLogCleaner whole = { 0 };
  InfLogCleaner pieces = { 0 };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) slowly = g_string_new (NULL);

  inf_log_cleaner_feed (&whole, (const guint8 *)bytes, size_bytes, out);
  for (gsize i = 0; i < size_bytes; i++)
    inf_log_cleaner_feed (&pieces, (const guint8 *)bytes + i, 1, slowly);
  g_assert_cmpstr (out->str, ==, expected);
  g_assert_cmpstr (slowly->str, ==, expected);
  g_assert_true (g_utf8_validate (out->str, (gssize)out->len, NULL));
}

static void
assert_text_cleaned (const char *text, const char *expected)
{
  assert_cleaned (text, strlen (text), expected);
}

static void
test_text_stays (void)
{
  assert_text_cleaned ("ein Öltanker, 油, 🛢\n\tend", "ein Öltanker, 油, 🛢\n\tend");
}

static void
test_escape_sequences_go (void)
{
  assert_text_cleaned ("\033[1;31mred\033[0m\033[K.", "red.");
  assert_text_cleaned ("\033]0;title\007a\033]8;;http://x\033\\b\033(Bc\033=d", "abcd");
}

static void
test_a_sequence_ends_with_its_line (void)
{
  assert_text_cleaned ("a\033]0;never closed\nb\033[12\nc", "a\nb\nc");
}

static void
test_a_sequence_without_end_is_given_up (void)
{
  g_autoptr (GString) text = g_string_new ("\033]");

  for (guint i = 0; i < 5000; i++)
    g_string_append_c (text, 'x');
  g_string_append (text, "seen");
  {
    InfLogCleaner cleaner = { 0 };
    g_autoptr (GString) out = g_string_new (NULL);

    inf_log_cleaner_feed (&cleaner, (const guint8 *)text->str, text->len, out);
    g_assert_true (g_str_has_suffix (out->str, "seen"));
  }
}

static void
test_what_is_no_utf8_is_replaced (void)
{
  assert_cleaned ("a\xFFz\xC3\nb\xE2\x82", 8,
                  "a\xEF\xBF\xBDz\xEF\xBF\xBD\n"
                  "b");
  /* a slash in two bytes, and half of a surrogate pair: one sign for each */
  assert_text_cleaned ("\xC0\xAF\xED\xA0\x80.", "\xEF\xBF\xBD\xEF\xBF\xBD.");
}

static void
test_controls_are_pictured (void)
{
  assert_cleaned ("a\0b\bc\x7F", 6, "a␀b␈c␡");
}

static void
test_nothing_reorders_what_is_read (void)
{
  assert_text_cleaned ("a\u202Eb\u2066c\xC2\x85", "a\uFFFDb\uFFFDc\uFFFD");
}

static void
test_returns (void)
{
  assert_text_cleaned ("one\r\ntwo\r\r\n", "one\ntwo\n");
  assert_text_cleaned ("10 %\r20 %\n", "10 %\r20 %\n");
  assert_text_cleaned ("10 %\r\033[K20 %", "10 %\r20 %");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-cleaner/text-stays", test_text_stays);
  g_test_add_func ("/log-cleaner/escape-sequences-go", test_escape_sequences_go);
  g_test_add_func ("/log-cleaner/a-sequence-ends-with-its-line",
                   test_a_sequence_ends_with_its_line);
  g_test_add_func ("/log-cleaner/a-sequence-without-end-is-given-up",
                   test_a_sequence_without_end_is_given_up);
  g_test_add_func ("/log-cleaner/what-is-no-utf8-is-replaced", test_what_is_no_utf8_is_replaced);
  g_test_add_func ("/log-cleaner/controls-are-pictured", test_controls_are_pictured);
  g_test_add_func ("/log-cleaner/nothing-reorders-what-is-read",
                   test_nothing_reorders_what_is_read);
  g_test_add_func ("/log-cleaner/returns", test_returns);
  return g_test_run ();
}
