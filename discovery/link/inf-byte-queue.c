#include "discovery/link/inf-byte-queue.h"

#include <string.h>

#define MIN_ALLOCATED 4096

gsize
inf_byte_queue_get_size (const InfByteQueue *queue)
{
  return queue->end - queue->start;
}

const guint8 *
inf_byte_queue_peek (const InfByteQueue *queue)
{
  return queue->data + queue->start;
}

static void
make_room (InfByteQueue *queue, gsize size_bytes)
{
  gsize used = queue->end - queue->start;

  if (queue->start > 0)
    {
      memmove (queue->data, queue->data + queue->start, used);
      queue->start = 0;
      queue->end = used;
    }
  if (used + size_bytes <= queue->allocated)
    return;
  queue->allocated = MAX (MIN_ALLOCATED, 2 * queue->allocated);
  queue->allocated = MAX (queue->allocated, used + size_bytes);
  queue->data = g_realloc (queue->data, queue->allocated);
}

void
inf_byte_queue_add (InfByteQueue *queue, const guint8 *data, gsize size_bytes)
{
  if (size_bytes == 0)
    return;
  if (queue->end + size_bytes > queue->allocated)
    make_room (queue, size_bytes);
  memcpy (queue->data + queue->end, data, size_bytes);
  queue->end += size_bytes;
}

/**
 * inf_byte_queue_drop:
 * @queue: a queue
 * @size_bytes: how many bytes leave at its start, at most all; the memory of an emptied queue is
 *   given back, since most channels never stall again
 */
void
inf_byte_queue_drop (InfByteQueue *queue, gsize size_bytes)
{
  g_assert (size_bytes <= queue->end - queue->start);
  queue->start += size_bytes;
  if (queue->start == queue->end)
    inf_byte_queue_clear (queue);
}

void
inf_byte_queue_clear (InfByteQueue *queue)
{
  g_free (queue->data);
  *queue = (InfByteQueue){ 0 };
}
