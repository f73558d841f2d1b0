#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfReportFilter:
 *
 * Where in a log the last piece ended; zeroed before the first.
 */
typedef struct
{
  /*< private >*/
  gsize n_matched; /* of the bytes that begin a report, since the line began */
  gboolean is_text;
  gboolean is_report;
} InfReportFilter;

void inf_report_filter_feed (InfReportFilter *self, const guint8 *data, gsize size_bytes,
                             GByteArray *out);

G_END_DECLS
