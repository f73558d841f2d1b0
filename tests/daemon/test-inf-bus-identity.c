#include "tests/daemon/node-fixture.h"

#include "common/inf-error.h"

#include <glib/gstdio.h>
#include <string.h>

#define PASSPHRASE "correct horse battery"
#define OTHER "another passphrase"

#define NO_OPTIONS g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)

static GVariant *
option (const char *name)
{
  return g_variant_new_parsed ("{%s: <true>}", name);
}

static void
do_register (NodeFixture *fixture, const char *passphrase)
{
  node_fixture_must (fixture, "Identity1.Register", g_variant_new ("(ss)", "oak", passphrase));
}

static void
create_grid (NodeFixture *fixture)
{
  node_fixture_must (fixture, "Node1.CreateGrid",
                     g_variant_new ("(ss@a{sv})", "lab", "", NO_OPTIONS));
}

static GVariant *
unlock_with (const char *passphrase)
{
  return g_variant_new ("(s@a{sv})", passphrase, NO_OPTIONS);
}

static void
assert_state (NodeFixture *fixture, const char *identity, const char *node)
{
  node_fixture_assert_text (fixture, "Identity1.State", identity);
  node_fixture_assert_text (fixture, "Node1.State", node);
}

static void
assert_sealed (NodeFixture *fixture, gboolean sealed)
{
  g_autoptr (GVariant) value = node_fixture_get (fixture, "Identity1.Sealed");

  g_assert_cmpint (g_variant_get_boolean (value), ==, sealed);
}

static void
test_a_new_node_is_nobody (NodeFixture *fixture, gconstpointer data)
{
  assert_state (fixture, "unregistered", "unregistered");
  node_fixture_assert_text (fixture, "Identity1.PeerId", "");
  node_fixture_must_fail (fixture, "Identity1.Unlock", unlock_with (PASSPHRASE),
                          INF_ERROR_NOT_FOUND);
  node_fixture_must_fail (fixture, "Identity1.Lock", g_variant_new ("(s)", ""),
                          INF_ERROR_NOT_FOUND);
}

/* What the README's first command has always done. */
static void
test_a_grid_makes_an_identity_without_a_passphrase (NodeFixture *fixture, gconstpointer data)
{
  create_grid (fixture);
  assert_state (fixture, "unlocked", "connected");
  assert_sealed (fixture, FALSE);
  node_fixture_restart (fixture);
  assert_state (fixture, "unlocked", "connected");
  node_fixture_assert_text (fixture, "Node1.GridName", "lab");
}

static void
test_registering_seals (NodeFixture *fixture, gconstpointer data)
{
  do_register (fixture, PASSPHRASE);
  assert_state (fixture, "unlocked", "no-grid");
  assert_sealed (fixture, TRUE);
  node_fixture_assert_text (fixture, "Identity1.Name", "oak");
  node_fixture_must_fail (fixture, "Identity1.Register", g_variant_new ("(ss)", "elm", PASSPHRASE),
                          INF_ERROR_EXISTS);
}

static void
test_registering_refuses_what_can_not_be (NodeFixture *fixture, gconstpointer data)
{
  node_fixture_must_fail (fixture, "Identity1.Register", g_variant_new ("(ss)", "oak", "short"),
                          INF_ERROR_INVALID);
  node_fixture_must_fail (fixture, "Identity1.Register", g_variant_new ("(ss)", "", PASSPHRASE),
                          INF_ERROR_INVALID);
  node_fixture_must_fail (fixture, "Identity1.Register", g_variant_new ("(ss)", "-rf", PASSPHRASE),
                          INF_ERROR_INVALID);
  assert_state (fixture, "unregistered", "unregistered");
}

static void
test_the_name_is_the_node_s_in_a_grid (NodeFixture *fixture, gconstpointer data)
{
  do_register (fixture, PASSPHRASE);
  create_grid (fixture);
  node_fixture_assert_text (fixture, "Node1.Name", "oak");
}

static void
test_a_sealed_node_starts_locked (NodeFixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) before = NULL;

  do_register (fixture, PASSPHRASE);
  create_grid (fixture);
  before = node_fixture_get (fixture, "Identity1.PeerId");
  node_fixture_restart (fixture);
  assert_state (fixture, "locked", "locked");
  node_fixture_assert_text (fixture, "Identity1.PeerId", g_variant_get_string (before, NULL));
  node_fixture_assert_text (fixture, "Node1.GridName", "");
  node_fixture_must_fail (fixture, "Node1.CreateGrid",
                          g_variant_new ("(ss@a{sv})", "lab", "", NO_OPTIONS), INF_ERROR_DENIED);
  node_fixture_must_fail (fixture, "Node1.Connect", NULL, INF_ERROR_DENIED);
  node_fixture_must_fail (fixture, "Node1.ListPeers", NULL, INF_ERROR_DENIED);
  node_fixture_must_fail (fixture, "Identity1.Export",
                          g_variant_new ("(s@a{sv})", PASSPHRASE, NO_OPTIONS), INF_ERROR_DENIED);

  node_fixture_must (fixture, "Identity1.Unlock", unlock_with (PASSPHRASE));
  assert_state (fixture, "unlocked", "connected");
  node_fixture_assert_text (fixture, "Node1.GridName", "lab");
  node_fixture_must_fail (fixture, "Identity1.Unlock", unlock_with (PASSPHRASE), INF_ERROR_EXISTS);
}

static void
test_signing_out_locks (NodeFixture *fixture, gconstpointer data)
{
  do_register (fixture, PASSPHRASE);
  create_grid (fixture);
  node_fixture_must (fixture, "Identity1.Lock", g_variant_new ("(s)", ""));
  assert_state (fixture, "locked", "locked");
  node_fixture_must (fixture, "Identity1.Unlock", unlock_with (PASSPHRASE));
  assert_state (fixture, "unlocked", "connected");
}

static void
test_nothing_locks_without_a_passphrase (NodeFixture *fixture, gconstpointer data)
{
  do_register (fixture, "");
  assert_sealed (fixture, FALSE);
  node_fixture_must_fail (fixture, "Identity1.Lock", g_variant_new ("(s)", ""), INF_ERROR_REFUSED);
  assert_state (fixture, "unlocked", "no-grid");
}

static void
assert_failures (NodeFixture *fixture, guint failures, gboolean must_wait)
{
  g_autoptr (GVariant) found = node_fixture_get (fixture, "Identity1.Failures");
  g_autoptr (GVariant) retry = node_fixture_get (fixture, "Identity1.RetryUnix");

  g_assert_cmpuint (g_variant_get_uint32 (found), ==, failures);
  g_assert_cmpint (g_variant_get_int64 (retry) > g_get_real_time (), ==, must_wait);
}

static void
test_guessing_gets_slow (NodeFixture *fixture, gconstpointer data)
{
  do_register (fixture, PASSPHRASE);
  node_fixture_must (fixture, "Identity1.Lock", g_variant_new ("(s)", ""));
  for (guint i = 0; i < 3; i++)
    {
      assert_failures (fixture, i, FALSE);
      node_fixture_must_fail (fixture, "Identity1.Unlock", unlock_with (OTHER), INF_ERROR_DENIED);
    }
  assert_failures (fixture, 3, TRUE);
  node_fixture_must_fail (fixture, "Identity1.Unlock", unlock_with (PASSPHRASE), INF_ERROR_REFUSED);
  node_fixture_restart (fixture);
  assert_failures (fixture, 3, TRUE);
  node_fixture_must_fail (fixture, "Identity1.Unlock", unlock_with (PASSPHRASE), INF_ERROR_REFUSED);
}

static void
test_the_right_passphrase_forgives (NodeFixture *fixture, gconstpointer data)
{
  do_register (fixture, PASSPHRASE);
  node_fixture_must_fail (fixture, "Identity1.ChangePassphrase",
                          g_variant_new ("(ss)", OTHER, OTHER), INF_ERROR_DENIED);
  assert_failures (fixture, 1, FALSE);
  node_fixture_must (fixture, "Identity1.ChangePassphrase",
                     g_variant_new ("(ss)", PASSPHRASE, OTHER));
  assert_failures (fixture, 0, FALSE);
}

static void
test_a_passphrase_changes (NodeFixture *fixture, gconstpointer data)
{
  do_register (fixture, PASSPHRASE);
  node_fixture_must_fail (fixture, "Identity1.ChangePassphrase",
                          g_variant_new ("(ss)", PASSPHRASE, "short"), INF_ERROR_INVALID);
  node_fixture_must (fixture, "Identity1.ChangePassphrase",
                     g_variant_new ("(ss)", PASSPHRASE, OTHER));
  node_fixture_must (fixture, "Identity1.Lock", g_variant_new ("(s)", ""));
  node_fixture_must_fail (fixture, "Identity1.Unlock", unlock_with (PASSPHRASE), INF_ERROR_DENIED);
  node_fixture_must (fixture, "Identity1.Unlock", unlock_with (OTHER));
}

static void
test_a_seal_goes_on_and_off (NodeFixture *fixture, gconstpointer data)
{
  create_grid (fixture);
  node_fixture_must (fixture, "Identity1.ChangePassphrase", g_variant_new ("(ss)", "", PASSPHRASE));
  assert_sealed (fixture, TRUE);
  node_fixture_restart (fixture);
  assert_state (fixture, "locked", "locked");
  node_fixture_must (fixture, "Identity1.Unlock", unlock_with (PASSPHRASE));
  node_fixture_must (fixture, "Identity1.ChangePassphrase", g_variant_new ("(ss)", PASSPHRASE, ""));
  node_fixture_restart (fixture);
  assert_state (fixture, "unlocked", "connected");
}

static GVariant *
export_from (NodeFixture *fixture, GVariant *options)
{
  g_autoptr (GVariant) reply = node_fixture_call (fixture, "Identity1.Export",
                                                  g_variant_new ("(s@a{sv})", PASSPHRASE, options));

  return g_variant_get_child_value (reply, 0);
}

static void
assert_moves_from (NodeFixture *fixture, const char *passphrase)
{
  NodeFixture other = { 0 };
  g_autoptr (GVariant) id = NULL, balance = NULL, file = NULL, moved_balance = NULL;

  do_register (fixture, passphrase);
  create_grid (fixture);
  id = node_fixture_get (fixture, "Identity1.PeerId");
  balance = node_fixture_get (fixture, "Credits1.Balance");
  g_assert_cmpint (g_variant_get_int64 (balance), >, 0);
  file = export_from (fixture, option ("move"));
  assert_state (fixture, "moved", "moved");

  node_fixture_set_up (&other, NULL);
  node_fixture_must_fail (&other, "Identity1.Import", g_variant_new ("(@ays)", file, OTHER),
                          INF_ERROR_DENIED);
  node_fixture_must (&other, "Identity1.Import", g_variant_new ("(@ays)", file, PASSPHRASE));
  assert_state (&other, "unlocked", "connected");
  node_fixture_assert_text (&other, "Identity1.PeerId", g_variant_get_string (id, NULL));
  node_fixture_assert_text (&other, "Node1.GridName", "lab");
  moved_balance = node_fixture_get (&other, "Credits1.Balance");
  g_assert_cmpvariant (balance, moved_balance);
  node_fixture_restart (&other);
  assert_state (&other, "locked", "locked");
  node_fixture_tear_down (&other, NULL);
}

static void
test_an_identity_moves_with_its_grid_and_account (NodeFixture *fixture, gconstpointer data)
{
  assert_moves_from (fixture, PASSPHRASE);
}

static void
test_an_identity_without_a_passphrase_moves_sealed (NodeFixture *fixture, gconstpointer data)
{
  assert_moves_from (fixture, "");
}

static void
test_a_moved_identity_stays_away_until_reclaimed (NodeFixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) file = NULL;

  do_register (fixture, PASSPHRASE);
  create_grid (fixture);
  file = export_from (fixture, option ("move"));
  node_fixture_restart (fixture);
  assert_state (fixture, "moved", "moved");
  node_fixture_must_fail (fixture, "Identity1.Unlock", unlock_with (PASSPHRASE), INF_ERROR_DENIED);
  node_fixture_must_fail (fixture, "Identity1.Import", g_variant_new ("(@ays)", file, PASSPHRASE),
                          INF_ERROR_EXISTS);
  node_fixture_must (fixture, "Identity1.Unlock",
                     g_variant_new ("(s@a{sv})", PASSPHRASE, option ("reclaim")));
  assert_state (fixture, "unlocked", "connected");
  node_fixture_restart (fixture);
  assert_state (fixture, "locked", "locked");
}

static void
test_a_copy_leaves_the_node_as_it_is (NodeFixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) file = NULL;

  do_register (fixture, PASSPHRASE);
  create_grid (fixture);
  node_fixture_must_fail (fixture, "Identity1.Export",
                          g_variant_new ("(s@a{sv})", OTHER, NO_OPTIONS), INF_ERROR_DENIED);
  file = export_from (fixture, NO_OPTIONS);
  g_assert_cmpuint (g_variant_n_children (file), >, 1000);
  assert_state (fixture, "unlocked", "connected");
}

static void
test_junk_is_no_identity (NodeFixture *fixture, gconstpointer data)
{
  node_fixture_must_fail (fixture, "Identity1.Import",
                          g_variant_new ("(^ays)", "not an identity", PASSPHRASE),
                          INF_ERROR_INVALID);
  node_fixture_must_fail (fixture, "Identity1.Import", g_variant_new ("(^ays)", "", PASSPHRASE),
                          INF_ERROR_INVALID);
  assert_state (fixture, "unregistered", "unregistered");
}

static void
test_an_unknown_option_is_an_error (NodeFixture *fixture, gconstpointer data)
{
  do_register (fixture, PASSPHRASE);
  node_fixture_must_fail (fixture, "Identity1.Export",
                          g_variant_new ("(s@a{sv})", PASSPHRASE, option ("moved")),
                          INF_ERROR_INVALID);
  node_fixture_must_fail (
      fixture, "Identity1.Unlock",
      g_variant_new ("(s@a{sv})", PASSPHRASE, g_variant_new_parsed ("{'reclaim': <'yes'>}")),
      INF_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/bus-identity/" path, NodeFixture, NULL, node_fixture_set_up, func,                 \
              node_fixture_tear_down)
  ADD ("a-new-node-is-nobody", test_a_new_node_is_nobody);
  ADD ("a-grid-makes-an-identity-without-a-passphrase",
       test_a_grid_makes_an_identity_without_a_passphrase);
  ADD ("registering-seals", test_registering_seals);
  ADD ("registering-refuses-what-can-not-be", test_registering_refuses_what_can_not_be);
  ADD ("the-name-is-the-node-s-in-a-grid", test_the_name_is_the_node_s_in_a_grid);
  ADD ("a-sealed-node-starts-locked", test_a_sealed_node_starts_locked);
  ADD ("signing-out-locks", test_signing_out_locks);
  ADD ("nothing-locks-without-a-passphrase", test_nothing_locks_without_a_passphrase);
  ADD ("guessing-gets-slow", test_guessing_gets_slow);
  ADD ("the-right-passphrase-forgives", test_the_right_passphrase_forgives);
  ADD ("a-passphrase-changes", test_a_passphrase_changes);
  ADD ("a-seal-goes-on-and-off", test_a_seal_goes_on_and_off);
  ADD ("an-identity-moves-with-its-grid-and-account",
       test_an_identity_moves_with_its_grid_and_account);
  ADD ("an-identity-without-a-passphrase-moves-sealed",
       test_an_identity_without_a_passphrase_moves_sealed);
  ADD ("a-moved-identity-stays-away-until-reclaimed",
       test_a_moved_identity_stays_away_until_reclaimed);
  ADD ("a-copy-leaves-the-node-as-it-is", test_a_copy_leaves_the_node_as_it_is);
  ADD ("junk-is-no-identity", test_junk_is_no_identity);
  ADD ("an-unknown-option-is-an-error", test_an_unknown_option_is_an_error);
  return g_test_run ();
}
