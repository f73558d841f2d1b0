#pragma once

#include "discovery/gossip/inf-messages.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfRumours:
 *
 * News that is passed on with whatever is sent anyway, each item a limited number of times, the
 * least told first.
 */
typedef struct _InfRumours InfRumours;

InfRumours *inf_rumours_new (void);
void inf_rumours_free (InfRumours *rumours);

guint inf_rumours_get_size (const InfRumours *rumours);

void inf_rumours_add_record (InfRumours *rumours, guint64 subject, GBytes *record);
void inf_rumours_add_accusation (InfRumours *rumours, const InfHearsay *accusation);
void inf_rumours_forget (InfRumours *rumours, guint64 subject);
void inf_rumours_take (InfRumours *rumours, guint64 recipient, guint n_live, InfProbe *probe);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfRumours, inf_rumours_free)

G_END_DECLS
