#include "tasks/inf-integer-parser.h"

#include "tasks/inf-task-memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_SIZE 1024
/* The most decimal digits that always fit into 64 unsigned bits, and into 127. */
#define WORD_DIGITS 19
#define WIDE_DIGITS 38

typedef struct
{
  const InfIntegerSink *sink;
  int64_t batch[BATCH_SIZE];
  size_t n_batch;
} Batcher;

/**
 * inf_integer_is_space:
 *
 * Returns: whether @c separates integers: what isspace() takes in the C locale, whatever the locale
 */
bool
inf_integer_is_space (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

static uint64_t
load_8 (const char *text)
{
  uint64_t word;

  memcpy (&word, text, sizeof word);
  return word;
}

/* How many of the eight characters of @word, first to last, are digits before one that is not. */
static unsigned
count_digits_8 (uint64_t word)
{
  const uint64_t high_nibbles = UINT64_C (0xf0f0f0f0f0f0f0f0);
  const uint64_t threes = UINT64_C (0x3030303030303030);
  const uint64_t sixes = UINT64_C (0x0606060606060606);
  /* The second sum may carry out of a byte of 0xfa and more, but only into later characters, and
   * such a byte has stopped the count already. */
  uint64_t strange = ((word & high_nibbles) ^ threes) | (((word + sixes) & high_nibbles) ^ threes);

  return strange ? (unsigned)__builtin_ctzll (strange) / 8 : 8;
}

/* The value of eight digits in one word, the first in its lowest byte: neighbours are joined to
 * pairs, pairs to fours, fours to eight. */
static uint64_t
value_of_8 (uint64_t word)
{
  word = (word & UINT64_C (0x0f0f0f0f0f0f0f0f)) * (10 * 256 + 1) >> 8;
  word = (word & UINT64_C (0x00ff00ff00ff00ff)) * (100 * 65536 + 1) >> 16;
  return (word & UINT64_C (0x0000ffff0000ffff)) * (UINT64_C (10000) << 32 | 1) >> 32;
}

static const uint64_t powers_of_ten[9]
    = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000 };

/* Reads up to 24 digits; the value is right where no more than WORD_DIGITS were there. */
static unsigned
parse_word (const char *text, uint64_t *ret_value)
{
  uint64_t value = 0;
  unsigned n = 0;

  for (unsigned i = 0; i < 3; i++)
    {
      uint64_t word = load_8 (text + n);
      unsigned count = count_digits_8 (word);

      if (count == 0)
        break;
      /* digits of a short group move to the back, behind zeros */
      value = value * powers_of_ten[count] + value_of_8 (word << (64 - 8 * count));
      n += count;
      if (count < 8)
        break;
    }
  *ret_value = value;
  return n;
}

static void
flush (Batcher *batcher)
{
  if (batcher->n_batch > 0)
    batcher->sink->add_words (batcher->sink->data, batcher->batch, batcher->n_batch);
  batcher->n_batch = 0;
}

static inline void
add_word (Batcher *batcher, int64_t value)
{
  batcher->batch[batcher->n_batch++] = value;
  if (batcher->n_batch == BATCH_SIZE)
    flush (batcher);
}

static void
add_wide (Batcher *batcher, const char *digits, size_t n, bool negative)
{
  InfUnsignedWide value = 0;

  for (size_t i = 0; i < n; i++)
    value = value * 10 + (unsigned)(digits[i] - '0');
  if (value <= INT64_MAX)
    add_word (batcher, negative ? -(int64_t)value : (int64_t)value);
  else
    batcher->sink->add_wide (batcher->sink->data, negative ? -(InfWide)value : (InfWide)value);
}

static void
add_big (Batcher *batcher, const char *digits, size_t n, bool negative)
{
  char *copy = inf_task_alloc (n + 1, 1);
  mpz_t value;

  memcpy (copy, digits, n);
  copy[n] = '\0';
  mpz_init_set_str (value, copy, 10);
  free (copy);
  if (negative)
    mpz_neg (value, value);
  batcher->sink->add_big (batcher->sink->data, value);
  mpz_clear (value);
}

/* @found in quotes, cut short, with nothing in it that a terminal would act on. */
static void
describe (const char *found, const char *end, char *ret_text, size_t size)
{
  size_t at = 0;
  int shown = 0;

  for (; found < end && !inf_integer_is_space (*found) && shown < 24; found++, shown++)
    {
      unsigned char c = (unsigned char)*found;

      if (c >= 0x20 && c < 0x7f)
        at += (size_t)snprintf (ret_text + at, size - at, "%c", c);
      else
        at += (size_t)snprintf (ret_text + at, size - at, "\\x%02x", c);
    }
  if (found < end && !inf_integer_is_space (*found))
    snprintf (ret_text + at, size - at, "...");
}

static void
set_problem (InfIntegerParse *parse, const char *token, const char *end)
{
  char found[120];

  describe (token, end, found, sizeof found);
  snprintf (parse->problem, sizeof parse->problem, "expected an integer, found \"%s\"", found);
}

/* The long way, for what parse_word() could not take: more than 19 digits, or no integer at all.
 * Returns the character after it, or NULL where there is no integer. */
static const char *
parse_long (Batcher *batcher, const char *token, const char *end, InfIntegerParse *parse)
{
  bool negative = *token == '-';
  const char *digits = token + (*token == '-' || *token == '+');
  const char *p = digits;

  while (p < end && is_digit (*p))
    p++;
  if (p == digits || (p < end && !inf_integer_is_space (*p)))
    {
      set_problem (parse, token, end);
      return NULL;
    }
  if ((size_t)(p - digits) > INF_INTEGER_MAX_DIGITS)
    {
      snprintf (parse->problem, sizeof parse->problem,
                "expected integers of at most %zu digits, found a longer one",
                INF_INTEGER_MAX_DIGITS);
      return NULL;
    }
  while (p - digits > 1 && *digits == '0')
    digits++;
  if (p - digits <= WIDE_DIGITS)
    add_wide (batcher, digits, (size_t)(p - digits), negative);
  else
    add_big (batcher, digits, (size_t)(p - digits), negative);
  return p;
}

/* One integer at @token. Returns the character after it, or NULL where there is no integer. */
static inline const char *
parse_integer (Batcher *batcher, const char *token, const char *end, InfIntegerParse *parse)
{
  bool negative = *token == '-';
  const char *digits = token + (negative | (*token == '+'));
  uint64_t value;
  unsigned n = parse_word (digits, &value);
  const char *after = digits + n;

  if (n == 0 || n > WORD_DIGITS || after > end || value > INT64_MAX
      || (after < end && !inf_integer_is_space (*after)))
    return parse_long (batcher, token, end, parse);
  add_word (batcher, negative ? -(int64_t)value : (int64_t)value);
  return after;
}

/**
 * inf_integers_parse:
 * @text: integers in decimal between white space, each an optional sign and digits;
 * %INF_INTEGER_PARSER_SLACK bytes after it can be read, and mean nothing
 * @size_bytes: its length; the last integer ends with it
 * @sink: where the integers go
 * @parse: (out): what was met
 *
 * Stops at the first thing that is not an integer; the sink may have had those before it.
 *
 * Returns: whether all of @text was integers and white space
 */
bool
inf_integers_parse (const char *text, size_t size_bytes, const InfIntegerSink *sink,
                    InfIntegerParse *parse)
{
  const char *end = text + size_bytes;
  const char *p = text;
  uint64_t n_integers = 0, n_newlines = 0;
  Batcher batcher = { .sink = sink };

  parse->problem[0] = '\0';
  parse->bad_offset = 0;
  while (p)
    {
      const char *token;

      while (p < end && inf_integer_is_space (*p))
        n_newlines += *p++ == '\n';
      if (p == end)
        break;
      token = p;
      p = parse_integer (&batcher, token, end, parse);
      n_integers += p != NULL;
      if (!p)
        parse->bad_offset = (size_t)(token - text);
    }
  flush (&batcher);
  parse->n_integers = n_integers;
  parse->n_newlines = n_newlines;
  return p != NULL;
}
