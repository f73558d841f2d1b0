#include "client-app/inf-file-words.h"

#include "client-app/inf-result-words.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>
#include <string.h>

#define HASH_LENGTH 64
#define SHORT_LENGTH 12
/* before that no pace can be told */
#define MIN_SPAN_US (2 * G_USEC_PER_SEC)

/* Files and transfers in words, without a display. */

/**
 * inf_file_words_parse_hash:
 * @text: what somebody typed or pasted
 *
 * Returns: (transfer full) (nullable): a SHA-256 in lower case, when there is one in @text and no
 *   other word that could be one, such as what `sha256sum` prints
 */
char *
inf_file_words_parse_hash (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t\r\n*", -1);
  char *hash = NULL;

  for (guint i = 0; words[i]; i++)
    {
      gboolean is_hash = strlen (words[i]) == HASH_LENGTH
                         && strspn (words[i], "0123456789abcdefABCDEF") == HASH_LENGTH;
      if (is_hash && hash)
        {
          g_free (hash);
          return NULL;
        }
      if (is_hash)
        hash = g_ascii_strdown (words[i], -1);
    }
  return hash;
}

/* Returns: (transfer full): what a file is called; of one without a name the beginning of its hash
 */
char *
inf_file_words_name (const char *name, const char *sha256)
{
  return *name ? g_strdup (name) : g_strdup_printf ("%.*s…", SHORT_LENGTH, sha256);
}

/* Returns: (transfer full): size, beginning of the hash, when it came, and who uses it */
char *
inf_file_words_facts (const InfFileFacts *facts, gint64 now_unix_us)
{
  g_autofree char *size = inf_phrase_size (facts->size_bytes);
  g_autofree char *when = inf_result_words_when (facts->added_unix, now_unix_us);
  GString *text = g_string_new (size);

  if (*when)
    g_string_append_printf (text, " · %s", when);
  if (facts->is_in_use)
    g_string_append_printf (text, " · %s", _ ("in use"));
  if (!facts->is_shared)
    g_string_append_printf (text, " · %s", _ ("brought by a job"));
  /* one without a name is called by it */
  if (*facts->name)
    g_string_append_printf (text, " · %.*s…", SHORT_LENGTH, facts->sha256);
  return g_string_free (text, FALSE);
}

gboolean
inf_file_words_is_active (const InfTransferFacts *facts)
{
  return g_str_equal (facts->state, "looking") || g_str_equal (facts->state, "fetching")
         || g_str_equal (facts->state, "adding") || g_str_equal (facts->state, "saving");
}

/* Returns: from 0 to 1; negative while it is unknown */
double
inf_file_words_fraction (const InfTransferFacts *facts)
{
  if (g_str_equal (facts->state, "done"))
    return 1;
  if (!facts->size_bytes || g_str_equal (facts->state, "looking"))
    return -1;
  return (double)MIN (facts->got_bytes, facts->size_bytes) / (double)facts->size_bytes;
}

/* Returns: (transfer full) (nullable): as if it went on like that; %NULL while no pace can be told
 */
static char *
describe_rest (const InfTransferFacts *facts, gint64 now_unix_us)
{
  gint64 span_us = now_unix_us - facts->began_unix;
  double left_us;

  if (!facts->got_bytes || facts->got_bytes >= facts->size_bytes || span_us < MIN_SPAN_US)
    return NULL;
  left_us
      = (double)span_us * (double)(facts->size_bytes - facts->got_bytes) / (double)facts->got_bytes;
  return inf_phrase_duration ((gint64)MIN (left_us, (double)365 * G_TIME_SPAN_DAY));
}

static char *
describe_fetching (const InfTransferFacts *facts, gint64 now_unix_us)
{
  g_autofree char *got = inf_phrase_size (facts->got_bytes);
  g_autofree char *size = inf_phrase_size (facts->size_bytes);
  g_autofree char *left = describe_rest (facts, now_unix_us);

  if (!facts->size_bytes)
    /* Translators: bytes fetched so far, from which computer */
    return g_strdup_printf (_ ("%s from %s"), got, facts->from);
  if (!left)
    /* Translators: bytes fetched so far, of all, from which computer */
    return g_strdup_printf (_ ("%s of %s from %s"), got, size, facts->from);
  /* Translators: bytes fetched so far, of all, from which computer, a time span */
  return g_strdup_printf (_ ("%s of %s from %s, %s left"), got, size, facts->from, left);
}

static char *
describe_copying (const InfTransferFacts *facts, gint64 now_unix_us)
{
  g_autofree char *got = inf_phrase_size (facts->got_bytes);
  g_autofree char *size = inf_phrase_size (facts->size_bytes);
  g_autofree char *left = describe_rest (facts, now_unix_us);

  if (!facts->size_bytes)
    return g_strdup (g_str_equal (facts->state, "adding") ? _ ("Adding…") : _ ("Saving…"));
  if (!left)
    /* Translators: bytes copied so far, of all */
    return g_strdup_printf (_ ("%s of %s"), got, size);
  /* Translators: bytes copied so far, of all, a time span */
  return g_strdup_printf (_ ("%s of %s, %s left"), got, size, left);
}

/* Returns: (transfer full): what the button that ends it does */
char *
inf_file_words_cancel (const InfTransferFacts *facts)
{
  g_autofree char *name = inf_file_words_name (facts->name, facts->sha256);

  if (g_str_equal (facts->state, "adding"))
    /* Translators: %s is a file's name */
    return g_strdup_printf (_ ("Cancel adding %s"), name);
  if (g_str_equal (facts->state, "saving"))
    /* Translators: %s is a file's name */
    return g_strdup_printf (_ ("Cancel saving %s"), name);
  /* Translators: %s is a file's name */
  return g_strdup_printf (_ ("Cancel fetching %s"), name);
}

/* Returns: (transfer full): how a transfer stands, in a sentence */
char *
inf_file_words_transfer (const InfTransferFacts *facts, gint64 now_unix_us)
{
  g_autofree char *size = inf_phrase_size (facts->size_bytes);

  if (g_str_equal (facts->state, "looking"))
    return g_strdup (_ ("Looking for a computer that has it…"));
  if (g_str_equal (facts->state, "fetching"))
    return describe_fetching (facts, now_unix_us);
  if (inf_file_words_is_active (facts))
    return describe_copying (facts, now_unix_us);
  if (g_str_equal (facts->state, "done"))
    /* Translators: how much was fetched, from which computer */
    return g_strdup_printf (_ ("Fetched %s from %s"), size, facts->from);
  if (g_str_equal (facts->state, "cancelled"))
    return g_strdup (_ ("Cancelled"));
  return g_strdup_printf (_ ("Failed: %s"), facts->message);
}
