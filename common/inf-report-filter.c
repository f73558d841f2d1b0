#include "common/inf-report-filter.h"

#include <string.h>

#define PREFIX_BYTES (sizeof INF_REPORT_PREFIX - 1)

static gsize
count_rest_of_line (const guint8 *data, gsize size_bytes)
{
  const guint8 *end = memchr (data, '\n', size_bytes);

  return end ? (gsize)(end - data) + 1 : size_bytes;
}

/**
 * inf_report_filter_feed:
 * @self: where the last piece ended
 * @data: (array length=size_bytes): what the log has next
 * @size_bytes: its length
 * @out: what to append it to, without the lines that are reports
 */
void
inf_report_filter_feed (InfReportFilter *self, const guint8 *data, gsize size_bytes,
                        GByteArray *out)
{
  for (gsize at = 0; at < size_bytes;)
    {
      gsize n_rest;

      if (!self->is_text && !self->is_report)
        {
          if (data[at] == INF_REPORT_PREFIX[self->n_matched])
            {
              at++;
              self->is_report = ++self->n_matched == PREFIX_BYTES;
              continue;
            }
          /* what was held back as the begin of a report is none */
          g_byte_array_append (out, (const guint8 *)INF_REPORT_PREFIX, (guint)self->n_matched);
          self->is_text = TRUE;
        }
      n_rest = count_rest_of_line (data + at, size_bytes - at);
      if (self->is_text)
        g_byte_array_append (out, data + at, (guint)n_rest);
      at += n_rest;
      if (data[at - 1] == '\n')
        *self = (InfReportFilter){ 0 };
    }
}

/**
 * inf_report_filter_finish:
 * @self: where the last piece ended, which is the log's end
 * @out: what to append what was held back to, if that is no report
 */
void
inf_report_filter_finish (InfReportFilter *self, GByteArray *out)
{
  if (!self->is_text && !self->is_report)
    g_byte_array_append (out, (const guint8 *)INF_REPORT_PREFIX, (guint)self->n_matched);
  *self = (InfReportFilter){ 0 };
}
