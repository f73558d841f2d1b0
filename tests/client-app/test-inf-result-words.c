#include "client-app/inf-result-words.h"

#include <string.h>

static void
check (char *words, const char *expected)
{
  g_assert_cmpstr (words, ==, expected);
  g_free (words);
}

static void
test_marks (void)
{
  g_assert_cmpint (inf_result_words_parse_mark ("verified"), ==, INF_OUTPUT_VERIFIED);
  g_assert_cmpint (inf_result_words_parse_mark ("changed"), ==, INF_OUTPUT_CHANGED);
  g_assert_cmpint (inf_result_words_parse_mark ("missing"), ==, INF_OUTPUT_MISSING);
  /* what a later version may say is no proof of anything */
  g_assert_cmpint (inf_result_words_parse_mark ("blessed"), ==, INF_OUTPUT_UNCHECKED);
  g_assert_null (inf_result_words_mark_icon (INF_OUTPUT_UNCHECKED));
  g_assert_cmpstr (inf_result_words_mark_class (INF_OUTPUT_CHANGED), ==, "error");
  check (inf_result_words_mark (INF_OUTPUT_VERIFIED), "Verified");
}

static void
test_verdicts (void)
{
  static const InfOutputMark good[] = { INF_OUTPUT_VERIFIED, INF_OUTPUT_VERIFIED };
  static const InfOutputMark bad[] = { INF_OUTPUT_VERIFIED, INF_OUTPUT_CHANGED };
  static const InfOutputMark worse[]
      = { INF_OUTPUT_MISSING, INF_OUTPUT_CHANGED, INF_OUTPUT_UNCHECKED };
  static const InfOutputMark working[] = { INF_OUTPUT_CHANGED, INF_OUTPUT_CHECKING };
  static const InfOutputMark partly[] = { INF_OUTPUT_VERIFIED, INF_OUTPUT_UNCHECKED };

  check (inf_result_words_verdict (good, 2), "All files are what the hosts made.");
  check (inf_result_words_verdict (bad, 2), "1 file is not what its host made.");
  check (inf_result_words_verdict (worse, 3), "2 files are not what their hosts made.");
  check (inf_result_words_verdict (working, 2), "Checking that the files are what the hosts made…");
  check (inf_result_words_verdict (partly, 2), "Not checked yet.");
  check (inf_result_words_verdict (NULL, 0), "The job left no files behind.");
}

static void
test_files (void)
{
  check (inf_result_words_files (0, 0), "No files");
  check (inf_result_words_files (1, 12), "1 file, 12 bytes");
  check (inf_result_words_files (3, 19000032), "3 files, 18.1\u00a0MiB");
}

static void
test_times (void)
{
  const gint64 now = G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC;

  check (inf_result_words_when (0, now), "");
  check (inf_result_words_when (now - 5, now), "just now");
  /* clocks differ */
  check (inf_result_words_when (now + G_TIME_SPAN_HOUR, now), "just now");
  check (inf_result_words_when (now - 3 * G_TIME_SPAN_HOUR, now), "3 hours ago");
  check (inf_result_words_when (now - 30 * G_TIME_SPAN_DAY, now), "10/15/23");
}

static void
test_archive_names (void)
{
  check (inf_result_words_archive_name ("taskadd-1", ".zip"), "taskadd-1.zip");
  check (inf_result_words_archive_name ("../../etc", ".tar.gz"), "result..-..-etc.tar.gz");
  check (inf_result_words_archive_name ("a/b", ""), "a-b");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("TZ", "UTC", TRUE);
  g_test_add_func ("/result-words/marks", test_marks);
  g_test_add_func ("/result-words/verdicts", test_verdicts);
  g_test_add_func ("/result-words/files", test_files);
  g_test_add_func ("/result-words/times", test_times);
  g_test_add_func ("/result-words/archive-names", test_archive_names);
  return g_test_run ();
}
