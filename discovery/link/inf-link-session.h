#pragma once

#include "discovery/identity/inf-keypair.h"
#include "discovery/link/inf-endpoint.h"
#include "discovery/link/inf-link-exchange.h"
#include "discovery/link/inf-link-port.h"

#include <gio/gio.h>
#include <netinet/in.h>

G_BEGIN_DECLS

typedef struct _InfLinkSession InfLinkSession;

/**
 * InfLinkSessionMode:
 * @INF_LINK_SESSION_MEMBER: between members
 * @INF_LINK_SESSION_ENROLMENT: of someone who has but an invite's secret
 */
typedef enum
{
  INF_LINK_SESSION_MEMBER,
  INF_LINK_SESSION_ENROLMENT,
} InfLinkSessionMode;

/**
 * InfLinkSessionFuncs:
 * @authorize: whether the owner of @key may come in with @certificate; the session waits
 * @enrol: whether someone may come in with @secret; the session waits
 * @up: both sides know each other
 * @down: the session's last word; @error says why
 * @call: (transfer full) of @exchange: the other side calls a method; to be answered
 * @call_abandoned: the other side takes no answer any more
 * @channel: (transfer full) of @port: the other side opens a channel; to be accepted or refused
 *
 * All are called in the main context that the session was made in.
 */
typedef struct
{
  gboolean (*authorize) (InfLinkSession *session, const InfPublicKey *key, GBytes *certificate);
  gboolean (*enrol) (InfLinkSession *session, GBytes *secret);
  void (*up) (InfLinkSession *session);
  void (*down) (InfLinkSession *session, const GError *error);
  void (*call) (InfLinkSession *session, InfLinkExchange *exchange, GBytes *request);
  void (*call_abandoned) (InfLinkSession *session, InfLinkExchange *exchange);
  void (*channel) (InfLinkSession *session, InfLinkPort *port);
} InfLinkSessionFuncs;

InfLinkSession *inf_link_session_new_dialled (InfKeypair *keypair, InfEndpoint *endpoint,
                                              InfLinkSessionMode mode, GBytes *credential,
                                              const InfLinkSessionFuncs *funcs, gpointer owner);
InfLinkSession *inf_link_session_new_accepted (InfKeypair *keypair, int fd,
                                               const InfLinkSessionFuncs *funcs, gpointer owner);
InfLinkSession *inf_link_session_ref (InfLinkSession *session);
void inf_link_session_unref (InfLinkSession *session);

gpointer inf_link_session_get_owner (InfLinkSession *session);
gboolean inf_link_session_is_dialled (InfLinkSession *session);
gboolean inf_link_session_is_up (InfLinkSession *session);
InfLinkSessionMode inf_link_session_get_mode (InfLinkSession *session);
const InfPeerId *inf_link_session_get_peer_id (InfLinkSession *session);
const InfPublicKey *inf_link_session_get_public_key (InfLinkSession *session);

const struct in6_addr *inf_link_session_get_remote_host (InfLinkSession *session);

void inf_link_session_set_remote_host (InfLinkSession *session, const struct in6_addr *host);
void inf_link_session_set_rekey_bytes (InfLinkSession *session, guint64 size_bytes);
void inf_link_session_start (InfLinkSession *session);
void inf_link_session_close (InfLinkSession *session, const char *reason);
void inf_link_session_finish (InfLinkSession *session);

void inf_link_session_send (InfLinkSession *session, InfLinkExchange *exchange);
void inf_link_session_abandon (InfLinkSession *session, InfLinkExchange *exchange);
void inf_link_session_answer (InfLinkSession *session, InfLinkExchange *exchange, GBytes *reply,
                              const GError *error);

void inf_link_session_open_port (InfLinkSession *session, InfLinkPort *port, GBytes *header,
                                 const InfSplice *splice);
void inf_link_session_accept_port (InfLinkSession *session, InfLinkPort *port,
                                   const InfSplice *splice);
void inf_link_session_refuse_port (InfLinkSession *session, InfLinkPort *port, const GError *error);
void inf_link_session_exit_port (InfLinkSession *session, InfLinkPort *port, int exit_status);
void inf_link_session_close_port (InfLinkSession *session, InfLinkPort *port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLinkSession, inf_link_session_unref)

G_END_DECLS
