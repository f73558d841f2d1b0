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
  uint64_t n_integers; /* that have gone to the sink */
  size_t n_batch;
  int64_t batch[BATCH_SIZE];
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

/* Zero where the eight characters of @word are digits; else the lowest bits set are in the first
 * character that is none. */
static inline uint64_t
find_strange_8 (uint64_t word)
{
  const uint64_t high_nibbles = UINT64_C (0xf0f0f0f0f0f0f0f0);
  const uint64_t threes = UINT64_C (0x3030303030303030);
  const uint64_t sixes = UINT64_C (0x0606060606060606);

  /* The sum may carry out of a character from 0xfa on, but only into later ones, and such a
   * character is strange itself. */
  return ((word & high_nibbles) ^ threes) | (((word + sixes) & high_nibbles) ^ threes);
}

/* How many digits there are at @text before something else, 24 at most. The words are at fixed
 * offsets, so that the processor need not wait for one before it loads the next. */
static inline unsigned
count_digits (const char *text)
{
  uint64_t strange = find_strange_8 (load_8 (text));
  unsigned n = 0;

  if (!strange)
    {
      n = 8;
      strange = find_strange_8 (load_8 (text + 8));
    }
  if (!strange)
    {
      n = 16;
      strange = find_strange_8 (load_8 (text + 16));
    }
  return strange ? n + (unsigned)__builtin_ctzll (strange) / 8 : 24;
}

/* The value of eight digits in one word, the first in its lowest byte: neighbours are joined to
 * pairs, pairs to fours, fours to eight. */
static inline uint64_t
value_of_8 (uint64_t word)
{
  word = (word & UINT64_C (0x0f0f0f0f0f0f0f0f)) * (10 * 256 + 1) >> 8;
  word = (word & UINT64_C (0x00ff00ff00ff00ff)) * (100 * 65536 + 1) >> 16;
  return (word & UINT64_C (0x0000ffff0000ffff)) * (UINT64_C (10000) << 32 | 1) >> 32;
}

/* The value of the first @n characters, 1 to 8: they move to the back of the word, behind zeros. */
static inline uint64_t
value_of_head (const char *text, unsigned n)
{
  return value_of_8 (load_8 (text) << 8 * (8 - n));
}

/* The value of @n digits, 1 to %WORD_DIGITS. */
static inline uint64_t
value_of_word (const char *text, unsigned n)
{
  const uint64_t ten_to_8 = 100000000;

  if (n <= 8)
    return value_of_head (text, n);
  if (n <= 16)
    return value_of_head (text, n - 8) * ten_to_8 + value_of_8 (load_8 (text + n - 8));
  return (value_of_head (text, n - 16) * ten_to_8 + value_of_8 (load_8 (text + n - 16))) * ten_to_8
         + value_of_8 (load_8 (text + n - 8));
}

static void
flush (Batcher *batcher)
{
  if (batcher->n_batch > 0)
    batcher->sink->add_words (batcher->sink->data, batcher->batch, batcher->n_batch);
  batcher->n_integers += batcher->n_batch;
  batcher->n_batch = 0;
}

static void
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
    {
      batcher->sink->add_wide (batcher->sink->data, negative ? -(InfWide)value : (InfWide)value);
      batcher->n_integers++;
    }
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
  batcher->n_integers++;
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

/* The long way, for what parse_word() does not take: more than 64 bits, or no integer at all.
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

/* What an integer can start with. A table, for signs are too random for branches to be foreseen. */
enum
{
  FIRST_DIGIT = 1,
  FIRST_SIGN = 2,
};
static const uint8_t firsts[256] = {
  ['0'] = FIRST_DIGIT, ['1'] = FIRST_DIGIT, ['2'] = FIRST_DIGIT, ['3'] = FIRST_DIGIT,
  ['4'] = FIRST_DIGIT, ['5'] = FIRST_DIGIT, ['6'] = FIRST_DIGIT, ['7'] = FIRST_DIGIT,
  ['8'] = FIRST_DIGIT, ['9'] = FIRST_DIGIT, ['+'] = FIRST_SIGN,  ['-'] = FIRST_SIGN,
};

/* The usual integer, of up to 64 bits, at @token. Returns the character after it, or NULL where it
 * has to go the long way. Where it ends is found without a look at its sign, for the next integer
 * has to wait for that. */
static inline const char *
parse_word (const char *token, int64_t *ret_value)
{
  const char *after = token + 1 + count_digits (token + 1);
  uint8_t first = firsts[(uint8_t)*token];
  const char *digits = token + first / FIRST_SIGN;
  unsigned n = (unsigned)(after - digits);
  uint64_t value;

  if (first == 0 || n - 1 >= WORD_DIGITS || !inf_integer_is_space (*after))
    return NULL;
  value = value_of_word (digits, n);
  if (value > INT64_MAX)
    return NULL;
  *ret_value = *token == '-' ? -(int64_t)value : (int64_t)value;
  return after;
}

/* Parses up to @end or to what is no integer, which is returned. Behind @end there are a line end
 * and a NUL, so that no look at a character needs a look at the end. */
static const char *
parse_all (Batcher *batcher, const char *p, const char *end, InfIntegerParse *parse)
{
  uint64_t n_newlines = 0;
  const char *token = NULL;

  while (p)
    {
      while (inf_integer_is_space (*p))
        n_newlines += *p++ == '\n';
      token = p;
      if (p >= end)
        {
          n_newlines--; /* the one behind the end */
          break;
        }
      p = parse_word (token, &batcher->batch[batcher->n_batch]);
      if (p)
        batcher->n_batch++;
      else
        p = parse_long (batcher, token, end, parse);
      if (batcher->n_batch == BATCH_SIZE)
        flush (batcher);
    }
  parse->n_newlines = n_newlines;
  return token;
}

/**
 * inf_integers_parse:
 * @text: integers in decimal between white space, each an optional sign and digits; the
 *   %INF_INTEGER_PARSER_SLACK bytes after it are there too, and the parser writes into them
 * @size_bytes: its length; the last integer ends with it
 * @sink: where the integers go
 * @parse: (out): what was met
 *
 * Stops at the first thing that is not an integer; the sink may have had those before it.
 *
 * Returns: whether all of @text was integers and white space
 */
bool
inf_integers_parse (char *text, size_t size_bytes, const InfIntegerSink *sink,
                    InfIntegerParse *parse)
{
  char *end = text + size_bytes;
  const char *stopped;
  Batcher batcher;

  /* not the whole of it: the batch is large */
  batcher.sink = sink;
  batcher.n_integers = 0;
  batcher.n_batch = 0;
  end[0] = '\n';
  memset (end + 1, 0, INF_INTEGER_PARSER_SLACK - 1);
  parse->problem[0] = '\0';
  stopped = parse_all (&batcher, text, end, parse);
  flush (&batcher);
  parse->n_integers = batcher.n_integers;
  parse->bad_offset = (size_t)(stopped - text);
  return parse->problem[0] == '\0';
}
