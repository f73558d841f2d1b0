#include "discovery/link/inf-link-mux.h"

#include "common/inf-error.h"

#include <string.h>

/* Many streams on one link, without I/O: the driver feeds what arrived and sends what
 * inf_link_mux_get_output() holds.
 *
 * A stream, as each side sees it:
 *
 *            open sent/received
 *                   │
 *                 OPEN ── ACCEPT (channels: the service has taken it; data may flow before)
 *                   │     DATA, ERROR_DATA within the receiver's credit; END; EXIT
 *        CLOSE or   │      │
 *    REFUSE received│      │ CLOSE or REFUSE sent
 *                   │      ▼
 *   (CLOSE sent     │    CLOSING: what still arrives is dropped
 *    in answer)     ▼      │ CLOSE or REFUSE received
 *                 freed ◄──┘
 *
 * Each side sends exactly one CLOSE or REFUSE and gets exactly one, so a number is never met again.
 * The side that dialled numbers its streams 1, 3, 5, …; the other 2, 4, 6, …
 *
 * Flow control: a sender spends the credit it was given, whatever it sends beyond is a breach. So a
 * stalled reader holds at most its window here, and holds up nobody else. */
struct _InfLinkMux
{
  InfLinkFrameParser *parser;
  InfLinkMuxFuncs funcs;
  gpointer user_data;
  gboolean is_dialler;
  GHashTable *streams; /* id → InfLinkStream, owned */
  guint counts[2][2];  /* kind, is_own */
  guint32 next_id;
  guint32 last_remote_id;
  GByteArray *output;
};

#define MAX_SEND_CREDIT_BYTES ((gsize)G_MAXINT32)

static gboolean on_frame (const InfLinkFrameHeader *header, const guint8 *body, gsize size_bytes,
                          gpointer user_data, GError **error);

/**
 * inf_link_mux_new:
 * @is_dialler: whether this side made the connection
 * @funcs: (transfer none): copied
 * @user_data: for @funcs
 *
 * Returns: (transfer full): a mux without streams
 */
InfLinkMux *
inf_link_mux_new (gboolean is_dialler, const InfLinkMuxFuncs *funcs, gpointer user_data)
{
  InfLinkMux *mux = g_new0 (InfLinkMux, 1);

  mux->parser = inf_link_frame_parser_new (on_frame, mux);
  mux->funcs = *funcs;
  mux->user_data = user_data;
  mux->is_dialler = is_dialler;
  mux->next_id = is_dialler ? 1 : 2;
  mux->streams = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  mux->output = g_byte_array_new ();
  return mux;
}

/**
 * inf_link_mux_free:
 * @mux: (nullable): a mux; its streams are freed without a word to the driver
 */
void
inf_link_mux_free (InfLinkMux *mux)
{
  if (!mux)
    return;
  inf_link_frame_parser_free (mux->parser);
  g_hash_table_unref (mux->streams);
  g_byte_array_unref (mux->output);
  g_free (mux);
}

/**
 * inf_link_mux_get_output:
 * @mux: a mux
 *
 * Returns: (transfer none): what is to be sent before any further data; the driver removes from its
 *   start what it has sent. Data itself never passes through it.
 */
GByteArray *
inf_link_mux_get_output (InfLinkMux *mux)
{
  return mux->output;
}

guint
inf_link_mux_count (InfLinkMux *mux, InfLinkStreamKind kind, gboolean is_own)
{
  return mux->counts[kind][is_own ? 1 : 0];
}

/**
 * inf_link_mux_foreach:
 * @mux: a mux
 * @func: gets each #InfLinkStream; must not open or end any
 * @user_data: for @func
 */
void
inf_link_mux_foreach (InfLinkMux *mux, GFunc func, gpointer user_data)
{
  GHashTableIter iter;
  gpointer stream;

  g_hash_table_iter_init (&iter, mux->streams);
  while (g_hash_table_iter_next (&iter, NULL, &stream))
    func (stream, user_data);
}

static void
put_frame (InfLinkMux *mux, InfLinkFrameType type, guint32 stream_id, const void *body,
           gsize size_bytes)
{
  const InfLinkFrameHeader header = { type, stream_id, (guint32)size_bytes };
  guint8 bytes[INF_LINK_FRAME_HEADER_BYTES];

  inf_link_frame_write_header (&header, bytes);
  g_byte_array_append (mux->output, bytes, sizeof bytes);
  if (size_bytes > 0)
    g_byte_array_append (mux->output, body, size_bytes);
}

static void
put_u32_frame (InfLinkMux *mux, InfLinkFrameType type, guint32 stream_id, guint32 value)
{
  value = GUINT32_TO_LE (value);
  put_frame (mux, type, stream_id, &value, sizeof value);
}

static void
put_error_frame (InfLinkMux *mux, guint32 stream_id, const GError *error)
{
  g_autoptr (GBytes) bytes = inf_link_error_encode (error);
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  put_frame (mux, INF_LINK_FRAME_REFUSE, stream_id, data, size);
}

static InfLinkStream *
add_stream (InfLinkMux *mux, guint32 id, InfLinkStreamKind kind, gboolean is_own)
{
  InfLinkStream *stream = g_new0 (InfLinkStream, 1);

  stream->id = id;
  stream->kind = kind;
  stream->is_own = is_own;
  stream->send_credit_bytes = INF_LINK_INITIAL_CREDIT_BYTES;
  stream->receive_credit_bytes = INF_LINK_INITIAL_CREDIT_BYTES;
  stream->window_bytes = INF_LINK_INITIAL_CREDIT_BYTES;
  mux->counts[kind][is_own ? 1 : 0]++;
  g_hash_table_insert (mux->streams, GUINT_TO_POINTER (id), stream);
  return stream;
}

static void
remove_stream (InfLinkMux *mux, InfLinkStream *stream)
{
  mux->counts[stream->kind][stream->is_own ? 1 : 0]--;
  g_hash_table_remove (mux->streams, GUINT_TO_POINTER (stream->id));
}

/**
 * inf_link_mux_open:
 * @mux: a mux
 * @open: what to open; data may be sent at once
 *
 * Returns: (transfer none) (nullable): the stream; NULL when this side has as many open as the
 *   other side takes, or has used up its numbers
 */
InfLinkStream *
inf_link_mux_open (InfLinkMux *mux, const InfLinkOpen *open)
{
  guint limit = open->kind == INF_LINK_STREAM_CALL ? INF_LINK_MAX_CALLS : INF_LINK_MAX_CHANNELS;
  gsize size;

  if (mux->counts[open->kind][1] >= limit || mux->next_id > G_MAXINT32)
    return NULL;
  g_autoptr (GBytes) bytes = inf_link_open_encode (open);
  const void *data = g_bytes_get_data (bytes, &size);
  InfLinkStream *stream = add_stream (mux, mux->next_id, open->kind, TRUE);
  mux->next_id += 2;
  put_frame (mux, INF_LINK_FRAME_OPEN, stream->id, data, size);
  return stream;
}

void
inf_link_mux_accept (InfLinkMux *mux, InfLinkStream *stream)
{
  put_frame (mux, INF_LINK_FRAME_ACCEPT, stream->id, NULL, 0);
}

/**
 * inf_link_mux_refuse:
 * @mux: a mux
 * @stream: a stream, most often one that the other side opened; closed with this
 * @error: what the other side is told
 */
void
inf_link_mux_refuse (InfLinkMux *mux, InfLinkStream *stream, const GError *error)
{
  if (stream->is_closing)
    return;
  put_error_frame (mux, stream->id, error);
  stream->is_closing = TRUE;
}

/**
 * inf_link_mux_write_data_header:
 * @mux: a mux
 * @stream: a stream that has neither ended nor closed
 * @is_error: whether standard error follows
 * @size_bytes: at most the stream's credit and %INF_LINK_FRAME_MAX_BODY_BYTES; taken from the
 * credit
 * @ret_header: (out): what to send right before that many bytes, after the output so far
 */
void
inf_link_mux_write_data_header (InfLinkMux *mux, InfLinkStream *stream, gboolean is_error,
                                gsize size_bytes, guint8 ret_header[INF_LINK_FRAME_HEADER_BYTES])
{
  const InfLinkFrameHeader header
      = { is_error ? INF_LINK_FRAME_ERROR_DATA : INF_LINK_FRAME_DATA, stream->id, size_bytes };

  g_assert (size_bytes <= stream->send_credit_bytes);
  stream->send_credit_bytes -= size_bytes;
  inf_link_frame_write_header (&header, ret_header);
}

void
inf_link_mux_end (InfLinkMux *mux, InfLinkStream *stream, gboolean is_error)
{
  gboolean *is_ended = is_error ? &stream->is_error_ended : &stream->is_ended;
  guint8 which = is_error ? 1 : 0;

  if (stream->is_closing || *is_ended)
    return;
  *is_ended = TRUE;
  put_frame (mux, INF_LINK_FRAME_END, stream->id, &which, 1);
}

void
inf_link_mux_exit (InfLinkMux *mux, InfLinkStream *stream, int exit_status)
{
  if (!stream->is_closing)
    put_u32_frame (mux, INF_LINK_FRAME_EXIT, stream->id, (guint32)exit_status);
}

/**
 * inf_link_mux_close:
 * @mux: a mux
 * @stream: a stream: nothing more is sent or taken; freed once the other side has closed too, so
 *   not to be used any more
 */
void
inf_link_mux_close (InfLinkMux *mux, InfLinkStream *stream)
{
  if (stream->is_closing)
    return;
  put_frame (mux, INF_LINK_FRAME_CLOSE, stream->id, NULL, 0);
  stream->is_closing = TRUE;
}

static void
grant (InfLinkMux *mux, InfLinkStream *stream, gsize size_bytes)
{
  stream->receive_credit_bytes += size_bytes;
  put_u32_frame (mux, INF_LINK_FRAME_CREDIT, stream->id, size_bytes);
}

/**
 * inf_link_mux_consumed:
 * @mux: a mux
 * @stream: where bytes had arrived
 * @size_bytes: how many of them are no longer held here
 *
 * Gives the sender its credit back, in portions of half a window.
 */
void
inf_link_mux_consumed (InfLinkMux *mux, InfLinkStream *stream, gsize size_bytes)
{
  stream->unreturned_bytes += size_bytes;
  if (stream->is_closing || stream->unreturned_bytes < stream->window_bytes / 2)
    return;
  grant (mux, stream, stream->unreturned_bytes);
  stream->unreturned_bytes = 0;
}

/**
 * inf_link_mux_widen:
 * @mux: a mux
 * @stream: a stream
 * @window_bytes: at least its window so far
 */
void
inf_link_mux_widen (InfLinkMux *mux, InfLinkStream *stream, gsize window_bytes)
{
  if (stream->is_closing || window_bytes <= stream->window_bytes)
    return;
  grant (mux, stream, window_bytes - stream->window_bytes);
  stream->window_bytes = window_bytes;
}

void
inf_link_mux_ping (InfLinkMux *mux)
{
  put_frame (mux, INF_LINK_FRAME_PING, 0, NULL, 0);
}

static gboolean
breach (GError **error, const char *what, guint32 stream_id)
{
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "link protocol broken: %s on stream %u", what,
               stream_id);
  return FALSE;
}

static gboolean
take_open (InfLinkMux *mux, guint32 id, GBytes *body, GError **error)
{
  g_auto (InfLinkOpen) open = { 0 };
  g_autoptr (GError) full = NULL;

  gboolean is_odd = id & 1;
  if (id <= mux->last_remote_id || is_odd == mux->is_dialler)
    return breach (error, "a number out of turn", id);
  if (!inf_link_open_decode (&open, body, error))
    return FALSE;
  mux->last_remote_id = id;

  guint limit = open.kind == INF_LINK_STREAM_CALL ? INF_LINK_MAX_CALLS : INF_LINK_MAX_CHANNELS;
  if (mux->counts[open.kind][0] >= limit)
    return breach (error, "more than may be open at once", id);
  mux->funcs.opened (add_stream (mux, id, open.kind, FALSE), &open, mux->user_data);
  return TRUE;
}

static gboolean
take_data (InfLinkMux *mux, InfLinkStream *stream, const InfLinkFrameHeader *header,
           const guint8 *data, gsize size_bytes, GError **error)
{
  gboolean is_error = header->type == INF_LINK_FRAME_ERROR_DATA;

  if (stream->is_closing)
    return TRUE;
  if (size_bytes > stream->receive_credit_bytes)
    return breach (error, "more data than there was credit for", stream->id);
  if (stream->is_remote_ended[is_error ? 1 : 0])
    return breach (error, "data after its end", stream->id);
  stream->receive_credit_bytes -= size_bytes;
  mux->funcs.data (stream, is_error, data, size_bytes, mux->user_data);
  return TRUE;
}

static gboolean
take_end (InfLinkMux *mux, InfLinkStream *stream, guint8 which, GError **error)
{
  if (which > 1 || stream->is_remote_ended[which])
    return breach (error, "an end that makes no sense", stream->id);
  stream->is_remote_ended[which] = TRUE;
  if (!stream->is_closing)
    mux->funcs.ended (stream, which == 1, mux->user_data);
  return TRUE;
}

static gboolean
take_credit (InfLinkMux *mux, InfLinkStream *stream, guint32 size_bytes, GError **error)
{
  if (size_bytes > MAX_SEND_CREDIT_BYTES - stream->send_credit_bytes)
    return breach (error, "credit without bounds", stream->id);
  stream->send_credit_bytes += size_bytes;
  if (!stream->is_closing)
    mux->funcs.credited (stream, mux->user_data);
  return TRUE;
}

static void
take_close (InfLinkMux *mux, InfLinkStream *stream, const GError *error)
{
  if (!stream->is_closing)
    {
      put_frame (mux, INF_LINK_FRAME_CLOSE, stream->id, NULL, 0);
      stream->is_closing = TRUE;
      mux->funcs.closed (stream, error, mux->user_data);
    }
  remove_stream (mux, stream);
}

static guint32
read_u32 (const guint8 *body)
{
  guint32 value;

  memcpy (&value, body, sizeof value);
  return GUINT32_FROM_LE (value);
}

/* The parser has checked that the body is as long as the type says. */
static gboolean
take_control (InfLinkMux *mux, InfLinkStream *stream, const InfLinkFrameHeader *header,
              const guint8 *body, GError **error)
{
  switch (header->type)
    {
    case INF_LINK_FRAME_ACCEPT:
      if (!stream->is_own)
        return breach (error, "an acceptance of the sender's own stream", stream->id);
      if (!stream->is_closing)
        mux->funcs.accepted (stream, mux->user_data);
      return TRUE;
    case INF_LINK_FRAME_END:
      return take_end (mux, stream, body[0], error);
    case INF_LINK_FRAME_CREDIT:
      return take_credit (mux, stream, read_u32 (body), error);
    case INF_LINK_FRAME_EXIT:
      if (!stream->is_closing)
        mux->funcs.exited (stream, (int)read_u32 (body), mux->user_data);
      return TRUE;
    case INF_LINK_FRAME_CLOSE:
      take_close (mux, stream, NULL);
      return TRUE;
    default:
      return breach (error, "a frame that belongs to no stream", stream->id);
    }
}

static gboolean
on_frame (const InfLinkFrameHeader *header, const guint8 *body, gsize size_bytes,
          gpointer user_data, GError **error)
{
  InfLinkMux *mux = user_data;

  if (header->type == INF_LINK_FRAME_PONG)
    return TRUE;
  if (header->type == INF_LINK_FRAME_PING)
    {
      put_frame (mux, INF_LINK_FRAME_PONG, 0, NULL, 0);
      return TRUE;
    }
  if (header->type == INF_LINK_FRAME_OPEN)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, size_bytes);
      return take_open (mux, header->stream_id, bytes, error);
    }

  InfLinkStream *stream = g_hash_table_lookup (mux->streams, GUINT_TO_POINTER (header->stream_id));
  if (!stream)
    return breach (error, "a frame for what is not open", header->stream_id);
  if (header->type == INF_LINK_FRAME_DATA || header->type == INF_LINK_FRAME_ERROR_DATA)
    return take_data (mux, stream, header, body, size_bytes, error);
  if (header->type == INF_LINK_FRAME_REFUSE)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, size_bytes);
      g_autoptr (GError) refusal = inf_link_error_decode (bytes);
      take_close (mux, stream, refusal);
      return TRUE;
    }
  return take_control (mux, stream, header, body, error);
}

/**
 * inf_link_mux_feed:
 * @mux: a mux that has not failed
 * @data: (array length=size_bytes): the next bytes of the link, from anyone
 * @size_bytes: their number
 * @error: #INF_ERROR_INVALID: the other side breaks the protocol, the link is to be cut
 */
gboolean
inf_link_mux_feed (InfLinkMux *mux, const guint8 *data, gsize size_bytes, GError **error)
{
  return inf_link_frame_parser_feed (mux->parser, data, size_bytes, error);
}
