#include "client-app/inf-submission-private.h"

#include "client-app/inf-size-text.h"

#include <glib/gi18n.h>
#include <string.h>

/* What infinityd would refuse is told at the field, before it is asked: the same rules as those of
 * a job's specification. */

#define MAX_NAME_BYTES 255
#define MAX_PATTERN_BYTES 4096

/* Returns: whether it can be a file's name in the job's folder, and a result's */
gboolean
inf_submission_is_safe_name (const char *name)
{
  if (!*name || *name == '.' || *name == '-' || strlen (name) > MAX_NAME_BYTES
      || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (const char *c = name; *c; c = g_utf8_next_char (c))
    if (*c == '/' || *c == '\\' || !g_unichar_isprint (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

/**
 * inf_submission_split:
 * @text: words between spaces; quotes keep them together
 * @ret_words: (out) (transfer full): the words
 *
 * Returns: whether all quotes are closed
 */
gboolean
inf_submission_split (const char *text, char ***ret_words)
{
  g_autoptr (GError) error = NULL;

  if (g_shell_parse_argv (text, NULL, ret_words, &error))
    return TRUE;
  if (!g_error_matches (error, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
    return FALSE;
  *ret_words = g_new0 (char *, 1);
  return TRUE;
}

static gboolean
is_plain (const char *word)
{
  return *word
         && strspn (word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_=+./:,@%") == strlen (word);
}

/* Returns: (transfer full): a text that inf_submission_split() makes the same words of */
char *
inf_submission_join (char **words)
{
  GString *text = g_string_new (NULL);

  for (char **word = words; *word; word++)
    {
      g_autofree char *quoted = is_plain (*word) ? g_strdup (*word) : g_shell_quote (*word);
      g_string_append_printf (text, "%s%s", text->len ? " " : "", quoted);
    }
  return g_string_free (text, FALSE);
}

/**
 * inf_submission_parse_price:
 * @text: credits an hour, as typed; a comma counts as a point
 * @ret_ucredits: (out): micro-credits a second
 *
 * Returns: whether it is a price above nothing
 */
gboolean
inf_submission_parse_price (const char *text, guint64 *ret_ucredits)
{
  g_autofree char *number = g_strdelimit (g_strdup (text), ",", '.');
  char *end;
  double credits;

  g_strstrip (number);
  if (!g_ascii_isdigit (*number) || g_ascii_tolower (number[1]) == 'x')
    return FALSE;
  credits = g_ascii_strtod (number, &end);
  if (*end || !(credits > 0) || credits > 1e9)
    return FALSE;
  *ret_ucredits = MAX ((guint64)(credits * 1e6 / 3600 + 0.5), 1);
  return TRUE;
}

/* Returns: (transfer full): credits an hour, exactly: four decimals hold 3600 millionths */
char *
inf_submission_format_price (guint64 ucredits)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.10g", (double)ucredits * 3600 / 1e6));
}

static char *
describe_range (const InfTaskParameter *parameter)
{
  g_autofree char *least = g_strdup_printf ("%" G_GINT64_FORMAT, parameter->minimum);
  g_autofree char *most = g_strdup_printf ("%" G_GINT64_FORMAT, parameter->maximum);
  gboolean is_bounded = parameter->maximum < G_MAXINT64;

  if (parameter->minimum == G_MININT64 && !is_bounded)
    return g_strdup (_ ("This has to be a whole number."));
  if (!is_bounded)
    /* Translators: the smallest number that is taken */
    return g_strdup_printf (_ ("This has to be a whole number from %s on."), least);
  return g_strdup_printf (_ ("This has to be a whole number from %s to %s."), least, most);
}

static char *
check_size (const InfTaskParameter *parameter, const char *value)
{
  g_autofree char *least = NULL;
  g_autofree char *most = NULL;
  guint64 size_bytes;

  if (!inf_size_text_parse (value, &size_bytes))
    return g_strdup (_ ("This has to be a size, such as 512 MiB."));
  if ((gint64)size_bytes >= parameter->minimum && (gint64)size_bytes <= parameter->maximum)
    return NULL;
  least = g_format_size_full ((guint64)MAX (parameter->minimum, 0), G_FORMAT_SIZE_IEC_UNITS);
  most = g_format_size_full ((guint64)MAX (parameter->maximum, 0), G_FORMAT_SIZE_IEC_UNITS);
  return g_strdup_printf (_ ("This has to be a size from %s to %s."), least, most);
}

/**
 * inf_submission_check_value:
 * @parameter: a parameter
 * @value: what was typed for it, not ""
 *
 * Returns: (transfer full) (nullable): what is wrong with it
 */
char *
inf_submission_check_value (const InfTaskParameter *parameter, const char *value)
{
  g_autofree char *name = NULL;
  gint64 number;

  switch (parameter->type)
    {
    case INF_TASK_INTEGER:
      return g_ascii_string_to_signed (value, 10, parameter->minimum, parameter->maximum, &number,
                                       NULL)
                 ? NULL
                 : describe_range (parameter);
    case INF_TASK_SIZE:
      return check_size (parameter, value);
    case INF_TASK_FILE:
      name = g_path_get_basename (value);
      return g_path_is_absolute (value) && inf_submission_is_safe_name (name)
                 ? NULL
                 : g_strdup (_ ("The name of this file can’t be used in a job. Rename it first."));
    case INF_TASK_CHOICE:
      return g_strv_contains ((const char *const *)parameter->values, value)
                 ? NULL
                 : g_strdup (_ ("Choose one of those that there are."));
    default:
      return NULL;
    }
}

static void
check_program (const InfSubmission *self, GPtrArray *problems)
{
  g_autofree char *base = g_path_get_basename (self->program);

  if (!*self->program)
    inf_submission_problems_add (problems, "program", TRUE,
                                 self->kind == INF_SUBMISSION_OWN ? _ ("Choose the program to run.")
                                                                  : _ ("Choose what to run."));
  else if (self->kind == INF_SUBMISSION_OWN && !g_path_is_absolute (self->program))
    inf_submission_problems_add (problems, "program", FALSE,
                                 _ ("The program has to be a file of this computer."));
  else if (!inf_submission_is_safe_name (base))
    inf_submission_problems_add (
        problems, "program", FALSE,
        _ ("The name of this file can’t be used in a job. Rename it first."));
}

static void
check_words (const char *text, const char *field, guint max_words, gsize max_bytes,
             GPtrArray *problems)
{
  g_auto (GStrv) words = NULL;

  if (!inf_submission_split (text, &words))
    inf_submission_problems_add (problems, field, FALSE, _ ("A quote is opened and not closed."));
  else if (g_strv_length (words) > max_words || strlen (text) > max_bytes)
    inf_submission_problems_add (problems, field, FALSE, _ ("This is more than a job takes."));
}

/* Checks all but a task's parameters and the inputs, which are looked at as they are used. */
void
inf_submission_check (const InfSubmission *self, GPtrArray *problems)
{
  guint64 memory_bytes;
  guint64 price_ucredits;

  check_program (self, problems);
  check_words (self->arguments, "arguments", INF_SUBMISSION_MAX_ARGS, 65536, problems);
  check_words (self->outputs, "outputs", INF_SUBMISSION_MAX_OUTPUTS, MAX_PATTERN_BYTES, problems);
  if (*self->memory && !inf_size_text_parse (self->memory, &memory_bytes))
    inf_submission_problems_add (problems, "memory", FALSE,
                                 _ ("This has to be a size, such as 512 MiB."));
  if (*self->max_price && !inf_submission_parse_price (self->max_price, &price_ucredits))
    inf_submission_problems_add (
        problems, "max-price", FALSE,
        _ ("This has to be a number of credits above zero. Leave it empty for any price."));
  if (*self->name && !inf_submission_is_safe_name (self->name))
    inf_submission_problems_add (
        problems, "name", FALSE,
        _ ("It is a folder’s name too: no “/”, and neither “.” nor “-” at the beginning."));
  if (*self->to && !g_path_is_absolute (self->to))
    inf_submission_problems_add (problems, "to", FALSE,
                                 _ ("This has to be a folder of this computer."));
}
