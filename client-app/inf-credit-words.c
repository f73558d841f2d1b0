#include "client-app/inf-credit-words.h"

#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

#define JOB_PREFIX_LENGTH 8

/* The account in words, without a display. */

static const struct
{
  const char *kind;
  const char *words;
  const char *sign; /* of what it does to the balance */
} kinds[] = {
  { "grant", N_ ("Welcome grant"), "+" }, { "escrow", N_ ("Set aside"), "−" },
  { "release", N_ ("Given back"), "+" },  { "pay", N_ ("Paid"), "" },
  { "earn", N_ ("Earned"), "+" },
};

/* Returns: what kind of entry it is; one that this version does not know as it is called */
const char *
inf_credit_words_kind (const char *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].kind, kind))
      return _ (kinds[i].words);
  return kind;
}

/**
 * inf_credit_words_amount:
 * @facts: an entry
 *
 * Returns: (transfer full): the amount with what it does to the balance: "+1.50", "−0.24"; without
 * a sign what is paid, as it was set aside before
 */
char *
inf_credit_words_amount (const InfEntryFacts *facts)
{
  g_autofree char *amount = inf_phrase_credits (facts->amount);
  const char *sign = "";

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].kind, facts->kind))
      sign = kinds[i].sign;
  return g_strconcat (facts->amount ? sign : "", amount, NULL);
}

/* Returns: (transfer full): the job's name, else the beginning of its id, "" for none */
char *
inf_credit_words_job (const InfEntryFacts *facts)
{
  if (*facts->job_name)
    return g_strdup (facts->job_name);
  return g_strndup (facts->job, JOB_PREFIX_LENGTH);
}

/* Returns: (transfer full): "14:05:09" of today, else a date and time; "" for 0 */
char *
inf_credit_words_time (gint64 unix_us, gint64 now_unix_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (unix_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_unix_us / G_USEC_PER_SEC);

  if (unix_us <= 0 || !time || !now)
    return g_strdup ("");
  if (g_date_time_get_year (time) == g_date_time_get_year (now)
      && g_date_time_get_day_of_year (time) == g_date_time_get_day_of_year (now))
    return g_date_time_format (time, "%H:%M:%S");
  return g_date_time_format (time, "%x %H:%M");
}
