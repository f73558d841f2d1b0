#pragma once

#include "discovery/link/inf-link-session.h"
#include "discovery/link/inf-link-wait.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

G_BEGIN_DECLS

/* One SSH packet: less than the 35,000 bytes that libssh takes at once. */
#define INF_LINK_CHUNK_BYTES 34816
#define INF_LINK_HANDSHAKE_MS 10000

/**
 * InfLinkCommandFunc:
 * @is_alive: FALSE when the session has ended, so that @data can only be disposed of
 *
 * Runs in the session's thread (after its end, in the one that gives the command).
 */
typedef void (*InfLinkCommandFunc) (InfLinkSession *session, gpointer data, gboolean is_alive);

/**
 * InfLinkEventFunc:
 *
 * Runs in the main context; frees @data.
 */
typedef void (*InfLinkEventFunc) (InfLinkSession *session, gpointer data);

struct _InfLinkSession
{
  gatomicrefcount ref_count;

  /* fixed before the thread starts */
  InfKeypair *keypair;
  InfEndpoint *endpoint; /* of a dialled session */
  gboolean is_dialled;
  GBytes *credential;      /* certificate or secret of a dialled session */
  InfLinkSessionMode mode; /* of an accepted session: once it is up */
  guint64 rekey_bytes;
  struct in6_addr remote_host; /* of an accepted session */
  GMainContext *context;
  InfLinkSessionFuncs funcs;

  /* shared */
  GMutex lock;
  GCond cond;
  GQueue commands;
  gboolean is_ended;
  gboolean is_closing;
  char *close_reason;
  int wake_fd;
  int guard_fd; /* a second descriptor of the connection, to shut it down from outside */

  /* of the main context */
  gpointer owner;
  GThread *thread;
  GSource *handshake_timer;
  gboolean is_up;
  InfPeerId peer_id;
  InfPublicKey public_key;

  /* of the thread */
  int socket_fd;
  ssh_session ssh;
  ssh_event event;
  ssh_channel out_channel;
  ssh_channel in_channel;
  struct ssh_server_callbacks_struct server_callbacks;
  struct ssh_channel_callbacks_struct in_callbacks;
  struct ssh_counter_struct counter;
  gboolean is_authenticated;
  gboolean is_refused;
  guint n_auth_requests;
  InfPublicKey remote_key;
  InfLinkMux *mux;
  int epoll_fd;
  gboolean is_readable;
  gboolean is_stuck;
  guint8 *chunk;
  gsize chunk_bytes;
  GQueue senders;
  GQueue waiting_exchanges;
  GQueue ports;        /* every port with descriptors, or waiting for them */
  GQueue exchanges;    /* every exchange that is not done */
  GPtrArray *released; /* what the current round of events may still point to */
  gsize held_bytes;
  gsize window_budget_bytes;
  int tick_fd;
  InfLinkWait wait;
  guint n_silent_ticks;
  guint64 in_bytes_when_drained;
  GError *error;
};

void inf_link_session_run (InfLinkSession *session, InfLinkCommandFunc func, gpointer data);
void inf_link_session_post (InfLinkSession *session, InfLinkEventFunc func, gpointer data);
gboolean inf_link_session_run_commands (InfLinkSession *session);
gboolean inf_link_session_is_closing (InfLinkSession *session);
gboolean inf_link_session_set_connection (InfLinkSession *session, int fd);
gboolean inf_link_session_ask_authorize (InfLinkSession *session, const InfPublicKey *key,
                                         GBytes *certificate);
gboolean inf_link_session_ask_enrol (InfLinkSession *session, GBytes *secret);
void inf_link_session_fail (InfLinkSession *session, GError *error);
void inf_link_session_schedule (InfLinkSession *session, InfLinkEnd *end);

/* inf-link-handshake.c */
gboolean inf_link_handshake (InfLinkSession *session, GError **error);

/* inf-link-dial.c */
int inf_link_dial (InfEndpoint *endpoint, int wake_fd, guint address_timeout_ms, guint *index,
                   GError **error);

/* inf-link-loop.c */
void inf_link_loop (InfLinkSession *session);
void inf_link_loop_free (InfLinkSession *session);

/* inf-link-exchange-stream.c */
void inf_link_exchange_opened (InfLinkSession *session, InfLinkStream *stream,
                               const InfLinkOpen *open);
void inf_link_exchange_data (InfLinkSession *session, InfLinkExchange *exchange, const guint8 *data,
                             gsize size_bytes);
void inf_link_exchange_ended (InfLinkSession *session, InfLinkExchange *exchange);
void inf_link_exchange_closed (InfLinkSession *session, InfLinkExchange *exchange,
                               const GError *error);
gsize inf_link_exchange_fill (InfLinkSession *session, InfLinkExchange *exchange, guint8 *buffer,
                              gsize room);
void inf_link_exchange_start_waiting (InfLinkSession *session);
void inf_link_exchange_fail_all (InfLinkSession *session, const GError *error);

/* inf-link-port-stream.c, for inf-link-port-orders.c */
void inf_link_port_hold (InfLinkSession *session, InfLinkPort *port, InfLinkStream *stream);
void inf_link_port_attach (InfLinkSession *session, InfLinkPort *port, const InfSplice *splice);
void inf_link_port_widen (InfLinkSession *session, InfLinkPort *port);
void inf_link_port_flush (InfLinkSession *session, InfLinkPort *port, gboolean is_error);
void inf_link_port_check_finished (InfLinkSession *session, InfLinkPort *port);
void inf_link_port_finish (InfLinkSession *session, InfLinkPort *port, gboolean is_abort,
                           const GError *error);
void inf_link_port_abort (InfLinkSession *session, InfLinkPort *port, const GError *error);
void inf_link_port_post_opened (InfLinkSession *session, InfLinkPort *port, const GError *error);
void inf_link_port_post_closed (InfLinkSession *session, InfLinkPort *port);

/* inf-link-port-stream.c */
void inf_link_port_opened (InfLinkSession *session, InfLinkStream *stream, const InfLinkOpen *open);
void inf_link_port_accepted (InfLinkSession *session, InfLinkPort *port);
void inf_link_port_data (InfLinkSession *session, InfLinkPort *port, gboolean is_error,
                         const guint8 *data, gsize size_bytes);
void inf_link_port_ended (InfLinkSession *session, InfLinkPort *port, gboolean is_error);
void inf_link_port_exited (InfLinkSession *session, InfLinkPort *port, int exit_status);
void inf_link_port_closed (InfLinkSession *session, InfLinkPort *port, const GError *error);
void inf_link_port_ready (InfLinkSession *session, InfLinkDescriptor *descriptor, guint32 events);
gsize inf_link_port_fill (InfLinkSession *session, InfLinkPort *port, guint8 *buffer, gsize room);
void inf_link_port_fail_all (InfLinkSession *session, const GError *error);

G_END_DECLS
