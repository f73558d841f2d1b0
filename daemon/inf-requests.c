#include "daemon/inf-requests.h"

#include "common/inf-error.h"

/* A client gives a host ten seconds for an answer. */
#define HOLD_MS 7000

/* A client that waits for the owner. */
typedef struct
{
  InfRequests *requests;
  guint64 id;
  InfLinkCall *call;
  GCancellable *cancellable;
  gulong cancelled_handler;
  guint timer;
} Waiting;

struct _InfRequests
{
  const InfSettings *settings;
  InfRequestBook *book;
  InfLeaseHost *host; /* NULL while disconnected */
  GPtrArray *waiting; /* of Waiting */
  guint expiry_timer;
  InfRequestsFuncs funcs;
  gpointer user_data;
};

/* Whoever frees it has taken its call. */
static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_clear_handle_id (&waiting->timer, g_source_remove);
  g_clear_signal_handler (&waiting->cancelled_handler, waiting->cancellable);
  g_object_unref (waiting->cancellable);
  g_free (waiting);
}

static InfLinkCall *
stop_waiting (Waiting *waiting)
{
  InfLinkCall *call = waiting->call;

  g_ptr_array_remove_fast (waiting->requests->waiting, waiting);
  return call;
}

static void
refuse (InfLinkCall *call, const char *why)
{
  g_autoptr (GError) error = g_error_new (INF_ERROR, INF_ERROR_REFUSED, "lease refused: %s", why);

  inf_link_call_return_error (call, error);
}

static Waiting *
find_waiting (InfRequests *self, guint64 id)
{
  for (guint i = 0; i < self->waiting->len; i++)
    if (((Waiting *)self->waiting->pdata[i])->id == id)
      return self->waiting->pdata[i];
  return NULL;
}

static void
close_request (InfRequests *self, guint64 id, const char *outcome)
{
  const InfRequest *request = inf_request_book_get (self->book, id);

  if (!request)
    return;
  if (self->funcs.removed)
    self->funcs.removed (request, outcome, self->user_data);
  inf_request_book_remove (self->book, id);
}

static gboolean
on_held_long_enough (gpointer user_data)
{
  Waiting *waiting = user_data;

  waiting->timer = 0;
  refuse (stop_waiting (waiting), "its owner is being asked; try again in a moment");
  return G_SOURCE_REMOVE;
}

static gboolean
on_withdrawn (gpointer user_data)
{
  Waiting *waiting = user_data;
  InfRequests *self = waiting->requests;
  guint64 id = waiting->id;

  waiting->timer = 0;
  refuse (stop_waiting (waiting), "the client gave up");
  if (!find_waiting (self, id))
    close_request (self, id, "withdrawn");
  return G_SOURCE_REMOVE;
}

/* The call can't be freed while it tells of its end. */
static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Waiting *waiting = user_data;

  g_clear_handle_id (&waiting->timer, g_source_remove);
  waiting->timer = g_idle_add (on_withdrawn, waiting);
}

static void
hold (InfRequests *self, InfLinkCall *call, guint64 id)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->requests = self;
  waiting->id = id;
  waiting->call = call;
  waiting->cancellable = g_object_ref (inf_link_call_get_cancellable (call));
  waiting->timer = g_timeout_add (HOLD_MS, on_held_long_enough, waiting);
  waiting->cancelled_handler
      = g_signal_connect (waiting->cancellable, "cancelled", G_CALLBACK (on_cancelled), waiting);
  g_ptr_array_add (self->waiting, waiting);
}

static gboolean on_expiry (gpointer user_data);

static void
arm_expiry (InfRequests *self)
{
  gint64 expiry_unix_us = inf_request_book_next_expiry_unix_us (self->book);
  gint64 wait_ms = (expiry_unix_us - g_get_real_time ()) / 1000 + 1;

  g_clear_handle_id (&self->expiry_timer, g_source_remove);
  if (expiry_unix_us > 0)
    self->expiry_timer = g_timeout_add ((guint)CLAMP (wait_ms, 0, G_MAXINT32), on_expiry, self);
}

static gboolean
on_expiry (gpointer user_data)
{
  InfRequests *self = user_data;
  GPtrArray *open = inf_request_book_list (self->book);

  self->expiry_timer = 0;
  while (open->len > 0 && ((InfRequest *)open->pdata[0])->expires_unix_us <= g_get_real_time ())
    {
      guint64 id = ((InfRequest *)open->pdata[0])->id;
      Waiting *waiting;
      while ((waiting = find_waiting (self, id)))
        refuse (stop_waiting (waiting), "its owner did not answer");
      close_request (self, id, "expired");
    }
  arm_expiry (self);
  return G_SOURCE_REMOVE;
}

/* Whether the lease needs no asking; otherwise the call is taken. */
static gboolean
on_lease_asked (InfLinkCall *call, const InfLeaseRequest *lease, const char *client_name,
                gpointer user_data)
{
  InfRequests *self = user_data;
  const InfPeerId *client = inf_link_call_get_peer_id (call);
  const InfRequest asked = {
    .client = *client,
    .client_name = (char *)client_name,
    .program = lease->program ? lease->program : (char *)"",
    .slots = lease->slots,
    .memory_bytes = lease->memory_bytes,
    .duration_us = lease->duration_us,
    .price_ucredits = self->settings->price_ucredits,
  };
  const InfRequest *request = NULL;
  gboolean is_new;

  if (self->settings->clients != INF_CLIENTS_ASK || inf_settings_allows (self->settings, client))
    return TRUE;
  switch (inf_request_book_ask (self->book, &asked, g_get_real_time (), &request, &is_new))
    {
    case INF_REQUEST_PASSES:
      inf_request_book_use (self->book, client);
      return TRUE;
    case INF_REQUEST_DECLINED:
      refuse (call, "its owner declined; try other hosts");
      return FALSE;
    case INF_REQUEST_TOO_MANY:
      refuse (call, "its owner is asked too many questions; try later or other hosts");
      return FALSE;
    default:
      hold (self, call, request->id);
      if (is_new && self->funcs.added)
        self->funcs.added (request, self->user_data);
      arm_expiry (self);
      return FALSE;
    }
}

/**
 * inf_requests_new:
 * @settings: what the owner wants; borrowed, and may change
 *
 * Returns: (transfer full): questions to come
 */
InfRequests *
inf_requests_new (const InfSettings *settings)
{
  InfRequests *requests = g_new0 (InfRequests, 1);

  requests->settings = settings;
  requests->book = inf_request_book_new ();
  requests->waiting = g_ptr_array_new_with_free_func (waiting_free);
  return requests;
}

void
inf_requests_free (InfRequests *requests)
{
  if (!requests)
    return;
  requests->funcs = (InfRequestsFuncs){ 0 };
  inf_requests_set_host (requests, NULL);
  g_ptr_array_unref (requests->waiting);
  inf_request_book_free (requests->book);
  g_free (requests);
}

/**
 * inf_requests_set_funcs:
 * @requests: questions
 * @funcs: what to call
 * @user_data: for @funcs
 */
void
inf_requests_set_funcs (InfRequests *requests, const InfRequestsFuncs *funcs, gpointer user_data)
{
  requests->funcs = *funcs;
  requests->user_data = user_data;
}

/**
 * inf_requests_set_host:
 * @requests: questions
 * @host: (nullable): whose leases are asked about from now on; %NULL: everything open is withdrawn
 */
void
inf_requests_set_host (InfRequests *requests, InfLeaseHost *host)
{
  GPtrArray *open = inf_request_book_list (requests->book);

  while (requests->waiting->len > 0)
    refuse (stop_waiting (requests->waiting->pdata[0]), "it is about to leave the grid");
  while (open->len > 0)
    close_request (requests, ((InfRequest *)open->pdata[0])->id, "withdrawn");
  g_clear_handle_id (&requests->expiry_timer, g_source_remove);
  if (requests->host)
    inf_lease_host_set_asker (requests->host, NULL, NULL);
  requests->host = host;
  if (host)
    inf_lease_host_set_asker (host, on_lease_asked, requests);
}

/**
 * inf_requests_list:
 * @requests: questions
 *
 * Returns: (transfer none) (element-type InfRequest): those that are open, oldest first
 */
GPtrArray *
inf_requests_list (InfRequests *requests)
{
  return inf_request_book_list (requests->book);
}

const InfRequest *
inf_requests_get (InfRequests *requests, guint64 id)
{
  return inf_request_book_get (requests->book, id);
}

/**
 * inf_requests_answer:
 * @requests: questions
 * @id: of one that is open
 * @accepts: what the owner says
 * @error: #INF_ERROR_NOT_FOUND when it is not open any more
 *
 * A client that still waits gets its lease, or its refusal, at once.
 */
gboolean
inf_requests_answer (InfRequests *requests, guint64 id, gboolean accepts, GError **error)
{
  Waiting *waiting;

  if (!inf_request_book_answer (requests->book, id, accepts, g_get_real_time ()))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_NOT_FOUND,
                           "this request is answered, withdrawn or expired already");
      return FALSE;
    }
  close_request (requests, id, accepts ? "accepted" : "declined");
  while ((waiting = find_waiting (requests, id)))
    {
      InfLinkCall *call = stop_waiting (waiting);
      if (accepts)
        inf_lease_host_serve_request (requests->host, call);
      else
        refuse (call, "its owner declined; try other hosts");
    }
  arm_expiry (requests);
  return TRUE;
}
