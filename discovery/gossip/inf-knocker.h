#pragma once

#include "discovery/gossip/inf-swim.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfKnocker:
 *
 * Finds out whether a process holds the TCP port where a peer should be: opens connections, closes
 * them at once, and never blocks.
 */
typedef struct _InfKnocker InfKnocker;

/**
 * InfKnockerFunc:
 * @peer: whose port it was
 * @address: where
 * @knock: what came of it
 * @data: as given
 */
typedef void (*InfKnockerFunc) (const InfPeerId *peer, const InfAddress *address,
                                InfSwimKnock knock, gpointer data);

InfKnocker *inf_knocker_new (GMainContext *context, InfKnockerFunc func, gpointer data);
void inf_knocker_free (InfKnocker *knocker);

void inf_knocker_knock (InfKnocker *knocker, const InfPeerId *peer, const InfAddress *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfKnocker, inf_knocker_free)

G_END_DECLS
