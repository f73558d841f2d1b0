#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define INF_TYPE_LINK_CHANNEL (inf_link_channel_get_type ())
G_DECLARE_FINAL_TYPE (InfLinkChannel, inf_link_channel, INF, LINK_CHANNEL, GObject)

/**
 * InfLinkChannel:
 *
 * One end of an open channel. Dropping the last reference does not close it: it lives until both
 * directions have ended, inf_link_channel_close(), or the link's end.
 *
 * Signals:
 * `closed` (int exit_status): nothing moves any more; -1 where the other end gave no exit status
 *   (or the link broke). Once.
 */

/* Serving side: sends what is still to be read of in_fd and err_fd, then the status, then closes.
 */
void inf_link_channel_set_exit_status (InfLinkChannel *channel, int exit_status);
void inf_link_channel_close (InfLinkChannel *channel);
gboolean inf_link_channel_is_closed (InfLinkChannel *channel);
guint64 inf_link_channel_get_sent_bytes (InfLinkChannel *channel);
guint64 inf_link_channel_get_received_bytes (InfLinkChannel *channel);

G_END_DECLS
