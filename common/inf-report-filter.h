#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a line begins by which a program reports to infinityd, docs/jobs.md. */
#define INF_REPORT_PREFIX "@infinity "

/**
 * InfReportFilter:
 *
 * Leaves reports out of a log, as people see them otherwise: where the last piece of it ended;
 * zeroed before the first.
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
void inf_report_filter_finish (InfReportFilter *self, GByteArray *out);

G_END_DECLS
