#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfEvent:
 * @at_us: when it happens
 * @order: filled in by inf_event_queue_push()
 * @kind: whatever the owner of the queue means by it
 * @to: likewise
 * @from: likewise
 * @data: likewise
 */
typedef struct
{
  gint64 at_us;
  guint64 order;
  guint32 to;
  guint32 from : 24;
  guint32 kind : 8;
  gpointer data;
} InfEvent;

/**
 * InfEventQueue:
 *
 * Events by their time; those of one time come out as they went in, so that one seed gives one
 * course of events.
 */
typedef struct _InfEventQueue InfEventQueue;

InfEventQueue *inf_event_queue_new (void);
void inf_event_queue_free (InfEventQueue *queue);

void inf_event_queue_push (InfEventQueue *queue, const InfEvent *event);
const InfEvent *inf_event_queue_peek (const InfEventQueue *queue);
gboolean inf_event_queue_pop (InfEventQueue *queue, InfEvent *ret_event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfEventQueue, inf_event_queue_free)

G_END_DECLS
