#pragma once

#include "discovery/link/inf-link-session.h"
#include "discovery/link/inf-links.h"

G_BEGIN_DECLS

typedef struct _InfLinksOp InfLinksOp;

/**
 * InfLinksOpFuncs:
 * @start: a session to the peer is up
 * @abandon: the caller gives up after @start
 */
typedef struct
{
  void (*start) (InfLinksOp *op);
  void (*abandon) (InfLinksOp *op);
} InfLinksOpFuncs;

/**
 * InfLinksOp:
 * @task: what the caller waits for; NULL once it has been told
 * @session: what carries it, once there is one
 *
 * Something that a caller asked of a peer: a call, a channel, or just the link. It waits for a
 * link, is carried by it, and ends once: by success, failure, time-out or cancellation.
 */
struct _InfLinksOp
{
  grefcount ref_count;
  const InfLinksOpFuncs *funcs;
  InfLinks *links;
  InfEndpoint *endpoint;
  GTask *task;
  char *what;
  guint timeout_ms;
  GSource *timer;
  GSource *cancel_watch;
  InfLinkSession *session;

  InfLinkExchange *exchange;
  InfLinkCall *local_call;
  GBytes *request;

  InfLinkPort *port;
  InfLinkIncoming *local_incoming;
  InfSplice splice;
  gboolean owns_splice;
};

typedef struct
{
  InfLinkMethodFlags flags;
  InfLinkMethodFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} InfLinksMethod;

typedef struct
{
  InfLinkServiceFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} InfLinksService;

struct _InfLinks
{
  GObject parent_instance;

  InfKeypair *keypair;
  GMainContext *context;
  GBytes *certificate;
  guint64 rekey_bytes;

  InfLinksAuthorizeFunc authorize;
  gpointer authorize_data;
  GDestroyNotify authorize_destroy;
  InfLinksEnrolFunc enrol;
  gpointer enrol_data;
  GDestroyNotify enrol_destroy;

  GHashTable *methods;   /* name → InfLinksMethod */
  GHashTable *services;  /* name → InfLinksService */
  GHashTable *peers;     /* InfPeerId → InfLinksPeer */
  GPtrArray *sessions;   /* all that have started */
  GHashTable *enrolling; /* InfLinkSession → InfLinksOp, until it is up */
  GSocket *listener;
  GSource *listener_source;
  guint16 port;
  gboolean is_stopped;
};

/* inf-links-op.c */
InfLinksOp *inf_links_op_new (InfLinks *links, const InfLinksOpFuncs *funcs, InfEndpoint *endpoint,
                              guint timeout_ms, GTask *task, const char *what);
InfLinksOp *inf_links_op_ref (InfLinksOp *op);
void inf_links_op_unref (InfLinksOp *op);
void inf_links_op_fail (InfLinksOp *op, const GError *error);
GTask *inf_links_op_take_task (InfLinksOp *op);

/* inf-links-peers.c */
void inf_links_submit (InfLinks *links, InfLinksOp *op);
void inf_links_withdraw (InfLinks *links, InfLinksOp *op);
void inf_links_dial_to_enrol (InfLinks *links, InfLinksOp *op, GBytes *secret);
void inf_links_accept_fd (InfLinks *links, int fd);
void inf_links_peers_init (InfLinks *links);
void inf_links_peers_stop (InfLinks *links);

/* inf-links-listen.c */
void inf_links_stop_listening (InfLinks *links);

/* inf-links-call.c */
void inf_links_take_call (InfLinks *links, InfLinkSession *session, InfLinkExchange *exchange,
                          GBytes *request);
void inf_links_abandon_call (InfLinkExchange *exchange);

/* inf-links-channel.c */
void inf_links_take_channel (InfLinks *links, InfLinkSession *session, InfLinkPort *port);

/* For tests: new keys after so many bytes on the links made from now on. */
void inf_links_set_rekey_bytes (InfLinks *links, guint64 size_bytes);

G_END_DECLS
