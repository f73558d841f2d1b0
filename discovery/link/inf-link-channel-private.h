#pragma once

#include "discovery/link/inf-link-channel.h"

G_BEGIN_DECLS

/**
 * InfLinkChannelEnd:
 * @exit: the program has ended
 * @close: abort
 * @get_sent_bytes: read here, so far
 * @get_received_bytes: arrived here, so far
 * @free: the channel needs it no more
 *
 * What carries a channel: a link, or this process itself.
 */
typedef struct
{
  void (*exit) (gpointer end, int exit_status);
  void (*close) (gpointer end);
  guint64 (*get_sent_bytes) (gpointer end);
  guint64 (*get_received_bytes) (gpointer end);
  void (*free) (gpointer end);
} InfLinkChannelEnd;

InfLinkChannel *inf_link_channel_new (const InfLinkChannelEnd *funcs, gpointer end);
void inf_link_channel_emit_closed (InfLinkChannel *channel, int exit_status);

G_END_DECLS
