#include "daemon/inf-connection.h"

static const InfConnectionFacts up
    = { .identity = INF_IDENTITY_UNLOCKED, .is_member = TRUE, .is_up = TRUE, .has_network = TRUE };

static void
assert_state (InfConnectionFacts facts, const char *state, const char *reason)
{
  const char *found_state, *found_reason;

  inf_connection_judge (&facts, &found_state, &found_reason);
  g_assert_cmpstr (found_state, ==, state);
  g_assert_cmpstr (found_reason, ==, reason);
}

static void
test_down (void)
{
  InfConnectionFacts facts = { 0 };

  assert_state (facts, "unregistered", "");
  facts.identity = INF_IDENTITY_LOCKED;
  assert_state (facts, "locked", "");
  facts.identity = INF_IDENTITY_MOVED;
  assert_state (facts, "moved", "");
  facts.identity = INF_IDENTITY_UNLOCKED;
  assert_state (facts, "no-grid", "");
  facts.is_member = TRUE;
  assert_state (facts, "offline", "owner");
  facts.has_failed = TRUE;
  assert_state (facts, "offline", "failed");
}

static void
test_looking_for_others (void)
{
  InfConnectionFacts facts = up;

  assert_state (facts, "connecting", "searching");
  facts.up_for_us = INF_CONNECTION_PATIENCE_US;
  assert_state (facts, "connecting", "nobody-answers");
  facts.has_network = FALSE;
  assert_state (facts, "connecting", "no-network");
}

static void
test_connected (void)
{
  InfConnectionFacts facts = up;

  facts.n_found = 1;
  assert_state (facts, "connected", "");
  facts.was_found = TRUE;
  facts.n_found = 0;
  assert_state (facts, "connected", "nobody-answers");
}

/* Whoever has just founded a grid waits for nobody. */
static void
test_alone (void)
{
  InfConnectionFacts facts = up;

  facts.is_alone = TRUE;
  assert_state (facts, "connected", "alone");
  facts.has_network = FALSE;
  assert_state (facts, "connected", "alone");
}

static void
test_disconnecting (void)
{
  InfConnectionFacts facts = up;

  facts.n_found = 3;
  facts.disconnecting = INF_DISCONNECTING_FINISHING;
  assert_state (facts, "disconnecting", "finishing");
  facts.disconnecting = INF_DISCONNECTING_STOPPING;
  assert_state (facts, "disconnecting", "stopping");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection/down", test_down);
  g_test_add_func ("/connection/looking-for-others", test_looking_for_others);
  g_test_add_func ("/connection/connected", test_connected);
  g_test_add_func ("/connection/alone", test_alone);
  g_test_add_func ("/connection/disconnecting", test_disconnecting);
  return g_test_run ();
}
