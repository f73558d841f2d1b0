#include "tests/lab/lab-fixture.h"

#include "common/inf-error.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

/* Datagrams that a receiver's socket has room for. */
#define BURST 100

/* What can be done to a host's network and power. That nothing arrives is seen by what arrives
 * later: a marker that is sent once the wire is whole again comes in after all that was sent
 * before. */

static void
test_cut_and_heal (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (3);
  g_autoptr (LabReceiver) oak = lab_fixture_receiver (lab, "oak", NULL);
  g_autoptr (LabReceiver) elm = lab_fixture_receiver (lab, "elm", NULL);
  g_autoptr (GError) error = NULL;

  /* Both know each other's card now; else the kernel would keep packets until it answers. */
  lab_fixture_send (lab, "elm", oak->address, "before", 10);
  lab_fixture_await (oak, "before");
  lab_fixture_send (lab, "oak", elm->address, "before", 10);
  lab_fixture_await (elm, "before");

  g_assert_true (inf_lab_cut (lab, "oak", &error));
  lab_fixture_send (lab, "elm", oak->address, "cut", 10);
  lab_fixture_send (lab, "oak", elm->address, "cut", 10);
  lab_fixture_send (lab, "ash", elm->address, "others", 10);
  lab_fixture_await (elm, "others");

  g_assert_true (inf_lab_heal (lab, "oak", &error));
  lab_fixture_send (lab, "elm", oak->address, "after", 1);
  lab_fixture_send (lab, "oak", elm->address, "after", 1);
  lab_fixture_await (oak, "after");
  lab_fixture_await (elm, "after");
  g_assert_cmpuint (lab_fixture_count (oak, "before"), ==, 10);
  g_assert_cmpuint (lab_fixture_count (oak, "cut"), ==, 0);
  g_assert_cmpuint (lab_fixture_count (elm, "cut"), ==, 0);
}

static void
say_and_hear (int in_fd, int out_fd, const char *line)
{
  char heard[64] = "";

  g_assert_cmpint (write (in_fd, line, strlen (line)), ==, strlen (line));
  if (out_fd >= 0)
    {
      g_assert_cmpint (read (out_fd, heard, sizeof heard), ==, strlen (line));
      g_assert_cmpstr (heard, ==, line);
    }
}

/* A connection over a cut wire goes silent; it is neither refused nor reset. */
static void
test_cut_is_silent (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (2);
  const char *echo[] = { "echo", "9001", NULL };
  const char *talk[] = { "talk", "10.99.0.1", "9001", NULL };
  int ready[2], in[2], out[2];
  char text[6] = "";
  g_autoptr (InfLabProcess) server = NULL;
  g_autoptr (InfLabProcess) client = NULL;

  g_assert_true (g_unix_open_pipe (ready, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (in, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (out, FD_CLOEXEC, NULL));
  server = lab_fixture_net (lab, "oak", echo, -1, ready[1]);
  g_assert_cmpint (read (ready[0], text, sizeof text), ==, 6);
  client = lab_fixture_net (lab, "elm", talk, in[0], out[1]);
  say_and_hear (in[1], out[0], "one\n");

  g_assert_true (inf_lab_cut (lab, "elm", NULL));
  say_and_hear (in[1], -1, "two\n");
  g_assert_true (inf_lab_heal (lab, "elm", NULL));
  g_assert_cmpint (read (out[0], text, sizeof text), ==, 4);
  g_assert_cmpint (memcmp (text, "two\n", 4), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      close (ready[i]);
      close (in[i]);
      close (out[i]);
    }
}

static void
test_cut_holds_while_others_boot (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (3);
  g_autoptr (LabReceiver) elm = lab_fixture_receiver (lab, "elm", NULL);

  lab_fixture_send (lab, "oak", elm->address, "before", 1);
  lab_fixture_await (elm, "before");
  g_assert_true (inf_lab_cut (lab, "oak", NULL));
  g_assert_true (inf_lab_kill (lab, "ash", NULL));
  g_assert_true (inf_lab_boot (lab, "ash", NULL));
  lab_fixture_send (lab, "oak", elm->address, "cut", 10);
  g_assert_true (inf_lab_heal (lab, "oak", NULL));
  lab_fixture_send (lab, "oak", elm->address, "after", 1);
  lab_fixture_await (elm, "after");
  g_assert_cmpuint (lab_fixture_count (elm, "cut"), ==, 0);
}

static void
test_block_is_one_way (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (3);
  g_autoptr (LabReceiver) oak = lab_fixture_receiver (lab, "oak", NULL);
  g_autoptr (LabReceiver) elm = lab_fixture_receiver (lab, "elm", NULL);
  g_autoptr (GError) error = NULL;

  inf_lab_block (lab, "oak", "elm", &error);
  g_assert_no_error (error);
  lab_fixture_send (lab, "oak", elm->address, "blocked", 10);
  lab_fixture_send (lab, "elm", oak->address, "other way", 1);
  lab_fixture_await (oak, "other way");
  lab_fixture_send (lab, "ash", elm->address, "from ash", 1);
  lab_fixture_await (elm, "from ash");
  inf_lab_unblock (lab, "oak", "elm", &error);
  g_assert_no_error (error);
  lab_fixture_send (lab, "oak", elm->address, "after", 1);
  lab_fixture_await (elm, "after");
  g_assert_cmpuint (lab_fixture_count (elm, "blocked"), ==, 0);
}

static void
test_loss_of_everything (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (2);
  g_autoptr (LabReceiver) oak = lab_fixture_receiver (lab, "oak", NULL);
  g_autoptr (LabReceiver) elm = lab_fixture_receiver (lab, "elm", NULL);
  g_autoptr (GError) error = NULL;

  inf_lab_loss (lab, "oak", 100, &error);
  g_assert_no_error (error);
  lab_fixture_send (lab, "elm", oak->address, "lost", 10);
  lab_fixture_send (lab, "oak", elm->address, "lost", 10);
  inf_lab_loss (lab, "oak", 0, &error);
  g_assert_no_error (error);
  lab_fixture_send (lab, "elm", oak->address, "after", 1);
  lab_fixture_send (lab, "oak", elm->address, "after", 1);
  lab_fixture_await (oak, "after");
  lab_fixture_await (elm, "after");
  g_assert_cmpuint (lab_fixture_count (oak, "lost"), ==, 0);
  g_assert_cmpuint (lab_fixture_count (elm, "lost"), ==, 0);
}

/* Of 1,000 packets 500 get lost, give or take 16 (one standard deviation): outside these limits
 * once in far more runs than there will be. */
static void
test_loss_of_half (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (2);
  g_autoptr (LabReceiver) oak = lab_fixture_receiver (lab, "oak", NULL);
  g_autoptr (LabReceiver) elm = lab_fixture_receiver (lab, "elm", NULL);

  for (guint round = 0; round < 10; round++)
    {
      g_autofree char *marker = g_strdup_printf ("round %u", round);

      g_assert_true (inf_lab_loss (lab, "oak", 50, NULL));
      lab_fixture_send (lab, "elm", oak->address, "half", BURST);
      lab_fixture_send (lab, "oak", elm->address, "half", BURST);
      g_assert_true (inf_lab_loss (lab, "oak", 0, NULL));
      lab_fixture_send (lab, "elm", oak->address, marker, 1);
      lab_fixture_send (lab, "oak", elm->address, marker, 1);
      lab_fixture_await (oak, marker);
      lab_fixture_await (elm, marker);
    }
  g_assert_cmpuint (lab_fixture_count (oak, "half"), >, 350);
  g_assert_cmpuint (lab_fixture_count (oak, "half"), <, 650);
  g_assert_cmpuint (lab_fixture_count (elm, "half"), >, 350);
  g_assert_cmpuint (lab_fixture_count (elm, "half"), <, 650);
}

/* A burst of 120 kB into a wire of 0.1 Mbit/s: what doesn't fit in the limit's bucket is dropped.
 */
static void
test_rate_limits_bursts (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (2);
  g_autoptr (LabReceiver) oak = lab_fixture_receiver (lab, "oak", NULL);
  g_autoptr (LabReceiver) elm = lab_fixture_receiver (lab, "elm", NULL);
  g_autoptr (GError) error = NULL;

  lab_fixture_send (lab, "elm", oak->address, "free", BURST);
  lab_fixture_send (lab, "elm", oak->address, "before", 1);
  lab_fixture_await (oak, "before");
  g_assert_cmpuint (lab_fixture_count (oak, "free"), ==, BURST);
  inf_lab_rate (lab, "oak", 0.1, &error);
  g_assert_no_error (error);
  lab_fixture_send (lab, "elm", oak->address, "limited", BURST);
  lab_fixture_send (lab, "oak", elm->address, "limited", BURST);
  inf_lab_rate (lab, "oak", 0, &error);
  g_assert_no_error (error);
  lab_fixture_send (lab, "elm", oak->address, "after", 1);
  lab_fixture_send (lab, "oak", elm->address, "after", 1);
  lab_fixture_await (oak, "after");
  lab_fixture_await (elm, "after");
  g_assert_cmpuint (lab_fixture_count (oak, "limited"), >, 0);
  g_assert_cmpuint (lab_fixture_count (oak, "limited"), <, BURST / 2);
  g_assert_cmpuint (lab_fixture_count (elm, "limited"), >, 0);
  g_assert_cmpuint (lab_fixture_count (elm, "limited"), <, BURST / 2);
}

static void
test_numbers_out_of_range (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (1);
  g_autoptr (GError) error = NULL;

  g_assert_false (inf_lab_loss (lab, "oak", 101, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (inf_lab_rate (lab, "oak", -1, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

static void
test_kill_and_boot (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (2);
  g_autoptr (LabReceiver) oak = lab_fixture_receiver (lab, "oak", NULL);
  g_autoptr (LabReceiver) again = NULL;
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "true", NULL };

  lab_fixture_sh (lab, "oak", "touch /tmp/temporary $HOME/kept", NULL);
  g_assert_true (inf_lab_kill (lab, "oak", &error));
  g_assert_cmpint (inf_lab_count_processes (lab, "oak", &error), ==, 0);
  g_assert_no_error (error);
  g_assert_false (inf_lab_process_wait (oak->process, LAB_FIXTURE_TIMEOUT_MS, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_UNREACHABLE);
  g_clear_error (&error);
  g_assert_false (inf_lab_run (lab, "oak", argv, LAB_FIXTURE_TIMEOUT_MS, NULL, NULL, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_UNREACHABLE);
  g_clear_error (&error);

  g_assert_true (inf_lab_boot (lab, "oak", &error));
  g_assert_cmpint (lab_fixture_sh (lab, "oak", "test ! -e /tmp/temporary -a -e $HOME/kept", NULL),
                   ==, 0);
  again = lab_fixture_receiver (lab, "oak", NULL);
  lab_fixture_send (lab, "elm", again->address, "hello", 1);
  lab_fixture_await (again, "hello");
}

static void
test_wire_survives_boot (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (2);
  g_autoptr (GPtrArray) status = NULL;
  g_autoptr (LabReceiver) oak = NULL;
  InfLabHostStatus *host;

  g_assert_true (inf_lab_cut (lab, "oak", NULL));
  g_assert_true (inf_lab_loss (lab, "oak", 12.5, NULL));
  g_assert_true (inf_lab_rate (lab, "oak", 5, NULL));
  g_assert_true (inf_lab_kill (lab, "oak", NULL));
  g_assert_true (inf_lab_boot (lab, "oak", NULL));
  status = inf_lab_get_status (lab, NULL);
  host = status->pdata[0];
  g_assert_true (host->up && host->cut);
  g_assert_cmpfloat (host->loss_percent, ==, 12.5);
  g_assert_cmpfloat (host->rate_mbit, ==, 5);
  g_assert_true (inf_lab_loss (lab, "oak", 0, NULL));
  g_assert_true (inf_lab_rate (lab, "oak", 0, NULL));
  oak = lab_fixture_receiver (lab, "oak", NULL);
  g_assert_true (inf_lab_heal (lab, "oak", NULL));
  lab_fixture_send (lab, "elm", oak->address, "hello", 1);
  lab_fixture_await (oak, "hello");
}

static void
add_tests (void)
{
  g_test_add_func ("/lab/wires/cut-and-heal", test_cut_and_heal);
  g_test_add_func ("/lab/wires/cut-is-silent", test_cut_is_silent);
  g_test_add_func ("/lab/wires/cut-holds-while-others-boot", test_cut_holds_while_others_boot);
  g_test_add_func ("/lab/wires/block-is-one-way", test_block_is_one_way);
  g_test_add_func ("/lab/wires/loss-of-everything", test_loss_of_everything);
  g_test_add_func ("/lab/wires/loss-of-half", test_loss_of_half);
  g_test_add_func ("/lab/wires/rate-limits-bursts", test_rate_limits_bursts);
  g_test_add_func ("/lab/wires/numbers-out-of-range", test_numbers_out_of_range);
  g_test_add_func ("/lab/wires/kill-and-boot", test_kill_and_boot);
  g_test_add_func ("/lab/wires/wire-survives-boot", test_wire_survives_boot);
}

int
main (int argc, char **argv)
{
  return lab_fixture_main (argc, argv, add_tests);
}
