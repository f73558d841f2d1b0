#include "client-app/inf-result-words.h"

#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

/* Results in words, without a display. */

/* @mark: as Results1.Verify says it; what it never said counts for unchecked */
InfOutputMark
inf_result_words_parse_mark (const char *mark)
{
  if (g_str_equal (mark, "verified"))
    return INF_OUTPUT_VERIFIED;
  if (g_str_equal (mark, "changed"))
    return INF_OUTPUT_CHANGED;
  if (g_str_equal (mark, "missing"))
    return INF_OUTPUT_MISSING;
  return INF_OUTPUT_UNCHECKED;
}

/* Returns: (nullable): an icon's name */
const char *
inf_result_words_mark_icon (InfOutputMark mark)
{
  switch (mark)
    {
    case INF_OUTPUT_VERIFIED:
      return "emblem-ok-symbolic";
    case INF_OUTPUT_CHANGED:
    case INF_OUTPUT_MISSING:
      return "dialog-warning-symbolic";
    case INF_OUTPUT_UNCHECKED:
    case INF_OUTPUT_CHECKING:
    default:
      return NULL;
    }
}

/* Returns: (nullable): how its icon is coloured */
const char *
inf_result_words_mark_class (InfOutputMark mark)
{
  switch (mark)
    {
    case INF_OUTPUT_VERIFIED:
      return "success";
    case INF_OUTPUT_CHANGED:
      return "error";
    case INF_OUTPUT_MISSING:
      return "warning";
    case INF_OUTPUT_UNCHECKED:
    case INF_OUTPUT_CHECKING:
    default:
      return NULL;
    }
}

/* Returns: (transfer full): what a mark means */
char *
inf_result_words_mark (InfOutputMark mark)
{
  switch (mark)
    {
    case INF_OUTPUT_CHECKING:
      return g_strdup (_ ("Checking…"));
    case INF_OUTPUT_VERIFIED:
      return g_strdup (_ ("Verified"));
    case INF_OUTPUT_CHANGED:
      return g_strdup (_ ("Changed since it came"));
    case INF_OUTPUT_MISSING:
      return g_strdup (_ ("Missing"));
    case INF_OUTPUT_UNCHECKED:
    default:
      return g_strdup (_ ("Not checked"));
    }
}

/* Returns: (transfer full): "3 files, 1.5 MiB" */
char *
inf_result_words_files (guint n_files, guint64 size_bytes)
{
  g_autofree char *size = inf_phrase_size (size_bytes);

  if (!n_files)
    return g_strdup (_ ("No files"));
  /* Translators: how many files, and how large they are together */
  return g_strdup_printf (ngettext ("%u file, %s", "%u files, %s", n_files), n_files, size);
}

/**
 * inf_result_words_verdict:
 * @marks: (array length=n_marks): what is known of each output
 * @n_marks: how many there are
 *
 * Returns: (transfer full): what is known of all of them together, in a sentence
 */
char *
inf_result_words_verdict (const InfOutputMark *marks, guint n_marks)
{
  guint n_of[INF_OUTPUT_MISSING + 1] = { 0 };
  guint n_wrong;

  for (guint i = 0; i < n_marks; i++)
    n_of[marks[i]]++;
  n_wrong = n_of[INF_OUTPUT_CHANGED] + n_of[INF_OUTPUT_MISSING];
  if (n_of[INF_OUTPUT_CHECKING])
    return g_strdup (_ ("Checking that the files are what the hosts made…"));
  if (n_wrong)
    return g_strdup_printf (ngettext ("%u file is not what its host made.",
                                      "%u files are not what their hosts made.", n_wrong),
                            n_wrong);
  if (!n_marks)
    return g_strdup (_ ("The job left no files behind."));
  if (n_of[INF_OUTPUT_UNCHECKED])
    return g_strdup (_ ("Not checked yet."));
  return g_strdup (_ ("All files are what the hosts made."));
}

/* Returns: (transfer full): "just now", "3 hours ago", a date when it is longer than a week, "" for
 * 0 */
char *
inf_result_words_when (gint64 unix_us, gint64 now_unix_us)
{
  gint64 ago_us = MAX (now_unix_us - unix_us, 0);
  g_autoptr (GDateTime) when = NULL;

  if (unix_us <= 0)
    return g_strdup ("");
  if (ago_us < 7 * G_TIME_SPAN_DAY)
    return inf_phrase_ago (ago_us / 1000);
  when = g_date_time_new_from_unix_local (unix_us / G_USEC_PER_SEC);
  return when ? g_date_time_format (when, "%x") : g_strdup ("");
}

/**
 * inf_result_words_archive_name:
 * @name: of a result; the person's own words
 * @ending: such as ".zip"
 *
 * Returns: (transfer full): a file name to suggest
 */
char *
inf_result_words_archive_name (const char *name, const char *ending)
{
  g_autofree char *plain = g_strdup (name);

  g_strdelimit (plain, "/\\", '-');
  return g_strconcat (*plain == '.' ? "result" : "", plain, ending, NULL);
}
