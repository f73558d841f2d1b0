#include "grid/jobs/inf-job-net.h"

#include "common/inf-error.h"
#include "grid/jobs/inf-job-messages.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The job network of one node that is both the launcher and a host of each job, so that real links
 * carry its streams without a socket between machines. Only the sandboxes are not real: what they
 * would do with namespaces is done with socket pairs, through the same functions. */

#define MAX_STREAMS 3

struct _InfSandbox
{
  GObject parent_instance;

  InfSandboxConnectFunc func;
  gpointer data;
  gboolean is_slow; /* requests are kept until answer_one() */
  GQueue requests;  /* of GTask */
  GArray *inner;    /* the far ends of the sockets that connecting gave */
};

G_DEFINE_FINAL_TYPE (InfSandbox, inf_sandbox, G_TYPE_OBJECT)

static void
inf_sandbox_finalize (GObject *object)
{
  InfSandbox *self = INF_SANDBOX (object);

  for (guint i = 0; i < self->inner->len; i++)
    close (g_array_index (self->inner, int, i));
  g_array_unref (self->inner);
  g_assert_true (g_queue_is_empty (&self->requests));
  G_OBJECT_CLASS (inf_sandbox_parent_class)->finalize (object);
}

static void
inf_sandbox_class_init (InfSandboxClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_sandbox_finalize;
}

static void
inf_sandbox_init (InfSandbox *self)
{
  self->inner = g_array_new (FALSE, FALSE, sizeof (int));
}

void
inf_sandbox_set_connect_func (InfSandbox *self, InfSandboxConnectFunc func, gpointer user_data,
                              GDestroyNotify destroy)
{
  self->func = func;
  self->data = user_data;
}

static void
answer (InfSandbox *self, GTask *task)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  g_array_append_val (self->inner, fds[1]);
  g_task_return_int (task, fds[0]);
}

void
inf_sandbox_connect_async (InfSandbox *self, guint src_index, guint dst_port,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (self->is_slow)
    g_queue_push_tail (&self->requests, g_steal_pointer (&task));
  else
    answer (self, task);
}

int
inf_sandbox_connect_finish (InfSandbox *self, GAsyncResult *result, GError **error)
{
  return (int)g_task_propagate_int (G_TASK (result), error);
}

typedef struct
{
  guint8 id[INF_JOB_ID_SIZE_BYTES];
  InfSandbox *sandboxes[2];
  InfJobSeat *seats[2];
} Job;

typedef struct
{
  InfKeypair *keypair;
  InfLinks *links;
  InfEndpoint *self;
  InfJobNet *net;
  Job jobs[2];
} Fixture;

static void
join (Fixture *fixture, Job *job, guint8 id)
{
  static const char *const addresses[] = { "127.0.0.1:1", NULL };
  g_autoptr (GPtrArray) participants
      = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_lease_participant_free);

  memset (job->id, id, sizeof job->id);
  for (guint i = 1; i <= 2; i++)
    g_ptr_array_add (
        participants,
        inf_lease_participant_new (i, inf_keypair_get_public_key (fixture->keypair), addresses, 1));
  for (guint i = 0; i < 2; i++)
    {
      job->sandboxes[i] = g_object_new (INF_TYPE_SANDBOX, NULL);
      job->seats[i]
          = inf_job_net_join (fixture->net, job->id, i + 1, participants, job->sandboxes[i], NULL);
      g_assert_nonnull (job->seats[i]);
    }
}

static void
leave (Job *job)
{
  for (guint i = 0; i < 2; i++)
    {
      inf_job_seat_leave (job->seats[i]);
      g_object_unref (job->sandboxes[i]);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->keypair = inf_keypair_generate ();
  fixture->links = inf_links_new (fixture->keypair);
  fixture->self = inf_endpoint_new (inf_keypair_get_peer_id (fixture->keypair), NULL);
  fixture->net = inf_job_net_new (fixture->links);
  inf_job_net_set_max_streams (fixture->net, MAX_STREAMS);
  join (fixture, &fixture->jobs[0], 0xa1);
  join (fixture, &fixture->jobs[1], 0xb2);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  leave (&fixture->jobs[0]);
  leave (&fixture->jobs[1]);
  inf_links_stop (fixture->links);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  inf_job_net_free (fixture->net);
  g_object_unref (fixture->links);
  inf_endpoint_unref (fixture->self);
  inf_keypair_unref (fixture->keypair);
}

/* The launcher's process connects to the host's; what it holds is returned. */
static int
connect_out (Job *job)
{
  InfSandbox *from = job->sandboxes[0];
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  from->func (from, 2, inf_sandbox_port_base (2), fds[1], from->data);
  return fds[0];
}

static void
wait_for_inner (Job *job, guint n)
{
  while (job->sandboxes[1]->inner->len < n)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
has_ended (int fd)
{
  char byte;

  errno = 0;
  return recv (fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) <= 0 && errno != EAGAIN;
}

static gboolean
is_open (int fd)
{
  char byte;

  errno = 0;
  return recv (fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_readable (int fd)
{
  gboolean is_readable = FALSE;

  g_unix_fd_add (fd, G_IO_IN | G_IO_HUP, on_readable, &is_readable);
  while (!is_readable)
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_passes (int from, int to, const char *text)
{
  char bytes[16];
  gsize size = strlen (text);

  g_assert_cmpint (write (from, text, size), ==, (gssize)size);
  wait_readable (to);
  g_assert_cmpint (recv (to, bytes, sizeof bytes, MSG_DONTWAIT), ==, (gssize)size);
  g_assert_cmpmem (bytes, size, text, size);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

/* A channel as a host of the job opens it, past what this node counts as going out. */
static InfLinkChannel *
connect_in (Fixture *fixture, Job *job, int *ret_fd, GError **error)
{
  InfNetHeader header = { .source_index = 1,
                          .destination_index = 2,
                          .destination_port = inf_sandbox_port_base (2) };
  g_autoptr (GAsyncResult) result = NULL;
  int fds[2];

  memcpy (header.job_id, job->id, sizeof header.job_id);
  g_autoptr (GBytes) bytes = inf_net_header_encode (&header);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  *ret_fd = fds[0];
  inf_links_open_channel_async (fixture->links, fixture->self, INF_SERVICE_NET, bytes,
                                &(InfSplice){ fds[1], fds[1], -1 }, NULL, on_result, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  return inf_links_open_channel_finish (fixture->links, result, error);
}

static void
test_carries_bytes_both_ways (Fixture *fixture, gconstpointer data)
{
  Job *job = &fixture->jobs[0];
  int outer = connect_out (job);

  wait_for_inner (job, 1);
  int inner = g_array_index (job->sandboxes[1]->inner, int, 0);
  assert_passes (outer, inner, "ping");
  assert_passes (inner, outer, "pong");
  close (outer);
}

static void
test_closes_what_goes_out_beyond_the_limit (Fixture *fixture, gconstpointer data)
{
  int fds[MAX_STREAMS];

  for (guint i = 0; i < MAX_STREAMS; i++)
    fds[i] = connect_out (&fixture->jobs[0]);
  int beyond = connect_out (&fixture->jobs[0]);
  g_assert_true (has_ended (beyond));
  wait_for_inner (&fixture->jobs[0], MAX_STREAMS);
  for (guint i = 0; i < MAX_STREAMS; i++)
    {
      g_assert_true (is_open (fds[i]));
      close (fds[i]);
    }
  close (beyond);
}

static void
test_rejects_what_comes_in_beyond_the_limit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int fds[MAX_STREAMS + 1];

  for (guint i = 0; i < MAX_STREAMS; i++)
    {
      g_autoptr (InfLinkChannel) channel = connect_in (fixture, &fixture->jobs[0], &fds[i], &error);
      g_assert_no_error (error);
    }
  g_assert_null (connect_in (fixture, &fixture->jobs[0], &fds[MAX_STREAMS], &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TOO_LARGE);
  g_assert_cmpuint (fixture->jobs[0].sandboxes[1]->inner->len, ==, MAX_STREAMS);
  for (guint i = 0; i <= MAX_STREAMS; i++)
    close (fds[i]);
}

static void
test_counts_streams_that_are_being_made (Fixture *fixture, gconstpointer data)
{
  InfSandbox *host = fixture->jobs[0].sandboxes[1];
  g_autoptr (GError) error = NULL;
  int fds[MAX_STREAMS], beyond;

  host->is_slow = TRUE;
  for (guint i = 0; i < MAX_STREAMS; i++)
    fds[i] = connect_out (&fixture->jobs[0]);
  while (g_queue_get_length (&host->requests) < MAX_STREAMS)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (connect_in (fixture, &fixture->jobs[0], &beyond, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TOO_LARGE);
  close (beyond);

  for (GTask *task; (task = g_queue_pop_head (&host->requests)); g_object_unref (task))
    g_task_return_new_error (task, INF_ERROR, INF_ERROR_UNREACHABLE, "nothing listens");
  for (guint i = 0; i < MAX_STREAMS; i++)
    {
      wait_readable (fds[i]);
      g_assert_true (has_ended (fds[i]));
      close (fds[i]);
    }
  host->is_slow = FALSE;
  for (guint i = 0; i < MAX_STREAMS; i++)
    fds[i] = connect_out (&fixture->jobs[0]);
  wait_for_inner (&fixture->jobs[0], MAX_STREAMS);
  for (guint i = 0; i < MAX_STREAMS; i++)
    close (fds[i]);
}

static void
test_makes_room_when_a_stream_closes (Fixture *fixture, gconstpointer data)
{
  Job *job = &fixture->jobs[0];
  int fds[MAX_STREAMS], another;

  for (guint i = 0; i < MAX_STREAMS; i++)
    fds[i] = connect_out (job);
  wait_for_inner (job, MAX_STREAMS);
  close (fds[0]);
  shutdown (g_array_index (job->sandboxes[1]->inner, int, 0), SHUT_WR);
  while (has_ended (another = connect_out (job)))
    {
      close (another);
      g_main_context_iteration (NULL, TRUE);
    }
  wait_for_inner (job, MAX_STREAMS + 1);
  g_assert_true (is_open (another));
  close (another);
  for (guint i = 1; i < MAX_STREAMS; i++)
    close (fds[i]);
}

static void
test_lets_other_jobs_have_theirs (Fixture *fixture, gconstpointer data)
{
  int fds[MAX_STREAMS + 1];

  for (guint i = 0; i < MAX_STREAMS; i++)
    fds[i] = connect_out (&fixture->jobs[0]);
  fds[MAX_STREAMS] = connect_out (&fixture->jobs[1]);
  wait_for_inner (&fixture->jobs[1], 1);
  g_assert_true (is_open (fds[MAX_STREAMS]));
  for (guint i = 0; i <= MAX_STREAMS; i++)
    close (fds[i]);
}

/* A job's id is its client's word: a second client that gives the same must not get the streams. */
static void
test_another_clients_job_can_not_take_a_seat (Fixture *fixture, gconstpointer data)
{
  static const char *const addresses[] = { "127.0.0.1:1", NULL };
  g_autoptr (InfKeypair) stranger = inf_keypair_generate ();
  g_autoptr (GPtrArray) participants
      = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_lease_participant_free);
  g_autoptr (InfSandbox) sandbox = g_object_new (INF_TYPE_SANDBOX, NULL);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (participants, inf_lease_participant_new (
                                     1, inf_keypair_get_public_key (stranger), addresses, 1));
  g_ptr_array_add (
      participants,
      inf_lease_participant_new (2, inf_keypair_get_public_key (fixture->keypair), addresses, 1));
  g_assert_null (
      inf_job_net_join (fixture->net, fixture->jobs[0].id, 2, participants, sandbox, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_EXISTS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/job-net/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("carries-bytes-both-ways", test_carries_bytes_both_ways);
  ADD ("closes-what-goes-out-beyond-the-limit", test_closes_what_goes_out_beyond_the_limit);
  ADD ("rejects-what-comes-in-beyond-the-limit", test_rejects_what_comes_in_beyond_the_limit);
  ADD ("counts-streams-that-are-being-made", test_counts_streams_that_are_being_made);
  ADD ("makes-room-when-a-stream-closes", test_makes_room_when_a_stream_closes);
  ADD ("lets-other-jobs-have-theirs", test_lets_other_jobs_have_theirs);
  g_test_add ("/job-net/another-clients-job-can-not-take-a-seat", Fixture, NULL, set_up,
              test_another_clients_job_can_not_take_a_seat, tear_down);
  return g_test_run ();
}
