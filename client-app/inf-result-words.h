#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfOutputMark:
 * @INF_OUTPUT_UNCHECKED: nobody looked yet
 * @INF_OUTPUT_CHECKING: it is being hashed
 * @INF_OUTPUT_VERIFIED: what its host stated
 * @INF_OUTPUT_CHANGED: something else
 * @INF_OUTPUT_MISSING: it is not there any more
 *
 * What is known of an output.
 */
typedef enum
{
  INF_OUTPUT_UNCHECKED,
  INF_OUTPUT_CHECKING,
  INF_OUTPUT_VERIFIED,
  INF_OUTPUT_CHANGED,
  INF_OUTPUT_MISSING,
} InfOutputMark;

InfOutputMark inf_result_words_parse_mark (const char *mark);
const char *inf_result_words_mark_icon (InfOutputMark mark);
const char *inf_result_words_mark_class (InfOutputMark mark);
char *inf_result_words_mark (InfOutputMark mark);
char *inf_result_words_files (guint n_files, guint64 size_bytes);
char *inf_result_words_verdict (const InfOutputMark *marks, guint n_marks);
char *inf_result_words_when (gint64 unix_us, gint64 now_unix_us);
char *inf_result_words_archive_name (const char *name, const char *ending);

G_END_DECLS
