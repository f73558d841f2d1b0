#pragma once

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longer integers are refused: they would have to be held whole by one rank. */
#define INF_INTEGER_MAX_DIGITS ((size_t)1 << 25)
/* The parser looks at a sign and 24 digits at once, so it may look past the end of its text. */
#define INF_INTEGER_PARSER_SLACK 32

typedef __int128 InfWide;
typedef unsigned __int128 InfUnsignedWide;

/* Where integers go, each by a road that holds it, and in no particular order. */
typedef struct
{
  void (*add_words) (void *data, const int64_t *values, size_t n);
  void (*add_wide) (void *data, InfWide value);
  void (*add_big) (void *data, const mpz_t value);
  void *data;
} InfIntegerSink;

/* What inf_integers_parse() has met. */
typedef struct
{
  uint64_t n_integers;
  uint64_t n_newlines; /* up to the bad integer, where there is one */
  size_t bad_offset;   /* of the bad integer's first character, where there is one */
  char problem[160];   /* what was expected and what was there; empty when all is well */
} InfIntegerParse;

bool inf_integers_parse (char *text, size_t size_bytes, const InfIntegerSink *sink,
                         InfIntegerParse *parse);
bool inf_integer_is_space (char c);
