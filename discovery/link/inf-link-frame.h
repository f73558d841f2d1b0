#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_LINK_FRAME_HEADER_BYTES 9
#define INF_LINK_FRAME_MAX_BODY_BYTES 65536

/**
 * InfLinkFrameType:
 * @INF_LINK_FRAME_OPEN: a new stream; body: an #InfLinkOpen
 * @INF_LINK_FRAME_ACCEPT: the stream is taken; no body
 * @INF_LINK_FRAME_REFUSE: the stream ends with an error; body: the error
 * @INF_LINK_FRAME_DATA: body: bytes of the stream
 * @INF_LINK_FRAME_ERROR_DATA: body: bytes of its standard error
 * @INF_LINK_FRAME_END: no more bytes follow; body: one byte, 0 of data, 1 of standard error
 * @INF_LINK_FRAME_CREDIT: more bytes may be sent; body: 32 bits, how many
 * @INF_LINK_FRAME_EXIT: the program has ended; body: 32 bits, its exit status
 * @INF_LINK_FRAME_CLOSE: the sender neither sends nor takes anything more; no body
 * @INF_LINK_FRAME_PING: asks for a sign of life; stream 0, no body
 * @INF_LINK_FRAME_PONG: gives it; stream 0, no body
 *
 * What moves on a link. Numbers are little-endian.
 */
typedef enum
{
  INF_LINK_FRAME_OPEN = 1,
  INF_LINK_FRAME_ACCEPT,
  INF_LINK_FRAME_REFUSE,
  INF_LINK_FRAME_DATA,
  INF_LINK_FRAME_ERROR_DATA,
  INF_LINK_FRAME_END,
  INF_LINK_FRAME_CREDIT,
  INF_LINK_FRAME_EXIT,
  INF_LINK_FRAME_CLOSE,
  INF_LINK_FRAME_PING,
  INF_LINK_FRAME_PONG,
} InfLinkFrameType;

typedef struct
{
  InfLinkFrameType type;
  guint32 stream_id;
  guint32 body_bytes;
} InfLinkFrameHeader;

/**
 * InfLinkFrameFunc:
 * @header: the frame's
 * @body: (array length=size_bytes): all of the body; of DATA and ERROR_DATA the next piece of it
 * @size_bytes: its length
 * @error: why the sender breaks the protocol
 *
 * Returns: whether to go on
 */
typedef gboolean (*InfLinkFrameFunc) (const InfLinkFrameHeader *header, const guint8 *body,
                                      gsize size_bytes, gpointer user_data, GError **error);

typedef struct _InfLinkFrameParser InfLinkFrameParser;

InfLinkFrameParser *inf_link_frame_parser_new (InfLinkFrameFunc func, gpointer user_data);
void inf_link_frame_parser_free (InfLinkFrameParser *parser);
gboolean inf_link_frame_parser_feed (InfLinkFrameParser *parser, const guint8 *data,
                                     gsize size_bytes, GError **error);

void inf_link_frame_write_header (const InfLinkFrameHeader *header,
                                  guint8 ret_bytes[INF_LINK_FRAME_HEADER_BYTES]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLinkFrameParser, inf_link_frame_parser_free)

G_END_DECLS
