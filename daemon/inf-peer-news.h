#pragma once

#include "discovery/identity/inf-peer-id.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfPeerNewsType:
 * @INF_PEER_NEWS_JOINED: a peer became known, or came back: all its fields
 * @INF_PEER_NEWS_CHANGED: the fields that changed, and "heard-ms"
 * @INF_PEER_NEWS_GONE: it is dead, has left, or is no member any more: "state" and "heard-ms"
 */
typedef enum
{
  INF_PEER_NEWS_JOINED,
  INF_PEER_NEWS_CHANGED,
  INF_PEER_NEWS_GONE,
} InfPeerNewsType;

/* Returns: (transfer floating) (nullable): an a{sv} of all that is known of the peer */
typedef GVariant *(*InfPeerNewsDescribe) (const InfPeerId *id, gpointer data);

/* @fields: (transfer floating): an a{sv} */
typedef void (*InfPeerNewsTell) (InfPeerNewsType type, const InfPeerId *id, GVariant *fields,
                                 gpointer data);

/**
 * InfPeerNews:
 *
 * Turns "something about this peer changed" into what is worth telling: only fields that differ
 * from what was told last, and not for every step of a burst. Has no clock: whoever drives it
 * calls inf_peer_news_tick() at inf_peer_news_get_deadline_us().
 */
typedef struct _InfPeerNews InfPeerNews;

InfPeerNews *inf_peer_news_new (InfPeerNewsDescribe describe, InfPeerNewsTell tell, gpointer data);
void inf_peer_news_free (InfPeerNews *news);

gint64 inf_peer_news_get_deadline_us (const InfPeerNews *news);

void inf_peer_news_changed (InfPeerNews *news, const InfPeerId *id, gint64 now_us);
void inf_peer_news_gone (InfPeerNews *news, const InfPeerId *id, gint64 now_us);
void inf_peer_news_tick (InfPeerNews *news, gint64 now_us);
void inf_peer_news_forget_all (InfPeerNews *news);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfPeerNews, inf_peer_news_free)

G_END_DECLS
