#include "tests/lab/lab-fixture.h"

#include "common/inf-error.h"
#include "lab/inf-lab-dirs.h"
#include "lab/inf-lab-programs.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* However a lab ends, nothing of it stays. */

/**
 * Traces:
 *
 * What could stay behind: the first processes of the hosts, with which their namespaces go; and
 * what this machine has of mounts and network interfaces.
 */
typedef struct
{
  GArray *pid_fds;
  char *dir;
  char *mounts;
  char *interfaces;
} Traces;

static char *
machine_file (const char *path)
{
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* /proc/net/dev counts packets too; only the names matter. */
static char *
machine_interfaces (void)
{
  g_autofree char *text = machine_file ("/proc/net/dev");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++)
    if (strchr (lines[i], ':'))
      *strchr (lines[i], ':') = 0;
  return g_strjoinv (" ", lines);
}

static void
traces_before (Traces *traces)
{
  traces->mounts = machine_file ("/proc/self/mounts");
  traces->interfaces = machine_interfaces ();
  traces->pid_fds = g_array_new (FALSE, FALSE, sizeof (int));
}

static void
traces_follow (Traces *traces, InfLab *lab)
{
  g_autoptr (GPtrArray) hosts = inf_lab_get_status (lab, NULL);

  traces->dir = inf_lab_dirs_lab (inf_lab_get_name (lab));
  for (guint i = 0; i < hosts->len; i++)
    {
      InfLabHostStatus *host = hosts->pdata[i];
      int fd = (int)syscall (SYS_pidfd_open, host->pid, 0);

      g_assert_cmpint (fd, >=, 0);
      g_array_append_val (traces->pid_fds, fd);
    }
}

static gboolean
has_ended (gpointer data)
{
  struct pollfd poll_fd = { GPOINTER_TO_INT (data), POLLIN, 0 };

  return poll (&poll_fd, 1, 0) > 0;
}

static gboolean
dir_is_gone (gpointer data)
{
  return !g_file_test (data, G_FILE_TEST_EXISTS);
}

static void
traces_assert_none (Traces *traces)
{
  g_autofree char *mounts = NULL, *interfaces = NULL;

  for (guint i = 0; i < traces->pid_fds->len; i++)
    {
      int fd = g_array_index (traces->pid_fds, int, i);

      lab_fixture_poll (has_ended, GINT_TO_POINTER (fd), "a host's first process has ended");
      close (fd);
    }
  lab_fixture_poll (dir_is_gone, traces->dir, "the lab's directory is gone");
  mounts = machine_file ("/proc/self/mounts");
  interfaces = machine_interfaces ();
  g_assert_cmpstr (mounts, ==, traces->mounts);
  g_assert_cmpstr (interfaces, ==, traces->interfaces);
  g_array_unref (traces->pid_fds);
  g_free (traces->dir);
  g_free (traces->mounts);
  g_free (traces->interfaces);
}

/* Leaves what is hard to get rid of in a host: files that nobody may touch, and processes that
 * don't want to end. */
static void
make_a_mess (InfLab *lab)
{
  const char *mess = "cd $HOME; mkdir -p a/b; touch a/b/c; ln -s / root; chmod 0 a/b; chmod 0500 a;"
                     "(trap '' HUP TERM INT; setsid sleep 1000) >/dev/null & "
                     "bwrap --unshare-all --ro-bind / / --proc /proc sleep 1000 >/dev/null &";

  g_assert_cmpint (lab_fixture_sh (lab, "oak", mess, NULL), ==, 0);
}

static void
test_free (void)
{
  Traces traces = { 0 };
  InfLab *lab;

  traces_before (&traces);
  lab = lab_fixture_start (3);
  traces_follow (&traces, lab);
  make_a_mess (lab);
  inf_lab_free (lab);
  traces_assert_none (&traces);
}

static void
test_stop (void)
{
  Traces traces = { 0 };
  g_autoptr (InfLab) lab = NULL;
  g_autoptr (GError) error = NULL;

  traces_before (&traces);
  lab = lab_fixture_start (3);
  traces_follow (&traces, lab);
  make_a_mess (lab);
  inf_lab_stop (lab, &error);
  g_assert_no_error (error);
  traces_assert_none (&traces);
}

static void
test_keeper_terminated (void)
{
  Traces traces = { 0 };
  g_autoptr (InfLab) lab = NULL;

  traces_before (&traces);
  lab = lab_fixture_start (3);
  traces_follow (&traces, lab);
  kill (inf_lab_get_keeper_pid (lab), SIGTERM);
  traces_assert_none (&traces);
}

/* A keeper that is killed can't remove its directory; the next lab does. */
static void
test_keeper_killed (void)
{
  Traces traces = { 0 };
  g_autoptr (InfLab) lab = NULL;
  g_autoptr (InfLab) next = NULL;

  traces_before (&traces);
  lab = lab_fixture_start (3);
  traces_follow (&traces, lab);
  make_a_mess (lab);
  kill (inf_lab_get_keeper_pid (lab), SIGKILL);
  for (guint i = 0; i < traces.pid_fds->len; i++)
    lab_fixture_poll (has_ended, GINT_TO_POINTER (g_array_index (traces.pid_fds, int, i)),
                      "a host's first process has ended");
  next = lab_fixture_start (1);
  traces_assert_none (&traces);
}

/* The other program of the next test: owns a lab, tells its name, and waits to be killed. */
static G_GNUC_NORETURN void
own_a_lab (void)
{
  InfLab *lab = lab_fixture_start (3);

  make_a_mess (lab);
  g_print ("%s\n", inf_lab_get_name (lab));
  fflush (stdout);
  while (TRUE)
    pause ();
}

static void
test_owner_killed (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  char *argv[] = { self, (char *)"--own-a-lab", NULL };
  Traces traces = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLab) lab = NULL;
  char name[64] = "";
  int out_fd;
  GPid pid;

  traces_before (&traces);
  g_spawn_async_with_pipes (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL,
                            &out_fd, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (out_fd, name, sizeof name - 1), >, 0);
  lab = inf_lab_open (g_strchomp (name), &error);
  g_assert_no_error (error);
  traces_follow (&traces, lab);
  kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  traces_assert_none (&traces);
  close (out_fd);
}

/* Whoever interrupts the start of a lab that would outlive the call wants no lab. */
static void
test_start_interrupted (void)
{
  g_autofree char *keeper = inf_lab_programs_find ("infinity-lab-keeper");
  g_autofree char *dir = inf_lab_dirs_lab ("interrupted");
  const char *argv[] = { keeper, "interrupted", "2", "keep", NULL };
  const int target_fd = 3;
  g_autoptr (GError) error = NULL;
  int pair[2], status = 0;
  GPid pid;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), ==, 0);
  close (pair[0]);
  g_spawn_async_with_pipes_and_fds (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, -1, -1,
                                    -1, &pair[1], &target_fd, 1, &pid, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  close (pair[1]);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
  g_assert_false (g_file_test (dir, G_FILE_TEST_EXISTS));
}

/* A lab whose directory somebody removes can't be reached any more; so it ends. */
static void
test_directory_removed (void)
{
  Traces traces = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLab) lab = NULL;

  traces_before (&traces);
  lab = lab_fixture_start (3);
  traces_follow (&traces, lab);
  g_assert_true (inf_lab_dirs_remove_tree (traces.dir, &error));
  traces_assert_none (&traces);
}

static void
test_kept_lab_outlives_its_handle (void)
{
  InfLabConfig config = { .name = "kept", .n_hosts = 2, .keep = TRUE };
  Traces traces = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLab) opened = NULL;
  g_auto (GStrv) names = NULL;
  InfLab *lab;

  traces_before (&traces);
  lab = inf_lab_start (&config, &error);
  g_assert_no_error (error);
  inf_lab_free (lab);
  opened = inf_lab_open ("kept", &error);
  g_assert_no_error (error);
  traces_follow (&traces, opened);
  g_assert_cmpuint (inf_lab_get_n_hosts (opened), ==, 2);
  g_assert_cmpint (lab_fixture_sh (opened, "elm", "true", NULL), ==, 0);
  names = inf_lab_list (NULL);
  g_assert_true (g_strv_contains ((const char *const *)names, "kept"));

  g_assert_null (inf_lab_start (&config, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_true (inf_lab_stop (opened, &error));
  traces_assert_none (&traces);
  g_assert_null (inf_lab_open ("kept", &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
}

static void
test_two_labs_at_once (void)
{
  g_autoptr (InfLab) one = lab_fixture_start (2);
  g_autoptr (InfLab) two = lab_fixture_start (2);
  g_autoptr (LabReceiver) here = lab_fixture_receiver (one, "oak", NULL);
  g_autoptr (LabReceiver) there = lab_fixture_receiver (two, "oak", NULL);

  lab_fixture_send (one, "elm", here->address, "one", 1);
  lab_fixture_send (two, "elm", there->address, "two", 1);
  lab_fixture_await (here, "one");
  lab_fixture_await (there, "two");
  g_assert_cmpuint (lab_fixture_count (here, "two"), ==, 0);
  g_assert_cmpuint (lab_fixture_count (there, "one"), ==, 0);
}

static void
test_bad_configurations (void)
{
  const InfLabConfig none = { .n_hosts = 0 };
  const InfLabConfig many = { .n_hosts = 1001 };
  const InfLabConfig climbs = { .name = "../lab", .n_hosts = 1 };
  const InfLabConfig *configs[] = { &none, &many, &climbs };

  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (inf_lab_start (configs[i], &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
    }
}

/* The base directory's name can be guessed: somebody else's directory must not be used. */
static void
test_foreign_base_is_refused (void)
{
  g_autofree char *base = g_dir_make_tmp ("infinity-base-XXXXXX", NULL);
  const InfLabConfig config = { .n_hosts = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (chmod (base, 0777), ==, 0);
  g_setenv ("INFINITY_LAB_DIR", base, TRUE);
  g_assert_null (inf_lab_start (&config, &error));
  g_unsetenv ("INFINITY_LAB_DIR");
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
  g_assert_cmpint (rmdir (base), ==, 0);
}

static void
test_directories_elsewhere (void)
{
  const char *places[] = { "/tmp/infinity-elsewhere-XXXXXX", "/var/tmp/infinity-elsewhere-XXXXXX",
                           "/dev/shm/infinity-elsewhere-XXXXXX" };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *base = g_mkdtemp (g_strdup (places[i]));
      InfLab *lab;

      g_assert_nonnull (base);
      g_setenv ("INFINITY_LAB_DIR", base, TRUE);
      lab = lab_fixture_start (2);
      g_assert_cmpint (lab_fixture_sh (lab, "elm", "touch /tmp/a /var/tmp/b /dev/shm/c ~/d", NULL),
                       ==, 0);
      inf_lab_free (lab);
      g_unsetenv ("INFINITY_LAB_DIR");
      g_assert_false (g_file_test (base, G_FILE_TEST_EXISTS));
    }
}

static void
test_shared_directory (void)
{
  g_autofree char *dir = g_dir_make_tmp ("infinity-share-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "file", NULL);
  const char *share[] = { dir, NULL };
  const InfLabConfig config = { .n_hosts = 1, .share = share };
  g_autofree char *look = g_strdup_printf ("grep shared %s", file);
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLab) lab = NULL;

  g_assert_true (g_file_set_contents (file, "shared", -1, NULL));
  lab = inf_lab_start (&config, &error);
  g_assert_no_error (error);
  g_assert_cmpint (lab_fixture_sh (lab, "oak", look, NULL), ==, 0);
  unlink (file);
  rmdir (dir);
}

static void
add_tests (void)
{
  g_test_add_func ("/lab/lifetime/free", test_free);
  g_test_add_func ("/lab/lifetime/stop", test_stop);
  g_test_add_func ("/lab/lifetime/keeper-terminated", test_keeper_terminated);
  g_test_add_func ("/lab/lifetime/keeper-killed", test_keeper_killed);
  g_test_add_func ("/lab/lifetime/owner-killed", test_owner_killed);
  g_test_add_func ("/lab/lifetime/start-interrupted", test_start_interrupted);
  g_test_add_func ("/lab/lifetime/directory-removed", test_directory_removed);
  g_test_add_func ("/lab/lifetime/kept-lab-outlives-its-handle", test_kept_lab_outlives_its_handle);
  g_test_add_func ("/lab/lifetime/two-labs-at-once", test_two_labs_at_once);
  g_test_add_func ("/lab/lifetime/bad-configurations", test_bad_configurations);
  g_test_add_func ("/lab/lifetime/foreign-base-is-refused", test_foreign_base_is_refused);
  g_test_add_func ("/lab/lifetime/directories-elsewhere", test_directories_elsewhere);
  g_test_add_func ("/lab/lifetime/shared-directory", test_shared_directory);
}

int
main (int argc, char **argv)
{
  if (argc == 2 && strcmp (argv[1], "--own-a-lab") == 0)
    own_a_lab ();
  return lab_fixture_main (argc, argv, add_tests);
}
