#include "grid/jobs/inf-job-runner-private.h"

#include "common/inf-error.h"

#include <string.h>

/* What a job's driver does with its hosts once the program has ended: collect, settle. */

/* A host that says nothing at all is gone, whether its link has noticed that or not. */
static void
collect_failed (InfJobAnswer *answer, GError *error)
{
  if (g_error_matches (error, INF_ERROR, INF_ERROR_TIMED_OUT))
    error->code = INF_ERROR_UNREACHABLE;
  inf_job_runner_answer (answer, INF_JOB_EVENT_COLLECT_FAILED, error);
}

static void
on_collected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfJobAnswer *answer = user_data;
  InfJobRunner *self = answer->runner;
  InfLeaseClient *client = INF_LEASE_CLIENT (source);
  InfJobHost *host = inf_job_get_host (self->job, &answer->host);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) outputs = inf_lease_client_collect_finish (client, result, &error);

  if (outputs && host)
    self->sink (self->job, host, outputs, inf_lease_client_get_statement (client), self->sink_data);
  if (outputs)
    inf_job_runner_answer (answer, INF_JOB_EVENT_COLLECTED, NULL);
  else
    collect_failed (answer, error);
  inf_job_answer_free (answer);
}

/* The program may have ended because the host ended its part: over its memory, say. */
static void
tell_own_end (InfJobAnswer *answer, InfLeaseClient *client)
{
  InfJobEvent event = {
    .type = INF_JOB_EVENT_HOST_STOPPED,
    .host = &answer->host,
    .code = INF_ERROR_REFUSED,
    .text = inf_lease_client_get_end_reason (client),
  };

  if (event.text && answer->round == inf_job_get_round (answer->runner->job))
    inf_job_runner_handle (answer->runner, &event);
}

static void
on_stopped_to_collect (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfJobAnswer *answer = user_data;
  InfJobRunner *self = answer->runner;
  InfLeaseClient *client = INF_LEASE_CLIENT (source);
  g_autoptr (GError) error = NULL;

  if (inf_lease_client_stop_finish (client, result, &error))
    {
      tell_own_end (answer, client);
      inf_lease_client_collect_async (client, inf_job_get_spec (self->job), self->cancellable,
                                      on_collected, answer);
      return;
    }
  collect_failed (answer, error);
  inf_job_answer_free (answer);
}

/* Outputs are complete only when nothing writes any more: each host's part is stopped first. */
void
inf_job_runner_collect (InfJobRunner *runner, const InfJobAction *action)
{
  for (guint i = 0; i < action->hosts->len; i++)
    {
      const InfJobHost *host = action->hosts->pdata[i];
      InfLeaseClient *client = inf_job_runner_need_client (runner, host);
      if (client && inf_lease_client_get_lease (client))
        inf_lease_client_stop_async (client, "the program has ended", on_stopped_to_collect,
                                     inf_job_answer_for (runner, action, host));
      else
        inf_job_answer_later (
            inf_job_answer_for (runner, action, host), INF_JOB_EVENT_COLLECT_FAILED,
            g_error_new (INF_ERROR, INF_ERROR_NOT_FOUND,
                         "%s: its lease was lost when this node was restarted", host->name));
    }
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfJobAnswer *answer = user_data;
  g_autoptr (GError) error = NULL;
  InfJobEvent event
      = { .type = INF_JOB_EVENT_SETTLED, .round = answer->round, .host = &answer->host };

  if (inf_lease_client_close_finish (INF_LEASE_CLIENT (source), result, &event.ucredits, &error))
    inf_job_runner_handle (answer->runner, &event);
  else
    inf_job_runner_answer (answer, INF_JOB_EVENT_SETTLE_FAILED, error);
  inf_job_answer_free (answer);
}

static gboolean
has_lease_id (const InfJobHost *host)
{
  static const guint8 none[INF_LEASE_ID_SIZE_BYTES];

  return memcmp (host->lease_id, none, sizeof none) != 0;
}

/* The client that holds just this lease. The host may have given one more in an earlier round, too
 * late for anybody to want it: closing that must not take the present one with it. */
static InfLeaseClient *
find_holder (InfJobRunner *self, const InfJobHost *host)
{
  InfLeaseClient *client = inf_job_runner_need_client (self, host);
  InfLease *lease = client ? inf_lease_client_get_lease (client) : NULL;

  if (!lease)
    return NULL;
  return !has_lease_id (host)
                 || memcmp (inf_lease_get_terms (lease)->lease_id, host->lease_id,
                            sizeof host->lease_id)
                        == 0
             ? client
             : NULL;
}

static void
close_one (InfJobRunner *self, const InfJobAction *action, const InfJobHost *host)
{
  InfLeaseClient *client = find_holder (self, host);

  if (client)
    {
      inf_lease_client_close_async (client, on_closed, inf_job_answer_for (self, action, host));
      return;
    }
  if (has_lease_id (host))
    inf_lease_client_release (self->context, &host->peer_id, host->lease_id);
  else
    inf_lease_client_release_unknown (self->context, &host->peer_id, inf_job_get_id (self->job));
  inf_job_answer_later (inf_job_answer_for (self, action, host), INF_JOB_EVENT_SETTLED, NULL);
}

void
inf_job_runner_settle (InfJobRunner *runner, const InfJobAction *action)
{
  for (guint i = 0; i < action->hosts->len; i++)
    close_one (runner, action, action->hosts->pdata[i]);
}

void
inf_job_runner_release (InfJobRunner *runner, const InfJobAction *action)
{
  inf_job_runner_settle (runner, action);
}

void
inf_job_runner_abandon (InfJobRunner *runner, const InfJobAction *action)
{
  g_autoptr (GError) store_error = NULL;

  for (guint i = 0; i < action->hosts->len; i++)
    {
      const InfJobHost *host = action->hosts->pdata[i];
      InfLeaseClient *client = find_holder (runner, host);
      g_autoptr (GError) error = NULL;
      guint64 paid;

      if (!client)
        continue;
      if (inf_lease_client_close_alone (client, &paid, &error))
        inf_job_set_paid (runner->job, action->round, &host->peer_id, paid);
      else
        g_warning ("%s: the lease can't be closed here: %s", host->name, error->message);
    }
  if (!inf_job_store_put (runner->context->job_store, runner->job, &store_error))
    g_warning ("job %s can't be written to its store: %s", inf_job_get_name (runner->job),
               store_error->message);
}
