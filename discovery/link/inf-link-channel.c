#include "discovery/link/inf-link-channel-private.h"

struct _InfLinkChannel
{
  GObject parent_instance;

  const InfLinkChannelEnd *funcs;
  gpointer end;
  gboolean is_closed;
};

G_DEFINE_FINAL_TYPE (InfLinkChannel, inf_link_channel, G_TYPE_OBJECT)

enum
{
  CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
inf_link_channel_finalize (GObject *object)
{
  InfLinkChannel *self = INF_LINK_CHANNEL (object);

  self->funcs->free (self->end);
  G_OBJECT_CLASS (inf_link_channel_parent_class)->finalize (object);
}

static void
inf_link_channel_class_init (InfLinkChannelClass *class)
{
  G_OBJECT_CLASS (class)->finalize = inf_link_channel_finalize;

  signals[CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
inf_link_channel_init (InfLinkChannel *self)
{
}

/**
 * inf_link_channel_new:
 * @funcs: (transfer none): static
 * @end: (transfer full): what carries it
 *
 * Returns: (transfer full): the channel; holds itself until inf_link_channel_emit_closed()
 */
InfLinkChannel *
inf_link_channel_new (const InfLinkChannelEnd *funcs, gpointer end)
{
  InfLinkChannel *channel = g_object_new (INF_TYPE_LINK_CHANNEL, NULL);

  channel->funcs = funcs;
  channel->end = end;
  return g_object_ref (channel);
}

void
inf_link_channel_emit_closed (InfLinkChannel *channel, int exit_status)
{
  if (channel->is_closed)
    return;
  channel->is_closed = TRUE;
  g_signal_emit (channel, signals[CLOSED], 0, exit_status);
  g_object_unref (channel);
}

/**
 * inf_link_channel_set_exit_status:
 * @channel: the serving end of a program's channel
 * @exit_status: what the opening end is told, 0 to 255
 *
 * The program has ended. What it left in its pipes is still sent, then the status, then the channel
 * closes. Once; a channel that has closed already takes no notice.
 */
void
inf_link_channel_set_exit_status (InfLinkChannel *channel, int exit_status)
{
  if (!channel->is_closed)
    channel->funcs->exit (channel->end, exit_status);
}

/**
 * inf_link_channel_close:
 * @channel: a channel
 *
 * Aborts it: what has not been sent is lost, and sockets at both ends are reset. `closed` follows.
 */
void
inf_link_channel_close (InfLinkChannel *channel)
{
  if (!channel->is_closed)
    channel->funcs->close (channel->end);
}

gboolean
inf_link_channel_is_closed (InfLinkChannel *channel)
{
  return channel->is_closed;
}

guint64
inf_link_channel_get_sent_bytes (InfLinkChannel *channel)
{
  return channel->funcs->get_sent_bytes (channel->end);
}

guint64
inf_link_channel_get_received_bytes (InfLinkChannel *channel)
{
  return channel->funcs->get_received_bytes (channel->end);
}
