#include "tests/daemon/node-fixture.h"

#include "common/inf-error.h"

#include <string.h>

#define NO_OPTIONS g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)
#define SOMEBODY "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrsa"

static void
create_grid (NodeFixture *fixture)
{
  node_fixture_must (fixture, "Node1.CreateGrid",
                     g_variant_new ("(ss@a{sv})", "lab", "", NO_OPTIONS));
}

static GVariant *
policy (const char *text)
{
  return g_variant_new ("(@a{sv})", g_variant_new_parsed (text));
}

static void
assert_policy (NodeFixture *fixture, const char *key, const char *expected)
{
  g_autoptr (GVariant) found = node_fixture_get (fixture, "Host1.Policy");
  g_autoptr (GVariant) value = g_variant_lookup_value (found, key, NULL);
  g_assert_nonnull (value);
  g_autofree char *text = g_variant_print (value, FALSE);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_sharing (NodeFixture *fixture, const char *state, const char *reason)
{
  node_fixture_assert_detail (fixture, "Host1.State", "state", state);
  node_fixture_assert_detail (fixture, "Host1.State", "reason", reason);
}

static gint64
paused_until (NodeFixture *fixture)
{
  g_autoptr (GVariant) state = node_fixture_get (fixture, "Host1.State");
  gint64 until_unix_us = -1;

  g_assert_true (g_variant_lookup (state, "until-unix", "x", &until_unix_us));
  return until_unix_us;
}

static void
test_a_policy_is_taken_and_kept (NodeFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *key, *value, *printed;
  } keys[] = {
    { "slots", "<uint32 3>", "3" },
    { "disk-bytes", "<uint64 1000>", "1000" },
    { "hours", "<[(uint32 1, uint32 540, uint32 1080), (7, 0, 1440)]>",
      "[(1, 540, 1080), (7, 0, 1440)]" },
    { "idle-minutes", "<uint32 10>", "10" },
    { "mains-only", "<true>", "true" },
    { "busy-percent", "<uint32 40>", "40" },
    { "network", "<false>", "false" },
    { "clients", "<'ask'>", "'ask'" },
    { "allowed", "<['" SOMEBODY "']>", "['" SOMEBODY "']" },
    { "when-paused", "<'stop'>", "'stop'" },
    { "inhibit-suspend", "<true>", "true" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *text = g_strdup_printf ("{'%s': %s}", keys[i].key, keys[i].value);
      node_fixture_must (fixture, "Host1.SetPolicy", policy (text));
    }
  node_fixture_restart (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    assert_policy (fixture, keys[i].key, keys[i].printed);
}

static void
test_a_policy_that_can_not_be_changes_nothing (NodeFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *policy;
    InfError code;
  } bad[] = {
    { "{'slots': <uint32 4>, 'nonsense': <true>}", INF_ERROR_INVALID },
    { "{'slots': <uint32 4>, 'mains-only': <'yes'>}", INF_ERROR_INVALID },
    { "{'slots': <uint32 4>, 'hours': <[(uint32 8, uint32 0, uint32 1)]>}", INF_ERROR_INVALID },
    { "{'slots': <uint32 4>, 'hours': <[(uint32 1, uint32 60, uint32 60)]>}", INF_ERROR_INVALID },
    { "{'slots': <uint32 4>, 'busy-percent': <uint32 101>}", INF_ERROR_INVALID },
    { "{'slots': <uint32 4>, 'clients': <'friends'>}", INF_ERROR_INVALID },
    { "{'slots': <uint32 4>, 'allowed': <['oak']>}", INF_ERROR_INVALID },
    { "{'slots': <uint32 4>, 'when-paused': <'freeze'>}", INF_ERROR_INVALID },
    { "{'slots': <uint32 4>, 'network': <true>}", INF_ERROR_UNSUPPORTED },
    { "{'slots': <uint32 4>, 'disk-bytes': <uint64 18446744073709551615>}", INF_ERROR_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      node_fixture_must_fail (fixture, "Host1.SetPolicy", policy (bad[i].policy), (int)bad[i].code);
      assert_policy (fixture, "slots", "0");
    }
}

static void
test_who_does_not_take_part_is_unable (NodeFixture *fixture, gconstpointer data)
{
  assert_sharing (fixture, "unable", "unregistered");
  create_grid (fixture);
  assert_sharing (fixture, "ready", "");
  node_fixture_must (fixture, "Node1.Disconnect", g_variant_new ("(s)", ""));
  assert_sharing (fixture, "unable", "offline");
  node_fixture_must (fixture, "Node1.Connect", NULL);
  assert_sharing (fixture, "ready", "");
}

static void
test_sharing_goes_off_and_on (NodeFixture *fixture, gconstpointer data)
{
  create_grid (fixture);
  node_fixture_must (fixture, "Host1.SetPolicy", policy ("{'hosting': <false>}"));
  assert_sharing (fixture, "off", "sharing-off");
  node_fixture_must (fixture, "Host1.SetPolicy", policy ("{'hosting': <true>}"));
  assert_sharing (fixture, "ready", "");
}

static GVariant *
pause_for (const char *until, guint seconds, const char *running)
{
  return g_variant_new ("(sus)", until, seconds, running);
}

static void
test_a_pause_outlasts_a_restart (NodeFixture *fixture, gconstpointer data)
{
  gint64 before_unix_us = g_get_real_time (), until_unix_us;

  create_grid (fixture);
  node_fixture_must (fixture, "Host1.Pause", pause_for ("time", 3600, ""));
  assert_sharing (fixture, "paused", "snoozed");
  until_unix_us = paused_until (fixture);
  g_assert_cmpint (until_unix_us, >=, before_unix_us + 3600 * (gint64)G_USEC_PER_SEC);
  node_fixture_restart (fixture);
  assert_sharing (fixture, "paused", "snoozed");
  g_assert_cmpint (paused_until (fixture), ==, until_unix_us);
  node_fixture_must (fixture, "Host1.Resume", NULL);
  assert_sharing (fixture, "ready", "");
}

static void
test_a_pause_lasts_until_tomorrow_or_for_good (NodeFixture *fixture, gconstpointer data)
{
  create_grid (fixture);
  node_fixture_must (fixture, "Host1.Pause", pause_for ("tomorrow", 0, "stop"));
  g_assert_cmpint (paused_until (fixture), >, g_get_real_time ());
  node_fixture_must (fixture, "Host1.Pause", pause_for ("resumed", 0, "finish"));
  assert_sharing (fixture, "paused", "snoozed");
  g_assert_cmpint (paused_until (fixture), ==, 0);
}

static void
test_a_pause_that_can_not_be_is_refused (NodeFixture *fixture, gconstpointer data)
{
  node_fixture_must_fail (fixture, "Host1.Pause", pause_for ("time", 0, ""), INF_ERROR_INVALID);
  node_fixture_must_fail (fixture, "Host1.Pause", pause_for ("later", 60, ""), INF_ERROR_INVALID);
  node_fixture_must_fail (fixture, "Host1.Pause", pause_for ("time", 60, "freeze"),
                          INF_ERROR_INVALID);
}

static void
test_hours_hold_by_themselves (NodeFixture *fixture, gconstpointer data)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) later = g_date_time_add_days (now, 2);
  g_autofree char *text = g_strdup_printf ("{'hours': <[(uint32 %d, uint32 0, uint32 1440)]>}",
                                           g_date_time_get_day_of_week (later));

  create_grid (fixture);
  node_fixture_must (fixture, "Host1.SetPolicy", policy (text));
  assert_sharing (fixture, "paused", "outside-hours");
  g_assert_cmpint (paused_until (fixture), >, g_get_real_time ());
  node_fixture_must (fixture, "Host1.SetPolicy", policy ("{'hours': <@a(uuu) []>}"));
  assert_sharing (fixture, "ready", "");
}

static void
test_peers_hear_of_a_pause (NodeFixture *fixture, gconstpointer data)
{
  gboolean hosting = TRUE;

  create_grid (fixture);
  node_fixture_must (fixture, "Host1.Pause", pause_for ("resumed", 0, ""));
  while (hosting)
    {
      g_autoptr (GVariant) reply = node_fixture_call (fixture, "Node1.ListPeers", NULL);
      g_autoptr (GVariant) peers = g_variant_get_child_value (reply, 0);
      g_autoptr (GVariant) self = g_variant_get_child_value (peers, 0);
      g_assert_true (g_variant_lookup (self, "hosting", "b", &hosting));
    }
}

static void
test_sensors_say_what_they_can (NodeFixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) reply = node_fixture_call (fixture, "Host1.GetSensors", NULL);
  g_autoptr (GVariant) sensors = g_variant_get_child_value (reply, 0);
  const char *power, *source;
  gint64 idle_s;
  int busy_percent;

  g_assert_true (g_variant_lookup (sensors, "power", "&s", &power));
  g_assert_true (g_variant_lookup (sensors, "idle-source", "&s", &source));
  g_assert_true (g_variant_lookup (sensors, "idle-seconds", "x", &idle_s));
  g_assert_true (g_variant_lookup (sensors, "busy-percent", "i", &busy_percent));
  g_assert_cmpint (idle_s >= 0, ==, *source != '\0');
}

static void
test_no_request_is_answered_twice (NodeFixture *fixture, gconstpointer data)
{
  static const char *const ids[] = { "1", "", "oak", "-1", "99999999999999999999999" };
  g_autoptr (GVariant) reply = node_fixture_call (fixture, "Host1.ListRequests", NULL);
  g_autoptr (GVariant) requests = g_variant_get_child_value (reply, 0);

  g_assert_cmpuint (g_variant_n_children (requests), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    node_fixture_must_fail (fixture, "Host1.AnswerRequest",
                            g_variant_new ("(ss)", ids[i], "accept"), INF_ERROR_NOT_FOUND);
  node_fixture_must_fail (fixture, "Host1.AnswerRequest", g_variant_new ("(ss)", "1", "maybe"),
                          INF_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/bus-host/" path, NodeFixture, NULL, node_fixture_set_up, func,                     \
              node_fixture_tear_down)
  ADD ("a-policy-is-taken-and-kept", test_a_policy_is_taken_and_kept);
  ADD ("a-policy-that-can-not-be-changes-nothing", test_a_policy_that_can_not_be_changes_nothing);
  ADD ("who-does-not-take-part-is-unable", test_who_does_not_take_part_is_unable);
  ADD ("sharing-goes-off-and-on", test_sharing_goes_off_and_on);
  ADD ("a-pause-outlasts-a-restart", test_a_pause_outlasts_a_restart);
  ADD ("a-pause-lasts-until-tomorrow-or-for-good", test_a_pause_lasts_until_tomorrow_or_for_good);
  ADD ("a-pause-that-can-not-be-is-refused", test_a_pause_that_can_not_be_is_refused);
  ADD ("hours-hold-by-themselves", test_hours_hold_by_themselves);
  ADD ("peers-hear-of-a-pause", test_peers_hear_of_a_pause);
  ADD ("sensors-say-what-they-can", test_sensors_say_what_they_can);
  ADD ("no-request-is-answered-twice", test_no_request_is_answered_twice);
  return g_test_run ();
}
