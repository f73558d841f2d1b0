#include "discovery/gossip/inf-observed.h"

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

static InfAddress
address_number (guint8 number)
{
  return (InfAddress){ .ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, number }, .port = 7848 };
}

static void
test_one_witness_is_not_enough (void)
{
  InfObserved observed = { 0 };
  const InfAddress first = address_number (1);
  InfAddress found = address_number (9);

  inf_observed_add (&observed, 1, &first, 0);
  inf_observed_add (&observed, 1, &first, 1);
  g_assert_false (inf_observed_find (&observed, 2, 2, &found));
  g_assert_cmpuint (found.ip[15], ==, 9);
  g_assert_true (inf_observed_find (&observed, 1, 2, &found));
  inf_observed_add (&observed, 2, &first, 3);
  g_assert_true (inf_observed_find (&observed, 2, 4, &found));
  g_assert_true (inf_address_equal (&found, &first));
}

static void
test_most_are_believed (void)
{
  InfObserved observed = { 0 };
  InfAddress found;

  for (guint64 witness = 1; witness <= 5; witness++)
    {
      const InfAddress address = address_number (witness <= 2 ? 1 : 2);
      inf_observed_add (&observed, witness, &address, 0);
    }
  g_assert_true (inf_observed_find (&observed, 2, 1, &found));
  g_assert_cmpuint (found.ip[15], ==, 2);
}

static void
test_witnesses_change_their_minds (void)
{
  InfObserved observed = { 0 };
  const InfAddress first = address_number (1);
  InfAddress found;

  inf_observed_add (&observed, 1, &first, 0);
  inf_observed_add (&observed, 2, &first, 0);
  inf_observed_add (&observed, 2, NULL, 1);
  g_assert_false (inf_observed_find (&observed, 2, 1, &found));
}

static void
test_reports_grow_old (void)
{
  InfObserved observed = { 0 };
  const InfAddress first = address_number (1);
  InfAddress found;

  inf_observed_add (&observed, 1, &first, 0);
  inf_observed_add (&observed, 2, &first, 20 * MINUTE_US);
  g_assert_true (inf_observed_find (&observed, 2, 29 * MINUTE_US, &found));
  g_assert_false (inf_observed_find (&observed, 2, 31 * MINUTE_US, &found));
}

static void
test_newest_witnesses_count (void)
{
  InfObserved observed = { 0 };
  const InfAddress old = address_number (1), new = address_number (2);
  InfAddress found;

  for (guint64 witness = 0; witness < 100; witness++)
    inf_observed_add (&observed, witness, witness < 92 ? &old : &new, (gint64)witness);
  g_assert_true (inf_observed_find (&observed, 8, 100, &found));
  g_assert_true (inf_address_equal (&found, &new));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observed/one-witness-is-not-enough", test_one_witness_is_not_enough);
  g_test_add_func ("/observed/most-are-believed", test_most_are_believed);
  g_test_add_func ("/observed/witnesses-change-their-minds", test_witnesses_change_their_minds);
  g_test_add_func ("/observed/reports-grow-old", test_reports_grow_old);
  g_test_add_func ("/observed/newest-witnesses-count", test_newest_witnesses_count);
  return g_test_run ();
}
