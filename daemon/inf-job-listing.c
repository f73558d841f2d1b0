#include "daemon/inf-job-listing.h"

#include "daemon/inf-bus-views.h"

/* Answers with a list of jobs. A thousand of them take longer than peers and leases should wait
 * for: jobs are read and described a few at a time, with the main loop in between, and the message
 * is made of them in a thread. */

#define JOBS_A_TURN 20

typedef struct
{
  InfNode *node;
  GDBusMethodInvocation *invocation;
  InfJobRows *rows; /* NULL in no grid: there are no jobs then */
  guint next;
  gboolean has_total;
  guint total;
  GVariantBuilder builder;
} Listing;

typedef struct
{
  GDBusMethodInvocation *invocation;
  GVariant *value;
} Answer;

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  g_object_unref (listing->node);
  inf_job_rows_free (listing->rows);
  g_variant_builder_clear (&listing->builder);
  g_free (listing);
}

static void
answer_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Answer *answer = task_data;

  g_dbus_method_invocation_return_value (answer->invocation, g_steal_pointer (&answer->value));
  g_task_return_boolean (task, TRUE);
}

static void
answer (Listing *listing)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  Answer *answer = g_new0 (Answer, 1);
  GVariant *jobs = g_variant_builder_end (&listing->builder);

  answer->invocation = listing->invocation;
  answer->value = listing->has_total ? g_variant_new ("(u@aa{sv})", listing->total, jobs)
                                     : g_variant_new ("(@aa{sv})", jobs);
  g_task_set_task_data (task, answer, g_free);
  g_task_run_in_thread (task, answer_in_thread);
}

static gboolean
describe_some (gpointer user_data)
{
  Listing *listing = user_data;
  InfJobs *jobs = inf_node_get_jobs (listing->node);
  /* it may have left the grid in between */
  guint n_rows = jobs && listing->rows ? inf_job_rows_get_n (listing->rows) : 0;
  guint end = MIN (listing->next + JOBS_A_TURN, n_rows);

  for (; listing->next < end; listing->next++)
    {
      g_autoptr (InfJob) job = inf_jobs_read (jobs, listing->rows, listing->next);
      if (job)
        g_variant_builder_add_value (&listing->builder, inf_bus_describe_job (listing->node, job));
    }
  if (listing->next < n_rows)
    return G_SOURCE_CONTINUE;
  answer (listing);
  return G_SOURCE_REMOVE;
}

/**
 * inf_job_listing_answer:
 * @node: the node
 * @invocation: (transfer full): of Jobs1.List or Jobs1.ListRange
 * @rows: (transfer full) (nullable): the jobs to list
 * @total: (nullable): how many there are in all; only ListRange tells
 */
void
inf_job_listing_answer (InfNode *node, GDBusMethodInvocation *invocation, InfJobRows *rows,
                        const guint *total)
{
  Listing *listing = g_new0 (Listing, 1);

  listing->node = g_object_ref (node);
  listing->invocation = invocation;
  listing->rows = rows;
  listing->has_total = total != NULL;
  listing->total = total ? *total : 0;
  g_variant_builder_init (&listing->builder, G_VARIANT_TYPE ("aa{sv}"));
  g_idle_add_full (G_PRIORITY_DEFAULT, describe_some, listing, listing_free);
}
