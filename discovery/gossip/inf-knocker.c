#include "discovery/gossip/inf-knocker.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

/* A failure detector's probe waits for it: later is too late. */
#define PATIENCE_MS 1000

/* More at once would only happen where a whole network is gone, which other ways show as well. */
#define MAX_PENDING 32

typedef struct
{
  InfKnocker *knocker;
  InfPeerId peer;
  InfAddress address;
  int fd;
  GSource *writable;
  GSource *timer;
} Knock;

struct _InfKnocker
{
  GMainContext *context;
  InfKnockerFunc func;
  gpointer data;
  GPtrArray *pending; /* Knock */
};

static void
knock_free (gpointer data)
{
  Knock *knock = data;

  g_source_destroy (knock->writable);
  g_source_unref (knock->writable);
  g_source_destroy (knock->timer);
  g_source_unref (knock->timer);
  close (knock->fd);
  g_free (knock);
}

/**
 * inf_knocker_new:
 * @context: (nullable): where @func is called
 * @func: told of every knock once, unless the knocker is freed before; may free it itself
 * @data: for @func
 *
 * Returns: (transfer full): a knocker
 */
InfKnocker *
inf_knocker_new (GMainContext *context, InfKnockerFunc func, gpointer data)
{
  InfKnocker *knocker = g_new0 (InfKnocker, 1);

  knocker->context = context;
  knocker->func = func;
  knocker->data = data;
  knocker->pending = g_ptr_array_new_with_free_func (knock_free);
  return knocker;
}

void
inf_knocker_free (InfKnocker *knocker)
{
  if (!knocker)
    return;
  g_ptr_array_unref (knocker->pending);
  g_free (knocker);
}

static InfSwimKnock
judge (int error)
{
  if (error == 0)
    return INF_SWIM_KNOCK_ANSWERED;
  return error == ECONNREFUSED ? INF_SWIM_KNOCK_REFUSED : INF_SWIM_KNOCK_SILENT;
}

static void
finish (Knock *knock, InfSwimKnock result)
{
  InfKnocker *knocker = knock->knocker;
  const InfPeerId peer = knock->peer;
  const InfAddress address = knock->address;

  g_ptr_array_remove_fast (knocker->pending, knock);
  knocker->func (&peer, &address, result, knocker->data);
}

static gboolean
on_connected (int fd, GIOCondition condition, gpointer data)
{
  int error = 0;
  socklen_t size = sizeof error;

  getsockopt (fd, SOL_SOCKET, SO_ERROR, &error, &size);
  finish (data, judge (error));
  return G_SOURCE_REMOVE;
}

static gboolean
on_time_up (gpointer data)
{
  finish (data, INF_SWIM_KNOCK_SILENT);
  return G_SOURCE_REMOVE;
}

static void
wait_for (InfKnocker *knocker, const InfPeerId *peer, const InfAddress *address, int fd)
{
  Knock *knock = g_new0 (Knock, 1);

  knock->knocker = knocker;
  knock->peer = *peer;
  knock->address = *address;
  knock->fd = fd;
  knock->writable = g_unix_fd_source_new (fd, G_IO_OUT);
  g_source_set_callback (knock->writable, G_SOURCE_FUNC (on_connected), knock, NULL);
  g_source_attach (knock->writable, knocker->context);
  knock->timer = g_timeout_source_new (PATIENCE_MS);
  g_source_set_callback (knock->timer, on_time_up, knock, NULL);
  g_source_attach (knock->timer, knocker->context);
  g_ptr_array_add (knocker->pending, knock);
}

/**
 * inf_knocker_knock:
 * @knocker: a knocker
 * @peer: whom it is about
 * @address: where its process should listen
 *
 * The result may be told before this returns.
 */
void
inf_knocker_knock (InfKnocker *knocker, const InfPeerId *peer, const InfAddress *address)
{
  /* Closed by a reset: the other side has nothing to take leave of, and this one no port to keep.
   */
  const struct linger none = { .l_onoff = 1 };
  struct sockaddr_storage name;
  socklen_t name_size = inf_address_to_sockaddr (address, &name);

  if (knocker->pending->len >= MAX_PENDING)
    return;
  int fd = socket (name.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return;
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  int error = connect (fd, (struct sockaddr *)&name, name_size) == 0 ? 0 : errno;
  if (error == EINPROGRESS)
    {
      wait_for (knocker, peer, address, fd);
      return;
    }
  close (fd);
  knocker->func (peer, address, judge (error), knocker->data);
}
