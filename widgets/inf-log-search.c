#include "widgets/inf-log-search.h"

/* What is known of a block: how many matches it has. Where they are is found again when somebody
 * goes there; so a search for a letter takes no more memory than one for a sentence. */
typedef struct
{
  guint n_matches;
  guint serial; /* of the text that was looked through */
  gboolean is_known;
} Tally;

/**
 * InfLogSearch:
 *
 * All places of a text in a log, whatever their case. It goes through the log a block at a time,
 * and through those again that have changed since.
 */
struct _InfLogSearch
{
  InfLogLines *lines; /* not owned */
  GRegex *regex;
  GArray *tallies; /* Tally, of the blocks from first_block on */
  guint64 first_block;
  guint64 n_matches;
  guint n_known; /* tallies before this one are up to date, perhaps but for the last of them */
};

/**
 * inf_log_search_new:
 * @lines: a log that lives longer
 *
 * Returns: (transfer full): a search for nothing
 */
InfLogSearch *
inf_log_search_new (InfLogLines *lines)
{
  InfLogSearch *self = g_new0 (InfLogSearch, 1);

  self->lines = lines;
  self->tallies = g_array_new (FALSE, TRUE, sizeof (Tally));
  return self;
}

void
inf_log_search_free (InfLogSearch *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->regex, g_regex_unref);
  g_array_unref (self->tallies);
  g_free (self);
}

gboolean
inf_log_search_is_set (InfLogSearch *self)
{
  return self->regex != NULL;
}

static Tally *
get_tally (InfLogSearch *self, guint64 block)
{
  return &g_array_index (self->tallies, Tally, block - self->first_block);
}

/* As many tallies as there are blocks, for the same blocks. */
static void
follow_blocks (InfLogSearch *self)
{
  guint64 first = inf_log_lines_get_first_block (self->lines);
  guint64 n_gone = MIN (first - self->first_block, self->tallies->len);

  for (guint i = 0; i < n_gone; i++)
    self->n_matches -= g_array_index (self->tallies, Tally, i).n_matches;
  g_array_remove_range (self->tallies, 0, (guint)n_gone);
  self->n_known -= MIN (self->n_known, (guint)n_gone);
  self->first_block = first;
  g_array_set_size (self->tallies, (guint)(inf_log_lines_get_end_block (self->lines) - first));
}

/**
 * inf_log_search_set_text:
 * @self: a search
 * @text: what to look for, literally; "" for nothing
 */
void
inf_log_search_set_text (InfLogSearch *self, const char *text)
{
  g_autofree char *pattern = g_regex_escape_string (text, -1);

  g_clear_pointer (&self->regex, g_regex_unref);
  g_array_set_size (self->tallies, 0);
  self->n_matches = 0;
  self->n_known = 0;
  if (*text)
    self->regex = g_regex_new (pattern, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
}

static gboolean
is_current (InfLogSearch *self, guint64 block)
{
  Tally *tally = get_tally (self, block);
  InfLogBlock text;

  inf_log_lines_peek_block (self->lines, block, &text);
  return tally->is_known && tally->serial == text.serial;
}

static void
count_matches (InfLogSearch *self, guint64 block)
{
  Tally *tally = get_tally (self, block);
  g_autoptr (GMatchInfo) info = NULL;
  InfLogBlock text;
  guint n_matches = 0;

  inf_log_lines_peek_block (self->lines, block, &text);
  g_regex_match_full (self->regex, text.text, (gssize)text.size_bytes, 0, 0, &info, NULL);
  while (g_match_info_matches (info))
    {
      n_matches++;
      g_match_info_next (info, NULL);
    }
  self->n_matches = self->n_matches - tally->n_matches + n_matches;
  *tally = (Tally){ n_matches, text.serial, TRUE };
}

/* Returns: whether all there is was looked through */
gboolean
inf_log_search_is_done (InfLogSearch *self)
{
  if (!self->regex)
    return TRUE;
  follow_blocks (self);
  /* only the last block grows, and what is known may have ended with what was the last */
  self->n_known -= MIN (self->n_known, 1);
  while (self->n_known < self->tallies->len && is_current (self, self->first_block + self->n_known))
    self->n_known++;
  return self->n_known == self->tallies->len;
}

/**
 * inf_log_search_step:
 * @self: a search
 *
 * Looks through one more block: a millisecond or a few.
 *
 * Returns: whether there is more to do
 */
gboolean
inf_log_search_step (InfLogSearch *self)
{
  if (inf_log_search_is_done (self))
    return FALSE;
  count_matches (self, self->first_block + self->n_known);
  return !inf_log_search_is_done (self);
}

/* Returns: how many are known so far */
guint64
inf_log_search_get_n_matches (InfLogSearch *self)
{
  return self->n_matches;
}

static guint64
count_before (InfLogSearch *self, guint64 block)
{
  guint64 n_matches = 0;

  for (guint64 i = self->first_block; i < block; i++)
    n_matches += get_tally (self, i)->n_matches;
  return n_matches;
}

static void
fill_match (InfLogSearch *self, guint64 block, GMatchInfo *info, InfLogMatch *ret_match)
{
  gsize row_start;
  gsize row_size_bytes;
  int begin;
  int end;

  g_match_info_fetch_pos (info, 0, &begin, &end);
  ret_match->row = inf_log_lines_find_row (self->lines, block, (gsize)begin, &row_start);
  ret_match->start = (gsize)begin - row_start;
  inf_log_lines_peek_row (self->lines, ret_match->row, &row_size_bytes);
  ret_match->size_bytes
      = MIN ((gsize)(end - begin), row_size_bytes - MIN (ret_match->start, row_size_bytes));
}

/* The nearest match of @block that lies after (before) the place @offset of its text; any when
 * @offset is negative. */
static gboolean
find_in_block (InfLogSearch *self, guint64 block, gint64 offset, gboolean is_forward,
               InfLogMatch *ret_match)
{
  g_autoptr (GMatchInfo) info = NULL;
  InfLogBlock text;
  guint64 number = 0;
  gboolean is_found = FALSE;

  inf_log_lines_peek_block (self->lines, block, &text);
  g_regex_match_full (self->regex, text.text, (gssize)text.size_bytes, 0, 0, &info, NULL);
  for (; g_match_info_matches (info); g_match_info_next (info, NULL))
    {
      int begin;

      g_match_info_fetch_pos (info, 0, &begin, NULL);
      number++;
      if (offset >= 0 && is_forward && begin <= offset)
        continue;
      if (offset >= 0 && !is_forward && begin >= offset)
        break;
      fill_match (self, block, info, ret_match);
      ret_match->number = count_before (self, block) + number;
      is_found = TRUE;
      if (is_forward)
        break;
    }
  return is_found;
}

/**
 * inf_log_search_find:
 * @self: a search for something
 * @row: where to begin
 * @offset: in that row, in bytes: the match that begins there is not meant
 * @is_forward: which way; at the end it goes on from the other one
 * @ret_match: (out): the next match
 */
InfLogFind
inf_log_search_find (InfLogSearch *self, guint64 row, gsize offset, gboolean is_forward,
                     InfLogMatch *ret_match)
{
  guint64 n_blocks;
  guint64 block;
  gint64 at = -1;

  inf_log_search_is_done (self);
  n_blocks = self->tallies->len;
  if (!n_blocks)
    return INF_LOG_FIND_NOTHING;
  if (row < inf_log_lines_get_first_row (self->lines)
      || row >= inf_log_lines_get_end_row (self->lines))
    block = is_forward ? self->first_block : self->first_block + n_blocks - 1;
  else
    {
      InfLogBlock text;
      gsize size_bytes;
      const char *begin = inf_log_lines_peek_row (self->lines, row, &size_bytes);

      block = inf_log_lines_find_block (self->lines, row);
      inf_log_lines_peek_block (self->lines, block, &text);
      at = begin - text.text + (gint64)offset;
    }
  /* the first block comes twice: what lies on the other side of the place is found at the end */
  for (guint64 i = 0; i <= n_blocks; i++)
    {
      if (!is_current (self, block))
        return INF_LOG_FIND_PENDING;
      if (get_tally (self, block)->n_matches
          && find_in_block (self, block, at, is_forward, ret_match))
        return INF_LOG_FIND_FOUND;
      at = -1;
      block -= self->first_block;
      block = self->first_block + (is_forward ? block + 1 : block + n_blocks - 1) % n_blocks;
    }
  return INF_LOG_FIND_NOTHING;
}

/**
 * inf_log_search_each_in_row:
 * @self: a search
 * @row: a row that is kept
 * @func: called with every match that begins and ends in it
 * @user_data: for @func
 */
void
inf_log_search_each_in_row (InfLogSearch *self, guint64 row, InfLogMatchFunc func,
                            gpointer user_data)
{
  g_autoptr (GMatchInfo) info = NULL;
  gsize size_bytes;
  const char *text;

  if (!self->regex)
    return;
  text = inf_log_lines_peek_row (self->lines, row, &size_bytes);
  g_regex_match_full (self->regex, text, (gssize)size_bytes, 0, 0, &info, NULL);
  for (; g_match_info_matches (info); g_match_info_next (info, NULL))
    {
      InfLogMatch match = { .row = row };
      int begin;
      int end;

      g_match_info_fetch_pos (info, 0, &begin, &end);
      match.start = (gsize)begin;
      match.size_bytes = (gsize)(end - begin);
      func (&match, user_data);
    }
}
