#include "discovery/gossip/inf-suspicion.h"

#define SECOND_US G_USEC_PER_SEC
#define NOW_US (1000 * SECOND_US)

static InfAccusation
accusation_by (guint64 accuser)
{
  const InfAccusation accusation = { .subject = 1, .incarnation = 1, .accuser = accuser };

  return accusation;
}

static gboolean
accuse (InfSuspect *suspect, guint64 accuser, gint64 born_us)
{
  const InfAccusation accusation = accusation_by (accuser);

  return inf_suspect_accuse (suspect, &accusation, born_us, 3, NOW_US);
}

static void
test_one_accuser_decides_nothing (void)
{
  InfSuspicionRules rules;
  InfSuspect suspect = { .subject = 1, .incarnation = 1 };

  inf_suspicion_get_rules (100, &rules);
  g_assert_true (accuse (&suspect, 2, NOW_US));
  for (guint i = 0; i < 10; i++)
    g_assert_false (accuse (&suspect, 2, NOW_US - i));
  g_assert_false (inf_suspect_is_public (&suspect, &rules));
  g_assert_cmpint (inf_suspect_get_deadline_us (&suspect, &rules), ==, G_MAXINT64);
}

static void
test_enough_accusers_set_a_deadline (void)
{
  InfSuspicionRules rules;
  InfSuspect suspect = { .subject = 1, .incarnation = 1 };

  inf_suspicion_get_rules (100, &rules);
  accuse (&suspect, 2, NOW_US - SECOND_US);
  accuse (&suspect, 3, NOW_US - 2 * SECOND_US);
  g_assert_false (inf_suspect_is_public (&suspect, &rules));
  accuse (&suspect, 4, NOW_US - SECOND_US / 2);
  g_assert_true (inf_suspect_is_public (&suspect, &rules));
  /* From when they were enough, not from when the first had bad luck. */
  g_assert_cmpint (inf_suspect_get_deadline_us (&suspect, &rules), ==,
                   NOW_US - SECOND_US / 2 + rules.with_others_us);
  accuse (&suspect, 5, NOW_US - SECOND_US / 4);
  g_assert_cmpint (inf_suspect_get_deadline_us (&suspect, &rules), ==,
                   NOW_US - SECOND_US / 2 + rules.with_others_us);
}

/* Three single doubts in a minute are no suspicion. */
static void
test_only_accusations_together_count (void)
{
  InfSuspicionRules rules;
  InfSuspect suspect = { .subject = 1, .incarnation = 1 };

  inf_suspicion_get_rules (100, &rules);
  accuse (&suspect, 2, NOW_US - 60 * SECOND_US);
  accuse (&suspect, 3, NOW_US - 30 * SECOND_US);
  accuse (&suspect, 4, NOW_US);
  g_assert_false (accuse (&suspect, 5, NOW_US - 30 * SECOND_US));
  g_assert_cmpuint (suspect.n_accusers, ==, 1);
  g_assert_false (inf_suspect_is_public (&suspect, &rules));
}

/* However old a bearer says that the accusations are. */
static void
test_late_hearers_wait_for_an_objection (void)
{
  InfSuspicionRules rules;
  InfSuspect suspect = { .subject = 1, .incarnation = 1 };

  inf_suspicion_get_rules (100, &rules);
  for (guint64 accuser = 2; accuser < 5; accuser++)
    accuse (&suspect, accuser, NOW_US - 60 * SECOND_US);
  g_assert_cmpint (inf_suspect_get_deadline_us (&suspect, &rules), >, NOW_US);
}

static void
test_own_failure_takes_longer_alone (void)
{
  InfSuspicionRules rules;
  InfSuspect suspect = { .subject = 1, .incarnation = 1, .failed_us = NOW_US };

  inf_suspicion_get_rules (100, &rules);
  accuse (&suspect, 2, NOW_US);
  g_assert_cmpint (inf_suspect_get_deadline_us (&suspect, &rules), ==, NOW_US + rules.alone_us);
  g_assert_cmpint (rules.alone_us, >=, 2 * rules.with_others_us);
  accuse (&suspect, 3, NOW_US);
  accuse (&suspect, 4, NOW_US);
  g_assert_cmpint (inf_suspect_get_deadline_us (&suspect, &rules), ==,
                   NOW_US + rules.with_others_us);
}

static void
test_small_grids_need_all_others (void)
{
  InfSuspicionRules rules;

  inf_suspicion_get_rules (3, &rules);
  g_assert_cmpuint (rules.n_needed, ==, 2);
  inf_suspicion_get_rules (4, &rules);
  g_assert_cmpuint (rules.n_needed, ==, 3);
  inf_suspicion_get_rules (10000, &rules);
  g_assert_cmpuint (rules.n_needed, ==, 3);
}

static void
test_one_of_two_waits_long (void)
{
  InfSuspicionRules rules;
  InfSuspect suspect = { .subject = 1, .incarnation = 1, .failed_us = NOW_US };

  inf_suspicion_get_rules (2, &rules);
  accuse (&suspect, 2, NOW_US);
  g_assert_cmpint (inf_suspect_get_deadline_us (&suspect, &rules), ==, NOW_US + rules.alone_us);
}

static void
test_large_grids_take_longer (void)
{
  InfSuspicionRules hundred, thousand, ten_thousand;

  inf_suspicion_get_rules (100, &hundred);
  inf_suspicion_get_rules (1000, &thousand);
  inf_suspicion_get_rules (10000, &ten_thousand);
  g_assert_cmpint (thousand.with_others_us, >, hundred.with_others_us);
  g_assert_cmpint (ten_thousand.with_others_us, >, thousand.with_others_us);
  g_assert_cmpint (ten_thousand.with_others_us, <, 5 * SECOND_US);
}

static void
test_stall_is_given_back (void)
{
  InfSuspicionRules rules;
  InfSuspect suspect = { .subject = 1, .incarnation = 1, .failed_us = NOW_US };

  inf_suspicion_get_rules (100, &rules);
  for (guint64 accuser = 2; accuser < 5; accuser++)
    accuse (&suspect, accuser, NOW_US);
  gint64 before_us = inf_suspect_get_deadline_us (&suspect, &rules);
  inf_suspect_excuse_stall (&suspect, 3 * SECOND_US);
  g_assert_cmpint (inf_suspect_get_deadline_us (&suspect, &rules), ==, before_us + 3 * SECOND_US);
}

static void
test_accusers_beyond_need_are_not_kept (void)
{
  InfSuspect suspect = { .subject = 1, .incarnation = 1 };

  for (guint64 accuser = 2; accuser < 2 + INF_SUSPICION_MAX_ACCUSERS; accuser++)
    g_assert_true (accuse (&suspect, accuser, NOW_US));
  g_assert_false (accuse (&suspect, 99, NOW_US));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add_func ("/suspicion/" path, function)
  ADD ("one-accuser-decides-nothing", test_one_accuser_decides_nothing);
  ADD ("enough-accusers-set-a-deadline", test_enough_accusers_set_a_deadline);
  ADD ("only-accusations-together-count", test_only_accusations_together_count);
  ADD ("late-hearers-wait-for-an-objection", test_late_hearers_wait_for_an_objection);
  ADD ("own-failure-takes-longer-alone", test_own_failure_takes_longer_alone);
  ADD ("small-grids-need-all-others", test_small_grids_need_all_others);
  ADD ("one-of-two-waits-long", test_one_of_two_waits_long);
  ADD ("large-grids-take-longer", test_large_grids_take_longer);
  ADD ("stall-is-given-back", test_stall_is_given_back);
  ADD ("accusers-beyond-need-are-not-kept", test_accusers_beyond_need_are_not_kept);
  return g_test_run ();
}
