#include "client-app/inf-size-text.h"

static void
test_what_people_type (void)
{
  static const struct
  {
    const char *text;
    guint64 size_bytes;
  } cases[] = { { "0", 0 },
                { "1000000", 1000000 },
                { "4 GiB", G_GUINT64_CONSTANT (4) << 30 },
                { "512M", 512 << 20 },
                { " 1.5 g ", G_GUINT64_CONSTANT (1536) << 20 },
                { "1,5 kb", 1536 },
                { "2TiB", G_GUINT64_CONSTANT (2) << 40 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint64 size_bytes = 1;
      g_assert_true (inf_size_text_parse (cases[i].text, &size_bytes));
      g_assert_cmpuint (size_bytes, ==, cases[i].size_bytes);
    }
}

static void
test_what_is_no_size (void)
{
  static const char *const texts[] = { "",  "-1",  "+1",    "0x10",  "inf",         "nan",
                                       "G", "1 X", "1 GGG", "1e400", "9999999 PiB", "1 2" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      guint64 size_bytes = 1;
      g_assert_false (inf_size_text_parse (texts[i], &size_bytes));
      g_assert_cmpuint (size_bytes, ==, 1);
    }
}

static void
test_what_is_written_is_read (void)
{
  static const guint64 sizes[]
      = { 0, 1, 1000, 1024, 1536, 1 << 20, (G_GUINT64_CONSTANT (1) << 40) + 1024 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *text = inf_size_text_format (sizes[i]);
      guint64 size_bytes = 1;
      g_assert_true (inf_size_text_parse (text, &size_bytes));
      g_assert_cmpuint (size_bytes, ==, sizes[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/size-text/what-people-type", test_what_people_type);
  g_test_add_func ("/size-text/what-is-no-size", test_what_is_no_size);
  g_test_add_func ("/size-text/what-is-written-is-read", test_what_is_written_is_read);
  return g_test_run ();
}
