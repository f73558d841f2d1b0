#include "lab/inf-lab-names.h"

#include <string.h>

static void
test_names_are_stable (void)
{
  const struct
  {
    guint index;
    const char *name;
  } known[] = { { 1, "oak" },   { 2, "elm" },      { 3, "ash" },  { 4, "fir" },     { 5, "yew" },
                { 8, "birch" }, { 32, "juniper" }, { 33, "h33" }, { 1000, "h1000" } };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autofree char *name = inf_lab_names_host (known[i].index);
      g_assert_cmpstr (name, ==, known[i].name);
    }
}

static void
test_names_are_distinct_and_found (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 1; i <= 100; i++)
    {
      char *name = inf_lab_names_host (i);
      g_autofree char *number = g_strdup_printf ("h%u", i);

      g_assert_cmpuint (inf_lab_names_find (name, 100), ==, i);
      g_assert_cmpuint (inf_lab_names_find (number, 100), ==, i);
      g_assert_true (g_hash_table_add (seen, name));
    }
}

static void
test_other_names_are_not_found (void)
{
  const char *names[] = { "", "h", "h0", "h01", "h4", "fir", "h-1", "h+1", "h1 ", "Oak", "oak1" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpuint (inf_lab_names_find (names[i], 3), ==, 0);
}

static void
test_addresses (void)
{
  g_autofree char *first = inf_lab_names_address (1);
  g_autofree char *later = inf_lab_names_address (300);
  g_autofree char *mac = inf_lab_names_mac (300);

  g_assert_cmpstr (first, ==, "10.99.0.1");
  g_assert_cmpstr (later, ==, "10.99.1.44");
  g_assert_cmpstr (mac, ==, "02:00:0a:63:01:2c");
}

static void
test_etc_hosts (void)
{
  g_autofree char *text = inf_lab_names_etc_hosts (34);

  g_assert_nonnull (strstr (text, "127.0.0.1 localhost\n"));
  g_assert_nonnull (strstr (text, "\n10.99.0.1 oak h1\n"));
  g_assert_nonnull (strstr (text, "\n10.99.0.33 h33\n10.99.0.34 h34\n"));
}

static void
test_lab_names (void)
{
  const char *good[] = { "lab", "run-12-1", "A_b", "0" };
  const char *bad[]
      = { "", ".", "..", "a/b", "-n", "a b", "ä", "012345678901234567890123456789012" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (inf_lab_names_is_valid_lab (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (inf_lab_names_is_valid_lab (bad[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lab/names/stable", test_names_are_stable);
  g_test_add_func ("/lab/names/distinct-and-found", test_names_are_distinct_and_found);
  g_test_add_func ("/lab/names/others-not-found", test_other_names_are_not_found);
  g_test_add_func ("/lab/names/addresses", test_addresses);
  g_test_add_func ("/lab/names/etc-hosts", test_etc_hosts);
  g_test_add_func ("/lab/names/lab-names", test_lab_names);
  return g_test_run ();
}
