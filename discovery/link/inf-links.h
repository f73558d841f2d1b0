#pragma once

#include "discovery/identity/inf-keypair.h"
#include "discovery/link/inf-endpoint.h"
#include "discovery/link/inf-link-channel.h"
#include "discovery/link/inf-splice.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_LINKS (inf_links_get_type ())
G_DECLARE_FINAL_TYPE (InfLinks, inf_links, INF, LINKS, GObject)

/**
 * InfLinks:
 *
 * All SSH links of a node, in both directions. Everything here belongs to the main context in which
 * it was made; each session has a thread of its own behind it.
 *
 * Signals:
 * `link-up` (InfPeerId *peer), `link-down` (InfPeerId *peer)
 */

/**
 * InfLinksAuthorizeFunc:
 * @key: the key that the other side has proved to own
 * @certificate: what it presented, from anyone
 * @error: why not, for the log; the other side learns nothing
 *
 * Returns: whether @key is a member's
 */
typedef gboolean (*InfLinksAuthorizeFunc) (const InfPublicKey *key, GBytes *certificate,
                                           gpointer user_data, GError **error);

/**
 * InfLinksEnrolFunc:
 * @secret: the invite's secret that was presented as a password
 *
 * Returns: whether this secret may be used to call the methods marked for enrolment. It is not
 *   spent by asking.
 */
typedef gboolean (*InfLinksEnrolFunc) (GBytes *secret, gpointer user_data);

typedef struct _InfLinkCall InfLinkCall;

/**
 * InfLinkMethodFunc:
 * @call: (transfer full): answered once with inf_link_call_return() or
 *   inf_link_call_return_error(), now or later
 */
typedef void (*InfLinkMethodFunc) (InfLinkCall *call, gpointer user_data);

typedef struct _InfLinkIncoming InfLinkIncoming;

/**
 * InfLinkServiceFunc:
 * @incoming: (transfer full): answered once with inf_link_incoming_accept() or
 *   inf_link_incoming_reject(), now or later
 */
typedef void (*InfLinkServiceFunc) (InfLinkIncoming *incoming, gpointer user_data);

/**
 * InfLinkMethodFlags:
 * @INF_LINK_METHOD_MEMBERS: for authorised members
 * @INF_LINK_METHOD_ENROLMENT: for sessions that came with an invite's secret, and only those
 */
typedef enum
{
  INF_LINK_METHOD_MEMBERS,
  INF_LINK_METHOD_ENROLMENT,
} InfLinkMethodFlags;

InfLinks *inf_links_new (InfKeypair *keypair);
gboolean inf_links_listen (InfLinks *links, guint16 port, GError **error);
guint16 inf_links_get_port (InfLinks *links);
void inf_links_stop (InfLinks *links);

void inf_links_set_certificate (InfLinks *links, GBytes *certificate);
void inf_links_set_authorize (InfLinks *links, InfLinksAuthorizeFunc func, gpointer user_data,
                              GDestroyNotify destroy);
void inf_links_set_enrol (InfLinks *links, InfLinksEnrolFunc func, gpointer user_data,
                          GDestroyNotify destroy);
void inf_links_disconnect (InfLinks *links, const InfPeerId *peer_id);

void inf_links_connect_async (InfLinks *links, InfEndpoint *endpoint, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_links_connect_finish (InfLinks *links, GAsyncResult *result, GError **error);

/* The enrolment's call: a session of its own, with the secret as its password. */
void inf_links_enrol_async (InfLinks *links, InfEndpoint *endpoint, GBytes *secret,
                            const char *method, GBytes *request, guint timeout_ms,
                            GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
GBytes *inf_links_enrol_finish (InfLinks *links, GAsyncResult *result, GError **error);

void inf_links_call_async (InfLinks *links, InfEndpoint *endpoint, const char *method,
                           GBytes *request, guint timeout_ms, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
GBytes *inf_links_call_finish (InfLinks *links, GAsyncResult *result, GError **error);

void inf_links_add_method (InfLinks *links, const char *method, InfLinkMethodFlags flags,
                           InfLinkMethodFunc func, gpointer user_data, GDestroyNotify destroy);
const InfPeerId *inf_link_call_get_peer_id (InfLinkCall *call);
const InfPublicKey *inf_link_call_get_public_key (InfLinkCall *call);
GBytes *inf_link_call_get_request (InfLinkCall *call);
/* Cancelled when the caller gives up or its link breaks. */
GCancellable *inf_link_call_get_cancellable (InfLinkCall *call);
void inf_link_call_return (InfLinkCall *call, GBytes *reply); /* frees call; NULL: empty */
void inf_link_call_return_error (InfLinkCall *call, const GError *error); /* frees call */

void inf_links_open_channel_async (InfLinks *links, InfEndpoint *endpoint, const char *service,
                                   GBytes *header, const InfSplice *splice,
                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
InfLinkChannel *inf_links_open_channel_finish (InfLinks *links, GAsyncResult *result,
                                               GError **error);

void inf_links_add_service (InfLinks *links, const char *service, InfLinkServiceFunc func,
                            gpointer user_data, GDestroyNotify destroy);
const InfPeerId *inf_link_incoming_get_peer_id (InfLinkIncoming *incoming);
GBytes *inf_link_incoming_get_header (InfLinkIncoming *incoming);
InfLinkChannel *inf_link_incoming_accept (InfLinkIncoming *incoming, const InfSplice *splice);
void inf_link_incoming_reject (InfLinkIncoming *incoming, const GError *error);

G_END_DECLS
