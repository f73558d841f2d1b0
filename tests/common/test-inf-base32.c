#include "common/inf-base32.h"

#include <string.h>

static void
test_vectors (void)
{
  /* RFC 4648, section 10 */
  const char *vectors[][2] = { { "", "" },
                               { "f", "my" },
                               { "fo", "mzxq" },
                               { "foo", "mzxw6" },
                               { "foob", "mzxw6yq" },
                               { "fooba", "mzxw6ytb" },
                               { "foobar", "mzxw6ytboi" } };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gsize size = strlen (vectors[i][0]);
      g_autofree char *text = inf_base32_encode ((const guint8 *)vectors[i][0], size);
      gsize back_size;
      g_autofree guint8 *back = inf_base32_decode (vectors[i][1], &back_size);

      g_assert_cmpstr (text, ==, vectors[i][1]);
      g_assert_cmpmem (back, back_size, vectors[i][0], size);
    }
}

static void
test_accepts_case_and_groups (void)
{
  gsize size;
  g_autofree guint8 *data = inf_base32_decode ("MZXW-6ytb", &size);

  g_assert_cmpmem (data, size, "fooba", 5);
}

static void
test_refuses_what_it_would_not_write (void)
{
  const char *bad[] = { "m", "mz1", "mzx", "mzxw6y!", "my======", "mz" };
  gsize size;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree guint8 *data = inf_base32_decode (bad[i], &size);
      g_assert_null (data);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base32/vectors", test_vectors);
  g_test_add_func ("/base32/accepts-case-and-groups", test_accepts_case_and_groups);
  g_test_add_func ("/base32/refuses-what-it-would-not-write", test_refuses_what_it_would_not_write);
  return g_test_run ();
}
