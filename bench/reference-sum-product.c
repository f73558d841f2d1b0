/* The sum or the product of the integers in a text file, in one process with plain GMP: what the
 * tasks are compared with, and the check of what they write. It shares no code with them. */
#include <gmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double
now_s (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static char *
read_text (const char *path)
{
  FILE *file = fopen (path, "rb");
  char *text;
  long size;

  if (!file || fseek (file, 0, SEEK_END) || (size = ftell (file)) < 0)
    return NULL;
  rewind (file);
  text = malloc ((size_t)size + 1);
  if (!text || fread (text, 1, (size_t)size, file) != (size_t)size)
    return NULL;
  text[size] = '\0';
  fclose (file);
  return text;
}

/* Splits @text in place at white space; exits where a piece is no integer. */
static mpz_t *
read_integers (char *text, size_t *ret_n)
{
  size_t n = 0, size = 1024;
  mpz_t *integers = malloc (size * sizeof *integers);
  char *rest;

  for (char *word = strtok_r (text, " \t\r\n\v\f", &rest); word;
       word = strtok_r (NULL, " \t\r\n\v\f", &rest))
    {
      if (n == size)
        integers = realloc (integers, (size *= 2) * sizeof *integers);
      if (!integers || mpz_init_set_str (integers[n], word + (*word == '+'), 10))
        {
          fprintf (stderr, "not an integer: %.40s\n", word);
          exit (65);
        }
      n++;
    }
  *ret_n = n;
  return integers;
}

static void
add (mpz_t *integers, size_t n)
{
  for (size_t i = 1; i < n; i++)
    mpz_add (integers[0], integers[0], integers[i]);
}

static void
multiply (mpz_t *integers, size_t n)
{
  if (n == 1)
    return;
  multiply (integers, n / 2);
  multiply (integers + n / 2, n - n / 2);
  mpz_mul (integers[0], integers[0], integers[n / 2]);
  mpz_clear (integers[n / 2]);
}

int
main (int argc, char **argv)
{
  double started_s = now_s (), read_s;
  char *text, *digits;
  mpz_t *integers;
  size_t n;
  FILE *output;

  if (argc != 4 || (strcmp (argv[1], "sum") && strcmp (argv[1], "product")))
    {
      fprintf (stderr, "usage: reference-sum-product sum|product INPUT OUTPUT\n");
      return 2;
    }
  text = read_text (argv[2]);
  if (!text)
    {
      perror (argv[2]);
      return 74;
    }
  integers = read_integers (text, &n);
  if (n == 0)
    {
      fprintf (stderr, "%s: no integers\n", argv[2]);
      return 65;
    }
  read_s = now_s ();
  if (strcmp (argv[1], "sum") == 0)
    add (integers, n);
  else
    multiply (integers, n);
  digits = mpz_get_str (NULL, 10, integers[0]);
  output = fopen (argv[3], "wb");
  if (!output || fprintf (output, "%s\n", digits) < 0 || fclose (output))
    {
      perror (argv[3]);
      return 74;
    }
  /* in all, and without reading and parsing the input */
  printf ("elapsed_s %.4f computed_s %.4f integers %zu\n", now_s () - started_s, now_s () - read_s,
          n);
  return 0;
}
