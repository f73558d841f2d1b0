#include "grid/jobs/inf-job-net.h"

#include "common/inf-error.h"
#include "grid/jobs/inf-job-messages.h"

#include <string.h>
#include <unistd.h>

/* Carries the streams of job networks between this node's sandboxes and the links.
 *
 *   a process connects to 10.77.0.D:P      its sandbox hands the accepted socket here; a channel to
 *                                          D's node is opened with (job, source, D, P) as its
 * header a channel arrives for (job, S, D, P)   the sender must be participant S of that job; D's
 * sandbox connects to P from S's address, and the socket is spliced
 *
 * The sockets themselves travel: no byte of a job's traffic passes through the sandbox's helper. */
struct _InfJobNet
{
  InfLinks *links;
  GHashTable *seats; /* the set of all seats, found by job id and index */
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
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *what = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLinkChannel) channel
      = inf_links_open_channel_finish (INF_LINKS (source), result, &error);

  if (!channel && !inf_error_is_cancelled (error))
    g_debug ("job network: %s: %s", what, error->message);
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

  if (!to)
    {
      close (fd);
      return;
    }
  memcpy (header.job_id, seat->job_id, sizeof header.job_id);
  g_autoptr (GBytes) bytes = inf_net_header_encode (&header);
  inf_links_open_channel_async (seat->net->links, to->endpoint, INF_SERVICE_NET, bytes, &splice,
                                seat->cancellable, on_opened,
                                g_strdup_printf ("stream to participant %u", dst_index));
}

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfLinkIncoming *incoming = user_data;
  g_autoptr (GError) error = NULL;
  int fd = inf_sandbox_connect_finish (INF_SANDBOX (source), result, &error);
  InfSplice splice = { fd, fd, -1 };

  if (fd < 0)
    {
      inf_link_incoming_reject (incoming, error);
      return;
    }
  g_object_unref (inf_link_incoming_accept (incoming, &splice));
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

  if (!seat)
    {
      inf_link_incoming_reject (incoming, error);
      return;
    }
  inf_sandbox_connect_async (seat->sandbox, header.source_index, header.destination_port,
                             seat->cancellable, on_delivered, incoming);
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
  inf_links_add_service (links, INF_SERVICE_NET, on_incoming, net, NULL);
  return net;
}

/**
 * inf_job_net_free:
 * @net: (nullable): a net that every seat has left, after its links were stopped
 */
void
inf_job_net_free (InfJobNet *net)
{
  if (!net)
    return;
  g_hash_table_unref (net->seats);
  g_free (net);
}

/**
 * inf_job_net_join:
 * @net: the node's net
 * @job_id: the job
 * @own_index: which participant this node is
 * @participants: (element-type InfLeaseParticipant): all of them
 * @sandbox: (transfer none): where this participant's processes run; its connect function is set
 *
 * Returns: (transfer full): the seat, given back with inf_job_seat_leave()
 */
InfJobSeat *
inf_job_net_join (InfJobNet *net, const guint8 job_id[INF_JOB_ID_SIZE_BYTES], guint own_index,
                  GPtrArray *participants, InfSandbox *sandbox)
{
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
  g_hash_table_remove (seat->net->seats, seat);
  g_hash_table_unref (seat->participants);
  g_object_unref (seat->cancellable);
  g_object_unref (seat->sandbox);
  g_free (seat);
}
