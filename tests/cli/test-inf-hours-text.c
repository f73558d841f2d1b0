#include "cli/inf-hours-text.h"

static void
assert_hours (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  GVariant *hours = inf_hours_text_parse (text, &error);

  g_assert_no_error (error);
  g_variant_ref_sink (hours);
  g_autofree char *printed = g_variant_print (hours, FALSE);
  g_assert_cmpstr (printed, ==, expected);
  g_variant_unref (hours);
}

static void
test_days_and_times (void)
{
  assert_hours ("always", "[]");
  assert_hours ("mon 9:00-17:30", "[(1, 540, 1050)]");
  assert_hours ("sat sun", "[(6, 0, 1440), (7, 0, 1440)]");
  assert_hours ("sun-mon 0:00-24:00", "[(1, 0, 1440), (7, 0, 1440)]");
  assert_hours ("tue 8:00-9:00, tue 10:00-11:00", "[(2, 480, 540), (2, 600, 660)]");
}

static void
test_nights_go_on_after_midnight (void)
{
  assert_hours ("fri 22:00-6:00", "[(5, 1320, 1440), (6, 0, 360)]");
  assert_hours ("sun 18:00-0:00", "[(7, 1080, 1440)]");
}

static void
test_what_is_no_hours (void)
{
  static const char *const bad[] = { "",
                                     "now",
                                     "mon 9",
                                     "mon 9:00",
                                     "9:00-10:00",
                                     "mon 25:00-26:00",
                                     "mon 9:00-9:00",
                                     "mon 9:60-10:00",
                                     "mon 9:00-10:00 tue",
                                     "mon-funday",
                                     "mon 9:00-10:00x" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (inf_hours_text_parse (bad[i], &error));
      g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
    }
}

static void
test_they_are_written_as_they_are_read (void)
{
  g_autoptr (GVariant) hours
      = g_variant_ref_sink (inf_hours_text_parse ("mon-tue 9:05-17:00", NULL));
  g_autofree char *text = inf_hours_text_format (hours);

  g_assert_cmpstr (text, ==, "mon 9:05-17:00, tue 9:05-17:00");
  assert_hours (text, "[(1, 545, 1020), (2, 545, 1020)]");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hours/days-and-times", test_days_and_times);
  g_test_add_func ("/hours/nights-go-on-after-midnight", test_nights_go_on_after_midnight);
  g_test_add_func ("/hours/what-is-no-hours", test_what_is_no_hours);
  g_test_add_func ("/hours/they-are-written-as-they-are-read",
                   test_they_are_written_as_they_are_read);
  return g_test_run ();
}
