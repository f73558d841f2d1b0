#include "cli/inf-progress.h"

#include "cli/inf-text.h"

#include <string.h>

static GVariant *
make_job (const char *text)
{
  return g_variant_ref_sink (g_variant_new_parsed (text));
}

static void
test_draws_a_bar (void)
{
  g_autoptr (GVariant) job = make_job ("{'state': <'running'>, 'progress': <0.5>,"
                                       " 'progress-text': <'adding'>, 'spent': <@t 250000>}");
  g_autofree char *bar = inf_progress_render_bar (job, 200);

  g_assert_cmpstr (bar, ==, "running    [##########..........]  50%  0.25 credits  adding");
}

static void
test_says_why_a_job_waits (void)
{
  g_autoptr (GVariant) job = make_job ("{'state': <'queued'>, 'progress': <-1.0>,"
                                       " 'reason': <'4 hosts wanted, 2 there'>}");
  g_autofree char *bar = inf_progress_render_bar (job, 200);
  g_autofree char *line = inf_progress_render_line (job);

  g_assert_cmpstr (bar, ==, "queued      4 hosts wanted, 2 there");
  g_assert_cmpstr (line, ==, "queued: 4 hosts wanted, 2 there");
}

static void
test_fits_any_width_and_any_words (void)
{
  g_autoptr (GVariant) job = make_job ("{'state': <'running'>, 'progress': <7.0>,"
                                       " 'progress-text': <'\\u001b[2J日本語日本語日本語'>}");

  for (gsize width = 1; width < 90; width++)
    {
      g_autofree char *bar = inf_progress_render_bar (job, width);
      g_assert_cmpuint (inf_text_get_width (bar), <=, width);
      g_assert_null (strchr (bar, '\x1b'));
    }
}

static void
test_lines_change_with_each_tenth (void)
{
  const struct
  {
    double progress;
    const char *line;
  } cases[] = { { -1, "running" },        { 0.05, "running" },    { 0.1, "running 10%" },
                { 0.199, "running 10%" }, { 0.3, "running 30%" }, { 1, "running 100%" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) job = g_variant_ref_sink (
          g_variant_new_parsed ("{'state': <'running'>, 'progress': <%d>}", cases[i].progress));
      g_autofree char *line = inf_progress_render_line (job);
      g_assert_cmpstr (line, ==, cases[i].line);
    }
}

static void
test_counts_attempts (void)
{
  g_autoptr (GVariant) job = make_job ("{'state': <'leasing'>, 'attempt': <@u 2>}");
  g_autofree char *line = inf_progress_render_line (job);

  g_assert_cmpstr (line, ==, "leasing (attempt 2)");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/progress/draws-a-bar", test_draws_a_bar);
  g_test_add_func ("/progress/says-why-a-job-waits", test_says_why_a_job_waits);
  g_test_add_func ("/progress/fits-any-width-and-any-words", test_fits_any_width_and_any_words);
  g_test_add_func ("/progress/lines-change-with-each-tenth", test_lines_change_with_each_tenth);
  g_test_add_func ("/progress/counts-attempts", test_counts_attempts);
  return g_test_run ();
}
