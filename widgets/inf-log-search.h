#pragma once

#include "widgets/inf-log-lines.h"

G_BEGIN_DECLS

typedef struct _InfLogSearch InfLogSearch;

/**
 * InfLogMatch:
 * @row: the row it begins in
 * @start: where in the row, in bytes
 * @size_bytes: its length; a match that goes on in the next row ends here with this one
 * @number: which one it is, from 1
 */
typedef struct
{
  guint64 row;
  gsize start;
  gsize size_bytes;
  guint64 number;
} InfLogMatch;

/**
 * InfLogFind:
 * @INF_LOG_FIND_PENDING: what lies between was not looked through yet: ask again after some steps
 */
typedef enum
{
  INF_LOG_FIND_NOTHING,
  INF_LOG_FIND_FOUND,
  INF_LOG_FIND_PENDING,
} InfLogFind;

/* @match: its number is not set */
typedef void (*InfLogMatchFunc) (const InfLogMatch *match, gpointer user_data);

InfLogSearch *inf_log_search_new (InfLogLines *lines);
void inf_log_search_free (InfLogSearch *self);

gboolean inf_log_search_is_set (InfLogSearch *self);
gboolean inf_log_search_is_done (InfLogSearch *self);
guint64 inf_log_search_get_n_matches (InfLogSearch *self);

void inf_log_search_set_text (InfLogSearch *self, const char *text);
gboolean inf_log_search_step (InfLogSearch *self);
InfLogFind inf_log_search_find (InfLogSearch *self, guint64 row, gsize offset, gboolean is_forward,
                                InfLogMatch *ret_match);
void inf_log_search_each_in_row (InfLogSearch *self, guint64 row, InfLogMatchFunc func,
                                 gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLogSearch, inf_log_search_free)

G_END_DECLS
