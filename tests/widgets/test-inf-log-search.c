#include "widgets/inf-log-search.h"

#include <string.h>

#define N_LINES 50000

typedef struct
{
  InfLogLines *lines;
  InfLogSearch *search;
} Fixture;

static void
append (Fixture *fixture, const char *text)
{
  inf_log_lines_append (fixture->lines, (const guint8 *)text, strlen (text));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->lines = inf_log_lines_new (4000000, INF_LOG_MAX_ROWS);
  fixture->search = inf_log_search_new (fixture->lines);
  for (guint i = 0; i < N_LINES; i++)
    {
      g_autofree char *line = g_strdup_printf ("rank %u: step %u, Ärger = 0.%u\n", i % 4, i, i * 7);
      append (fixture, line);
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_log_search_free (fixture->search);
  inf_log_lines_free (fixture->lines);
}

static guint64
count (Fixture *fixture)
{
  guint n_steps = 0;

  while (inf_log_search_step (fixture->search))
    g_assert_cmpuint (++n_steps, <, 1000);
  return inf_log_search_get_n_matches (fixture->search);
}

static void
test_counts_in_steps (Fixture *fixture, gconstpointer data)
{
  inf_log_search_set_text (fixture->search, "step 777,");
  g_assert_false (inf_log_search_is_done (fixture->search));
  g_assert_true (inf_log_search_step (fixture->search));
  g_assert_cmpuint (count (fixture), ==, 1);
  inf_log_search_set_text (fixture->search, "rank 3");
  g_assert_cmpuint (count (fixture), ==, N_LINES / 4);
  inf_log_search_set_text (fixture->search, "");
  g_assert_false (inf_log_search_is_set (fixture->search));
  g_assert_cmpuint (count (fixture), ==, 0);
}

static void
test_case_does_not_matter_and_signs_mean_themselves (Fixture *fixture, gconstpointer data)
{
  inf_log_search_set_text (fixture->search, "äRGER");
  g_assert_cmpuint (count (fixture), ==, N_LINES);
  inf_log_search_set_text (fixture->search, "0.7.*");
  g_assert_cmpuint (count (fixture), ==, 0);
  append (fixture, "what is (0.7.*)?\n");
  g_assert_cmpuint (count (fixture), ==, 1);
}

static void
test_what_comes_is_counted_too (Fixture *fixture, gconstpointer data)
{
  inf_log_search_set_text (fixture->search, "needle");
  g_assert_cmpuint (count (fixture), ==, 0);
  for (guint i = 0; i < 60000; i++)
    {
      append (fixture, i % 1000 ? "hay and hay\n" : "a nee");
      if (i % 1000 == 0)
        append (fixture, "dle\n");
      if (i % 7000 == 0)
        g_assert_cmpuint (count (fixture), ==, i / 1000 + 1);
    }
  g_assert_cmpuint (count (fixture), ==, 60);
}

static void
test_what_is_dropped_is_not_counted (Fixture *fixture, gconstpointer data)
{
  inf_log_search_set_text (fixture->search, "step 777,");
  g_assert_cmpuint (count (fixture), ==, 1);
  for (guint i = 0; i < 400000; i++)
    append (fixture, "something else happens here\n");
  g_assert_cmpuint (count (fixture), ==, 0);
}

static void
test_goes_forth_and_back_and_around (Fixture *fixture, gconstpointer data)
{
  InfLogMatch match = { .row = G_MAXUINT64 };

  inf_log_search_set_text (fixture->search, "49999");
  count (fixture);
  /* in "step 49999" and, 7 × 7142 … , in what some lines count */
  g_assert_cmpint (inf_log_search_find (fixture->search, match.row, 0, FALSE, &match), ==,
                   INF_LOG_FIND_FOUND);
  g_assert_cmpuint (match.row, ==, 49999);
  g_assert_cmpuint (match.number, ==, inf_log_search_get_n_matches (fixture->search));
  g_assert_cmpuint (match.start, ==, strlen ("rank 3: step "));
  g_assert_cmpuint (match.size_bytes, ==, 5);
  inf_log_search_find (fixture->search, match.row, match.start, TRUE, &match);
  g_assert_cmpuint (match.number, ==, 1);
  inf_log_search_find (fixture->search, match.row, match.start, FALSE, &match);
  g_assert_cmpuint (match.row, ==, 49999);
}

static void
test_every_match_is_visited_once (Fixture *fixture, gconstpointer data)
{
  InfLogMatch match = { .row = G_MAXUINT64 };
  guint64 n_matches;

  inf_log_search_set_text (fixture->search, "step 4999");
  n_matches = count (fixture);
  g_assert_cmpuint (n_matches, ==, 11);
  for (guint64 i = 1; i <= n_matches; i++)
    {
      g_assert_cmpint (inf_log_search_find (fixture->search, match.row, match.start, TRUE, &match),
                       ==, INF_LOG_FIND_FOUND);
      g_assert_cmpuint (match.number, ==, i);
    }
}

static void
test_what_is_not_looked_through_yet_is_waited_for (Fixture *fixture, gconstpointer data)
{
  InfLogMatch match = { 0 };

  inf_log_search_set_text (fixture->search, "step 49999");
  g_assert_cmpint (inf_log_search_find (fixture->search, 0, 0, TRUE, &match), ==,
                   INF_LOG_FIND_PENDING);
  count (fixture);
  g_assert_cmpint (inf_log_search_find (fixture->search, 0, 0, TRUE, &match), ==,
                   INF_LOG_FIND_FOUND);
  inf_log_search_set_text (fixture->search, "nowhere");
  count (fixture);
  g_assert_cmpint (inf_log_search_find (fixture->search, 0, 0, TRUE, &match), ==,
                   INF_LOG_FIND_NOTHING);
}

static void
note (const InfLogMatch *match, gpointer user_data)
{
  g_string_append_printf (user_data, "%" G_GSIZE_FORMAT "+%" G_GSIZE_FORMAT " ", match->start,
                          match->size_bytes);
}

static void
test_matches_of_a_row (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) found = g_string_new (NULL);

  append (fixture, "ÄaäAx\n");
  inf_log_search_set_text (fixture->search, "äa");
  inf_log_search_each_in_row (fixture->search, N_LINES, note, found);
  g_assert_cmpstr (found->str, ==, "0+3 3+3 ");
}

static void
test_another_log_is_looked_through_anew (Fixture *fixture, gconstpointer data)
{
  inf_log_search_set_text (fixture->search, "rank");
  count (fixture);
  inf_log_lines_clear (fixture->lines);
  append (fixture, "one rank\n");
  g_assert_cmpuint (count (fixture), ==, 1);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/log-search/counts-in-steps", test_counts_in_steps);
  add ("/log-search/case-does-not-matter-and-signs-mean-themselves",
       test_case_does_not_matter_and_signs_mean_themselves);
  add ("/log-search/what-comes-is-counted-too", test_what_comes_is_counted_too);
  add ("/log-search/what-is-dropped-is-not-counted", test_what_is_dropped_is_not_counted);
  add ("/log-search/goes-forth-and-back-and-around", test_goes_forth_and_back_and_around);
  add ("/log-search/every-match-is-visited-once", test_every_match_is_visited_once);
  add ("/log-search/what-is-not-looked-through-yet-is-waited-for",
       test_what_is_not_looked_through_yet_is_waited_for);
  add ("/log-search/matches-of-a-row", test_matches_of_a_row);
  add ("/log-search/another-log-is-looked-through-anew", test_another_log_is_looked_through_anew);
  return g_test_run ();
}
