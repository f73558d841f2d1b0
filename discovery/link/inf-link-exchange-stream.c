#include "discovery/link/inf-link-session-private.h"

#include "common/inf-error.h"

#include <string.h>

/* Calls, in the session's thread.
 *
 *   calling end: open, request, END ── reply, END: finished ── CLOSE both ways
 *                                   └─ REFUSE: finished with its error
 *                abandoned: CLOSE
 *   called end:  request, END: to the main context ── answered: reply, END, CLOSE, or REFUSE
 *                                                  └─ CLOSE arrives: abandoned
 *
 * A request may be sent before anything is heard of its stream, so that a short call takes one
 * round trip. */

#define MAX_HELD_BYTES (64 * 1024 * 1024)

/* Events to the main context */

typedef struct
{
  InfLinkExchange *exchange;
  GBytes *bytes;
  GError *error;
} Notice;

static void
notice_free (Notice *notice)
{
  inf_link_exchange_unref (notice->exchange);
  g_clear_pointer (&notice->bytes, g_bytes_unref);
  g_clear_error (&notice->error);
  g_free (notice);
}

static void
tell_finished (InfLinkSession *session, gpointer data)
{
  Notice *notice = data;
  InfLinkExchange *exchange = notice->exchange;

  exchange->finished (exchange, notice->bytes, notice->error, exchange->user_data);
  notice_free (notice);
}

static void
tell_call (InfLinkSession *session, gpointer data)
{
  Notice *notice = data;

  if (session->owner)
    session->funcs.call (session, inf_link_exchange_ref (notice->exchange), notice->bytes);
  notice_free (notice);
}

static void
tell_abandoned (InfLinkSession *session, gpointer data)
{
  Notice *notice = data;

  if (session->owner)
    session->funcs.call_abandoned (session, notice->exchange);
  notice_free (notice);
}

static void
post (InfLinkSession *session, InfLinkEventFunc func, InfLinkExchange *exchange, GBytes *bytes,
      const GError *error)
{
  Notice *notice = g_new0 (Notice, 1);

  notice->exchange = inf_link_exchange_ref (exchange);
  notice->bytes = bytes ? g_bytes_ref (bytes) : NULL;
  notice->error = error ? g_error_copy (error) : NULL;
  inf_link_session_post (session, func, notice);
}

/* Both ends */

static void
hold (InfLinkSession *session, InfLinkExchange *exchange)
{
  g_queue_push_tail (&session->exchanges, inf_link_exchange_ref (exchange));
}

static void
detach (InfLinkExchange *exchange)
{
  if (exchange->end.stream)
    exchange->end.stream->owner = NULL;
  exchange->end.stream = NULL;
}

static gsize
held_by (const InfLinkExchange *exchange)
{
  gsize held = exchange->in ? exchange->in->len : 0;

  return exchange->is_own || !exchange->out ? held : held + g_bytes_get_size (exchange->out);
}

/* The session lets go of it; the caller may still look at it. */
static void
let_go (InfLinkSession *session, InfLinkExchange *exchange)
{
  if (exchange->is_done)
    return;
  exchange->is_done = TRUE;
  detach (exchange);
  if (!exchange->is_own)
    session->held_bytes -= held_by (exchange);
  if (g_queue_remove (&session->exchanges, exchange))
    inf_link_exchange_unref (exchange);
}

static GError *
too_large (const char *what, const char *method)
{
  return g_error_new (INF_ERROR, INF_ERROR_TOO_LARGE, "%s of %s is over the limit of %d MiB", what,
                      method, INF_LINK_CALL_MAX_BYTES / 1024 / 1024);
}

/* The called end is told no more than that it is over. */
static void
fail_exchange (InfLinkSession *session, InfLinkExchange *exchange, const GError *error)
{
  g_autoptr (InfLinkExchange) held = inf_link_exchange_ref (exchange);

  if (held->is_done)
    return;
  let_go (session, held);
  post (session, held->is_own ? tell_finished : tell_abandoned, held, NULL, error);
}

/* Calling end */

static void
start_exchange (InfLinkSession *session, InfLinkExchange *exchange, InfLinkStream *stream)
{
  exchange->end.stream = stream;
  stream->owner = &exchange->end;
  inf_link_session_schedule (session, &exchange->end);
}

static gboolean
try_start (InfLinkSession *session, InfLinkExchange *exchange)
{
  const InfLinkOpen open = { .kind = INF_LINK_STREAM_CALL, .name = exchange->method };
  InfLinkStream *stream = inf_link_mux_open (session->mux, &open);

  if (!stream)
    return FALSE;
  start_exchange (session, exchange, stream);
  return TRUE;
}

/**
 * inf_link_exchange_start_waiting:
 * @session: the thread's session, one of whose calls has ended
 *
 * Starts calls that waited since the other side takes only so many at once.
 */
void
inf_link_exchange_start_waiting (InfLinkSession *session)
{
  while (session->waiting_exchanges.length > 0)
    {
      InfLinkExchange *exchange = g_queue_peek_head (&session->waiting_exchanges);
      if (!exchange->is_done && !try_start (session, exchange))
        return;
      g_queue_pop_head (&session->waiting_exchanges);
      inf_link_exchange_unref (exchange);
    }
}

static void
send_command (InfLinkSession *session, gpointer data, gboolean is_alive)
{
  g_autoptr (InfLinkExchange) exchange = data;
  g_autoptr (GError) error = NULL;

  if (!is_alive || !session->mux)
    {
      error = g_error_new_literal (INF_ERROR, INF_ERROR_UNREACHABLE, "the link broke");
      post (session, tell_finished, exchange, NULL, error);
      return;
    }
  hold (session, exchange);
  if (session->waiting_exchanges.length > 0 || !try_start (session, exchange))
    g_queue_push_tail (&session->waiting_exchanges, inf_link_exchange_ref (exchange));
}

/**
 * inf_link_session_send:
 * @session: a session that is up
 * @exchange: a calling end, not sent before
 */
void
inf_link_session_send (InfLinkSession *session, InfLinkExchange *exchange)
{
  inf_link_session_run (session, send_command, inf_link_exchange_ref (exchange));
}

static void
abandon_command (InfLinkSession *session, gpointer data, gboolean is_alive)
{
  g_autoptr (InfLinkExchange) exchange = data;
  g_autoptr (GError) error
      = g_error_new_literal (INF_ERROR, INF_ERROR_CANCELLED, "the call was abandoned");

  if (!is_alive || exchange->is_done)
    return;
  if (exchange->end.stream)
    inf_link_mux_close (session->mux, exchange->end.stream);
  fail_exchange (session, exchange, error);
}

/**
 * inf_link_session_abandon:
 * @session: the session
 * @exchange: a calling end whose reply is of no interest any more; it finishes soon
 */
void
inf_link_session_abandon (InfLinkSession *session, InfLinkExchange *exchange)
{
  inf_link_session_run (session, abandon_command, inf_link_exchange_ref (exchange));
}

/* Called end */

void
inf_link_exchange_opened (InfLinkSession *session, InfLinkStream *stream, const InfLinkOpen *open)
{
  g_autoptr (InfLinkExchange) exchange = inf_link_exchange_new_incoming (open->name);

  exchange->end.stream = stream;
  stream->owner = &exchange->end;
  hold (session, exchange);
}

static void
refuse (InfLinkSession *session, InfLinkExchange *exchange, const GError *error)
{
  g_autoptr (InfLinkExchange) held = inf_link_exchange_ref (exchange);

  if (held->end.stream)
    inf_link_mux_refuse (session->mux, held->end.stream, error);
  let_go (session, held);
}

static void
answer (InfLinkSession *session, InfLinkExchange *exchange, GBytes *reply)
{
  g_autoptr (GError) error = NULL;
  gsize size = g_bytes_get_size (reply);

  if (size > INF_LINK_CALL_MAX_BYTES)
    error = too_large ("the reply", exchange->method);
  else if (session->held_bytes + size > MAX_HELD_BYTES)
    error = g_error_new_literal (INF_ERROR, INF_ERROR_TOO_LARGE,
                                 "too many replies wait for their reader");
  if (error)
    {
      refuse (session, exchange, error);
      return;
    }
  exchange->out = g_bytes_ref (reply);
  session->held_bytes += size;
  inf_link_session_schedule (session, &exchange->end);
}

typedef struct
{
  InfLinkExchange *exchange;
  GBytes *reply;
  GError *error;
} Answer;

static void
answer_command (InfLinkSession *session, gpointer data, gboolean is_alive)
{
  Answer *given = data;

  if (is_alive && !given->exchange->is_done && given->error)
    refuse (session, given->exchange, given->error);
  else if (is_alive && !given->exchange->is_done)
    answer (session, given->exchange, given->reply);
  inf_link_exchange_unref (given->exchange);
  g_clear_pointer (&given->reply, g_bytes_unref);
  g_clear_error (&given->error);
  g_free (given);
}

/**
 * inf_link_session_answer:
 * @session: the session
 * @exchange: a called end, not answered before; may have been abandoned
 * @reply: (nullable): the answer
 * @error: (nullable): or why there is none
 */
void
inf_link_session_answer (InfLinkSession *session, InfLinkExchange *exchange, GBytes *reply,
                         const GError *error)
{
  Answer *given = g_new0 (Answer, 1);

  given->exchange = inf_link_exchange_ref (exchange);
  given->reply = reply ? g_bytes_ref (reply) : g_bytes_new (NULL, 0);
  given->error = error ? g_error_copy (error) : NULL;
  inf_link_session_run (session, answer_command, given);
}

/* From the link */

static void
abort_exchange (InfLinkSession *session, InfLinkExchange *exchange, GError *error)
{
  if (exchange->is_own)
    {
      inf_link_mux_close (session->mux, exchange->end.stream);
      fail_exchange (session, exchange, error);
    }
  else
    refuse (session, exchange, error);
  g_error_free (error);
}

void
inf_link_exchange_data (InfLinkSession *session, InfLinkExchange *exchange, const guint8 *data,
                        gsize size_bytes)
{
  if (!exchange)
    return;
  if (size_bytes > INF_LINK_CALL_MAX_BYTES - exchange->in->len)
    {
      abort_exchange (session, exchange,
                      too_large (exchange->is_own ? "the reply" : "the request", exchange->method));
      return;
    }
  if (!exchange->is_own && session->held_bytes + size_bytes > MAX_HELD_BYTES)
    {
      abort_exchange (
          session, exchange,
          g_error_new_literal (INF_ERROR, INF_ERROR_TOO_LARGE, "too many large requests at once"));
      return;
    }
  g_byte_array_append (exchange->in, data, size_bytes);
  if (!exchange->is_own)
    session->held_bytes += size_bytes;
  inf_link_mux_consumed (session->mux, exchange->end.stream, size_bytes);
}

static GBytes *
take_bytes (InfLinkSession *session, InfLinkExchange *exchange)
{
  if (!exchange->is_own)
    session->held_bytes -= exchange->in->len;
  GBytes *bytes = g_byte_array_free_to_bytes (exchange->in);
  exchange->in = g_byte_array_new ();
  return bytes;
}

void
inf_link_exchange_ended (InfLinkSession *session, InfLinkExchange *exchange)
{
  if (!exchange)
    return;
  g_autoptr (GBytes) bytes = take_bytes (session, exchange);
  if (!exchange->is_own)
    {
      post (session, tell_call, exchange, bytes, NULL);
      return;
    }
  g_autoptr (InfLinkExchange) held = inf_link_exchange_ref (exchange);
  inf_link_mux_close (session->mux, held->end.stream);
  let_go (session, held);
  post (session, tell_finished, held, bytes, NULL);
}

void
inf_link_exchange_closed (InfLinkSession *session, InfLinkExchange *exchange, const GError *error)
{
  g_autoptr (GError) unanswered
      = g_error_new_literal (INF_ERROR, INF_ERROR_FAILED, "the peer gave no answer");

  if (exchange)
    fail_exchange (session, exchange, error ? error : unanswered);
}

/**
 * inf_link_exchange_fill:
 * @session: the thread's session
 * @exchange: an exchange with a stream
 * @buffer: (out): where the next frame goes
 * @room: how long it may be
 *
 * Returns: how long it is; 0 when there is nothing to send now
 */
gsize
inf_link_exchange_fill (InfLinkSession *session, InfLinkExchange *exchange, guint8 *buffer,
                        gsize room)
{
  InfLinkStream *stream = exchange->end.stream;
  gsize size;

  if (!exchange->out || stream->is_ended)
    return 0;
  const guint8 *data = g_bytes_get_data (exchange->out, &size);
  gsize n = MIN (size - exchange->n_out_sent, room - INF_LINK_FRAME_HEADER_BYTES);
  n = MIN (n, stream->send_credit_bytes);
  if (n > 0)
    {
      inf_link_mux_write_data_header (session->mux, stream, FALSE, n, buffer);
      memcpy (buffer + INF_LINK_FRAME_HEADER_BYTES, data + exchange->n_out_sent, n);
      exchange->n_out_sent += n;
    }
  if (exchange->n_out_sent == size)
    {
      inf_link_mux_end (session->mux, stream, FALSE);
      if (!exchange->is_own)
        {
          inf_link_mux_close (session->mux, stream);
          let_go (session, exchange);
        }
    }
  return n > 0 ? n + INF_LINK_FRAME_HEADER_BYTES : 0;
}

/**
 * inf_link_exchange_fail_all:
 * @session: the thread's session, at its end
 * @error: (nullable): why
 */
void
inf_link_exchange_fail_all (InfLinkSession *session, const GError *error)
{
  InfLinkExchange *exchange;

  while ((exchange = g_queue_pop_head (&session->waiting_exchanges)))
    inf_link_exchange_unref (exchange);
  while ((exchange = g_queue_peek_head (&session->exchanges)))
    fail_exchange (session, exchange, error);
}
