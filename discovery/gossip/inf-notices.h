#pragma once

#include "discovery/gossip/inf-notice.h"

#include <glib.h>

G_BEGIN_DECLS

/* Of one origin; what comes beyond it is not kept. */
#define INF_NOTICES_MAX_OF_ORIGIN 16

/**
 * InfNotices:
 *
 * The newest notice of each origin and topic, verified, with digests by the first byte of their
 * origins' hints like the roster's.
 */
typedef struct _InfNotices InfNotices;

InfNotices *inf_notices_new (void);
void inf_notices_free (InfNotices *notices);

guint inf_notices_get_size (const InfNotices *notices);
InfNotice *inf_notices_find (const InfNotices *notices, guint64 key);
gboolean inf_notices_has_room (const InfNotices *notices, const InfNotice *notice);
guint64 inf_notices_get_hash (const InfNotices *notices);
guint64 inf_notices_get_leaf_hash (const InfNotices *notices, guint leaf);
guint inf_notices_count_in_leaf (const InfNotices *notices, guint leaf);
InfNotice *inf_notices_get_in_leaf (const InfNotices *notices, guint leaf, guint index);

gboolean inf_notices_put (InfNotices *notices, InfNotice *notice);
void inf_notices_remove (InfNotices *notices, InfNotice *notice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfNotices, inf_notices_free)

G_END_DECLS
