#include "host-app/inf-hours.h"

static void
read_text (InfHours *hours, const char *text)
{
  g_autoptr (GVariant) rule = g_variant_ref_sink (g_variant_new_parsed (text));

  inf_hours_read (hours, rule);
}

static void
test_no_rule_is_always (void)
{
  InfHours hours;
  g_autoptr (GVariant) written = NULL;

  read_text (&hours, "@a(uuu) []");
  g_assert_false (hours.is_limited);
  g_assert_true (hours.is_exact);
  written = g_variant_ref_sink (inf_hours_write (&hours));
  g_assert_cmpuint (g_variant_n_children (written), ==, 0);
}

static void
test_one_span_on_some_days (void)
{
  InfHours hours;

  read_text (&hours, "@a(uuu) [(1, 480, 1020), (5, 480, 1020)]");
  g_assert_true (hours.is_limited);
  g_assert_true (hours.is_exact);
  g_assert_cmphex (hours.days, ==, 0x11);
  g_assert_cmpuint (hours.from, ==, 480);
  g_assert_cmpuint (hours.to, ==, 1020);
}

static void
test_a_night_goes_on_the_next_day (void)
{
  InfHours hours = { 0x40, 1320, 360, TRUE, TRUE };
  g_autoptr (GVariant) written = g_variant_ref_sink (inf_hours_write (&hours));
  g_autofree char *text = g_variant_print (written, FALSE);
  InfHours read;

  g_assert_cmpstr (text, ==, "[(7, 1320, 1440), (1, 0, 360)]");
  inf_hours_read (&read, written);
  g_assert_true (read.is_exact);
  g_assert_cmphex (read.days, ==, 0x40);
  g_assert_cmpuint (read.from, ==, 1320);
  g_assert_cmpuint (read.to, ==, 360);
}

static void
test_every_choice_comes_back (void)
{
  for (guint days = 1; days <= INF_HOURS_ALL_DAYS; days++)
    for (guint from = 15; from < INF_HOURS_DAY_END; from += 165)
      for (guint to = 0; to < INF_HOURS_DAY_END; to += 165)
        {
          InfHours hours = { days, from, to, TRUE, TRUE };
          g_autoptr (GVariant) written = g_variant_ref_sink (inf_hours_write (&hours));
          InfHours read;

          inf_hours_read (&read, written);
          g_assert_true (read.is_exact);
          g_assert_cmphex (read.days, ==, days);
          g_assert_cmpuint (read.from, ==, from);
          g_assert_cmpuint (read.to % INF_HOURS_DAY_END, ==, to);
        }
}

static void
test_more_than_it_can_show_is_told (void)
{
  InfHours hours;

  read_text (&hours, "@a(uuu) [(1, 480, 720), (1, 780, 1020), (2, 480, 1020)]");
  g_assert_true (hours.is_limited);
  g_assert_false (hours.is_exact);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hours/no-rule-is-always", test_no_rule_is_always);
  g_test_add_func ("/hours/one-span-on-some-days", test_one_span_on_some_days);
  g_test_add_func ("/hours/a-night-goes-on-the-next-day", test_a_night_goes_on_the_next_day);
  g_test_add_func ("/hours/every-choice-comes-back", test_every_choice_comes_back);
  g_test_add_func ("/hours/more-than-it-can-show-is-told", test_more_than_it_can_show_is_told);
  return g_test_run ();
}
