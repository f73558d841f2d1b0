#include <glib.h>

#include <string.h>

/* Stands in for libFuzzer where there is none: gives a fuzz target every file of its corpus as it
 * is, cut short at every length, and with every byte changed. Always the same, and fast enough for
 * a test. */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Beyond this length only every so-manyth variant is tried. */
#define MAX_VARIANTS 512

/* In memory of its own length, so that AddressSanitizer sees a read past the end. */
static void
try_input (const guint8 *data, gsize size)
{
  g_autofree guint8 *copy = size > 0 ? g_memdup2 (data, size) : g_malloc (1);

  LLVMFuzzerTestOneInput (copy, size);
}

static void
try_variants (guint8 *data, gsize size)
{
  static const guint8 changes[] = { 0x01, 0x80, 0xff };
  gsize stride = 1 + size / MAX_VARIANTS;

  try_input (data, size);
  for (gsize i = 0; i < size; i += stride)
    {
      try_input (data, i);
      for (guint j = 0; j < G_N_ELEMENTS (changes); j++)
        {
          data[i] ^= changes[j];
          try_input (data, size);
          data[i] ^= changes[j];
        }
    }
}

static guint
replay_corpus (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const char *name;
  guint n_files = 0;

  if (!dir)
    g_error ("%s", error->message);
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *content = NULL;
      gsize size;
      if (!g_file_get_contents (file, &content, &size, &error))
        g_error ("%s", error->message);
      try_variants ((guint8 *)content, size);
      n_files++;
    }
  return n_files;
}

int
main (int argc, char **argv)
{
  guint n_files = 0;

  for (int i = 1; i < argc; i++)
    n_files += replay_corpus (argv[i]);
  g_print ("%u files replayed\n", n_files);
  return n_files > 0 ? 0 : 1;
}
