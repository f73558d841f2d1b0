#include "tests/lab/lab-fixture.h"

#include "lab/inf-lab-programs.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

/* Whether this user can make user namespaces, tried in a child. */
static gboolean
have_user_namespaces (void)
{
  int status = 0;
  pid_t pid = fork ();

  if (pid == 0)
    _exit (unshare (CLONE_NEWUSER) == 0 ? 0 : 1);
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;
  return status == 0;
}

static int
skip_all (const char *reason)
{
  g_print ("1..0 # SKIP %s\n", reason);
  return 0;
}

/**
 * lab_fixture_main:
 * @argc: main()'s
 * @argv: main()'s
 * @add_tests: adds the tests
 *
 * Runs the tests; with $LAB_TEST_AS_NOBODY set as a user without any privilege.
 *
 * Returns: the exit status
 */
int
lab_fixture_main (int argc, char **argv, void (*add_tests) (void))
{
  g_autofree char *keeper = inf_lab_programs_find ("infinity-lab-keeper");

  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("LAB_TEST_AS_NOBODY"))
    {
      if (geteuid () != 0)
        return skip_all (
            "this user has no privilege to drop; the other run of this test did it all");
      if (setgroups (0, NULL) < 0 || setresgid (NOBODY, NOBODY, NOBODY) < 0
          || setresuid (NOBODY, NOBODY, NOBODY) < 0)
        g_error ("dropping privileges: %s", g_strerror (errno));
      if (access (keeper, X_OK) < 0)
        return skip_all ("user nobody can't reach the build directory");
    }
  if (geteuid () != 0 && !have_user_namespaces ())
    return skip_all ("user namespaces are off on this machine");
  add_tests ();
  return g_test_run ();
}

/**
 * lab_fixture_start:
 * @n_hosts: how many hosts
 *
 * Returns: (transfer full): a lab that ends with the test
 */
InfLab *
lab_fixture_start (guint n_hosts)
{
  g_autoptr (GError) error = NULL;
  InfLabConfig config = { .n_hosts = n_hosts };
  InfLab *lab = inf_lab_start (&config, &error);

  g_assert_no_error (error);
  return lab;
}

/**
 * lab_fixture_sh:
 * @lab: a lab
 * @host: a host's name
 * @script: for sh
 * @ret_out: (out) (nullable): stdout and stderr, without the last newline
 *
 * Returns: the script's exit status
 */
int
lab_fixture_sh (InfLab *lab, const char *host, const char *script, char **ret_out)
{
  g_autofree char *redirected = g_strconcat ("exec 2>&1\n", script, NULL);
  const char *argv[] = { "sh", "-c", redirected, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  int status = -1;

  inf_lab_run (lab, host, argv, LAB_FIXTURE_TIMEOUT_MS, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_strchomp (out);
  if (status != 0)
    g_test_message ("%s: %s: %s", host, script, out);
  if (ret_out)
    *ret_out = g_steal_pointer (&out);
  return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

/**
 * lab_fixture_poll:
 * @condition: what shall become true
 * @data: for @condition
 * @what: what it is, for the message
 *
 * Waits until it is, and fails the test when it isn't in time.
 */
void
lab_fixture_poll (gboolean (*condition) (gpointer data), gpointer data, const char *what)
{
  gint64 deadline_us = g_get_monotonic_time () + LAB_FIXTURE_TIMEOUT_MS * 1000;

  while (!condition (data))
    {
      if (g_get_monotonic_time () > deadline_us)
        g_error ("never came true: %s", what);
      g_usleep (2000);
    }
}

/**
 * lab_fixture_program:
 * @name: a program of this folder's tests
 *
 * Returns: (transfer full): its path
 */
char *
lab_fixture_program (const char *name)
{
  return g_test_build_filename (G_TEST_BUILT, "lab", name, NULL);
}

/**
 * lab_fixture_net:
 * @lab: a lab
 * @host: a host's name
 * @words: (array zero-terminated=1): what to call lab-net with
 * @in_fd: its stdin, or -1
 * @out_fd: its stdout, or -1
 *
 * Returns: (transfer full): the running lab-net
 */
InfLabProcess *
lab_fixture_net (InfLab *lab, const char *host, const char *const *words, int in_fd, int out_fd)
{
  g_autofree char *program = lab_fixture_program ("lab-net");
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  InfLabCommand command = { .in_fd = in_fd, .out_fd = out_fd, .err_fd = STDERR_FILENO };
  InfLabProcess *process;

  g_ptr_array_add (argv, program);
  for (guint i = 0; words[i]; i++)
    g_ptr_array_add (argv, (char *)words[i]);
  g_ptr_array_add (argv, NULL);
  command.argv = (const char *const *)argv->pdata;
  process = inf_lab_exec (lab, host, &command, &error);
  g_assert_no_error (error);
  return process;
}

/**
 * lab_fixture_receiver:
 * @lab: a lab
 * @host: a host's name
 * @group: (nullable): a multicast group to join
 *
 * Returns: (transfer full): a receiver of datagrams, which is ready for them
 */
LabReceiver *
lab_fixture_receiver (InfLab *lab, const char *host, const char *group)
{
  LabReceiver *receiver = g_new0 (LabReceiver, 1);
  g_autofree char *tmp = inf_lab_dup_tmp (lab, host);
  const char *words[] = { "receive", LAB_FIXTURE_PORT, group, NULL };
  int out_fd;

  receiver->address = inf_lab_dup_host_address (lab, host);
  receiver->path = g_build_filename (tmp, "received", NULL);
  out_fd = open (receiver->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  g_assert_cmpint (out_fd, >=, 0);
  receiver->process = lab_fixture_net (lab, host, words, -1, out_fd);
  close (out_fd);
  lab_fixture_await (receiver, "ready");
  return receiver;
}

/**
 * lab_fixture_send:
 * @lab: a lab
 * @from: the host that sends
 * @address: where to
 * @text: what the datagrams start with
 * @n: how many
 */
void
lab_fixture_send (InfLab *lab, const char *from, const char *address, const char *text, guint n)
{
  g_autofree char *count = g_strdup_printf ("%u", n);
  const char *words[] = { "send", address, LAB_FIXTURE_PORT, text, count, NULL };
  g_autoptr (InfLabProcess) process = lab_fixture_net (lab, from, words, -1, -1);
  g_autoptr (GError) error = NULL;
  int status = -1;

  inf_lab_process_wait (process, LAB_FIXTURE_TIMEOUT_MS, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

/**
 * lab_fixture_count:
 * @receiver: a receiver
 * @text: what datagrams started with
 *
 * Returns: how many of them have arrived
 */
guint
lab_fixture_count (LabReceiver *receiver, const char *text)
{
  g_autofree char *contents = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  if (!g_file_get_contents (receiver->path, &contents, NULL, NULL))
    return 0;
  lines = g_strsplit (contents, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    n += strcmp (lines[i], text) == 0;
  return n;
}

typedef struct
{
  LabReceiver *receiver;
  const char *text;
} Expected;

static gboolean
has_arrived (gpointer data)
{
  Expected *expected = data;

  return lab_fixture_count (expected->receiver, expected->text) > 0;
}

/**
 * lab_fixture_await:
 * @receiver: a receiver
 * @text: what a datagram starts with
 *
 * Waits until one has arrived; then so have all that were sent before it on the same way.
 */
void
lab_fixture_await (LabReceiver *receiver, const char *text)
{
  Expected expected = { receiver, text };

  lab_fixture_poll (has_arrived, &expected, text);
}

/**
 * lab_fixture_receiver_free:
 * @receiver: (transfer full): a receiver
 */
void
lab_fixture_receiver_free (LabReceiver *receiver)
{
  inf_lab_process_free (receiver->process);
  g_free (receiver->path);
  g_free (receiver->address);
  g_free (receiver);
}
