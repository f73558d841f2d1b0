#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfCopy:
 *
 * How much of something is copied, and whether it is still wanted: what the thread that copies
 * shares with those who watch it.
 */
typedef struct _InfCopy InfCopy;

InfCopy *inf_copy_new (void);
InfCopy *inf_copy_ref (InfCopy *copy);
void inf_copy_unref (InfCopy *copy);

/* For who copies */
void inf_copy_expect (InfCopy *copy, guint64 total_bytes);
gboolean inf_copy_advance (InfCopy *copy, guint64 n_bytes, GError **error);

/* For who watches */
void inf_copy_look (InfCopy *copy, guint64 *ret_done_bytes, guint64 *ret_total_bytes);
void inf_copy_cancel (InfCopy *copy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfCopy, inf_copy_unref)

G_END_DECLS
