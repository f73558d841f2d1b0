#include "common/inf-error.h"
#include "grid/jobs/inf-job-log.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *dir;
  char *path;
  InfJobLog *log;
  GString *heard; /* each line that is not plain: its kind and text */
} Fixture;

static void
on_line (const InfProgressLine *line, gpointer user_data)
{
  Fixture *fixture = user_data;

  if (line->kind != INF_PROGRESS_PLAIN)
    g_string_append_printf (fixture->heard, "%s:%s;",
                            line->kind == INF_PROGRESS_STEP ? "step" : "summary", line->text);
}

static void
open_log (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->log = inf_job_log_open (fixture->path, on_line, fixture, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("infinity-log-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "job.log", NULL);
  fixture->heard = g_string_new (NULL);
  open_log (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_job_log_close (fixture->log);
  g_string_free (fixture->heard, TRUE);
  g_unlink (fixture->path);
  g_rmdir (fixture->dir);
  g_free (fixture->path);
  g_free (fixture->dir);
}

static void
add (Fixture *fixture, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  inf_job_log_add (fixture->log, bytes);
}

static void
assert_file (Fixture *fixture, const char *expected)
{
  g_autofree char *content = NULL;

  g_assert_true (g_file_get_contents (fixture->path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, expected);
}

static void
test_pieces_are_kept_as_they_came (Fixture *fixture, gconstpointer data)
{
  add (fixture, "first li");
  add (fixture, "ne\nsecond");
  assert_file (fixture, "first line\nsecond");
  g_assert_cmpuint (inf_job_log_get_size_bytes (fixture->log), ==, 17);
}

static void
test_a_log_goes_on_where_it_ended (Fixture *fixture, gconstpointer data)
{
  add (fixture, "one\n");
  g_clear_pointer (&fixture->log, inf_job_log_close);
  open_log (fixture);
  g_assert_cmpuint (inf_job_log_get_size_bytes (fixture->log), ==, 4);
  add (fixture, "two\n");
  assert_file (fixture, "one\ntwo\n");
}

static void
test_progress_is_told (Fixture *fixture, gconstpointer data)
{
  add (fixture, "@infinity progress 0.5 hal");
  add (fixture, "f way\n@infinity summary sum is 7\nplain\n");
  g_assert_cmpstr (fixture->heard->str, ==, "step:half way;summary:sum is 7;");
}

static void
test_a_last_line_without_its_end_is_told_at_the_end (Fixture *fixture, gconstpointer data)
{
  add (fixture, "@infinity summary sum is 7");
  g_assert_cmpstr (fixture->heard->str, ==, "");
  inf_job_log_end_output (fixture->log);
  g_assert_cmpstr (fixture->heard->str, ==, "summary:sum is 7;");
  inf_job_log_end_output (fixture->log);
  g_assert_cmpstr (fixture->heard->str, ==, "summary:sum is 7;");
}

/* Whoever was listening may be gone by then. */
static void
test_closing_calls_nobody (Fixture *fixture, gconstpointer data)
{
  add (fixture, "@infinity summary sum is 7");
  g_clear_pointer (&fixture->log, inf_job_log_close);
  g_assert_cmpstr (fixture->heard->str, ==, "");
}

static void
test_last_words_are_the_programs (Fixture *fixture, gconstpointer data)
{
  g_assert_null (inf_job_log_get_last_words (fixture->log));
  add (fixture, "reading\ntaskadd: line 3 is no number\n\n");
  add (fixture, "--------------------------------------\nPrimary job terminated\n");
  g_assert_cmpstr (inf_job_log_get_last_words (fixture->log), ==, "taskadd: line 3 is no number");
}

static void
test_a_place_that_is_gone_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "gone", "job.log", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (inf_job_log_open (path, on_line, fixture, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_FAILED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/job-log/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("pieces-are-kept-as-they-came", test_pieces_are_kept_as_they_came);
  ADD ("a-log-goes-on-where-it-ended", test_a_log_goes_on_where_it_ended);
  ADD ("progress-is-told", test_progress_is_told);
  ADD ("a-last-line-without-its-end-is-told-at-the-end",
       test_a_last_line_without_its_end_is_told_at_the_end);
  ADD ("closing-calls-nobody", test_closing_calls_nobody);
  ADD ("last-words-are-the-programs", test_last_words_are_the_programs);
  ADD ("a-place-that-is-gone-is-told", test_a_place_that_is_gone_is_told);
  return g_test_run ();
}
