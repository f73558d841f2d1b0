#include "client-app/inf-file-words.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "ffff456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NOW (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)

static void
check (char *words, const char *expected)
{
  g_assert_cmpstr (words, ==, expected);
  g_free (words);
}

static void
test_hashes (void)
{
  g_autofree char *upper = g_ascii_strup (HASH, -1);

  check (inf_file_words_parse_hash (HASH), HASH);
  check (inf_file_words_parse_hash (upper), HASH);
  check (inf_file_words_parse_hash (" " HASH "  numbers.txt\n"), HASH);
  check (inf_file_words_parse_hash (HASH " *numbers.txt"), HASH);
  check (inf_file_words_parse_hash (""), NULL);
  check (inf_file_words_parse_hash ("0123"), NULL);
  check (inf_file_words_parse_hash (HASH "0"), NULL);
  check (inf_file_words_parse_hash ("g" HASH), NULL);
  check (inf_file_words_parse_hash (HASH " " OTHER), NULL);
}

static void
test_files (void)
{
  InfFileFacts facts = { .sha256 = (char *)HASH,
                         .name = (char *)"numbers.txt",
                         .size_bytes = 1536,
                         .added_unix = NOW - 2 * G_TIME_SPAN_HOUR,
                         .is_shared = TRUE };

  check (inf_file_words_facts (&facts, NOW), "1.5\u00a0KiB · 2 hours ago · 0123456789ab…");
  facts.is_shared = FALSE;
  facts.is_in_use = TRUE;
  facts.name = (char *)"";
  facts.added_unix = 0;
  check (inf_file_words_facts (&facts, NOW), "1.5\u00a0KiB · in use · brought by a job");
  check (inf_file_words_name ("", HASH), "0123456789ab…");
}

static void
test_copies (void)
{
  InfTransferFacts facts = { .name = (char *)"numbers.txt",
                             .state = (char *)"adding",
                             .began_unix = NOW - 10 * G_TIME_SPAN_SECOND };

  g_assert_true (inf_file_words_is_active (&facts));
  check (inf_file_words_transfer (&facts, NOW), "Adding…");
  check (inf_file_words_cancel (&facts), "Cancel adding numbers.txt");
  facts.state = (char *)"saving";
  check (inf_file_words_transfer (&facts, NOW), "Saving…");
  check (inf_file_words_cancel (&facts), "Cancel saving numbers.txt");
  facts.size_bytes = 4 * 1024 * 1024;
  check (inf_file_words_transfer (&facts, NOW), "0 bytes of 4.0\u00a0MiB");
  facts.got_bytes = 1024 * 1024;
  g_assert_cmpfloat (inf_file_words_fraction (&facts), ==, 0.25);
  check (inf_file_words_transfer (&facts, NOW), "1.0\u00a0MiB of 4.0\u00a0MiB, 30 seconds left");
}

static void
test_transfers (void)
{
  InfTransferFacts facts = { .state = (char *)"looking",
                             .from = (char *)"oak",
                             .message = (char *)"nobody has it",
                             .began_unix = NOW - 10 * G_TIME_SPAN_SECOND };

  g_assert_true (inf_file_words_is_active (&facts));
  g_assert_cmpfloat (inf_file_words_fraction (&facts), <, 0);
  check (inf_file_words_transfer (&facts, NOW), "Looking for a computer that has it…");
  facts.state = (char *)"fetching";
  facts.got_bytes = 1024 * 1024;
  check (inf_file_words_transfer (&facts, NOW), "1.0\u00a0MiB from oak");
  facts.size_bytes = 4 * 1024 * 1024;
  check (inf_file_words_transfer (&facts, NOW),
         "1.0\u00a0MiB of 4.0\u00a0MiB from oak, 30 seconds left");
  g_assert_cmpfloat (inf_file_words_fraction (&facts), ==, 0.25);
  /* too early to tell a pace */
  check (inf_file_words_transfer (&facts, facts.began_unix + 1),
         "1.0\u00a0MiB of 4.0\u00a0MiB from oak");
  /* a peer that sends more than it said */
  facts.got_bytes = 5 * 1024 * 1024;
  g_assert_cmpfloat (inf_file_words_fraction (&facts), ==, 1);
  facts.state = (char *)"failed";
  g_assert_false (inf_file_words_is_active (&facts));
  check (inf_file_words_transfer (&facts, NOW), "Failed: nobody has it");
  facts.state = (char *)"cancelled";
  check (inf_file_words_transfer (&facts, NOW), "Cancelled");
  facts.state = (char *)"done";
  check (inf_file_words_transfer (&facts, NOW), "Fetched 4.0\u00a0MiB from oak");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-words/copies", test_copies);
  g_test_add_func ("/file-words/hashes", test_hashes);
  g_test_add_func ("/file-words/files", test_files);
  g_test_add_func ("/file-words/transfers", test_transfers);
  return g_test_run ();
}
