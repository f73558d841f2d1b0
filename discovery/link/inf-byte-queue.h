#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfByteQueue:
 *
 * Bytes that wait for a descriptor: added at the end, taken from the start. All zero is empty. What
 * bounds it is the credit given to the sender.
 */
typedef struct
{
  guint8 *data;
  gsize start;
  gsize end;
  gsize allocated;
} InfByteQueue;

gsize inf_byte_queue_get_size (const InfByteQueue *queue);
const guint8 *inf_byte_queue_peek (const InfByteQueue *queue);
void inf_byte_queue_add (InfByteQueue *queue, const guint8 *data, gsize size_bytes);
void inf_byte_queue_drop (InfByteQueue *queue, gsize size_bytes);
void inf_byte_queue_clear (InfByteQueue *queue);

G_END_DECLS
