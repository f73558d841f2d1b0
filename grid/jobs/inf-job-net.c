#include "grid/jobs/inf-job-net.h"

#include "common/inf-error.h"
#include "grid/jobs/inf-job-messages.h"
#include "grid/jobs/inf-stream-limit.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Of one job, in each direction: 250 hosts of 4 ranks, all connected to all others, stay below. */
#define MAX_STREAMS 4096
/* A stream is one descriptor here, or with both of its ends here (so it counts in each direction)
 * four. So one job holds at most half of those that this process may open. */
#define DESCRIPTOR_SHARE 8

/* Carries the streams of job networks between this node's sandboxes and the links.
 *
 * Out: a process connects to 10.77.0.D:P. Its sandbox hands the accepted socket here, and a channel
 * to D's node is opened with (job, source, D, P) as its header.
 *
 * In: a channel arrives for (job, S, D, P). The sender must be participant S of that job; D's
 * sandbox connects to P from S's address, and the socket is spliced.
 *
 * A stream counts against its job's limit from then on until its channel has closed.
 *
 * The sockets themselves travel: no byte of a job's traffic passes through the sandbox's helper. */
struct _InfJobNet
{
  InfLinks *links;
  GHashTable *seats; /* the set of all seats, found by job id and index */
  InfStreamLimit *limit;
};

/* One participant of one job on this node. Several may be here: the launcher and a host of the same
 * job, or hosts of different jobs. */
struct _InfJobSeat
{
  InfJobNet *net;
  guint8 job_id[INF_JOB_ID_SIZE_BYTES];
  guint own_index;
  GHashTable *participants; /* index → Participant */
  InfSandbox *sandbox;
  GCancellable *cancellable; /* of the streams that are being made */
};

typedef struct
{
  InfPeerId peer_id;
  InfEndpoint *endpoint;
} Participant;

static void
participant_free (gpointer data)
{
  Participant *participant = data;

  inf_endpoint_unref (participant->endpoint);
  g_free (participant);
}

static guint
seat_hash (gconstpointer key)
{
  const InfJobSeat *seat = key;
  guint hash;

  memcpy (&hash, seat->job_id, sizeof hash);
  return hash ^ seat->own_index;
}

static gboolean
seat_equal (gconstpointer a, gconstpointer b)
{
  const InfJobSeat *left = a, *right = b;

  return left->own_index == right->own_index
         && memcmp (left->job_id, right->job_id, sizeof left->job_id) == 0;
}

static InfJobSeat *
find_seat (InfJobNet *net, const guint8 *job_id, guint index)
{
  InfJobSeat key = { .own_index = index };

  memcpy (key.job_id, job_id, sizeof key.job_id);
  return g_hash_table_lookup (net->seats, &key);
}

static void
on_closed (InfLinkChannel *channel, int exit_status, InfStreamPermit *permit)
{
  g_signal_handlers_disconnect_by_data (channel, permit); /* which frees the permit */
}

static void
free_permit (gpointer data, GClosure *closure)
{
  inf_stream_permit_free (data);
}

static void
hold_until_closed (InfStreamPermit *permit, InfLinkChannel *channel)
{
  g_signal_connect_data (channel, "closed", G_CALLBACK (on_closed), permit, free_permit, 0);
}

/* A stream that is asked for, in either direction, and not open yet. */
typedef struct
{
  InfStreamPermit *permit;
  guint other_index;
  InfLinkIncoming *incoming; /* NULL for one that goes out */
} Making;

static Making *
making_new (InfStreamPermit *permit, guint other_index, InfLinkIncoming *incoming)
{
  Making *making = g_new (Making, 1);

  *making = (Making){ permit, other_index, incoming };
  return making;
}

static void
making_free (Making *making)
{
  inf_stream_permit_free (making->permit);
  g_free (making);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Making, making_free)

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Making) making = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLinkChannel) channel
      = inf_links_open_channel_finish (INF_LINKS (source), result, &error);

  if (channel)
    hold_until_closed (g_steal_pointer (&making->permit), channel);
  else if (!inf_error_is_cancelled (error))
    g_debug ("job network: stream to participant %u: %s", making->other_index, error->message);
}

/* Where no channel can be had the socket is closed, and the job sees its connection end. */
static void
on_connect (InfSandbox *sandbox, guint dst_index, guint dst_port, int fd, gpointer user_data)
{
  InfJobSeat *seat = user_data;
  Participant *to = g_hash_table_lookup (seat->participants, GUINT_TO_POINTER (dst_index));
  InfNetHeader header = {
    .source_index = seat->own_index,
    .destination_index = dst_index,
    .destination_port = dst_port,
  };
  InfSplice splice = { fd, fd, -1 };

  if (!to || !seat->net)
    {
      close (fd);
      return;
    }
  g_autoptr (GError) error = NULL;
  InfStreamPermit *permit
      = inf_stream_limit_take (seat->net->limit, seat->job_id, INF_STREAM_OUT, &error);
  if (!permit)
    {
      g_debug ("job network: no stream to participant %u: %s", dst_index, error->message);
      close (fd);
      return;
    }
  memcpy (header.job_id, seat->job_id, sizeof header.job_id);
  g_autoptr (GBytes) bytes = inf_net_header_encode (&header);
  inf_links_open_channel_async (seat->net->links, to->endpoint, INF_SERVICE_NET, bytes, &splice,
                                seat->cancellable, on_opened, making_new (permit, dst_index, NULL));
}

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Making) making = user_data;
  g_autoptr (GError) error = NULL;
  int fd = inf_sandbox_connect_finish (INF_SANDBOX (source), result, &error);
  InfSplice splice = { fd, fd, -1 };

  if (fd < 0)
    {
      inf_link_incoming_reject (making->incoming, error);
      return;
    }
  g_autoptr (InfLinkChannel) channel = inf_link_incoming_accept (making->incoming, &splice);
  hold_until_closed (g_steal_pointer (&making->permit), channel);
}

static InfJobSeat *
find_receiver (InfJobNet *net, InfLinkIncoming *incoming, InfNetHeader *header, GError **error)
{
  if (!inf_net_header_decode (header, inf_link_incoming_get_header (incoming), error))
    return NULL;
  InfJobSeat *seat = find_seat (net, header->job_id, header->destination_index);
  Participant *from
      = seat ? g_hash_table_lookup (seat->participants, GUINT_TO_POINTER (header->source_index))
             : NULL;
  /* One answer for both: who is no participant doesn't learn which jobs are here. */
  if (from && inf_peer_id_equal (&from->peer_id, inf_link_incoming_get_peer_id (incoming)))
    return seat;
  g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED, "no such job between you and this node");
  return NULL;
}

static void
on_incoming (InfLinkIncoming *incoming, gpointer user_data)
{
  InfJobNet *net = user_data;
  InfNetHeader header;
  g_autoptr (GError) error = NULL;
  InfJobSeat *seat = find_receiver (net, incoming, &header, &error);
  InfStreamPermit *permit
      = seat ? inf_stream_limit_take (net->limit, seat->job_id, INF_STREAM_IN, &error) : NULL;

  if (!permit)
    {
      inf_link_incoming_reject (incoming, error);
      return;
    }
  inf_sandbox_connect_async (seat->sandbox, header.source_index, header.destination_port,
                             seat->cancellable, on_delivered,
                             making_new (permit, header.source_index, incoming));
}

static guint
choose_max_streams (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur / DESCRIPTOR_SHARE > MAX_STREAMS)
    return MAX_STREAMS;
  return (guint)(limit.rlim_cur / DESCRIPTOR_SHARE);
}

/**
 * inf_job_net_new:
 * @links: (transfer none): carries the streams; outlives the net
 *
 * Returns: (transfer full): the node's place in job networks, serving `infinity-net`
 */
InfJobNet *
inf_job_net_new (InfLinks *links)
{
  InfJobNet *net = g_new0 (InfJobNet, 1);

  net->links = links;
  net->seats = g_hash_table_new (seat_hash, seat_equal);
  net->limit = inf_stream_limit_new (choose_max_streams ());
  inf_links_add_service (links, INF_SERVICE_NET, on_incoming, net, NULL);
  return net;
}

/**
 * inf_job_net_set_max_streams:
 * @net: a net that carries no stream yet
 * @max_streams: how many streams one job may have on this node at a time, in each direction
 *
 * Without this call it is 4096, or an eighth of the descriptors that this process may open where
 * that is less.
 */
void
inf_job_net_set_max_streams (InfJobNet *net, guint max_streams)
{
  inf_stream_limit_unref (net->limit);
  net->limit = inf_stream_limit_new (max_streams);
}

/**
 * inf_job_net_free:
 * @net: (nullable): a net whose links were stopped
 *
 * Seats that were not left yet make no further stream.
 */
void
inf_job_net_free (InfJobNet *net)
{
  GHashTableIter iter;
  gpointer seat;

  if (!net)
    return;
  g_hash_table_iter_init (&iter, net->seats);
  while (g_hash_table_iter_next (&iter, &seat, NULL))
    ((InfJobSeat *)seat)->net = NULL;
  g_hash_table_unref (net->seats);
  inf_stream_limit_unref (net->limit);
  g_free (net);
}

static gboolean
is_launched_by (InfJobSeat *seat, const InfPeerId *peer_id)
{
  const Participant *launcher
      = g_hash_table_lookup (seat->participants, GUINT_TO_POINTER (INF_SANDBOX_LAUNCHER_INDEX));

  return launcher && inf_peer_id_equal (&launcher->peer_id, peer_id);
}

/**
 * inf_job_net_join:
 * @net: the node's net
 * @job_id: the job
 * @own_index: which participant this node is
 * @participants: (element-type InfLeaseParticipant): all of them
 * @sandbox: (transfer none): where this participant's processes run; its connect function is set
 * @error: #INF_ERROR_EXISTS when another client's job has this place, for a job's id is its
 *   client's word
 *
 * Returns: (transfer full) (nullable): the seat, given back with inf_job_seat_leave()
 */
InfJobSeat *
inf_job_net_join (InfJobNet *net, const guint8 job_id[INF_JOB_ID_SIZE_BYTES], guint own_index,
                  GPtrArray *participants, InfSandbox *sandbox, GError **error)
{
  const InfLeaseParticipant *launcher = participants->pdata[0];
  InfJobSeat *taken = find_seat (net, job_id, own_index);

  if (taken && !is_launched_by (taken, &launcher->peer_id))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_EXISTS,
                           "another job of that id takes part here");
      return NULL;
    }
  /* An earlier attempt of the same job, whose end was not heard of here yet. */
  if (taken)
    g_hash_table_remove (net->seats, taken);

  InfJobSeat *seat = g_new0 (InfJobSeat, 1);
  seat->net = net;
  memcpy (seat->job_id, job_id, sizeof seat->job_id);
  seat->own_index = own_index;
  seat->sandbox = g_object_ref (sandbox);
  seat->cancellable = g_cancellable_new ();
  seat->participants = g_hash_table_new_full (NULL, NULL, NULL, participant_free);
  for (guint i = 0; i < participants->len; i++)
    {
      const InfLeaseParticipant *from = participants->pdata[i];
      Participant *to = g_new0 (Participant, 1);
      to->peer_id = from->peer_id;
      to->endpoint = inf_endpoint_new (&from->peer_id, (const char *const *)from->addresses);
      g_hash_table_insert (seat->participants, GUINT_TO_POINTER (from->index), to);
    }
  g_hash_table_add (net->seats, seat);
  inf_sandbox_set_connect_func (sandbox, on_connect, seat, NULL);
  return seat;
}

/**
 * inf_job_seat_leave:
 * @seat: (nullable) (transfer full): a seat
 *
 * No further stream is made. Those that are open end with their sandbox.
 */
void
inf_job_seat_leave (InfJobSeat *seat)
{
  if (!seat)
    return;
  inf_sandbox_set_connect_func (seat->sandbox, NULL, NULL, NULL);
  g_cancellable_cancel (seat->cancellable);
  if (seat->net && g_hash_table_lookup (seat->net->seats, seat) == seat)
    g_hash_table_remove (seat->net->seats, seat);
  g_hash_table_unref (seat->participants);
  g_object_unref (seat->cancellable);
  g_object_unref (seat->sandbox);
  g_free (seat);
}
