#pragma once

#include "discovery/link/inf-byte-queue.h"
#include "discovery/link/inf-splice.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct _InfLinkPump InfLinkPump;

/**
 * InfLinkDescriptor:
 * @fd: the descriptor, -1 when there is none or no more
 * @is_ready: may give bytes when read, or take some when written; no more once it said EAGAIN
 * @has_hung_up: its other end is gone, so it is to be read up to its end
 *
 * One descriptor of a pump, watched edge-triggered: the kernel tells once when it becomes ready,
 * and then it is used until it says otherwise.
 */
typedef struct
{
  InfLinkPump *pump;
  int fd;
  gboolean is_socket;
  gboolean is_watched;
  gboolean is_ready;
  gboolean has_hung_up;
} InfLinkDescriptor;

typedef enum
{
  INF_LINK_READ_BYTES,
  INF_LINK_READ_AGAIN,
  INF_LINK_READ_END,
  INF_LINK_READ_BROKEN,
} InfLinkRead;

/**
 * InfLinkPump:
 * @in: read, and sent; shares its number with @out where both are one socket
 * @out: written with what arrives
 * @err: read on the serving side, written on the opening side
 * @pending: what arrived and is not yet written, of data and of standard error
 *
 * The descriptors of one end of a channel. Belongs to one thread at a time.
 */
struct _InfLinkPump
{
  gboolean is_serving;
  int epoll_fd;
  InfLinkDescriptor in;
  InfLinkDescriptor out;
  InfLinkDescriptor err;
  InfByteQueue pending[2];
};

void inf_link_pump_init (InfLinkPump *pump, gboolean is_serving);
void inf_link_pump_attach (InfLinkPump *pump, const InfSplice *splice, int epoll_fd);
void inf_link_pump_close (InfLinkPump *pump, gboolean is_abort);
void inf_splice_close (const InfSplice *splice);

InfLinkRead inf_link_pump_read (InfLinkPump *pump, gboolean is_error, guint8 *data,
                                gsize size_bytes, gsize *ret_size_bytes);
gboolean inf_link_pump_write (InfLinkPump *pump, gboolean is_error, const guint8 *data,
                              gsize size_bytes, gsize *ret_consumed_bytes);
gboolean inf_link_pump_flush (InfLinkPump *pump, gboolean is_error, gsize *ret_consumed_bytes);
void inf_link_pump_end_output (InfLinkPump *pump, gboolean is_error);
void inf_link_pump_stop_input (InfLinkPump *pump, gboolean is_error);
gboolean inf_link_pump_has_pending (const InfLinkPump *pump);

G_END_DECLS
