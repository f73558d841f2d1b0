#include "tasks/inf-block-reader.h"

#include "tasks/inf-integer-parser.h"

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Reads all of @text in blocks; every block but the last ends in white space. */
static void
assert_cut_at_white_space (const char *text, gsize block_size)
{
  InfTaskError error = { .status = INF_TASK_OK };
  g_autofree char *path = NULL;
  g_autoptr (GString) joined = g_string_new (NULL);
  InfBlockReader reader;
  InfBlock block = { .data = NULL };
  gboolean at_end = FALSE;

  g_close (g_file_open_tmp ("inf-blocks-XXXXXX", &path, NULL), NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (inf_block_reader_open (&reader, path, &error));
  g_assert_cmpuint (reader.file_size_bytes, ==, strlen (text));
  reader.block_size_bytes = block_size;
  for (;;)
    {
      g_assert_true (inf_block_reader_next (&reader, &block, &error));
      if (block.size_bytes == 0)
        break;
      g_assert_false (at_end);
      at_end = !inf_integer_is_space (block.data[block.size_bytes - 1]);
      g_string_append_len (joined, block.data, (gssize)block.size_bytes);
    }
  g_assert_cmpstr (joined->str, ==, text);
  inf_block_clear (&block);
  inf_block_reader_close (&reader);
  g_unlink (path);
}

static void
test_cuts_at_white_space (void)
{
  const char *texts[] = { "",
                          "1",
                          "12 345\n6789 ",
                          " \n\n  1\n",
                          "1234567890123456789 1 2 3",
                          "1 2 3 1234567890123456789\n\n\n\n\n\n\n\n5" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize block_size = 1; block_size < 40; block_size++)
      assert_cut_at_white_space (texts[i], block_size);
}

/* No white space ever: it must not be read into memory. */
static void
test_gives_up_on_endless_integers (void)
{
  InfTaskError error = { .status = INF_TASK_OK };
  InfBlockReader reader;
  InfBlock block = { .data = NULL };

  g_assert_true (inf_block_reader_open (&reader, "/dev/zero", &error));
  reader.block_size_bytes = 1 << 20;
  g_assert_true (inf_block_reader_next (&reader, &block, &error));
  g_assert_cmpuint (block.size_bytes, >, INF_INTEGER_MAX_DIGITS + 1);
  g_assert_cmpuint (block.size_bytes, <=, 2 * INF_INTEGER_MAX_DIGITS);
  inf_block_clear (&block);
  inf_block_reader_close (&reader);
}

static void
test_a_missing_file_is_named (void)
{
  InfTaskError error = { .status = INF_TASK_OK };
  InfBlockReader reader;

  g_assert_false (inf_block_reader_open (&reader, "/nowhere/numbers.txt", &error));
  g_assert_cmpint (error.status, ==, INF_TASK_IO);
  g_assert_cmpstr (error.message, ==,
                   "can't open /nowhere/numbers.txt: No such file or directory; "
                   "expected a text file of integers");
}

static void
test_a_directory_is_no_input (void)
{
  InfTaskError error = { .status = INF_TASK_OK };
  InfBlockReader reader;
  InfBlock block = { .data = NULL };

  g_assert_true (inf_block_reader_open (&reader, "/", &error));
  reader.block_size_bytes = 4096;
  g_assert_false (inf_block_reader_next (&reader, &block, &error));
  g_assert_cmpint (error.status, ==, INF_TASK_IO);
  inf_block_clear (&block);
  inf_block_reader_close (&reader);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block-reader/cuts-at-white-space", test_cuts_at_white_space);
  g_test_add_func ("/block-reader/gives-up-on-endless-integers", test_gives_up_on_endless_integers);
  g_test_add_func ("/block-reader/a-missing-file-is-named", test_a_missing_file_is_named);
  g_test_add_func ("/block-reader/a-directory-is-no-input", test_a_directory_is_no_input);
  return g_test_run ();
}
