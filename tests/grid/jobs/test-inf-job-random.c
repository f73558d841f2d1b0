#include "grid/jobs/inf-job.h"

#include <string.h>

/* Whatever happens in whatever order, a job ends, and ends with no lease open, no program running
 * and nobody being paid. The world below answers a job's actions late, wrongly, twice or never,
 * kills hosts and restarts the node, all from one seed. */

#define N_PEERS 8
#define N_SEEDS 150
#define MAX_STEPS 20000
#define N_SPOILERS 25

typedef struct
{
  gint64 due_us;
  InfJobEvent event;
  InfPeerId host;
} Answer;

typedef struct
{
  GRand *rand;
  InfJob *job;
  gint64 now_us;
  GPtrArray *answers;
  /* "ROUND PEER" → whether that host holds a lease nobody has closed */
  GHashTable *leases;
  /* the same keys, of those who clearly refused: they will not lease after all */
  GHashTable *refusals;
  gboolean may_run;
  gboolean is_metering;
  guint n_finished;
  guint n_spoilers;
} World;

static gboolean
chance (World *world, guint percent)
{
  return (guint)g_rand_int_range (world->rand, 0, 100) < percent;
}

static InfPeerId
peer (guint number)
{
  InfPeerId id = { 0 };

  id.bytes[0] = (guint8)(number + 1);
  return id;
}

static char *
lease_key (guint round, const InfPeerId *id)
{
  return g_strdup_printf ("%u %u", round, id->bytes[0]);
}

static void
set_lease (World *world, guint round, const InfPeerId *id, gboolean is_open)
{
  g_hash_table_insert (world->leases, lease_key (round, id), GINT_TO_POINTER (is_open));
}

static void
answer_later (World *world, InfJobEvent event, const InfPeerId *host)
{
  Answer *answer = g_new0 (Answer, 1);
  /* Mostly soon, now and then after any deadline. */
  gint64 delay_s = chance (world, 90) ? 5 : 400;

  answer->event = event;
  answer->due_us = world->now_us + 1
                   + (gint64)g_rand_double_range (world->rand, 0, (double)delay_s * G_USEC_PER_SEC);
  if (host)
    answer->host = *host;
  answer->event.host = host ? &answer->host : NULL;
  g_ptr_array_add (world->answers, answer);
}

static void
plan (World *world, guint round)
{
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_job_host_unref);
  guint nodes = inf_job_get_spec (world->job)->nodes;
  guint start = (guint)g_rand_int_range (world->rand, 0, N_PEERS);

  for (guint i = 0; i < N_PEERS && hosts->len < nodes; i++)
    {
      InfPeerId id = peer ((start + i) % N_PEERS);
      if (!inf_job_is_excluded (world->job, &id))
        g_ptr_array_add (hosts, inf_job_host_new (&id, "host", 1, 1));
    }
  if (hosts->len == nodes && chance (world, 80))
    answer_later (world,
                  (InfJobEvent){ .type = INF_JOB_EVENT_PLANNED,
                                 .round = round,
                                 .hosts = g_steal_pointer (&hosts) },
                  NULL);
  else
    answer_later (world,
                  (InfJobEvent){ .type = INF_JOB_EVENT_PLAN_IMPOSSIBLE,
                                 .round = round,
                                 .code = INF_ERROR_NO_HOSTS,
                                 .flag = chance (world, 80) },
                  NULL);
}

static void
lease (World *world, guint round, const InfPeerId *host)
{
  InfJobEvent event = { .type = INF_JOB_EVENT_LEASED,
                        .round = round,
                        .lease_id = (const guint8 *)"0123456789abcdef" };
  guint dice = (guint)g_rand_int_range (world->rand, 0, 100);

  if (dice >= 80)
    event.type = INF_JOB_EVENT_LEASE_REFUSED;
  if (dice >= 80 && dice < 90)
    {
      event.code = INF_ERROR_REFUSED;
      g_hash_table_add (world->refusals, lease_key (round, host));
    }
  else if (dice >= 90)
    {
      /* The host did lease; only its answer was lost. */
      event.code = INF_ERROR_TIMED_OUT;
      set_lease (world, round, host, TRUE);
    }
  if (dice < 95)
    answer_later (world, event, host);
}

static void
answer_step (World *world, guint round, const InfPeerId *host, InfJobEventType good,
             InfJobEventType bad)
{
  InfJobEvent event = { .type = chance (world, 93) ? good : bad,
                        .round = round,
                        .code = chance (world, 50) ? INF_ERROR_UNREACHABLE : INF_ERROR_FAILED };

  if (chance (world, 95))
    answer_later (world, event, host);
}

static void
exit_later (World *world, guint round)
{
  static const int statuses[] = { 0, 0, 0, 1 << 8, 65 << 8, 9 };

  answer_later (world,
                (InfJobEvent){ .type = INF_JOB_EVENT_PROGRAM_EXITED,
                               .round = round,
                               .status = statuses[g_rand_int_range (world->rand, 0, 6)] },
                NULL);
}

static void
launch (World *world, guint round)
{
  world->may_run = TRUE;
  answer_step (world, round, NULL, INF_JOB_EVENT_LAUNCHED, INF_JOB_EVENT_LAUNCH_FAILED);
  if (chance (world, 90))
    exit_later (world, round);
}

static void
close_lease (World *world, guint round, const InfPeerId *host)
{
  set_lease (world, round, host, FALSE);
  answer_step (world, round, host, INF_JOB_EVENT_SETTLED, INF_JOB_EVENT_SETTLE_FAILED);
}

static void
act_on_host (World *world, const InfJobAction *action, const InfJobHost *host)
{
  switch (action->type)
    {
    case INF_JOB_ACTION_LEASE:
      lease (world, action->round, &host->peer_id);
      return;
    case INF_JOB_ACTION_STAGE:
      answer_step (world, action->round, &host->peer_id, INF_JOB_EVENT_STAGED,
                   INF_JOB_EVENT_STAGE_FAILED);
      return;
    case INF_JOB_ACTION_CHECK:
      answer_step (world, action->round, &host->peer_id, INF_JOB_EVENT_CHECKED,
                   INF_JOB_EVENT_CHECK_FAILED);
      return;
    case INF_JOB_ACTION_COLLECT:
      g_assert_false (world->may_run);
      answer_step (world, action->round, &host->peer_id, INF_JOB_EVENT_COLLECTED,
                   INF_JOB_EVENT_COLLECT_FAILED);
      return;
    case INF_JOB_ACTION_SETTLE:
    case INF_JOB_ACTION_RELEASE:
      close_lease (world, action->round, &host->peer_id);
      return;
    case INF_JOB_ACTION_ABANDON:
      set_lease (world, action->round, &host->peer_id, FALSE);
      return;
    default:
      return;
    }
}

static void
act (World *world, const InfJobAction *action)
{
  switch (action->type)
    {
    case INF_JOB_ACTION_PLAN:
      plan (world, action->round);
      break;
    case INF_JOB_ACTION_LAUNCH:
      launch (world, action->round);
      break;
    case INF_JOB_ACTION_START_METER:
      world->is_metering = TRUE;
      break;
    case INF_JOB_ACTION_STOP_METER:
      world->is_metering = FALSE;
      break;
    case INF_JOB_ACTION_STOP_PROGRAM:
      world->may_run = FALSE;
      if (chance (world, 90))
        exit_later (world, action->round);
      break;
    case INF_JOB_ACTION_FINISHED:
      world->n_finished++;
      break;
    default:
      break;
    }
  for (guint i = 0; i < action->hosts->len; i++)
    act_on_host (world, action, action->hosts->pdata[i]);
}

static void
assert_written_down (World *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) before = g_variant_ref_sink (inf_job_to_variant (world->job));
  g_autoptr (InfJob) copy = inf_job_from_variant (before, inf_job_get_spec (world->job), &error);
  g_assert_no_error (error);
  g_autoptr (GVariant) after = g_variant_ref_sink (inf_job_to_variant (copy));

  g_assert_true (g_variant_equal (before, after));
}

static void
send (World *world, const InfJobEvent *event)
{
  g_autoptr (GPtrArray) actions = inf_job_handle (world->job, world->now_us, world->now_us, event);

  g_assert_true (inf_job_is_finished (world->job)
                 || inf_job_get_state (world->job) == INF_JOB_QUEUED
                 || inf_job_get_deadline_us (world->job) < G_MAXINT64);
  assert_written_down (world);
  for (guint i = 0; i < actions->len; i++)
    act (world, actions->pdata[i]);
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_clear_pointer (&answer->event.hosts, g_ptr_array_unref);
  g_free (answer);
}

static void
deliver (World *world, guint index)
{
  Answer *answer = g_ptr_array_steal_index (world->answers, index);

  if (answer->event.type == INF_JOB_EVENT_LEASED)
    set_lease (world, answer->event.round, &answer->host, TRUE);
  if (answer->event.type == INF_JOB_EVENT_PROGRAM_EXITED
      && answer->event.round == inf_job_get_round (world->job))
    world->may_run = FALSE;
  send (world, &answer->event);
  answer_free (answer);
}

/* The node dies, perhaps between writing the job down and acting on it, and comes back. */
static void
restart (World *world)
{
  g_autoptr (GError) error = NULL;
  InfJob *job;

  if (chance (world, 50))
    {
      /* A cancel that was written down, and no more than that. */
      InfJobEvent event = { .type = INF_JOB_EVENT_CANCEL_REQUESTED };
      g_autoptr (GPtrArray) lost
          = inf_job_handle (world->job, world->now_us, world->now_us, &event);
      if (inf_job_is_finished (world->job))
        world->n_finished++;
    }
  g_autoptr (GVariant) record = g_variant_ref_sink (inf_job_to_variant (world->job));
  job = inf_job_from_variant (record, inf_job_get_spec (world->job), &error);
  g_assert_no_error (error);
  inf_job_unref (world->job);
  world->job = job;
  for (guint i = 0; i < world->answers->len; i++)
    {
      const Answer *answer = world->answers->pdata[i];
      g_autofree char *key = lease_key (answer->event.round, &answer->host);
      /* One that was closed before it was heard of lapses by itself: nobody is left who knows. */
      if (answer->event.type == INF_JOB_EVENT_LEASED && !g_hash_table_contains (world->leases, key))
        set_lease (world, answer->event.round, &answer->host, TRUE);
    }
  g_ptr_array_set_size (world->answers, 0);
  world->is_metering = FALSE;
  send (world, &(InfJobEvent){ .type = INF_JOB_EVENT_RESTARTED });
}

static const InfJobEventType spoilers[] = {
  INF_JOB_EVENT_CANCEL_REQUESTED,
  INF_JOB_EVENT_HOSTS_CHANGED,
  INF_JOB_EVENT_HOST_DEAD,
  INF_JOB_EVENT_HOST_DEAD,
  INF_JOB_EVENT_LINK_LOST,
  INF_JOB_EVENT_HOST_STOPPED,
  INF_JOB_EVENT_CREDITS_OUT,
  INF_JOB_EVENT_PROGRESS,
  INF_JOB_EVENT_SUMMARY,
  INF_JOB_EVENT_SPENT,
  INF_JOB_EVENT_TICK,
  INF_JOB_EVENT_LEASED,
  INF_JOB_EVENT_LEASE_REFUSED,
  INF_JOB_EVENT_STAGED,
  INF_JOB_EVENT_CHECKED,
  INF_JOB_EVENT_COLLECTED,
  INF_JOB_EVENT_COLLECT_FAILED,
  INF_JOB_EVENT_SETTLED,
  INF_JOB_EVENT_SETTLE_FAILED,
  INF_JOB_EVENT_RESTARTED,
};

static void
spoil (World *world)
{
  guint round = inf_job_get_round (world->job);
  InfPeerId id = peer ((guint)g_rand_int_range (world->rand, 0, N_PEERS));
  InfJobEvent event = {
    .type = spoilers[g_rand_int_range (world->rand, 0, G_N_ELEMENTS (spoilers))],
    .host = &id,
    .lease_id = (const guint8 *)"0123456789abcdef",
    .code = INF_ERROR_UNREACHABLE,
    .text = "a spoiler",
    .ucredits = 1,
    .fraction = 0.5,
  };

  world->n_spoilers--;
  if (event.type == INF_JOB_EVENT_RESTARTED)
    {
      restart (world);
      return;
    }
  event.round = round > 0 && chance (world, 30) ? round - 1 : round;
  g_autofree char *key = lease_key (event.round, &id);
  if (event.type == INF_JOB_EVENT_LEASED)
    {
      /* Twice or late, but only from a host that was asked and did not refuse. */
      if (!g_hash_table_contains (world->leases, key)
          || g_hash_table_contains (world->refusals, key))
        return;
      set_lease (world, event.round, &id, TRUE);
    }
  /* A closing is only confirmed by a host that has closed. */
  if (event.type == INF_JOB_EVENT_SETTLED && g_hash_table_lookup (world->leases, key))
    return;
  send (world, &event);
}

static void
step (World *world)
{
  gint64 next_us = inf_job_get_deadline_us (world->job);
  guint found = G_MAXUINT;

  if (world->n_spoilers > 0 && chance (world, 15))
    {
      spoil (world);
      return;
    }
  for (guint i = 0; i < world->answers->len; i++)
    {
      const Answer *answer = world->answers->pdata[i];
      if (answer->due_us < next_us)
        {
          next_us = answer->due_us;
          found = i;
        }
    }
  world->now_us = MAX (world->now_us, next_us);
  if (found != G_MAXUINT)
    deliver (world, found);
  else
    send (world, &(InfJobEvent){ .type = INF_JOB_EVENT_TICK });
}

static void
assert_all_is_over (World *world)
{
  GHashTableIter iter;
  gpointer key, is_open;

  g_assert_cmpuint (world->n_finished, ==, 1);
  g_assert_false (world->may_run);
  g_assert_false (world->is_metering);
  g_hash_table_iter_init (&iter, world->leases);
  while (g_hash_table_iter_next (&iter, &key, &is_open))
    if (is_open)
      g_test_message ("lease left open: %s", (const char *)key);
  g_hash_table_iter_init (&iter, world->leases);
  while (g_hash_table_iter_next (&iter, &key, &is_open))
    g_assert_null (is_open);
}

static InfJobState
live_one_life (guint32 seed)
{
  const guint8 id[INF_JOB_ID_SIZE_BYTES] = { 1 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (InfJobSpec) spec = inf_job_spec_new (INF_PROGRAM_BUILTIN, "taskadd");
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func (answer_free);
  g_autoptr (GHashTable) leases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) refusals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  World world = { .rand = rand,
                  .now_us = 1,
                  .answers = answers,
                  .leases = leases,
                  .refusals = refusals,
                  .n_spoilers = N_SPOILERS };

  spec->nodes = (guint)g_rand_int_range (rand, 1, 5);
  spec->retries = (guint)g_rand_int_range (rand, 0, 3);
  spec->wait_for_hosts = g_rand_boolean (rand);
  world.job = inf_job_new (id, "job-1", spec, 1);
  send (&world, &(InfJobEvent){ .type = INF_JOB_EVENT_SUBMITTED });
  for (guint i = 0; !inf_job_is_finished (world.job); i++)
    {
      g_assert_cmpuint (i, <, MAX_STEPS);
      step (&world);
    }
  while (world.answers->len > 0)
    deliver (&world, 0);
  assert_all_is_over (&world);
  InfJobState state = inf_job_get_state (world.job);
  inf_job_unref (world.job);
  return state;
}

static void
test_always_ends_with_everything_closed (void)
{
  guint n_states[INF_JOB_N_STATES] = { 0 };

  for (guint32 seed = 1; seed <= N_SEEDS; seed++)
    {
      g_test_message ("seed %u", seed);
      n_states[live_one_life (seed)]++;
    }
  /* A world in which nothing ever succeeds, or ever fails, would prove little. */
  for (guint state = INF_JOB_DONE; state < INF_JOB_N_STATES; state++)
    g_assert_cmpuint (n_states[state], >, N_SEEDS / 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/random/always-ends", test_always_ends_with_everything_closed);
  return g_test_run ();
}
