#include "tests/system/grid-checks.h"
#include "tests/system/grid-views.h"

#include "tests/lab/lab-fixture.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

/* Gossip that isn't what it seems: what was said before, what others are said to have said, and a
 * member that wants to be rid of all the others. */

#define PORT "7848"
#define N_RECORDED "20"
#define N_ROUNDS 30
#define WATCH_MS 12000
#define DETECTED_WITHIN_MS 15000

typedef struct
{
  Grid *grid;
  const char *host;
  const char *file;
  const char *text;
  guint n;
} Printed;

static gboolean
has_printed (gpointer data)
{
  Printed *printed = data;
  g_autofree char *text = grid_read (printed->grid, printed->host, printed->file);
  guint n = 0;

  for (const char *at = text; at && (at = strstr (at, printed->text)); at++)
    n++;
  return n >= printed->n;
}

static void
await_printed (Grid *grid, const char *host, const char *file, const char *text, guint n)
{
  Printed printed = { grid, host, file, text, n };
  g_autofree char *what = g_strdup_printf ("%s: %s", file, text);

  grid_poll (has_printed, &printed, GRID_TIMEOUT_MS, what);
}

/* Returns: (transfer full): a program of this folder's, whose output goes to PROGRAM.out in the
 * host's /tmp, and whose input is @in_fd */
static InfLabProcess *
start_program (Grid *grid, const char *host, const char *const *argv, int in_fd)
{
  g_autofree char *name = g_path_get_basename (argv[0]);
  g_autofree char *file = g_strconcat (name, ".out", NULL);
  g_autofree char *path = grid_path (grid, host, file);
  int out_fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  InfLabCommand command
      = { .argv = argv, .in_fd = in_fd, .out_fd = out_fd, .err_fd = STDERR_FILENO };
  g_autoptr (GError) error = NULL;
  InfLabProcess *process = inf_lab_exec (grid->lab, host, &command, &error);

  g_assert_no_error (error);
  close (out_fd);
  return process;
}

/* Has elm join, and writes down what it sends to oak from its first datagram on; ash gets it. */
static void
record_elm (Grid *grid)
{
  g_autofree char *program = grid_built ("tests/system/grid-replayer");
  g_autofree char *oak = inf_lab_dup_host_address (grid->lab, "oak");
  const char *argv[] = { program, "record", oak, PORT, "/tmp/recorded", N_RECORDED, NULL };
  g_autoptr (InfLabProcess) recorder = start_program (grid, "elm", argv, -1);
  g_autofree char *from = grid_path (grid, "elm", "recorded");
  g_autofree char *to = grid_path (grid, "ash", "recorded");
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  await_printed (grid, "elm", "grid-replayer.out", "ready", 1);
  grid_join (grid, "elm");
  grid_await_peer_state (grid, "oak", "elm", "alive");
  g_assert_cmpint (grid_await_exit (recorder), ==, 0);
  g_assert_true (g_file_get_contents (from, &bytes, &size, &error));
  g_assert_true (g_file_set_contents (to, bytes, (gssize)size, &error));
}

typedef struct
{
  Grid *grid;
  InfLabProcess *process;
  int in_fd;
} Replay;

/* ash, who is in no grid, sends to oak what elm sent, with the address of @source. */
static Replay
start_replay (Grid *grid, const char *source)
{
  g_autofree char *program = grid_built ("tests/system/grid-replayer");
  g_autofree char *oak = inf_lab_dup_host_address (grid->lab, "oak");
  g_autofree char *from = inf_lab_dup_host_address (grid->lab, source);
  const char *argv[] = { program, "replay", oak, PORT, "/tmp/recorded", from, NULL };
  Replay replay = { .grid = grid };
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  replay.in_fd = fds[1];
  replay.process = start_program (grid, "ash", argv, fds[0]);
  close (fds[0]);
  return replay;
}

static void
await_rounds (const Replay *replay, guint n)
{
  await_printed (replay->grid, "ash", "grid-replayer.out", "round", n);
}

/* It must have got no answer. */
static void
end_replay (Replay *replay)
{
  close (replay->in_fd);
  g_assert_cmpint (grid_await_exit (replay->process), ==, 0);
  g_clear_pointer (&replay->process, inf_lab_process_free);
}

static char *
address_of_elm (Grid *grid)
{
  g_autoptr (JsonNode) peers = grid_json (grid, "oak", "peers", NULL);
  JsonObject *elm = grid_find (peers, "name", "elm");

  return g_strdup (json_object_get_string_member (elm, "address"));
}

/* From another address: nobody answers, and elm is not taken to have moved there. */
static void
test_replayed_by_an_outsider (void)
{
  g_autoptr (Grid) grid = grid_new (3);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  grid_found (grid, NULL);
  record_elm (grid);
  before = address_of_elm (grid);
  Replay replay = start_replay (grid, "ash");
  await_rounds (&replay, N_ROUNDS);
  after = address_of_elm (grid);
  g_assert_cmpstr (after, ==, before);
  end_replay (&replay);
}

/* As if from elm, which has died: that makes it none the more alive, not even for an oak that has
 * just started. */
static void
test_replays_keep_nobody_alive (void)
{
  g_autoptr (Grid) grid = grid_new (3);
  g_autoptr (GError) error = NULL;

  grid_found (grid, NULL);
  record_elm (grid);
  Replay replay = start_replay (grid, "elm");
  g_assert_true (inf_lab_kill (grid->lab, "elm", &error));
  grid_await_views (grid, "oak", "elm", "dead", DETECTED_WITHIN_MS);
  grid_watch_views (grid, "oak", "elm", "alive", WATCH_MS / 3);
  grid_must (grid, "oak", "daemon", "stop", NULL);
  end_replay (&replay);
  grid_must (grid, "oak", "daemon", "start", NULL);
  replay = start_replay (grid, "elm");
  await_rounds (&replay, N_ROUNDS);
  g_assert_false (grid_all_see (grid, "oak", "elm", "alive"));
  end_replay (&replay);
}

static InfLabProcess *
start_liar (Grid *grid, const char *host)
{
  g_autofree char *program = grid_built ("tests/system/grid-liar");
  g_autofree char *oak = inf_lab_dup_host_address (grid->lab, "oak");
  const char *argv[] = { program, "/home/owner/infinity", PORT, oak, NULL };

  grid_signal_node (grid, host, SIGKILL);
  grid_await_node_gone (grid, host);
  return start_program (grid, host, argv, -1);
}

#define HONEST "oak elm ash fir"

/* Accuses in its own name and in others', and has them say goodbye by records that they never
 * signed. */
static void
test_a_member_accuses_everyone (void)
{
  g_autoptr (Grid) grid = grid_start (5);
  g_autoptr (InfLabProcess) liar = start_liar (grid, "yew");
  g_autoptr (GError) error = NULL;

  await_printed (grid, "yew", "grid-liar.out", "lied to 4\n", 1);
  grid_watch_views (grid, HONEST, HONEST, "dead left unknown", WATCH_MS);
  grid_await_views (grid, HONEST, HONEST, "alive", GRID_TIMEOUT_MS);
  g_assert_true (inf_lab_process_signal (liar, SIGKILL, &error));
}

/* Who could not be told of a removal learns of it later. What the removed one says then is no
 * member's word: nobody hears it, so that there is nobody it could say anything about. */
static void
test_a_removed_member_lies (void)
{
  g_autoptr (Grid) grid = grid_start (5);
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLabProcess) liar = NULL;

  g_assert_true (inf_lab_cut (grid->lab, "fir", &error));
  grid_must (grid, "oak", "grid", "remove", "yew", NULL);
  grid_await_views (grid, "oak elm ash", "yew", "unknown", GRID_TIMEOUT_MS);
  g_assert_true (inf_lab_heal (grid->lab, "fir", &error));
  grid_await_views (grid, "fir", "yew", "unknown", GRID_TIMEOUT_MS);
  grid_await_views (grid, HONEST, HONEST, "alive", GRID_TIMEOUT_MS);

  liar = start_liar (grid, "yew");
  grid_watch_views (grid, HONEST, HONEST, "dead left unknown suspect", WATCH_MS);
  grid_await_views (grid, HONEST, "yew", "unknown", GRID_TIMEOUT_MS);
  g_assert_true (inf_lab_process_signal (liar, SIGKILL, &error));
}

static void
add_tests (void)
{
  g_test_add_func ("/impostor/replayed-by-an-outsider", test_replayed_by_an_outsider);
  g_test_add_func ("/impostor/replays-keep-nobody-alive", test_replays_keep_nobody_alive);
  g_test_add_func ("/impostor/a-member-accuses-everyone", test_a_member_accuses_everyone);
  g_test_add_func ("/impostor/a-removed-member-lies", test_a_removed_member_lies);
}

int
main (int argc, char **argv)
{
  return grid_fixture_main (argc, argv, add_tests);
}
