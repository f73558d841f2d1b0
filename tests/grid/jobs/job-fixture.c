#include "tests/grid/jobs/job-fixture.h"

#include <string.h>

#define START_UNIX_US ((gint64)1700000000 * G_USEC_PER_SEC)

InfPeerId
job_fixture_peer (const char *name)
{
  InfPeerId id = { 0 };

  strncpy ((char *)id.bytes, name, sizeof id.bytes - 1);
  return id;
}

void
job_fixture_init (JobFixture *fixture, guint nodes, guint retries, gboolean wait_for_hosts)
{
  const guint8 id[INF_JOB_ID_SIZE_BYTES] = "0123456789abcde";
  g_autoptr (InfJobSpec) spec = inf_job_spec_new (INF_PROGRAM_BUILTIN, "taskadd");

  spec->nodes = nodes;
  spec->retries = retries;
  spec->wait_for_hosts = wait_for_hosts;
  *fixture = (JobFixture){ .now_us = 1000 };
  fixture->job = inf_job_new (id, "taskadd-1", spec, START_UNIX_US);
}

void
job_fixture_clear (JobFixture *fixture)
{
  g_clear_pointer (&fixture->job, inf_job_unref);
  g_clear_pointer (&fixture->actions, g_free);
}

static char *
actions_to_text (GPtrArray *actions)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < actions->len; i++)
    {
      const InfJobAction *action = actions->pdata[i];
      g_string_append_printf (text, "%s%s", i ? ", " : "",
                              inf_job_action_type_to_text (action->type));
      for (guint j = 0; j < action->hosts->len; j++)
        g_string_append_printf (text, " %s", ((InfJobHost *)action->hosts->pdata[j])->name);
    }
  return g_string_free (text, FALSE);
}

const char *
job_fixture_send (JobFixture *fixture, InfJobEvent event)
{
  g_autoptr (GPtrArray) actions
      = inf_job_handle (fixture->job, fixture->now_us, START_UNIX_US + fixture->now_us, &event);

  g_free (fixture->actions);
  fixture->actions = actions_to_text (actions);
  return fixture->actions;
}

const char *
job_fixture_say (JobFixture *fixture, InfJobEventType type, const char *host, InfError code,
                 const char *text)
{
  InfPeerId id = job_fixture_peer (host ? host : "");

  return job_fixture_send (fixture, (InfJobEvent){ .type = type,
                                                   .round = inf_job_get_round (fixture->job),
                                                   .host = host ? &id : NULL,
                                                   .lease_id = (const guint8 *)"the lease of it.",
                                                   .code = code,
                                                   .text = text });
}

const char *
job_fixture_tell (JobFixture *fixture, InfJobEventType type, const char *host)
{
  return job_fixture_say (fixture, type, host, INF_ERROR_FAILED, NULL);
}

const char *
job_fixture_plan (JobFixture *fixture, const char *names)
{
  g_auto (GStrv) words = g_strsplit (names, " ", -1);
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_job_host_unref);

  for (char **word = words; *word; word++)
    {
      InfPeerId id = job_fixture_peer (*word);
      g_ptr_array_add (hosts, inf_job_host_new (&id, *word, 2, 10));
    }
  return job_fixture_send (fixture, (InfJobEvent){ .type = INF_JOB_EVENT_PLANNED,
                                                   .round = inf_job_get_round (fixture->job),
                                                   .hosts = hosts,
                                                   .ucredits = 1000 });
}

/* Lets the present state's deadline pass. */
const char *
job_fixture_expire (JobFixture *fixture)
{
  g_assert_cmpint (inf_job_get_deadline_us (fixture->job), <, G_MAXINT64);
  fixture->now_us = inf_job_get_deadline_us (fixture->job);
  return job_fixture_tell (fixture, INF_JOB_EVENT_TICK, NULL);
}

/* Takes a new job for two hosts, oak and ash, to @state. */
void
job_fixture_advance (JobFixture *fixture, InfJobState state)
{
  static const struct
  {
    InfJobState state;
    InfJobEventType type;
    gboolean is_per_host;
  } steps[] = {
    { INF_JOB_QUEUED, INF_JOB_EVENT_SUBMITTED, FALSE },
    { INF_JOB_PLANNING, INF_JOB_EVENT_PLANNED, FALSE },
    { INF_JOB_LEASING, INF_JOB_EVENT_LEASED, TRUE },
    { INF_JOB_STAGING, INF_JOB_EVENT_STAGED, TRUE },
    { INF_JOB_CHECKING, INF_JOB_EVENT_CHECKED, TRUE },
    { INF_JOB_LAUNCHING, INF_JOB_EVENT_LAUNCHED, FALSE },
    { INF_JOB_RUNNING, INF_JOB_EVENT_PROGRAM_EXITED, FALSE },
    { INF_JOB_COLLECTING, INF_JOB_EVENT_COLLECTED, TRUE },
    { INF_JOB_SETTLING, INF_JOB_EVENT_SETTLED, TRUE },
  };

  for (guint i = 0; inf_job_get_state (fixture->job) != state; i++)
    {
      g_assert_cmpuint (i, <, G_N_ELEMENTS (steps));
      if (inf_job_get_state (fixture->job) != steps[i].state)
        continue;
      fixture->now_us += 10;
      if (steps[i].type == INF_JOB_EVENT_PLANNED)
        job_fixture_plan (fixture, "oak ash");
      else
        job_fixture_tell (fixture, steps[i].type, steps[i].is_per_host ? "oak" : NULL);
      if (steps[i].is_per_host)
        job_fixture_tell (fixture, steps[i].type, "ash");
    }
}

/* The node dies and comes back with what was written down; its clock begins anew. */
void
job_fixture_restart (JobFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) record = g_variant_ref_sink (inf_job_to_variant (fixture->job));
  InfJob *job = inf_job_from_variant (record, inf_job_get_spec (fixture->job), &error);

  g_assert_no_error (error);
  inf_job_unref (fixture->job);
  fixture->job = job;
  fixture->now_us = 5;
}
