#include "tests/system/grid-fixture.h"

#include <string.h>
#include <unistd.h>

/* Integers, and what another program, which shares no code with the tasks, makes of them. */

/**
 * grid_write_integers:
 * @grid: a grid
 * @host: a host's name
 * @path_in_tmp: a path below the host's /tmp
 * @n: how many
 * @seed: which
 *
 * Writes integers of one to 40 digits and either sign, one a line.
 */
void
grid_write_integers (Grid *grid, const char *host, const char *path_in_tmp, guint n, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      int n_digits = g_rand_int_range (random, 0, 40);

      if (g_rand_boolean (random))
        g_string_append_c (text, '-');
      g_string_append_c (text, (char)g_rand_int_range (random, '1', '9' + 1));
      for (int j = 0; j < n_digits; j++)
        g_string_append_c (text, (char)g_rand_int_range (random, '0', '9' + 1));
      g_string_append_c (text, '\n');
    }
  grid_write (grid, host, path_in_tmp, text->str);
}

/**
 * grid_check_result:
 * @grid: a grid
 * @host: a host's name
 * @kind: sum or product
 * @numbers: the integers, a path below the host's /tmp
 * @result: what a task has written there
 *
 * Computes the result again, elsewhere, and compares every digit.
 */
void
grid_check_result (Grid *grid, const char *host, const char *kind, const char *numbers,
                   const char *result)
{
  g_autofree char *program = grid_built ("bench/reference-sum-product");
  g_autofree char *numbers_path = grid_path (grid, host, numbers);
  g_autofree char *expected_path = grid_path (grid, host, "expected");
  char *argv[] = { program, (char *)kind, numbers_path, expected_path, NULL };
  g_autofree char *expected = NULL, *actual = NULL;
  g_autoptr (GError) error = NULL;
  int status = -1;

  g_spawn_sync (NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  expected = grid_read (grid, host, "expected");
  actual = grid_read (grid, host, result);
  g_assert_nonnull (expected);
  if (!actual)
    g_error ("%s: there is no %s", host, result);
  g_assert_cmpstr (g_strchomp (actual), ==, g_strchomp (expected));
  unlink (expected_path);
}
