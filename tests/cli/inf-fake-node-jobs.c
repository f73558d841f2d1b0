#include "tests/cli/inf-fake-node-private.h"

#include "common/inf-error.h"

/* Jobs1. */

#define LOG_PART_BYTES 65536

static gboolean
on_plan (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, GVariant *spec, InfFakeNode *fake)
{
  inf_fake_node_record (fake, "Plan");
  inf_fake_node_take (&fake->spec, g_variant_ref (spec));
  if (!inf_fake_node_fails (fake, invocation))
    inf_fake_node_answer (invocation, fake->plan);
  return TRUE;
}

static gboolean
on_submit (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, GVariant *spec, InfFakeNode *fake)
{
  inf_fake_node_record (fake, "Submit");
  inf_fake_node_take (&fake->spec, g_variant_ref (spec));
  if (inf_fake_node_fails (fake, invocation))
    return TRUE;
  inf_dbus_jobs1_complete_submit (jobs, invocation, "jobid234567");
  if (fake->on_submitted)
    fake->on_submitted (fake);
  return TRUE;
}

static gboolean
on_list_tasks (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, const char *language,
               InfFakeNode *fake)
{
  if (!inf_fake_node_fails (fake, invocation))
    inf_fake_node_answer (invocation, fake->tasks);
  return TRUE;
}

static gboolean
on_list_jobs (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, const char *filter,
              InfFakeNode *fake)
{
  inf_fake_node_record (fake, "List “%s”", filter);
  if (!inf_fake_node_fails (fake, invocation))
    inf_fake_node_answer (invocation, fake->job_list);
  return TRUE;
}

static gboolean
on_list_job_range (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, const char *filter,
                   guint offset, guint limit, InfFakeNode *fake)
{
  gsize n_jobs = g_variant_n_children (fake->job_list);
  GVariantBuilder builder;

  inf_fake_node_record (fake, "ListRange “%s” %u", filter, offset);
  if (inf_fake_node_fails (fake, invocation))
    return TRUE;
  /* as a node that gives fewer at once than it is asked for */
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = offset; i < n_jobs && i < offset + MIN (limit, 2); i++)
    {
      g_autoptr (GVariant) job = g_variant_get_child_value (fake->job_list, i);
      g_variant_builder_add_value (&builder, job);
    }
  inf_dbus_jobs1_complete_list_range (jobs, invocation, (guint32)n_jobs,
                                      g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
on_get_job (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, const char *job,
            InfFakeNode *fake)
{
  inf_fake_node_record (fake, "Get %s", job);
  if (fake->job)
    inf_fake_node_answer (invocation, fake->job);
  else
    g_dbus_method_invocation_return_error (invocation, INF_ERROR, INF_ERROR_NOT_FOUND,
                                           "no job “%s”", job);
  return TRUE;
}

static gboolean
on_cancel (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, const char *job,
           InfFakeNode *fake)
{
  inf_fake_node_record (fake, "Cancel %s", job);
  if (inf_fake_node_fails (fake, invocation) || fake->ignores_cancel)
    {
      /* what is never answered is answered when the connection ends */
      if (fake->ignores_cancel)
        g_object_unref (invocation);
      return TRUE;
    }
  inf_dbus_jobs1_complete_cancel (jobs, invocation);
  inf_fake_node_set_state (fake, "cancelled", "'reason': <'cancelled by its owner'>");
  return TRUE;
}

static gboolean
on_read_log (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, const char *job, guint64 offset,
             InfFakeNode *fake)
{
  gsize begin = MIN (offset, fake->log->len);
  gsize size = MIN (fake->log->len - begin, LOG_PART_BYTES);

  if (!inf_fake_node_fails (fake, invocation))
    inf_fake_node_answer (invocation, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                                                 fake->log->data + begin, size, 1));
  return TRUE;
}

void
inf_fake_node_connect_jobs (InfFakeNode *fake)
{
  const InfFakeMethod methods[] = {
    { fake->jobs, "handle-plan", G_CALLBACK (on_plan) },
    { fake->jobs, "handle-submit", G_CALLBACK (on_submit) },
    { fake->jobs, "handle-list-tasks", G_CALLBACK (on_list_tasks) },
    { fake->jobs, "handle-list", G_CALLBACK (on_list_jobs) },
    { fake->jobs, "handle-list-range", G_CALLBACK (on_list_job_range) },
    { fake->jobs, "handle-get", G_CALLBACK (on_get_job) },
    { fake->jobs, "handle-cancel", G_CALLBACK (on_cancel) },
    { fake->jobs, "handle-read-log", G_CALLBACK (on_read_log) },
  };

  inf_fake_node_connect (fake, methods, G_N_ELEMENTS (methods));
}

/* The job is in @state now, and @more, in the text form of GVariant, holds of it; who watches is
 * told. */
void
inf_fake_node_set_state (InfFakeNode *fake, const char *state, const char *more)
{
  g_autofree char *text = g_strdup_printf (
      "{'id': <'jobid234567'>, 'name': <'sum-1'>, 'program': <'taskadd'>, 'state': <'%s'>,"
      " 'nodes': <@u 2>, 'hosts': <['oak', 'elm']>, 'spent': <@t 1500000>,"
      " 'host-spent': <[('oak', @t 1000000), ('elm', 500000)]>, 'attempt': <@u 1>,"
      " 'submitted-unix': <@x 1700000000000000>, 'started-unix': <@x 1700000001000000>,"
      " 'finished-unix': <@x 1700000003000000>,"
      " 'steps': <[('running', @x 1700000001000000, @x 1700000002500000)]>,"
      " 'log-bytes': <@t %u>%s%s}",
      state, fake->log->len, *more ? ", " : "", more);

  inf_fake_node_take (&fake->job, g_variant_new_parsed (text));
  inf_dbus_jobs1_emit_job_changed (fake->jobs, "jobid234567", fake->job);
}

/* The program has printed; who watches is told. */
void
inf_fake_node_log (InfFakeNode *fake, const void *data, gsize size_bytes)
{
  g_byte_array_append (fake->log, data, size_bytes);
  inf_dbus_jobs1_emit_log_grew (fake->jobs, "jobid234567", fake->log->len);
}
