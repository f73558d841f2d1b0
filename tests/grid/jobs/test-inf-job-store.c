#include "common/inf-error.h"
#include "grid/jobs/inf-job-store.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *dir;
  char *path;
  InfJobStore *store;
} Fixture;

static void
open_store (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->store = inf_job_store_open (f->path, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->dir = g_dir_make_tmp ("inf-job-store-XXXXXX", NULL);
  f->path = g_build_filename (f->dir, "jobs.db", NULL);
  open_store (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  const char *const suffixes[] = { "", "-wal", "-shm" };

  g_clear_pointer (&f->store, inf_job_store_close);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (f->path, suffixes[i], NULL);
      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (f->dir), ==, 0);
  g_free (f->path);
  g_free (f->dir);
}

static InfJob *
new_job (guint8 number, const char *name)
{
  const guint8 id[INF_JOB_ID_SIZE_BYTES] = { number, number };
  g_autoptr (InfJobSpec) spec = inf_job_spec_new (INF_PROGRAM_BUILTIN, "taskadd");

  return inf_job_new (id, name, spec, number * 1000);
}

static void
send (InfJob *job, InfJobEventType type)
{
  g_autoptr (GPtrArray) actions = inf_job_handle (job, 1, 1, &(InfJobEvent){ .type = type });
}

static void
put (Fixture *f, InfJob *job)
{
  g_autoptr (GError) error = NULL;

  inf_job_store_put (f->store, job, &error);
  g_assert_no_error (error);
}

static void
put_new (Fixture *f, guint8 number, const char *name, gboolean finished)
{
  g_autoptr (InfJob) job = new_job (number, name);

  if (finished)
    send (job, INF_JOB_EVENT_CANCEL_REQUESTED);
  put (f, job);
}

static void
assert_found (Fixture *f, const char *text, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfJob) job = inf_job_store_get (f->store, text, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (inf_job_get_name (job), ==, name);
}

static void
assert_not_found (Fixture *f, const char *text, InfError code, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfJob) job = inf_job_store_get (f->store, text, &error);

  g_assert_null (job);
  g_assert_error (error, INF_ERROR, (int)code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_keeps_a_job_over_a_restart (Fixture *f, gconstpointer data)
{
  g_autoptr (InfJob) job = new_job (1, "taskadd-1");
  g_autoptr (GError) error = NULL;

  send (job, INF_JOB_EVENT_SUBMITTED);
  put (f, job);
  inf_job_set_log_path (job, "/some/log.txt");
  put (f, job);
  inf_job_store_close (f->store);
  open_store (f);
  g_autoptr (InfJob) again = inf_job_store_get (f->store, "taskadd-1", &error);
  g_assert_no_error (error);
  g_autoptr (GVariant) one = g_variant_ref_sink (inf_job_to_variant (job));
  g_autoptr (GVariant) two = g_variant_ref_sink (inf_job_to_variant (again));
  g_assert_true (g_variant_equal (one, two));
  g_assert_cmpint (inf_job_get_state (again), ==, INF_JOB_PLANNING);
  g_assert_cmpstr (inf_job_get_log_path (again), ==, "/some/log.txt");
}

static void
test_finds_by_beginning (Fixture *f, gconstpointer data)
{
  g_autoptr (InfJob) job = new_job (7, "other");

  put_new (f, 1, "taskadd-1", FALSE);
  put_new (f, 2, "taskadd-10", FALSE);
  put (f, job);
  g_autofree char *short_id = inf_job_dup_short_id (job);
  assert_found (f, "taskadd-1", "taskadd-1");
  assert_found (f, "oth", "other");
  assert_found (f, short_id, "other");
  assert_not_found (f, "task", INF_ERROR_INVALID,
                    "“task” may be any of taskadd-10, taskadd-1; give more of it");
  assert_not_found (f, "zzz", INF_ERROR_NOT_FOUND, "there is no job “zzz”");
  assert_not_found (f, "%", INF_ERROR_NOT_FOUND, "there is no job “%”");
}

static void
assert_listed (Fixture *f, const char *filter, guint offset, guint limit, guint wanted_total,
               const char *wanted)
{
  g_autoptr (GError) error = NULL;
  guint total = G_MAXUINT;
  g_autoptr (InfJobRows) rows
      = inf_job_store_select (f->store, filter, offset, limit, &total, &error);
  g_autoptr (GString) names = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < inf_job_rows_get_n (rows); i++)
    {
      g_autoptr (InfJob) job = inf_job_rows_read (rows, i);
      if (job)
        g_string_append_printf (names, "%s ", inf_job_get_name (job));
    }
  g_assert_cmpstr (names->str, ==, wanted);
  g_assert_cmpuint (total, ==, wanted_total);
}

static void
test_lists_newest_first_and_by_filter (Fixture *f, gconstpointer data)
{
  put_new (f, 1, "a", TRUE);
  put_new (f, 3, "c", FALSE);
  put_new (f, 2, "b", FALSE);
  assert_listed (f, INF_JOB_FILTER_ALL, 0, 9, 3, "c b a ");
  assert_listed (f, INF_JOB_FILTER_ALL, 0, 2, 3, "c b ");
  assert_listed (f, INF_JOB_FILTER_ACTIVE, 0, 9, 2, "c b ");
  assert_listed (f, "cancelled", 0, 9, 1, "a ");
  assert_listed (f, "queued", 0, 9, 2, "c b ");
  assert_listed (f, "running", 0, 9, 0, "");
  assert_listed (f, "' OR 1 --", 0, 9, 0, "");
}

static void
test_lists_a_part (Fixture *f, gconstpointer data)
{
  for (guint8 i = 1; i <= 5; i++)
    {
      const char name[] = { (char)('a' + i - 1), '\0' };
      put_new (f, i, name, i % 2);
    }
  assert_listed (f, INF_JOB_FILTER_ALL, 1, 2, 5, "d c ");
  assert_listed (f, INF_JOB_FILTER_ALL, 4, 9, 5, "a ");
  assert_listed (f, INF_JOB_FILTER_ALL, 5, 9, 5, "");
  assert_listed (f, INF_JOB_FILTER_ALL, 0, 0, 5, "");
  assert_listed (f, "cancelled", 1, 1, 3, "c ");
  assert_listed (f, INF_JOB_FILTER_ACTIVE, 1, 9, 2, "b ");
}

static void
assert_next_name (Fixture *f, const char *base, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = inf_job_store_next_name (f->store, base, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, wanted);
}

static void
test_never_gives_a_name_twice (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  assert_next_name (f, "taskadd", "taskadd-1");
  put_new (f, 1, "taskadd-1", TRUE);
  put_new (f, 2, "taskadd-2", FALSE);
  assert_next_name (f, "taskadd", "taskadd-3");
  assert_next_name (f, "other", "other-1");
  g_autoptr (InfJob) job = inf_job_store_get (f->store, "taskadd-1", NULL);
  g_assert_true (inf_job_store_remove (f->store, job, &error));
  assert_not_found (f, "taskadd-1", INF_ERROR_NOT_FOUND, "there is no job “taskadd-1”");
  assert_next_name (f, "taskadd", "taskadd-4");
}

static void
test_refuses_a_second_job_of_one_name (Fixture *f, gconstpointer data)
{
  g_autoptr (InfJob) second = new_job (2, "a");
  g_autoptr (GError) error = NULL;

  put_new (f, 1, "a", FALSE);
  g_assert_false (inf_job_store_put (f->store, second, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_FAILED);
  assert_listed (f, INF_JOB_FILTER_ALL, 0, 9, 1, "a ");
}

static void
test_does_not_remove_what_runs (Fixture *f, gconstpointer data)
{
  g_autoptr (InfJob) job = new_job (1, "a");
  g_autoptr (GError) error = NULL;

  put (f, job);
  g_assert_false (inf_job_store_remove (f->store, job, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  assert_found (f, "a", "a");
}

typedef gboolean (*WriteFunc) (InfJobStore *store, InfJob *job, GError **error);

/* A process that dies without closing the store leaves every job as it had last written it. */
static void
assert_survives_sudden_death (Fixture *f, WriteFunc write_again)
{
  int status;

  g_clear_pointer (&f->store, inf_job_store_close);
  pid_t pid = fork ();
  if (pid == 0)
    {
      InfJobStore *store = inf_job_store_open (f->path, NULL);
      InfJob *job = new_job (1, "a");
      gboolean ok = store && inf_job_store_put (store, job, NULL);
      send (job, INF_JOB_EVENT_SUBMITTED);
      ok = ok && write_again (store, job, NULL);
      if (ok)
        raise (SIGKILL);
      _exit (1);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status));
  open_store (f);
  assert_listed (f, INF_JOB_FILTER_ACTIVE, 0, 9, 1, "a ");
  g_autoptr (InfJob) job = inf_job_store_get (f->store, "a", NULL);
  g_assert_cmpint (inf_job_get_state (job), ==, INF_JOB_PLANNING);
}

static void
test_put_survives_sudden_death (Fixture *f, gconstpointer data)
{
  assert_survives_sudden_death (f, inf_job_store_put);
}

static void
test_note_survives_sudden_death (Fixture *f, gconstpointer data)
{
  assert_survives_sudden_death (f, inf_job_store_note);
}

static void
run_sql (Fixture *f, const char *sql)
{
  sqlite3 *db;

  g_clear_pointer (&f->store, inf_job_store_close);
  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_keeps_the_cause (Fixture *f, gconstpointer data)
{
  g_autoptr (InfJob) job = new_job (1, "taskadd-1");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  send (job, INF_JOB_EVENT_CANCEL_REQUESTED);
  put (f, job);
  g_clear_pointer (&f->store, inf_job_store_close);
  open_store (f);
  g_autoptr (InfJob) again = inf_job_store_get (f->store, "taskadd-1", &error);
  g_assert_no_error (error);
  text = g_variant_print (inf_job_get_cause (again), FALSE);
  g_assert_cmpstr (text, ==, "{'code': <'cancelled'>, 'host': <''>, 'detail': <''>}");
}

/* A store of version 1 knew no causes. */
static void
test_takes_an_older_store_over (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put_new (f, 1, "a", TRUE);
  run_sql (f, "ALTER TABLE jobs DROP COLUMN cause; PRAGMA user_version = 1");
  open_store (f);
  g_autoptr (InfJob) job = inf_job_store_get (f->store, "a", &error);
  g_assert_no_error (error);
  g_assert_null (inf_job_get_cause (job));
  put_new (f, 2, "b", TRUE);
  assert_listed (f, INF_JOB_FILTER_ALL, 0, 9, 2, "b a ");
}

static void
test_one_damaged_row_hides_no_other (Fixture *f, gconstpointer data)
{
  put_new (f, 1, "a", FALSE);
  put_new (f, 2, "b", FALSE);
  run_sql (f, "UPDATE jobs SET record = x'00112233' WHERE name = 'a'");
  open_store (f);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*job a: a job's record is damaged*");
  assert_listed (f, INF_JOB_FILTER_ALL, 0, 9, 2, "b ");
  g_test_assert_expected_messages ();
}

static void
test_leaves_a_newer_store_alone (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  run_sql (f, "PRAGMA user_version = 99");
  f->store = inf_job_store_open (f->path, &error);
  g_assert_null (f->store);
  g_assert_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/job-store/keeps-a-job", test_keeps_a_job_over_a_restart);
  ADD ("/job-store/keeps-the-cause", test_keeps_the_cause);
  ADD ("/job-store/takes-an-older-store-over", test_takes_an_older_store_over);
  ADD ("/job-store/finds-by-beginning", test_finds_by_beginning);
  ADD ("/job-store/lists", test_lists_newest_first_and_by_filter);
  ADD ("/job-store/lists-a-part", test_lists_a_part);
  ADD ("/job-store/names", test_never_gives_a_name_twice);
  ADD ("/job-store/one-name-one-job", test_refuses_a_second_job_of_one_name);
  ADD ("/job-store/removes-only-finished", test_does_not_remove_what_runs);
  ADD ("/job-store/sudden-death", test_put_survives_sudden_death);
  ADD ("/job-store/sudden-death-after-note", test_note_survives_sudden_death);
  ADD ("/job-store/damaged-row", test_one_damaged_row_hides_no_other);
  ADD ("/job-store/newer-version", test_leaves_a_newer_store_alone);
  return g_test_run ();
}
