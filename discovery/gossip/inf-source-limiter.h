#pragma once

#include "discovery/gossip/inf-address.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfSourceLimiter:
 *
 * How many datagrams of whom are worth a look, before any of them is opened. Pure, and of fixed
 * size however many addresses a flood pretends to come from.
 */
typedef struct _InfSourceLimiter InfSourceLimiter;

InfSourceLimiter *inf_source_limiter_new (guint64 seed);
void inf_source_limiter_free (InfSourceLimiter *limiter);

gboolean inf_source_limiter_admit (InfSourceLimiter *limiter, const InfAddress *from,
                                   gint64 now_us);
void inf_source_limiter_praise (InfSourceLimiter *limiter, const InfAddress *from, gint64 now_us);
void inf_source_limiter_blame (InfSourceLimiter *limiter, const InfAddress *from, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSourceLimiter, inf_source_limiter_free)

G_END_DECLS
