#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_PROGRESS_LINE_MAX_BYTES 4096
#define INF_PROGRESS_TEXT_MAX_BYTES 256

/**
 * InfProgressKind:
 * @INF_PROGRESS_PLAIN: any line of output
 * @INF_PROGRESS_STEP: `@infinity progress FRACTION TEXT…`
 * @INF_PROGRESS_SUMMARY: `@infinity summary TEXT…`
 */
typedef enum
{
  INF_PROGRESS_PLAIN,
  INF_PROGRESS_STEP,
  INF_PROGRESS_SUMMARY,
} InfProgressKind;

/**
 * InfProgressLine:
 * @kind: what it is
 * @fraction: 0 to 1, of a %INF_PROGRESS_STEP
 * @text: what follows the key words, or the whole line of a %INF_PROGRESS_PLAIN: UTF-8 without
 *   control characters
 * @is_cut: whether this is a piece of a line longer than %INF_PROGRESS_LINE_MAX_BYTES that goes on
 *   in the next
 */
typedef struct
{
  InfProgressKind kind;
  double fraction;
  const char *text;
  gboolean is_cut;
} InfProgressLine;

typedef void (*InfProgressLineFunc) (const InfProgressLine *line, gpointer user_data);

typedef struct _InfProgressParser InfProgressParser;

InfProgressParser *inf_progress_parser_new (InfProgressLineFunc func, gpointer user_data);
void inf_progress_parser_free (InfProgressParser *parser);

void inf_progress_parser_feed (InfProgressParser *parser, const void *data, gsize size_bytes);
void inf_progress_parser_finish (InfProgressParser *parser);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfProgressParser, inf_progress_parser_free)

G_END_DECLS
