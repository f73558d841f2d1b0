#pragma once

#include <glib.h>
#include <sys/epoll.h>

G_BEGIN_DECLS

/**
 * InfLinkWait:
 * @score: how much of the recent waiting was short
 *
 * How a link's thread waits for its next event. All zero at first.
 */
typedef struct
{
  int score;
} InfLinkWait;

gboolean inf_link_wait_is_awake (const InfLinkWait *wait);
void inf_link_wait_note (InfLinkWait *wait, gint64 waited_us);
int inf_link_wait_run (InfLinkWait *wait, int epoll_fd, struct epoll_event *ret_events,
                       int max_events);

G_END_DECLS
