#include "client-app/inf-cause-words.h"

#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>
#include <string.h>

/* Why a job can't run, waits or failed: what infinityd tells by a code and what that is about
 * (docs/causes.md), in words. */

/* How deep one cause may lie in another. */
#define MAX_DEPTH 4

typedef struct
{
  const char *code;
  const char *text;
} Phrase;

static const char *
get_text (GVariant *cause, const char *key)
{
  const char *text = "";

  g_variant_lookup (cause, key, "&s", &text);
  return text;
}

static guint32
get_number (GVariant *cause, const char *key)
{
  guint32 number = 0;

  g_variant_lookup (cause, key, "u", &number);
  return number;
}

static guint64
get_amount (GVariant *cause, const char *key)
{
  guint64 amount = 0;

  g_variant_lookup (cause, key, "t", &amount);
  return amount;
}

static int
get_integer (GVariant *cause, const char *key)
{
  gint32 number = 0;

  g_variant_lookup (cause, key, "i", &number);
  return number;
}

static const char *
find_phrase (const Phrase *phrases, guint n_phrases, const char *code)
{
  for (guint i = 0; i < n_phrases; i++)
    if (g_str_equal (phrases[i].code, code))
      return _ (phrases[i].text);
  return NULL;
}

static char *
describe_price (GVariant *cause)
{
  g_autofree char *price = inf_phrase_price (get_amount (cause, "price"));
  g_autofree char *most = inf_phrase_price (get_amount (cause, "most"));

  /* Translators: of a computer: prices such as “3.60 credits an hour” */
  return g_strdup_printf (_ ("costs %s, more than %s"), price, most);
}

static char *
describe_memory (GVariant *cause)
{
  g_autofree char *size = inf_phrase_size (get_amount (cause, "bytes"));
  g_autofree char *asked = inf_phrase_size (get_amount (cause, "asked"));

  /* Translators: of a computer: amounts of memory */
  return g_strdup_printf (_ ("has %s of memory, %s are asked for"), size, asked);
}

static char *
describe_slots (GVariant *cause)
{
  /* Translators: of a computer: slots that are free, that it has, that are asked for */
  return g_strdup_printf (_ ("has %u of %u slots free, %u are asked for"),
                          get_number (cause, "free"), get_number (cause, "total"),
                          get_number (cause, "asked"));
}

/* Returns: (transfer full): why one computer can't be used */
static char *
describe_obstacle (GVariant *cause)
{
  static const Phrase phrases[] = {
    /* Translators: of a computer that a job can't use, after its name and a colon; so are those
       that follow */
    { "failed-before", N_ ("refused this job or failed it before") },
    { "not-alive", N_ ("can’t be reached") },
    { "not-hosting", N_ ("takes no jobs now") },
    { "no-open-mpi", N_ ("has no Open MPI") },
  };
  const char *code = get_text (cause, "code");
  const char *phrase = find_phrase (phrases, G_N_ELEMENTS (phrases), code);

  if (phrase)
    return g_strdup (phrase);
  if (g_str_equal (code, "other-machine"))
    /* Translators: kinds of processors, such as “x86_64” */
    return g_strdup_printf (_ ("is a %s, %s is needed"), get_text (cause, "arch"),
                            get_text (cause, "needed"));
  if (g_str_equal (code, "other-open-mpi"))
    return g_strdup_printf (_ ("has Open MPI %s, %s is needed"), get_text (cause, "version"),
                            get_text (cause, "needed"));
  if (g_str_equal (code, "not-offered"))
    /* Translators: %s is a program */
    return g_strdup_printf (_ ("does not offer %s"), get_text (cause, "program"));
  if (g_str_equal (code, "too-expensive"))
    return describe_price (cause);
  if (g_str_equal (code, "too-few-slots"))
    return describe_slots (cause);
  if (g_str_equal (code, "too-little-memory"))
    return describe_memory (cause);
  return g_strdup (_ ("can’t be used"));
}

static char *
list_unusable (GVariant *cause)
{
  g_autoptr (GVariant) unusable
      = g_variant_lookup_value (cause, "unusable", G_VARIANT_TYPE ("a(sa{sv})"));
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  guint n_more = get_number (cause, "unusable-more");

  for (gsize i = 0; unusable && i < g_variant_n_children (unusable); i++)
    {
      g_autoptr (GVariant) why = NULL;
      g_autofree char *words = NULL;
      const char *name;

      g_variant_get_child (unusable, i, "(&s@a{sv})", &name, &why);
      words = describe_obstacle (why);
      /* Translators: a computer, and why it can't be used */
      g_ptr_array_add (parts, g_strdup_printf (_ ("%s %s"), name, words));
    }
  if (n_more)
    g_ptr_array_add (parts,
                     g_strdup_printf (ngettext ("and %u more", "and %u more", n_more), n_more));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv ("; ", (char **)parts->pdata);
}

static char *
describe_few_hosts (GVariant *cause)
{
  guint n_asked = get_number (cause, "asked");
  g_autofree char *unusable = list_unusable (cause);
  /* Translators: how many computers a job can use, and how many it asks for */
  g_autofree char *found = g_strdup_printf (
      ngettext ("%u of %u computer can be used", "%u of %u computers can be used", n_asked),
      get_number (cause, "found"), n_asked);

  return *unusable ? g_strdup_printf ("%s (%s).", found, unusable) : g_strdup_printf ("%s.", found);
}

static char *
describe_few_credits (GVariant *cause)
{
  g_autofree char *free_credits
      = inf_phrase_credits ((gint64)MIN (get_amount (cause, "free"), G_MAXINT64));
  g_autofree char *needed
      = inf_phrase_credits ((gint64)MIN (get_amount (cause, "needed"), G_MAXINT64));

  /* Translators: amounts of credits */
  return g_strdup_printf (_ ("You have %s credits free. To begin, %s are needed."), free_credits,
                          needed);
}

/* When a computer was lost. */
static const char *
find_phase (GVariant *cause)
{
  static const Phrase phases[] = {
    /* Translators: when a computer was lost, at the end of a sentence; so are those that follow */
    { "leasing", N_ ("while it was asked for a lease") },
    { "staging", N_ ("while files were sent to it") },
    { "checking", N_ ("while it was checked") },
    { "launching", N_ ("while the program was started") },
    { "running", N_ ("while the program ran") },
  };
  const char *phase = find_phrase (phases, G_N_ELEMENTS (phases), get_text (cause, "phase"));

  return phase ? phase : _ ("before its results were here");
}

static char *
describe_loss (GVariant *cause, const char *code)
{
  const char *host = get_text (cause, "host");
  const char *phase = find_phase (cause);

  if (g_str_equal (code, "host-died"))
    /* Translators: a computer, and when; so are those that follow */
    return g_strdup_printf (_ ("%s went away %s."), host, phase);
  if (g_str_equal (code, "link-lost"))
    return g_strdup_printf (_ ("The connection to %s broke %s."), host, phase);
  if (g_str_equal (code, "host-stopped"))
    return g_strdup_printf (_ ("%s stopped the job %s."), host, phase);
  return NULL;
}

/* What a host did or could not do. */
static char *
describe_host (const char *host, const char *code)
{
  if (g_str_equal (code, "host-refused"))
    /* Translators: %s is a computer; so it is in those that follow */
    return g_strdup_printf (_ ("%s did not take the job."), host);
  if (g_str_equal (code, "host-broke-off"))
    return g_strdup_printf (_ ("%s broke the program off."), host);
  if (g_str_equal (code, "staging-failed"))
    return g_strdup_printf (_ ("The files could not be sent to %s."), host);
  if (g_str_equal (code, "checking-failed"))
    return g_strdup_printf (_ ("%s is not fit to run the program."), host);
  if (g_str_equal (code, "launching-failed"))
    return g_strdup_printf (_ ("The program could not be started on %s."), host);
  if (g_str_equal (code, "collecting-failed"))
    return g_strdup_printf (_ ("The results of %s could not be fetched."), host);
  if (g_str_equal (code, "staging-late"))
    return g_strdup_printf (_ ("The files did not arrive at %s in time."), host);
  if (g_str_equal (code, "checking-late"))
    return g_strdup_printf (_ ("%s did not answer in time."), host);
  return NULL;
}

/* What happened without a host that is to blame. */
static char *
describe_plain (const char *code)
{
  static const Phrase phrases[] = {
    { "staging-failed", N_ ("The files could not be read.") },
    { "launching-failed", N_ ("The program could not be started.") },
    { "launching-late", N_ ("The program did not start in time.") },
    { "restarted", N_ ("Infinity was restarted meanwhile.") },
    { "credits-out", N_ ("The credits ran out.") },
    { "waited-too-long", N_ ("It waited a week for hosts.") },
    { "cancelled", N_ ("It was cancelled.") },
    { "can-not-launch", N_ ("This computer can’t start jobs.") },
  };

  return g_strdup (find_phrase (phrases, G_N_ELEMENTS (phrases), code));
}

/* How the program ended. */
static char *
describe_exit (GVariant *cause, const char *code)
{
  if (g_str_equal (code, "killed"))
    return g_strdup_printf (_ ("The program was ended by signal %d."),
                            get_integer (cause, "signal"));
  if (g_str_equal (code, "exited"))
    return g_strdup_printf (_ ("The program ended with status %d."), get_integer (cause, "status"));
  if (g_str_equal (code, "bad-data"))
    return g_strdup (_ ("The program did not accept its input."));
  if (g_str_equal (code, "io-error"))
    return g_strdup (_ ("The program could not read or write its files."));
  return NULL;
}

static char *
describe_time_limit (GVariant *cause)
{
  g_autofree char *limit = inf_phrase_duration ((gint64)MIN (get_amount (cause, "us"), G_MAXINT64));

  /* Translators: %s is a duration */
  return g_strdup_printf (_ ("It was stopped at its time limit of %s."), limit);
}

static char *describe (GVariant *cause, guint depth);

static char *
describe_both (GVariant *cause, guint depth)
{
  g_autoptr (GVariant) first = g_variant_lookup_value (cause, "first", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) then = g_variant_lookup_value (cause, "then", G_VARIANT_TYPE_VARDICT);
  g_autofree char *first_words = first ? describe (first, depth + 1) : NULL;
  g_autofree char *then_words = then ? describe (then, depth + 1) : NULL;

  if (!first_words || !then_words)
    return NULL;
  /* Translators: why a job was tried anew, and why no other computers were found; two sentences */
  return g_strdup_printf (_ ("%s After that there were not enough others: %s"), first_words,
                          then_words);
}

static char *
describe_alone (GVariant *cause, const char *code, guint depth)
{
  const char *host = get_text (cause, "host");
  char *words;

  if (g_str_equal (code, "too-few-hosts"))
    return describe_few_hosts (cause);
  if (g_str_equal (code, "too-few-credits"))
    return describe_few_credits (cause);
  if (g_str_equal (code, "time-limit"))
    return describe_time_limit (cause);
  if (g_str_equal (code, "no-other-hosts"))
    return describe_both (cause, depth);
  words = describe_exit (cause, code);
  if (!words)
    words = describe_loss (cause, code);
  if (!words)
    words = *host ? describe_host (host, code) : describe_plain (code);
  return words;
}

static char *
describe (GVariant *cause, guint depth)
{
  g_autofree char *words
      = depth < MAX_DEPTH ? describe_alone (cause, get_text (cause, "code"), depth) : NULL;
  const char *detail = get_text (cause, "detail");

  if (!words || !*detail)
    return g_steal_pointer (&words);
  /* Translators: what happened, a sentence, and what a host or a program said of it */
  return g_strdup_printf (_ ("%s Details: %s"), words, detail);
}

/**
 * inf_cause_words:
 * @cause: (nullable): a cause as Jobs1 tells it, `a{sv}`
 *
 * Returns: (transfer full) (nullable): it in words; %NULL of one that this app does not know, for
 *   which infinityd's own words have to do
 */
char *
inf_cause_words (GVariant *cause)
{
  return cause ? describe (cause, 0) : NULL;
}
