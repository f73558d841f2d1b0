#include "cli/inf-progress.h"

#include "cli/inf-quantity.h"
#include "cli/inf-terminal.h"
#include "cli/inf-text.h"

#include <stdio.h>
#include <unistd.h>

/* How a job gets on, on standard error: one line that is drawn anew on a terminal, elsewhere a line
 * for each step and each tenth of the work. */

#define BAR_CELLS 20
#define DEFAULT_WIDTH 80

struct _InfProgress
{
  gboolean is_terminal;
  gboolean is_drawn;
  GVariant *job;
  char *last_line;
};

/**
 * inf_progress_new:
 *
 * Returns: (transfer full): a display of one job's progress on standard error
 */
InfProgress *
inf_progress_new (void)
{
  InfProgress *progress = g_new0 (InfProgress, 1);

  progress->is_terminal = inf_terminal_is_messages ();
  return progress;
}

void
inf_progress_free (InfProgress *progress)
{
  if (!progress)
    return;
  inf_progress_hide (progress);
  g_clear_pointer (&progress->job, g_variant_unref);
  g_free (progress->last_line);
  g_free (progress);
}

static const char *
lookup_text (GVariant *job, const char *key)
{
  const char *text = "";

  g_variant_lookup (job, key, "&s", &text);
  return text;
}

static double
lookup_fraction (GVariant *job)
{
  double fraction = -1;

  g_variant_lookup (job, "progress", "d", &fraction);
  return fraction >= 0 ? MIN (fraction, 1) : -1;
}

static char *
format_spent (GVariant *job)
{
  g_autofree char *credits = NULL;
  guint64 ucredits = 0;

  g_variant_lookup (job, "spent", "t", &ucredits);
  if (!ucredits)
    return g_strdup ("");
  credits = inf_quantity_format_credits ((gint64)MIN (ucredits, (guint64)G_MAXINT64));
  return g_strdup_printf ("  %s credits", credits);
}

/* Why it waits, or else what the program says. */
static const char *
choose_words (GVariant *job)
{
  const char *reason = lookup_text (job, "reason");

  return *reason ? reason : lookup_text (job, "progress-text");
}

/**
 * inf_progress_render_bar:
 * @job: a job, as org.infinitygrid.Jobs1 describes it
 * @width: columns there are
 *
 * Returns: (transfer full): one line about it, safe for a terminal, at most @width columns wide
 */
char *
inf_progress_render_bar (GVariant *job, gsize width)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *spent = format_spent (job);
  g_autofree char *safe = NULL;
  double fraction = lookup_fraction (job);
  const char *words = choose_words (job);

  g_string_append_printf (line, "%-10s", lookup_text (job, "state"));
  if (fraction >= 0)
    {
      guint n_full = (guint)(fraction * BAR_CELLS);
      g_string_append (line, " [");
      for (guint i = 0; i < BAR_CELLS; i++)
        g_string_append_c (line, i < n_full ? '#' : '.');
      g_string_append_printf (line, "] %3.0f%%", fraction * 100);
    }
  g_string_append (line, spent);
  if (*words)
    g_string_append_printf (line, "  %s", words);
  safe = inf_text_make_safe (line->str);
  return inf_text_fit (safe, MAX (width, 1));
}

/**
 * inf_progress_render_line:
 * @job: a job, as org.infinitygrid.Jobs1 describes it
 *
 * Returns: (transfer full): one line about it that stays the same until a reader of a log would
 *   want another
 */
char *
inf_progress_render_line (GVariant *job)
{
  GString *line = g_string_new (lookup_text (job, "state"));
  const char *reason = lookup_text (job, "reason");
  double fraction = lookup_fraction (job);
  guint32 attempt = 1;

  g_variant_lookup (job, "attempt", "u", &attempt);
  if (attempt > 1)
    g_string_append_printf (line, " (attempt %u)", attempt);
  if (fraction >= 0.1)
    g_string_append_printf (line, " %d%%", (int)(fraction * 10 + 1e-9) * 10);
  if (*reason)
    g_string_append_printf (line, ": %s", reason);
  return g_string_free (line, FALSE);
}

static void
draw (InfProgress *progress)
{
  gsize width = inf_terminal_get_width (STDERR_FILENO);
  g_autofree char *bar
      = inf_progress_render_bar (progress->job, (width ? width : DEFAULT_WIDTH) - 1);

  if (inf_terminal_wants_color ())
    fprintf (stderr, "\r\x1b[K\x1b[1m%s\x1b[0m", bar);
  else
    fprintf (stderr, "\r\x1b[K%s", bar);
  fflush (stderr);
  progress->is_drawn = TRUE;
}

static void
print_line (InfProgress *progress)
{
  g_autofree char *line = inf_progress_render_line (progress->job);

  if (g_strcmp0 (line, progress->last_line) == 0)
    return;
  inf_terminal_message ("%s", line);
  g_free (progress->last_line);
  progress->last_line = g_steal_pointer (&line);
}

/**
 * inf_progress_update:
 * @progress: a display
 * @job: the job as it is now
 *
 * Remembers @job for inf_progress_show(); away from a terminal, says what is new.
 */
void
inf_progress_update (InfProgress *progress, GVariant *job)
{
  g_variant_ref (job);
  g_clear_pointer (&progress->job, g_variant_unref);
  progress->job = job;
  if (!progress->is_terminal)
    print_line (progress);
}

/**
 * inf_progress_show:
 * @progress: a display
 *
 * Draws the line, when this is a terminal. The cursor must be at the beginning of a line.
 */
void
inf_progress_show (InfProgress *progress)
{
  if (progress->is_terminal && progress->job)
    draw (progress);
}

/**
 * inf_progress_hide:
 * @progress: a display
 *
 * Takes the line away, so that something else can be printed.
 */
void
inf_progress_hide (InfProgress *progress)
{
  if (!progress->is_drawn)
    return;
  fputs ("\r\x1b[K", stderr);
  fflush (stderr);
  progress->is_drawn = FALSE;
}
