#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfWants:
 *
 * What a node has heard of and lacks, and whom it has asked. Pure. So much is under way at a time
 * that no answer overruns anybody's buffers; what does not come is asked for again, from whoever
 * mentioned it last.
 */
typedef struct _InfWants InfWants;

InfWants *inf_wants_new (void);
void inf_wants_free (InfWants *wants);

guint inf_wants_get_size (const InfWants *wants);
gint64 inf_wants_get_deadline_us (const InfWants *wants);

void inf_wants_add (InfWants *wants, guint64 item, guint64 source, gint64 now_us);
void inf_wants_remove (InfWants *wants, guint64 item);
gboolean inf_wants_take (InfWants *wants, gint64 now_us, guint max_items, guint64 *ret_source,
                         GArray *items);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfWants, inf_wants_free)

G_END_DECLS
