#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfReplayWindow:
 * @session: the sender's newest run
 * @highest: the highest counter seen in that run
 * @seen: bit i is set when @highest - i was seen
 *
 * Which of a sender's datagrams were taken already. All zero at first. A plain value.
 */
typedef struct
{
  guint64 session;
  guint64 highest;
  guint64 seen;
} InfReplayWindow;

gboolean inf_replay_window_take (InfReplayWindow *window, guint64 session, guint64 counter);

G_END_DECLS
