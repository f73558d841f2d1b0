#pragma once

#include "discovery/link/inf-link-mux.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_LINK_CALL_MAX_BYTES (4 * 1024 * 1024)

/**
 * InfLinkEnd:
 * @kind: whether it is an #InfLinkExchange or an #InfLinkPort
 * @stream: its stream on the link; NULL before and after
 * @is_scheduled: whether it is in the session's list of those that may have something to send
 *
 * What is at this end of a stream. Of the session's thread.
 */
typedef struct
{
  InfLinkStreamKind kind;
  InfLinkStream *stream;
  gboolean is_scheduled;
} InfLinkEnd;

typedef struct _InfLinkExchange InfLinkExchange;

/**
 * InfLinkExchangeFunc:
 * @reply: (nullable): the other side's answer, NULL on failure
 * @error: (nullable): why there is none
 *
 * Called exactly once, in the main context.
 */
typedef void (*InfLinkExchangeFunc) (InfLinkExchange *exchange, GBytes *reply, const GError *error,
                                     gpointer user_data);

/**
 * InfLinkExchange:
 * @method: what is called
 * @out: what is sent: the request, or the reply
 * @n_out_sent: how much of it is
 * @in: what has arrived: the reply, or the request
 * @is_done: no more of the session's business
 *
 * A request and its reply, at either end. @finished and @user_data are those of the calling end;
 * @handler_data is the called end's main context's.
 */
struct _InfLinkExchange
{
  InfLinkEnd end;
  gatomicrefcount ref_count;
  gboolean is_own;
  char *method;
  GBytes *out;
  gsize n_out_sent;
  GByteArray *in;
  gboolean is_done;
  gboolean is_waiting;
  InfLinkExchangeFunc finished;
  gpointer user_data;
  gpointer handler_data;
};

InfLinkExchange *inf_link_exchange_new (const char *method, GBytes *request,
                                        InfLinkExchangeFunc finished, gpointer user_data);
InfLinkExchange *inf_link_exchange_new_incoming (const char *method);
InfLinkExchange *inf_link_exchange_ref (InfLinkExchange *exchange);
void inf_link_exchange_unref (InfLinkExchange *exchange);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLinkExchange, inf_link_exchange_unref)

G_END_DECLS
