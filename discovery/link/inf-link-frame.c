#include "discovery/link/inf-link-frame.h"

#include "common/inf-error.h"

#include <string.h>

/* A frame is a header of nine bytes and its body:
 *
 *   body's length (32 bits)   type (8 bits)   stream (32 bits)   body
 *
 * Bodies of data go to the receiver piece by piece as they arrive, without a copy; all others are
 * short and are gathered first. */
struct _InfLinkFrameParser
{
  InfLinkFrameFunc func;
  gpointer user_data;
  guint8 header_bytes[INF_LINK_FRAME_HEADER_BYTES];
  gsize n_header_bytes;
  InfLinkFrameHeader header; /* valid once n_header_bytes is INF_LINK_FRAME_HEADER_BYTES */
  gsize body_left;
  GByteArray *body;
};

static guint32
read_u32 (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

static void
write_u32 (guint8 *bytes, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (bytes, &value, sizeof value);
}

/**
 * inf_link_frame_parser_new:
 * @func: gets what arrives; must not free the parser
 * @user_data: for @func
 *
 * Returns: (transfer full): a parser before its first byte
 */
InfLinkFrameParser *
inf_link_frame_parser_new (InfLinkFrameFunc func, gpointer user_data)
{
  InfLinkFrameParser *parser = g_new0 (InfLinkFrameParser, 1);

  parser->func = func;
  parser->user_data = user_data;
  parser->body = g_byte_array_new ();
  return parser;
}

void
inf_link_frame_parser_free (InfLinkFrameParser *parser)
{
  if (!parser)
    return;
  g_byte_array_unref (parser->body);
  g_free (parser);
}

static gboolean
is_data (InfLinkFrameType type)
{
  return type == INF_LINK_FRAME_DATA || type == INF_LINK_FRAME_ERROR_DATA;
}

/* The only length that a body of @type can have, or -1 where it varies. */
static int
fixed_body_bytes (InfLinkFrameType type)
{
  switch (type)
    {
    case INF_LINK_FRAME_ACCEPT:
    case INF_LINK_FRAME_CLOSE:
    case INF_LINK_FRAME_PING:
    case INF_LINK_FRAME_PONG:
      return 0;
    case INF_LINK_FRAME_END:
      return 1;
    case INF_LINK_FRAME_CREDIT:
    case INF_LINK_FRAME_EXIT:
      return 4;
    default:
      return -1;
    }
}

static gboolean
parse_header (InfLinkFrameParser *parser, GError **error)
{
  InfLinkFrameHeader *header = &parser->header;

  header->body_bytes = read_u32 (parser->header_bytes);
  header->type = parser->header_bytes[4];
  header->stream_id = read_u32 (parser->header_bytes + 5);
  if (header->type < INF_LINK_FRAME_OPEN || header->type > INF_LINK_FRAME_PONG)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "link frame of unknown type %u",
                   header->type);
      return FALSE;
    }
  int fixed = fixed_body_bytes (header->type);
  if (header->body_bytes > INF_LINK_FRAME_MAX_BODY_BYTES
      || (fixed >= 0 && header->body_bytes != (guint32)fixed))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "link frame of type %u with %u bytes",
                   header->type, header->body_bytes);
      return FALSE;
    }
  parser->body_left = header->body_bytes;
  g_byte_array_set_size (parser->body, 0);
  return TRUE;
}

static gboolean
take_header (InfLinkFrameParser *parser, const guint8 **data, gsize *size_bytes, GError **error)
{
  gsize wanted = INF_LINK_FRAME_HEADER_BYTES - parser->n_header_bytes;
  gsize n = MIN (wanted, *size_bytes);

  memcpy (parser->header_bytes + parser->n_header_bytes, *data, n);
  parser->n_header_bytes += n;
  *data += n;
  *size_bytes -= n;
  return n < wanted || parse_header (parser, error);
}

static gboolean
take_body (InfLinkFrameParser *parser, const guint8 **data, gsize *size_bytes, GError **error)
{
  const guint8 *piece = *data;
  gsize n = MIN (parser->body_left, *size_bytes);

  *data += n;
  *size_bytes -= n;
  parser->body_left -= n;
  if (is_data (parser->header.type))
    return n == 0 || parser->func (&parser->header, piece, n, parser->user_data, error);
  if (parser->body_left == 0 && n == parser->header.body_bytes)
    return parser->func (&parser->header, piece, n, parser->user_data, error);
  g_byte_array_append (parser->body, piece, n);
  return parser->body_left > 0
         || parser->func (&parser->header, parser->body->data, parser->body->len, parser->user_data,
                          error);
}

/**
 * inf_link_frame_parser_feed:
 * @parser: a parser that has not failed
 * @data: (array length=size_bytes): the next bytes, from anyone
 * @size_bytes: their number
 * @error: #INF_ERROR_INVALID, or what the function gave
 *
 * Returns: FALSE when the bytes are no frames or the function stopped; nothing more may be fed then
 */
gboolean
inf_link_frame_parser_feed (InfLinkFrameParser *parser, const guint8 *data, gsize size_bytes,
                            GError **error)
{
  while (size_bytes > 0)
    {
      if (parser->n_header_bytes < INF_LINK_FRAME_HEADER_BYTES
          && !take_header (parser, &data, &size_bytes, error))
        return FALSE;
      if (parser->n_header_bytes < INF_LINK_FRAME_HEADER_BYTES)
        return TRUE;
      if ((size_bytes > 0 || parser->body_left == 0)
          && !take_body (parser, &data, &size_bytes, error))
        return FALSE;
      if (parser->body_left == 0)
        parser->n_header_bytes = 0;
    }
  return TRUE;
}

/**
 * inf_link_frame_write_header:
 * @header: what to write
 * @ret_bytes: (out): the header's nine bytes
 */
void
inf_link_frame_write_header (const InfLinkFrameHeader *header,
                             guint8 ret_bytes[INF_LINK_FRAME_HEADER_BYTES])
{
  write_u32 (ret_bytes, header->body_bytes);
  ret_bytes[4] = header->type;
  write_u32 (ret_bytes + 5, header->stream_id);
}
