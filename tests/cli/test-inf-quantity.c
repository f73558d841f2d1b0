#include "cli/inf-quantity.h"

static void
test_formats_credits (void)
{
  const struct
  {
    gint64 ucredits;
    const char *text;
  } cases[] = { { 0, "0" },
                { 1, "0.000001" },
                { 1500000, "1.5" },
                { 1000000, "1" },
                { -250000, "-0.25" },
                { G_MAXINT64, "9223372036854.775807" },
                { G_MININT64, "-9223372036854.775808" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = inf_quantity_format_credits (cases[i].ucredits);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_formats_sizes (void)
{
  const struct
  {
    guint64 size_bytes;
    const char *text;
  } cases[] = { { 0, "0 B" },           { 1023, "1023 B" },     { 1536, "1.5 KiB" },
                { 1048575, "1.0 MiB" }, { 1048576, "1.0 MiB" }, { G_MAXUINT64, "16.0 EiB" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = inf_quantity_format_size (cases[i].size_bytes);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_formats_durations (void)
{
  const struct
  {
    gint64 duration_us;
    const char *text;
  } cases[] = { { -1, "0.0 ms" },        { 400, "0.4 ms" },         { 999960, "1.0 s" },
                { 3200000, "3.2 s" },    { 59970000, "1m00s" },     { 65000000, "1m05s" },
                { 7380000000, "2h03m" }, { 273600000000, "3d04h" }, { 3599999999, "59m59s" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = inf_quantity_format_duration (cases[i].duration_us);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_formats_times_out_of_range (void)
{
  g_autofree char *never = inf_quantity_format_time (0);
  g_autofree char *far = inf_quantity_format_time (G_MAXINT64);

  g_assert_cmpstr (never, ==, "-");
  g_assert_nonnull (far);
}

static void
test_parses_credits (void)
{
  const char *wrong[] = { "",          "-1",
                          "1.",        ".5",
                          "1.1234567", "1,5",
                          "1e3",       "9223372036855",
                          " 1",        "99999999999999999999999" };
  guint64 ucredits;

  g_assert_true (inf_quantity_parse_credits ("0.25", &ucredits, NULL));
  g_assert_cmpuint (ucredits, ==, 250000);
  g_assert_true (inf_quantity_parse_credits ("9223372036854.775807", &ucredits, NULL));
  g_assert_cmpuint (ucredits, ==, G_MAXINT64);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      ucredits = 7;
      g_assert_false (inf_quantity_parse_credits (wrong[i], &ucredits, &error));
      g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
      g_assert_cmpuint (ucredits, ==, 7);
    }
}

static void
test_parses_sizes (void)
{
  const char *wrong[]
      = { "", "G", "1.5G", "1X", "1GG", "-1", "18446744073709551616", "17179869184G" };
  guint64 size_bytes;

  g_assert_true (inf_quantity_parse_size ("4096", &size_bytes, NULL));
  g_assert_cmpuint (size_bytes, ==, 4096);
  g_assert_true (inf_quantity_parse_size ("512M", &size_bytes, NULL));
  g_assert_cmpuint (size_bytes, ==, 512 * 1024 * 1024);
  g_assert_true (inf_quantity_parse_size ("2gib", &size_bytes, NULL));
  g_assert_cmpuint (size_bytes, ==, G_GUINT64_CONSTANT (2147483648));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (inf_quantity_parse_size (wrong[i], &size_bytes, NULL));
}

static void
test_parses_durations (void)
{
  const char *wrong[] = { "", "h", "1y", "1h-2m", "1.5h", "18446744073709551615d" };
  guint64 seconds;

  g_assert_true (inf_quantity_parse_duration ("90", &seconds, NULL));
  g_assert_cmpuint (seconds, ==, 90);
  g_assert_true (inf_quantity_parse_duration ("1h30m", &seconds, NULL));
  g_assert_cmpuint (seconds, ==, 5400);
  g_assert_true (inf_quantity_parse_duration ("2d", &seconds, NULL));
  g_assert_cmpuint (seconds, ==, 172800);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (inf_quantity_parse_duration (wrong[i], &seconds, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quantity/formats-credits", test_formats_credits);
  g_test_add_func ("/quantity/formats-sizes", test_formats_sizes);
  g_test_add_func ("/quantity/formats-durations", test_formats_durations);
  g_test_add_func ("/quantity/formats-times-out-of-range", test_formats_times_out_of_range);
  g_test_add_func ("/quantity/parses-credits", test_parses_credits);
  g_test_add_func ("/quantity/parses-sizes", test_parses_sizes);
  g_test_add_func ("/quantity/parses-durations", test_parses_durations);
  return g_test_run ();
}
