#include "daemon/inf-history.h"

#include "common/inf-tree.h"

#define DAY_US (24 * 3600 * (gint64)G_USEC_PER_SEC)
#define NOW_UNIX_US G_GINT64_CONSTANT (1700000000000000)

typedef struct
{
  char *dir;
  char *path;
  InfHistory *history;
} Fixture;

static void
reopen (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  inf_history_close (fixture->history);
  fixture->history = inf_history_open (fixture->path, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("infinity-test-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "history.db", NULL);
  reopen (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_history_close (fixture->history);
  g_assert_true (inf_tree_remove (fixture->dir, NULL));
  g_free (fixture->path);
  g_free (fixture->dir);
}

static void
add_sample (Fixture *fixture, gint64 time_unix_us)
{
  InfSample sample = { .time_unix_us = time_unix_us, .values = { 1, 2, 3, 4, 5 } };
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_history_add_sample (fixture->history, &sample, &error));
  g_assert_no_error (error);
}

static guint
count_samples (Fixture *fixture, gint64 since_unix_us)
{
  g_autoptr (GArray) samples = inf_history_list_samples (fixture->history, since_unix_us, NULL);

  return samples->len;
}

static void
test_samples_outlast_a_restart (Fixture *fixture, gconstpointer data)
{
  add_sample (fixture, NOW_UNIX_US);
  reopen (fixture);
  g_autoptr (GArray) samples = inf_history_list_samples (fixture->history, 0, NULL);
  g_assert_cmpuint (samples->len, ==, 1);
  const InfSample *sample = &g_array_index (samples, InfSample, 0);
  g_assert_cmpint (sample->time_unix_us, ==, NOW_UNIX_US);
  for (guint i = 0; i < INF_N_SAMPLE_KINDS; i++)
    g_assert_cmpfloat (sample->values[i], ==, i + 1);
}

static void
test_samples_are_kept_for_a_week (Fixture *fixture, gconstpointer data)
{
  add_sample (fixture, NOW_UNIX_US - 8 * DAY_US);
  add_sample (fixture, NOW_UNIX_US - 6 * DAY_US);
  g_assert_cmpuint (count_samples (fixture, 0), ==, 2);
  add_sample (fixture, NOW_UNIX_US);
  g_assert_cmpuint (count_samples (fixture, 0), ==, 2);
  g_assert_cmpuint (count_samples (fixture, NOW_UNIX_US), ==, 1);
}

static void
put_lease (Fixture *fixture, const char *id, gint64 ended_unix_us, guint64 earned)
{
  const InfPastLease lease = { .id = (char *)id,
                               .job = (char *)"job",
                               .client = (char *)"client",
                               .client_name = (char *)"oak",
                               .program = (char *)"taskadd",
                               .end_reason = (char *)"",
                               .slots = 2,
                               .ended_unix_us = ended_unix_us,
                               .earned_ucredits = earned };
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_history_put_lease (fixture->history, &lease, &error));
  g_assert_no_error (error);
}

static void
test_the_newest_lease_comes_first (Fixture *fixture, gconstpointer data)
{
  put_lease (fixture, "a", NOW_UNIX_US, 1);
  put_lease (fixture, "b", NOW_UNIX_US + 1, 2);
  put_lease (fixture, "c", NOW_UNIX_US + 2, 3);
  g_autoptr (GPtrArray) leases = inf_history_list_leases (fixture->history, 1, 1, NULL);
  g_assert_cmpuint (leases->len, ==, 1);
  const InfPastLease *lease = leases->pdata[0];
  g_assert_cmpstr (lease->id, ==, "b");
  g_assert_cmpstr (lease->client_name, ==, "oak");
  g_assert_cmpuint (lease->earned_ucredits, ==, 2);
  g_autoptr (GPtrArray) all = inf_history_list_leases (fixture->history, 0, G_MAXUINT, NULL);
  g_assert_cmpuint (all->len, ==, 3);
}

/* It is noted when it is stopped, and again when it is settled. */
static void
test_a_lease_is_there_once (Fixture *fixture, gconstpointer data)
{
  put_lease (fixture, "a", NOW_UNIX_US, 1);
  put_lease (fixture, "a", NOW_UNIX_US, 5);
  g_autoptr (GPtrArray) leases = inf_history_list_leases (fixture->history, 0, 10, NULL);
  g_assert_cmpuint (leases->len, ==, 1);
  g_assert_cmpuint (((InfPastLease *)leases->pdata[0])->earned_ucredits, ==, 5);
}

static void
test_a_ring_keeps_the_newest (Fixture *fixture, gconstpointer data)
{
  g_autofree InfSampleRing *ring = g_new0 (InfSampleRing, 1);

  for (gint64 i = 0; i < INF_SAMPLE_RING_LENGTH + 7; i++)
    {
      InfSample sample = { .time_unix_us = i };
      inf_sample_ring_add (ring, &sample);
    }
  g_assert_cmpuint (ring->length, ==, INF_SAMPLE_RING_LENGTH);
  g_assert_cmpint (inf_sample_ring_get (ring, 0)->time_unix_us, ==, 7);
  g_assert_cmpint (inf_sample_ring_get (ring, ring->length - 1)->time_unix_us, ==,
                   INF_SAMPLE_RING_LENGTH + 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/history/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("samples-outlast-a-restart", test_samples_outlast_a_restart);
  ADD ("samples-are-kept-for-a-week", test_samples_are_kept_for_a_week);
  ADD ("the-newest-lease-comes-first", test_the_newest_lease_comes_first);
  ADD ("a-lease-is-there-once", test_a_lease_is_there_once);
  ADD ("a-ring-keeps-the-newest", test_a_ring_keeps_the_newest);
  return g_test_run ();
}
