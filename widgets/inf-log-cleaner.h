#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfLogCleaner:
 *
 * Where in a stream of bytes the last piece ended; zeroed before the first.
 */
typedef struct
{
  /*< private >*/
  guint8 state;
  guint8 character[4]; /* one that is not complete yet */
  guint8 n_character;
  gboolean has_return; /* a carriage return waits for what comes after it */
  guint n_escape;      /* bytes of the escape sequence so far */
} InfLogCleaner;

void inf_log_cleaner_feed (InfLogCleaner *self, const guint8 *data, gsize size_bytes, GString *out);

G_END_DECLS
