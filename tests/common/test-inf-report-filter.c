#include "common/inf-report-filter.h"

#include <string.h>

/* Whole, and a byte at a time. */
static void
check (const char *log, const char *expected)
{
  InfReportFilter whole = { 0 };
  InfReportFilter pieces = { 0 };
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GByteArray) slowly = g_byte_array_new ();

  inf_report_filter_feed (&whole, (const guint8 *)log, strlen (log), out);
  for (gsize i = 0; log[i]; i++)
    inf_report_filter_feed (&pieces, (const guint8 *)log + i, 1, slowly);
  inf_report_filter_finish (&whole, out);
  inf_report_filter_finish (&pieces, slowly);
  g_assert_cmpmem (out->data, out->len, expected, strlen (expected));
  g_assert_cmpmem (slowly->data, slowly->len, expected, strlen (expected));
}

static void
test_reports_are_left_out (void)
{
  check ("one\n@infinity progress 0.5 half\ntwo\n@infinity summary done\n", "one\ntwo\n");
  check ("@infinity progress 0.1", "");
}

static void
test_what_only_looks_like_one_stays (void)
{
  check ("a @infinity progress\n", "a @infinity progress\n");
  check ("@infinite\n@infinity\n@\n\n", "@infinite\n@infinity\n@\n\n");
  check ("one\n@infinity", "one\n@infinity");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report-filter/reports-are-left-out", test_reports_are_left_out);
  g_test_add_func ("/report-filter/what-only-looks-like-one-stays",
                   test_what_only_looks_like_one_stays);
  return g_test_run ();
}
