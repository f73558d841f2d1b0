#pragma once

#include "grid/sandbox/inf-sandbox.h"

/* A whole job on this machine: a launcher's sandbox and N hosts', whose streams are joined in this
 * process as a daemon's links would. */
typedef struct _TestJob TestJob;

TestJob *test_job_new (guint n_hosts, guint n_slots, const InfSandboxLimits *limits);
void test_job_free (TestJob *job);

InfSandbox *test_job_get_sandbox (TestJob *job, guint index);
const char *test_job_get_dir (TestJob *job, guint index);

int test_job_mpiexec (TestJob *job, const char *mode, char **ret_output);
int test_job_run (TestJob *job, guint index, const char *const *argv, char **ret_output);

int test_job_escape (TestJob *job, guint index, const char *what, const char *first,
                     const char *second, char **ret_output);

typedef struct _TestRun TestRun;

TestRun *test_job_begin_mpiexec (TestJob *job, const char *mode);
TestRun *test_job_begin (TestJob *job, guint index, const char *const *argv);
TestRun *test_job_begin_escape (TestJob *job, guint index, const char *what, const char *first,
                                const char *second);
char *test_run_get_output (TestRun *run);
void test_run_wait_for_output (TestRun *run, const char *text);
int test_run_end (TestRun *run, char **ret_output);
gboolean test_run_is_over (TestRun *run);
void test_run_kill (TestRun *run);

void test_remove_tree (const char *path);

typedef gboolean (*TestCondition) (gpointer data);
void test_wait_until (TestCondition condition, gpointer data, const char *what);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestJob, test_job_free)
