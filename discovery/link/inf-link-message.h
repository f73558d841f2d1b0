#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_LINK_NAME_MAX_BYTES 64
#define INF_LINK_CHANNEL_HEADER_MAX_BYTES 32768
#define INF_LINK_ERROR_MAX_BYTES 4096

/**
 * InfLinkStreamKind:
 * @INF_LINK_STREAM_CALL: a request and its reply
 * @INF_LINK_STREAM_CHANNEL: descriptors spliced to those of the other end
 */
typedef enum
{
  INF_LINK_STREAM_CALL,
  INF_LINK_STREAM_CHANNEL,
} InfLinkStreamKind;

/**
 * InfLinkOpen:
 * @kind: what the stream is
 * @name: the method or service
 * @header: (nullable): of a channel, what its opener tells the service
 */
typedef struct
{
  InfLinkStreamKind kind;
  char *name;
  GBytes *header;
} InfLinkOpen;

GBytes *inf_link_open_encode (const InfLinkOpen *open);
gboolean inf_link_open_decode (InfLinkOpen *open, GBytes *bytes, GError **error);
void inf_link_open_clear (InfLinkOpen *open);

GBytes *inf_link_error_encode (const GError *error);
GError *inf_link_error_decode (GBytes *bytes);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfLinkOpen, inf_link_open_clear)

G_END_DECLS
