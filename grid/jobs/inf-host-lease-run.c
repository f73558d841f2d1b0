#include "grid/jobs/inf-host-lease-private.h"

#include "common/inf-error.h"
#include "grid/sandbox/inf-launch.h"
#include "grid/sandbox/inf-orted-command.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What runs for a lease on the host: the check before, and each orted. mpiexec wants one; each
 * takes descriptors of the host. */
#define MAX_ORTEDS 4

/* The check: the sandbox and a link to every participant before this one, all at once. */
typedef struct
{
  InfHostLease *lease;
  InfLinkCall *call;
  guint pending;
  GError *error; /* the first */
} Check;

static void
check_answered (Check *check, GError *error)
{
  if (error && !check->error)
    check->error = g_error_copy (error);
  if (--check->pending > 0)
    return;
  if (check->error)
    inf_link_call_return_error (check->call, check->error);
  else
    inf_link_call_return (check->call, NULL);
  g_clear_error (&check->error);
  g_object_unref (check->lease);
  g_free (check);
}

static void
on_sandbox_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Check *check = user_data;
  g_autoptr (GError) error = NULL;

  if (!inf_sandbox_start_finish (INF_SANDBOX (source), result, &error))
    g_prefix_error (&error, "the sandbox can't be started: ");
  check_answered (check, error);
}

static void
on_linked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Check *check = user_data;
  g_autoptr (GError) error = NULL;

  if (!inf_links_connect_finish (INF_LINKS (source), result, &error))
    g_prefix_error (&error, "can't reach another host of the job: ");
  check_answered (check, error);
}

static void
on_sandbox_ended (InfSandbox *sandbox, const char *reason, gpointer user_data)
{
  InfHostLease *self = user_data;

  if (reason)
    inf_host_lease_end_async (self, reason, NULL, NULL);
}

static InfSandboxLimits
limits_of (InfHostLease *self)
{
  guint64 memory = inf_lease_get_terms (self->lease)->memory_bytes;

  return (InfSandboxLimits){ .memory_bytes = memory, .lowest_priority = TRUE };
}

static InfSandbox *
make_sandbox (InfHostLease *self)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (self->lease);
  InfLeasePrepare *prepare = &self->prepare;
  InfSandboxConfig *config
      = inf_sandbox_config_new (inf_lease_dir_get_job_path (self->dir), prepare->own_index);
  const char *program = inf_lease_dir_get_program_path (self->dir);
  InfSandboxLimits limits = limits_of (self);
  g_autoptr (GError) error = NULL;
  g_autofree char *log = inf_host_lease_open_log (self, &error);
  g_autofree char *params = inf_launch_mca_params (
      prepare->own_index, terms->slots, terms->slots > g_get_num_processors (), log != NULL);

  for (guint i = 0; i < prepare->participants->len; i++)
    {
      const InfLeaseParticipant *participant = prepare->participants->pdata[i];
      /* of the launcher, only mpiexec's control channel is wanted */
      guint n_ports = participant->index == INF_SANDBOX_LAUNCHER_INDEX ? 1 : 0;
      if (participant->index != prepare->own_index)
        inf_sandbox_config_add_participant (config, participant->index, n_ports);
    }
  if (program)
    {
      g_autofree char *inside = g_build_filename ("/app", prepare->program_name, NULL);
      inf_sandbox_config_add_bind (config, program, inside);
    }
  /* no reason not to run it: the log is the owner's, and of use to no job */
  if (log)
    inf_sandbox_config_set_log (config, log);
  else
    g_warning ("what a job prints can't be shown here: %s", error->message);
  inf_sandbox_config_set_mca_params (config, params);
  inf_sandbox_config_set_limits (config, &limits);
  return inf_sandbox_new (config);
}

/* Whom a client names is its word; whom this host calls is not: only members, and where they say
 * themselves that they are. */
static gboolean
find_participants (InfHostLease *self, GError **error)
{
  const InfPeerId *own = inf_keypair_get_peer_id (self->context->keypair);

  for (guint i = 0; i < self->prepare.participants->len; i++)
    {
      InfLeaseParticipant *each = self->prepare.participants->pdata[i];
      g_autoptr (InfPeerInfo) info = inf_gossip_lookup (self->context->gossip, &each->peer_id);
      g_autofree char *name = inf_peer_id_to_short (&each->peer_id);
      if (inf_peer_id_equal (&each->peer_id, own))
        continue;
      if (!info)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND,
                       "participant %u of the job (%s) is no member that this host knows",
                       each->index, name);
          return FALSE;
        }
      g_strfreev (each->addresses);
      each->addresses = g_strdupv (info->addresses);
    }
  return TRUE;
}

static void
link_to_others (InfHostLease *self, Check *check)
{
  for (guint i = 0; i < self->prepare.participants->len; i++)
    {
      const InfLeaseParticipant *other = self->prepare.participants->pdata[i];
      if (other->index >= self->prepare.own_index)
        continue;
      g_autoptr (InfEndpoint) endpoint
          = inf_endpoint_new (&other->peer_id, (const char *const *)other->addresses);
      check->pending++;
      inf_links_connect_async (self->context->links, endpoint, self->cancellable, on_linked, check);
    }
}

/**
 * inf_host_lease_check:
 * @lease: a lease whose files are here
 * @call: (transfer full): answered when the sandbox runs and every other participant can be reached
 */
void
inf_host_lease_check (InfHostLease *lease, InfLinkCall *call)
{
  g_autoptr (GError) error = NULL;

  if (lease->state != INF_HOST_LEASE_READY || lease->sandbox || lease->is_stopping)
    {
      inf_host_lease_refuse (call, INF_ERROR_INVALID, "the lease is not ready to be checked");
      return;
    }
  g_autoptr (InfSandbox) sandbox = make_sandbox (lease);
  if (find_participants (lease, &error))
    lease->seat
        = inf_job_net_join (lease->context->net, lease->prepare.job_id, lease->prepare.own_index,
                            lease->prepare.participants, sandbox, &error);
  if (!lease->seat)
    {
      inf_link_call_return_error (call, error);
      return;
    }
  Check *check = g_new0 (Check, 1);
  check->lease = g_object_ref (lease);
  check->call = call;
  check->pending = 1;
  lease->sandbox = g_steal_pointer (&sandbox);
  g_signal_connect_object (lease->sandbox, "ended", G_CALLBACK (on_sandbox_ended), lease, 0);
  link_to_others (lease, check);
  inf_sandbox_start_async (lease->sandbox, lease->cancellable, on_sandbox_started, check);
}

typedef struct
{
  InfHostLease *lease;
  InfLinkChannel *channel;
} Exec;

static int
exit_status_of (int wait_status)
{
  return WIFEXITED (wait_status) ? WEXITSTATUS (wait_status) : 128 + WTERMSIG (wait_status);
}

static void
on_orted_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exec *exec = user_data;
  g_autoptr (GError) error = NULL;
  int wait_status;

  if (inf_sandbox_exec_finish (INF_SANDBOX (source), result, &wait_status, &error)
      && !exec->lease->end_reason)
    inf_link_channel_set_exit_status (exec->channel, exit_status_of (wait_status));
  else
    inf_link_channel_close (exec->channel);
  g_ptr_array_remove_fast (exec->lease->channels, exec->channel);
  inf_host_lease_stop_clock (exec->lease);
  g_signal_handlers_disconnect_by_data (exec->channel, exec->lease);
  g_object_unref (exec->channel);
  g_object_unref (exec->lease);
  g_free (exec);
}

/* The client's end went away while the orted runs: nobody waits for it any more. */
static void
on_channel_closed (InfLinkChannel *channel, int exit_status, gpointer user_data)
{
  inf_host_lease_end_async (user_data, NULL, NULL, NULL);
}

static gboolean
make_pipes (int pipes[3][2], GError **error)
{
  for (guint i = 0; i < 3; i++)
    pipes[i][0] = pipes[i][1] = -1;
  for (guint i = 0; i < 3; i++)
    if (!g_unix_open_pipe (pipes[i], FD_CLOEXEC, error))
      {
        for (guint k = 0; k < i; k++)
          {
            close (pipes[k][0]);
            close (pipes[k][1]);
          }
        return FALSE;
      }
  return TRUE;
}

static gboolean
start_orted (InfHostLease *self, char **argv, InfLinkIncoming *incoming, GError **error)
{
  int pipes[3][2];

  if (!make_pipes (pipes, error))
    return FALSE;
  const int fds[3] = { pipes[0][0], pipes[1][1], pipes[2][1] };
  InfSplice splice = { .in_fd = pipes[1][0], .out_fd = pipes[0][1], .err_fd = pipes[2][0] };
  Exec *exec = g_new0 (Exec, 1);

  exec->lease = g_object_ref (self);
  exec->channel = inf_link_incoming_accept (incoming, &splice);
  g_ptr_array_add (self->channels, g_object_ref (exec->channel));
  g_signal_connect (exec->channel, "closed", G_CALLBACK (on_channel_closed), self);
  inf_sandbox_exec_async (self->sandbox, (const char *const *)argv, NULL, INF_SANDBOX_JOB_DIR, fds,
                          NULL, on_orted_ended, exec);
  for (guint i = 0; i < 3; i++)
    close (fds[i]);
  return TRUE;
}

/**
 * inf_host_lease_exec:
 * @lease: a checked lease
 * @command_line: what mpiexec gave its agent, from the client: it is parsed here, by no shell
 * @incoming: (transfer full): the channel for its standard streams
 */
void
inf_host_lease_exec (InfHostLease *lease, const char *command_line, InfLinkIncoming *incoming)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfOrtedCommand) command = inf_orted_command_parse (command_line, &error);

  if (command && (!lease->sandbox || lease->state > INF_HOST_LEASE_RUNNING || lease->is_stopping))
    g_set_error_literal (&error, INF_ERROR, INF_ERROR_INVALID, "the lease is not ready to run");
  else if (command && lease->channels->len >= MAX_ORTEDS)
    g_set_error (&error, INF_ERROR, INF_ERROR_REFUSED, "%u commands run under the lease already",
                 MAX_ORTEDS);
  if (error)
    {
      inf_link_incoming_reject (incoming, error);
      return;
    }
  g_auto (GStrv) argv = inf_orted_command_to_argv (command);
  if (!start_orted (lease, argv, incoming, &error))
    {
      inf_link_incoming_reject (incoming, error);
      return;
    }
  inf_meter_host_launched (lease->meter, g_get_monotonic_time ());
  inf_host_lease_set_state (lease, INF_HOST_LEASE_RUNNING);
  inf_host_lease_arm_timer (lease);
}
