#pragma once

#include "grid/jobs/inf-job.h"

G_BEGIN_DECLS

/* A job on hosts called oak, ash and elm, a clock, and the last actions as text:
 * "stop-meter oak ash, stop-program" for example. */
typedef struct
{
  InfJob *job;
  gint64 now_us;
  char *actions;
} JobFixture;

InfPeerId job_fixture_peer (const char *name);
void job_fixture_init (JobFixture *fixture, guint nodes, guint retries, gboolean wait_for_hosts);
void job_fixture_clear (JobFixture *fixture);

const char *job_fixture_send (JobFixture *fixture, InfJobEvent event);
const char *job_fixture_say (JobFixture *fixture, InfJobEventType type, const char *host,
                             InfError code, const char *text);
const char *job_fixture_tell (JobFixture *fixture, InfJobEventType type, const char *host);
const char *job_fixture_plan (JobFixture *fixture, const char *names);
const char *job_fixture_expire (JobFixture *fixture);
void job_fixture_advance (JobFixture *fixture, InfJobState state);
void job_fixture_restart (JobFixture *fixture);

#define assert_actions(got, wanted) g_assert_cmpstr (got, ==, wanted)
#define assert_state(fixture, wanted)                                                              \
  g_assert_cmpstr (inf_job_state_to_text (inf_job_get_state ((fixture)->job)), ==, wanted)
#define assert_cause(fixture, wanted)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *cause_text = g_variant_print (inf_job_get_cause ((fixture)->job), FALSE);     \
    g_assert_cmpstr (cause_text, ==, wanted);                                                      \
  }                                                                                                \
  G_STMT_END

#define assert_reason(fixture, wanted)                                                             \
  g_assert_cmpstr (inf_job_get_reason ((fixture)->job), ==, wanted)

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (JobFixture, job_fixture_clear)

G_END_DECLS
