#include "sim/inf-event-queue.h"

/* A heap of four children a node: half as deep as a binary one, and the four lie side by side. */
#define ARITY 4

struct _InfEventQueue
{
  GArray *events;
  guint64 next_order;
};

InfEventQueue *
inf_event_queue_new (void)
{
  InfEventQueue *queue = g_new0 (InfEventQueue, 1);

  queue->events = g_array_new (FALSE, FALSE, sizeof (InfEvent));
  return queue;
}

void
inf_event_queue_free (InfEventQueue *queue)
{
  if (!queue)
    return;
  g_array_unref (queue->events);
  g_free (queue);
}

static inline gboolean
comes_before (const InfEvent *a, const InfEvent *b)
{
  return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

/**
 * inf_event_queue_push:
 * @queue: a queue
 * @event: copied; what its data points to stays the caller's
 */
void
inf_event_queue_push (InfEventQueue *queue, const InfEvent *event)
{
  InfEvent added = *event;
  guint place = queue->events->len;

  added.order = queue->next_order++;
  g_array_append_val (queue->events, added);
  InfEvent *events = (InfEvent *)(void *)queue->events->data;
  while (place > 0 && comes_before (&added, &events[(place - 1) / ARITY]))
    {
      events[place] = events[(place - 1) / ARITY];
      place = (place - 1) / ARITY;
    }
  events[place] = added;
}

/**
 * inf_event_queue_peek:
 * @queue: a queue
 *
 * Returns: (nullable): the earliest event, until the next call
 */
const InfEvent *
inf_event_queue_peek (const InfEventQueue *queue)
{
  return queue->events->len == 0 ? NULL : &g_array_index (queue->events, InfEvent, 0);
}

static guint
earliest_child (const InfEvent *events, guint n_events, guint place)
{
  guint first = place * ARITY + 1, end = MIN (first + ARITY, n_events), best = first;

  for (guint child = first + 1; child < end; child++)
    if (comes_before (&events[child], &events[best]))
      best = child;
  return best;
}

/**
 * inf_event_queue_pop:
 * @queue: a queue
 * @ret_event: (out): the earliest event; left alone when there is none
 *
 * Returns: whether there was one
 */
gboolean
inf_event_queue_pop (InfEventQueue *queue, InfEvent *ret_event)
{
  InfEvent *events = (InfEvent *)(void *)queue->events->data;
  guint n_events = queue->events->len;

  if (n_events == 0)
    return FALSE;
  *ret_event = events[0];
  const InfEvent last = events[--n_events];
  g_array_set_size (queue->events, n_events);
  guint place = 0;
  while (place * ARITY + 1 < n_events)
    {
      guint child = earliest_child (events, n_events, place);
      if (!comes_before (&events[child], &last))
        break;
      events[place] = events[child];
      place = child;
    }
  if (n_events > 0)
    events[place] = last;
  return TRUE;
}
