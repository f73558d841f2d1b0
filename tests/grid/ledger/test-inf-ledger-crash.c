#include "grid/ledger/inf-ledger.h"

#include "tests/grid/ledger/inf-crash-vfs.h"
#include "tests/grid/ledger/inf-ledger-fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process runs a script of operations and is killed at one of its writes; then the ledger must be
 * exactly as after the operations that had returned, or after one more. */

/* One step of the script. Every one is an operation of its own that changes what is stored. */
static gboolean
do_step (InfLedger *ledger, guint step)
{
  static const guint8 grid_id[INF_ENTRY_REFERENCE_SIZE_BYTES] = { 7 };
  InfLedgerEscrow pair[] = { fixture_escrow (1, 300), fixture_escrow (2, 200) };
  InfLedgerClaim claim = fixture_claim (3, 2000, 10);
  g_autoptr (GBytes) settlement = g_bytes_new_static ("settlement", 10);

  switch (step)
    {
    case 0:
      return inf_ledger_grant (ledger, grid_id, 1, 1000, 1, NULL);
    case 1:
      return inf_ledger_escrow (ledger, pair, 2, 2, NULL);
    case 2:
      return inf_ledger_note_signed (ledger, fixture_lease_id (1), 120, NULL);
    case 3:
      return inf_ledger_record_earned (ledger, &claim, NULL);
    case 4:
      return inf_ledger_raise_escrow (ledger, fixture_lease_id (1), 400, 3, NULL);
    case 5:
      return inf_ledger_settle_paid (ledger, fixture_lease_id (1), 111, settlement, 4, NULL);
    case 6:
      return inf_ledger_release (ledger, fixture_lease_id (2), 5, NULL);
    case 7:
      claim.is_billed = TRUE;
      return inf_ledger_record_earned (ledger, &claim, NULL);
    case 8:
      return inf_ledger_close_earned (ledger, fixture_lease_id (3), 1999, NULL, 6, NULL);
    case 9:
      return inf_ledger_settlement_delivered (ledger, fixture_lease_id (1), NULL);
    default:
      g_assert_not_reached ();
    }
}

#define N_STEPS 10

/* All that is stored, as text. */
static char *
describe (InfLedger *ledger)
{
  g_autoptr (GPtrArray) escrows = inf_ledger_list_escrows (ledger, NULL);
  g_autoptr (GPtrArray) settlements = inf_ledger_list_settlements (ledger, NULL);
  g_autoptr (GPtrArray) claims = inf_ledger_list_claims (ledger, NULL);
  g_autoptr (GArray) history = inf_ledger_list_history (ledger, 0, 100, NULL);
  GString *text = g_string_new (NULL);

  g_string_append_printf (
      text,
      "balance %lu escrowed %lu paid %lu earned %lu:", (gulong)inf_ledger_get_balance (ledger),
      (gulong)inf_ledger_get_escrowed (ledger), (gulong)inf_ledger_get_paid (ledger),
      (gulong)inf_ledger_get_earned (ledger));
  for (guint i = 0; i < history->len; i++)
    {
      const InfEntry *entry = &g_array_index (history, InfEntry, i);
      g_string_append_printf (text, " %s %lu", inf_entry_kind_name (entry->kind),
                              (gulong)entry->amount_ucredits);
    }
  for (guint i = 0; i < escrows->len; i++)
    {
      const InfLedgerEscrow *escrow = g_ptr_array_index (escrows, i);
      g_string_append_printf (text, ", escrow %u %lu/%lu", escrow->lease_id[0],
                              (gulong)escrow->signed_ucredits, (gulong)escrow->amount_ucredits);
    }
  for (guint i = 0; i < claims->len; i++)
    {
      const InfLedgerClaim *claim = g_ptr_array_index (claims, i);
      g_string_append_printf (text, ", claim %u %lu %d", claim->lease_id[0],
                              (gulong)claim->prepaid_ucredits, claim->is_billed);
    }
  g_string_append_printf (text, ", %u settlements", settlements->len);
  return g_string_free (text, FALSE);
}

/* What the ledger is after 0, 1, … N_STEPS operations. */
static GPtrArray *
expected_states (void)
{
  GPtrArray *states = g_ptr_array_new_with_free_func (g_free);
  Fixture f = { 0 };

  fixture_set_up (&f, NULL);
  g_ptr_array_add (states, describe (f.ledger));
  for (guint step = 0; step < N_STEPS; step++)
    {
      g_assert_true (do_step (f.ledger, step));
      g_ptr_array_add (states, describe (f.ledger));
    }
  fixture_tear_down (&f, NULL);
  for (guint i = 1; i < states->len; i++)
    g_assert_cmpstr (states->pdata[i], !=, states->pdata[i - 1]);
  return states;
}

/* In a process of its own: runs the script from FIRST_STEP on and writes a byte for every step
 * that returned. */
static void G_GNUC_NORETURN
run_script (Fixture *f, guint first_step, guint crash_at, guint32 seed, int done_fd)
{
  inf_crash_vfs_install (crash_at, seed);
  InfLedger *ledger = inf_ledger_open (f->path, f->owner, NULL);
  if (!ledger)
    _exit (2);
  for (guint step = first_step; step < N_STEPS; step++)
    if (!do_step (ledger, step) || write (done_fd, "", 1) != 1)
      _exit (3);
  _exit (0);
}

/* Returns: whether the process was killed; @ret_done: how many steps returned before */
static gboolean
crash_once (Fixture *f, guint first_step, guint crash_at, guint32 seed, guint *ret_done)
{
  int fds[2], status;
  char done;

  g_assert_cmpint (pipe (fds), ==, 0);
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    run_script (f, first_step, crash_at, seed, fds[1]);
  close (fds[1]);
  *ret_done = 0;
  while (read (fds[0], &done, 1) == 1)
    (*ret_done)++;
  close (fds[0]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true ((WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL)
                 || (WIFEXITED (status) && WEXITSTATUS (status) == 0));
  return WIFSIGNALED (status);
}

/* Returns: how many steps the ledger shows to be done */
static guint
assert_consistent (Fixture *f, GPtrArray *states, guint n_done)
{
  g_autoptr (GError) error = NULL;

  fixture_reopen (f);
  g_assert_true (inf_ledger_verify (f->ledger, &error));
  g_assert_no_error (error);
  g_autofree char *state = describe (f->ledger);
  g_clear_pointer (&f->ledger, inf_ledger_close);
  if (g_str_equal (state, states->pdata[n_done]))
    return n_done;
  g_assert_cmpuint (n_done, <, N_STEPS);
  g_assert_cmpstr (state, ==, states->pdata[n_done + 1]);
  return n_done + 1;
}

static void
test_every_write_can_be_the_last (void)
{
  g_autoptr (GPtrArray) states = expected_states ();
  gboolean killed = TRUE;
  guint crash_at;

  for (crash_at = 1; killed; crash_at++)
    for (guint32 seed = 0; seed < 2; seed++)
      {
        Fixture f = { 0 };
        guint n_done;
        fixture_set_up (&f, NULL);
        g_clear_pointer (&f.ledger, inf_ledger_close);
        killed = crash_once (&f, 0, crash_at, seed, &n_done);
        assert_consistent (&f, states, n_done);
        fixture_tear_down (&f, NULL);
      }
  g_test_message ("%u points", crash_at - 2);
  g_assert_cmpuint (crash_at, >, 2 * N_STEPS);
}

/* Killed while it recovers from being killed, again and again until the script is through. */
static void
test_crashes_while_recovering (void)
{
  g_autoptr (GPtrArray) states = expected_states ();

  for (guint32 seed = 0; seed < 20; seed++)
    {
      g_autoptr (GRand) random = g_rand_new_with_seed (seed);
      guint first_step = 0, n_crashes = 0;
      Fixture f = { 0 };
      fixture_set_up (&f, NULL);
      g_clear_pointer (&f.ledger, inf_ledger_close);
      while (first_step < N_STEPS)
        {
          guint n_done;
          guint crash_at = (guint)g_rand_int_range (random, 1, 20);
          n_crashes += crash_once (&f, first_step, crash_at, g_rand_int (random), &n_done);
          first_step = assert_consistent (&f, states, first_step + n_done);
        }
      g_assert_cmpuint (n_crashes, >, 0);
      fixture_tear_down (&f, NULL);
    }
}

/* The file is new, and the first thing ever written to it is cut short. */
static void
test_crashes_while_it_is_made (void)
{
  g_autoptr (GPtrArray) states = expected_states ();
  gboolean is_made = FALSE;

  for (guint crash_at = 1; !is_made; crash_at++)
    {
      Fixture f = { 0 };
      guint n_done;
      fixture_set_up (&f, NULL);
      g_clear_pointer (&f.ledger, inf_ledger_close);
      g_assert_cmpint (g_unlink (f.path), ==, 0);
      crash_once (&f, 0, crash_at, crash_at, &n_done);
      is_made = n_done > 0;
      assert_consistent (&f, states, n_done);
      fixture_tear_down (&f, NULL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger-crash/every-write-can-be-the-last", test_every_write_can_be_the_last);
  g_test_add_func ("/ledger-crash/crashes-while-recovering", test_crashes_while_recovering);
  g_test_add_func ("/ledger-crash/crashes-while-it-is-made", test_crashes_while_it_is_made);
  return g_test_run ();
}
