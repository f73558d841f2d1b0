#include "discovery/gossip/inf-knocker.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

/* The first packet may be lost, and the kernel repeats it after a second. A failure detector's
 * probe waits for the knock: then it is too late. So this knocks again by itself, and again: of a
 * hundred nodes ten knock at the door of one that stands still, and each of them has to hear. */
#define TRY_MS 150
#define N_TRIES 6

/* More at once would only happen where a whole network is gone, which other ways show as well. */
#define MAX_PENDING 32

typedef struct
{
  int fd;
  GSource *writable;
} Try;

typedef struct
{
  InfKnocker *knocker;
  InfPeerId peer;
  InfAddress address;
  Try tries[N_TRIES]; /* all are waited for: a way there and back may take longer than TRY_MS */
  guint n_tries;
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
end_try (Try *try)
{
  if (try->writable)
    g_source_destroy (try->writable);
  g_clear_pointer (&try->writable, g_source_unref);
  if (try->fd >= 0)
    close (try->fd);
}

static void
knock_free (gpointer data)
{
  Knock *knock = data;

  for (guint i = 0; i < knock->n_tries; i++)
    end_try (&knock->tries[i]);
  g_source_destroy (knock->timer);
  g_source_unref (knock->timer);
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

/* Returns: 0 or an errno; EINPROGRESS where on_connected() will tell */
static int
try_once (Knock *knock)
{
  /* Closed by a reset: the other side has nothing to take leave of, and this one no port to keep.
   */
  const struct linger none = { .l_onoff = 1 };
  Try *try = &knock->tries[knock->n_tries++];
  struct sockaddr_storage name;
  socklen_t name_size = inf_address_to_sockaddr (&knock->address, &name);

  try->fd = socket (name.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (try->fd < 0)
    return errno;
  setsockopt (try->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  if (connect (try->fd, (struct sockaddr *)&name, name_size) == 0)
    return 0;
  if (errno != EINPROGRESS)
    return errno;
  try->writable = g_unix_fd_source_new (try->fd, G_IO_OUT);
  g_source_set_callback (try->writable, G_SOURCE_FUNC (on_connected), knock, NULL);
  g_source_attach (try->writable, knock->knocker->context);
  return EINPROGRESS;
}

static gboolean
on_time_up (gpointer data)
{
  Knock *knock = data;
  int error = knock->n_tries < N_TRIES ? try_once (knock) : ETIMEDOUT;

  if (error == EINPROGRESS)
    return G_SOURCE_CONTINUE;
  finish (knock, judge (error));
  return G_SOURCE_REMOVE;
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
  if (knocker->pending->len >= MAX_PENDING)
    return;
  Knock *knock = g_new0 (Knock, 1);
  knock->knocker = knocker;
  knock->peer = *peer;
  knock->address = *address;
  knock->timer = g_timeout_source_new (TRY_MS);
  g_source_set_callback (knock->timer, on_time_up, knock, NULL);
  g_source_attach (knock->timer, knocker->context);
  g_ptr_array_add (knocker->pending, knock);
  int error = try_once (knock);
  if (error != EINPROGRESS)
    finish (knock, judge (error));
}
