#include "tests/system/grid-fixture.h"

#include "common/inf-base32.h"
#include "common/inf-sha256.h"
#include "discovery/identity/inf-invite.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

/* Who is let into a grid, who is not and is told why, and who learns nothing. */

#define NODE_PORT "7848"
/* of the digest at a token's end */
#define INVITE_CHECK_SIZE_BYTES 4

static void
join_and_be_refused (Grid *grid, const char *host, const char *token, const char *message)
{
  g_autoptr (JsonNode) status = NULL;

  grid_refused (grid, 1, message, host, "grid", "join", token, "--node-name", host, NULL);
  status = grid_json (grid, host, "status", NULL);
  g_assert_cmpstr (grid_text (status, "grid"), ==, "");
}

static Grid *
start_founded (guint n_hosts)
{
  Grid *grid = grid_new (n_hosts);

  grid_found (grid, NULL);
  return grid;
}

static void
test_an_invite_works_once (void)
{
  g_autoptr (Grid) grid = start_founded (3);
  g_autofree char *token = grid_invite (grid);

  grid_must (grid, "elm", "grid", "join", token, "--node-name", "elm", NULL);
  grid_await_peer_state (grid, "oak", "elm", "alive");
  join_and_be_refused (grid, "ash", token, "this invite was used by another node");
}

static gboolean
is_past (gpointer data)
{
  return g_get_real_time () > *(gint64 *)data;
}

static char *
invite_for_a_second (Grid *grid, gint64 *ret_expires_unix_us)
{
  g_autoptr (GridResult) result
      = grid_call (grid, "oak", "grid", "invite", "--lifetime", "1s", NULL);
  g_autoptr (InfInvite) invite = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (result->status, ==, 0);
  g_strchomp (result->out);
  invite = inf_invite_from_text (result->out, &error);
  g_assert_no_error (error);
  *ret_expires_unix_us = inf_invite_get_expires_unix_us (invite);
  return g_steal_pointer (&result->out);
}

static void
test_an_expired_invite (void)
{
  g_autoptr (Grid) grid = start_founded (2);
  gint64 expires_unix_us;
  g_autofree char *token = invite_for_a_second (grid, &expires_unix_us);

  grid_poll (is_past, &expires_unix_us, GRID_TIMEOUT_MS, "the invite's second is over");
  join_and_be_refused (grid, "elm", token, "has expired; ask for a new one");
}

/* Whoever changes what a token says seals it anew, which needs no secret. */
static char *
forge (const char *token, const void *old, const void *new, gsize size)
{
  g_autofree guint8 *bytes = NULL;
  g_autofree char *text = NULL;
  guint8 digest[INF_SHA256_SIZE_BYTES];
  guint8 *place;
  gsize n_bytes;

  bytes = inf_base32_decode (token + strlen (INF_INVITE_PREFIX), &n_bytes);
  g_assert_nonnull (bytes);
  n_bytes -= INVITE_CHECK_SIZE_BYTES;
  place = memmem (bytes, n_bytes, old, size);
  g_assert_nonnull (place);
  memcpy (place, new, size);
  inf_sha256_of_data (bytes, n_bytes, digest);
  memcpy (bytes + n_bytes, digest, INVITE_CHECK_SIZE_BYTES);
  text = inf_base32_encode (bytes, n_bytes + INVITE_CHECK_SIZE_BYTES);
  return g_strconcat (INF_INVITE_PREFIX, text, NULL);
}

static InfInvite *
parse (const char *token)
{
  g_autoptr (GError) error = NULL;
  InfInvite *invite = inf_invite_from_text (token, &error);

  g_assert_no_error (error);
  return invite;
}

/* The joiner believes that there is time; the founder knows better. */
static void
test_an_invite_whose_expiry_was_altered (void)
{
  g_autoptr (Grid) grid = start_founded (2);
  gint64 expires_unix_us;
  g_autofree char *token = invite_for_a_second (grid, &expires_unix_us);
  gint64 later_unix_us = expires_unix_us + G_TIME_SPAN_DAY;
  g_autofree char *forged = forge (token, &expires_unix_us, &later_unix_us, sizeof expires_unix_us);

  grid_poll (is_past, &expires_unix_us, GRID_TIMEOUT_MS, "the invite's second is over");
  join_and_be_refused (grid, "elm", forged, "has expired; ask for a new one");
}

static void
test_an_invite_whose_secret_was_altered (void)
{
  g_autoptr (Grid) grid = start_founded (2);
  g_autofree char *token = grid_invite (grid);
  g_autoptr (InfInvite) invite = parse (token);
  guint8 secret[INF_INVITE_SECRET_SIZE_BYTES];
  g_autofree char *forged = NULL;

  memcpy (secret, inf_invite_get_secret (invite), sizeof secret);
  secret[3] ^= 1;
  forged = forge (token, inf_invite_get_secret (invite), secret, sizeof secret);
  join_and_be_refused (grid, "elm", forged, "the invite is unknown there");
  /* and nobody has spent the real one that way */
  grid_must (grid, "elm", "grid", "join", token, "--node-name", "elm", NULL);
}

static void
test_an_invite_whose_issuer_was_altered (void)
{
  g_autoptr (Grid) grid = start_founded (2);
  g_autofree char *token = grid_invite (grid);
  g_autoptr (InfInvite) invite = parse (token);
  g_autoptr (InfKeypair) other = inf_keypair_generate ();
  g_autofree char *forged = forge (token, inf_invite_get_issuer (invite),
                                   inf_keypair_get_public_key (other), sizeof (InfPublicKey));

  grid_refused (grid, 3, "answers there", "elm", "grid", "join", forged, NULL);
  grid_must (grid, "elm", "grid", "join", token, "--node-name", "elm", NULL);
}

static void
test_what_is_no_invite (void)
{
  g_autoptr (Grid) grid = start_founded (2);
  g_autofree char *token = grid_invite (grid);
  g_autofree char *cut_short = g_strndup (token, strlen (token) - 3);
  const char *const wrong[] = { cut_short, "infinity:", "infinity:aaaa", "hello", "infinity:ä" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    join_and_be_refused (grid, "elm", wrong[i], "this is not an invite, or not all of it");
}

static void
test_an_issuer_that_is_away (void)
{
  g_autoptr (Grid) grid = start_founded (2);
  g_autofree char *token = grid_invite (grid);

  grid_must (grid, "oak", "daemon", "stop", NULL);
  grid_refused (grid, 3, "did not let this node in", "elm", "grid", "join", token, NULL);
}

static char *
stranger_program (void)
{
  return grid_built ("tests/system/grid-stranger");
}

static void
expect_line (int fd, const char *line)
{
  gsize n_read = 0;
  char text[16] = "";

  while (n_read < strlen (line))
    {
      gssize n = read (fd, text + n_read, strlen (line) - n_read);
      g_assert_cmpint (n, >, 0);
      n_read += (gsize)n;
    }
  g_assert_cmpstr (text, ==, line);
}

/* oak reads its datagrams in order: once it knows elm, which joined after the junk was sent, an
 * answer to the junk would have come. */
static void
test_junk_gets_no_answer (void)
{
  g_autoptr (Grid) grid = start_founded (3);
  g_autofree char *program = stranger_program ();
  g_autofree char *address = inf_lab_dup_host_address (grid->lab, "oak");
  const char *argv[] = { program, "datagrams", address, NODE_PORT, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLabProcess) stranger = NULL;
  int in_fds[2], out_fds[2];

  g_assert_true (g_unix_open_pipe (in_fds, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (out_fds, FD_CLOEXEC, NULL));
  InfLabCommand command
      = { .argv = argv, .in_fd = in_fds[0], .out_fd = out_fds[1], .err_fd = STDERR_FILENO };
  stranger = inf_lab_exec (grid->lab, "ash", &command, &error);
  g_assert_no_error (error);
  expect_line (out_fds[0], "sent\n");
  grid_join (grid, "elm");
  grid_await_peer_state (grid, "oak", "elm", "alive");
  g_assert_cmpint (write (in_fds[1], "\n", 1), ==, 1);
  g_assert_cmpint (grid_await_exit (stranger), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      close (in_fds[i]);
      close (out_fds[i]);
    }
}

static void
test_nobody_logs_in_without_a_certificate (void)
{
  static const char *const users[] = { "enrol", "root", "", "infinity", "aaaaaaaa" };
  g_autoptr (Grid) grid = start_founded (2);
  g_autofree char *program = stranger_program ();
  g_autofree char *address = inf_lab_dup_host_address (grid->lab, "oak");

  for (guint i = 0; i < G_N_ELEMENTS (users); i++)
    {
      const char *argv[] = { program, "ssh", address, NODE_PORT, users[i], NULL };
      g_autoptr (GError) error = NULL;
      g_autofree char *err = NULL;
      int status = -1;

      inf_lab_run (grid->lab, "elm", argv, GRID_TIMEOUT_MS, NULL, &err, &status, &error);
      g_assert_no_error (error);
      g_test_message ("%s: %s", users[i], err);
      g_assert_cmpint (status, ==, 0);
    }
}

static guint
count_peers (Grid *grid, const char *host)
{
  g_autoptr (JsonNode) peers = grid_json (grid, host, "peers", NULL);

  return json_array_get_length (json_node_get_array (peers));
}

/* Both multicast on one LAN. */
static void
test_two_grids_on_one_lan (void)
{
  g_autoptr (Grid) grid = start_founded (4);

  grid_must (grid, "ash", "grid", "create", "other", "--node-name", "ash", NULL);
  grid_join (grid, "elm");
  grid_await_peer_state (grid, "oak", "elm", "alive");
  grid_join (grid, "fir");
  grid_await_peer_state (grid, "oak", "fir", "alive");
  grid_await_peer_state (grid, "elm", "fir", "alive");
  g_assert_cmpuint (count_peers (grid, "oak"), ==, 3);
  g_assert_cmpuint (count_peers (grid, "elm"), ==, 3);
  g_assert_cmpuint (count_peers (grid, "ash"), ==, 1);
}

static gboolean
has_dropped (gpointer data)
{
  Grid *grid = data;

  for (guint i = 1; i <= 2; i++)
    {
      g_autofree char *state = grid_peer_state (grid, grid_host (grid, i), "ash");
      if (g_str_equal (state, "alive") || g_str_equal (state, "suspect"))
        return FALSE;
    }
  return TRUE;
}

static gboolean
takes_both_for_dead (gpointer data)
{
  Grid *grid = data;
  g_autofree char *oak = grid_peer_state (grid, "ash", "oak");
  g_autofree char *elm = grid_peer_state (grid, "ash", "elm");

  return g_str_equal (oak, "dead") && g_str_equal (elm, "dead");
}

static void
test_a_removed_member_is_cut_off (void)
{
  g_autoptr (Grid) grid = grid_start (3);

  grid_refused (grid, 1, "founder", "elm", "grid", "remove", "ash", NULL);
  grid_must (grid, "oak", "grid", "remove", "ash", NULL);
  grid_poll (has_dropped, grid, GRID_TIMEOUT_MS, "oak and elm count ash no more");
  grid_refused (grid, 4, "does not take this node for a member of its grid", "ash", "run",
                "--nodes", "3", "/bin/true", NULL);
  grid_poll (takes_both_for_dead, grid, GRID_TIMEOUT_MS, "ash gets no more word of the others");
}

static void
add_tests (void)
{
  g_test_add_func ("/system/join/works-once", test_an_invite_works_once);
  g_test_add_func ("/system/join/expired", test_an_expired_invite);
  g_test_add_func ("/system/join/expiry-altered", test_an_invite_whose_expiry_was_altered);
  g_test_add_func ("/system/join/secret-altered", test_an_invite_whose_secret_was_altered);
  g_test_add_func ("/system/join/issuer-altered", test_an_invite_whose_issuer_was_altered);
  g_test_add_func ("/system/join/no-invite", test_what_is_no_invite);
  g_test_add_func ("/system/join/issuer-away", test_an_issuer_that_is_away);
  g_test_add_func ("/system/join/junk-gets-no-answer", test_junk_gets_no_answer);
  g_test_add_func ("/system/join/no-certificate", test_nobody_logs_in_without_a_certificate);
  g_test_add_func ("/system/join/two-grids-on-one-lan", test_two_grids_on_one_lan);
  g_test_add_func ("/system/join/removed-member", test_a_removed_member_is_cut_off);
}

int
main (int argc, char **argv)
{
  return grid_fixture_main (argc, argv, add_tests);
}
