#include "grid/sandbox/inf-mpiexec-output.h"

#include <string.h>

/* mpiexec gives each agent that it starts a process group of its own, and does so twice: in the
 * child before it becomes the agent, and in the parent, where it fails if the child has become it
 * by then. Then it says so and goes on; no parameter keeps it from saying it. It starts all agents
 * before a rank can print, so only the beginning of the output is looked at, up to the first line
 * that is another: what a program prints is left as it is. */

#define MAX_LINE_BYTES 256

struct _InfMpiexecOutput
{
  GRegex *warning;
  GByteArray *line; /* so far, while it may still become a warning */
  gboolean has_begun;
};

/**
 * inf_mpiexec_output_new:
 *
 * Returns: (transfer full): the output of an mpiexec that has printed nothing
 */
InfMpiexecOutput *
inf_mpiexec_output_new (void)
{
  InfMpiexecOutput *output = g_new0 (InfMpiexecOutput, 1);

  output->warning = g_regex_new (
      "^\\[[^]\\s]+:\\d+\\] plm:rsh: Warning: setpgid\\((\\d+),\\1\\) failed in parent with "
      "errno=Permission denied\\(13\\)\\n$",
      G_REGEX_RAW | G_REGEX_DOLLAR_ENDONLY, 0, NULL);
  output->line = g_byte_array_new ();
  return output;
}

/**
 * inf_mpiexec_output_free:
 * @output: (nullable) (transfer full): an output
 */
void
inf_mpiexec_output_free (InfMpiexecOutput *output)
{
  if (!output)
    return;
  g_regex_unref (output->warning);
  g_byte_array_unref (output->line);
  g_free (output);
}

static gboolean
is_warning (InfMpiexecOutput *output)
{
  return g_regex_match_full (output->warning, (const char *)output->line->data,
                             (gssize)output->line->len, 0, 0, NULL, NULL);
}

/* Whether no more of it has to come to know what it is. */
static gboolean
is_decided (const GByteArray *line)
{
  return line->len > 0
         && (line->data[0] != '[' || line->data[line->len - 1] == '\n'
             || line->len >= MAX_LINE_BYTES);
}

/**
 * inf_mpiexec_output_feed:
 * @output: an output
 * @data: what was read of it; may begin and end anywhere
 *
 * Returns: (transfer full): what can be passed on by now; may be empty
 */
GBytes *
inf_mpiexec_output_feed (InfMpiexecOutput *output, GBytes *data)
{
  gsize size_bytes;
  const guint8 *bytes = g_bytes_get_data (data, &size_bytes);
  gsize used = 0;

  if (output->has_begun)
    return g_bytes_ref (data);
  while (used < size_bytes && !output->has_begun)
    {
      g_byte_array_append (output->line, bytes + used++, 1);
      if (!is_decided (output->line))
        continue;
      if (is_warning (output))
        g_byte_array_set_size (output->line, 0);
      else
        output->has_begun = TRUE;
    }
  if (!output->has_begun)
    return g_bytes_new (NULL, 0);
  g_byte_array_append (output->line, bytes + used, (guint)(size_bytes - used));
  return inf_mpiexec_output_finish (output);
}

/**
 * inf_mpiexec_output_finish:
 * @output: an output, which has ended
 *
 * Returns: (transfer full): the rest; may be empty
 */
GBytes *
inf_mpiexec_output_finish (InfMpiexecOutput *output)
{
  GBytes *rest = g_bytes_new (output->line->data, output->line->len);

  g_byte_array_set_size (output->line, 0);
  return rest;
}
