#include "client-app/inf-plan-words.h"

#include "client-app/inf-cause-words.h"
#include "client-app/inf-size-text.h"
#include "client-app/inf-submission-private.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

#define MAX_NAMED 5

static char *
name_hosts (GVariant *hosts)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  gsize n_hosts = g_variant_n_children (hosts);
  gsize n_named = n_hosts > MAX_NAMED ? MAX_NAMED - 1 : n_hosts;
  g_autofree char *list = NULL;

  for (gsize i = 0; i < n_named; i++)
    {
      char *name;
      g_variant_get_child (hosts, i, "(sut)", &name, NULL, NULL);
      g_ptr_array_add (names, name);
    }
  g_ptr_array_add (names, NULL);
  list = g_strjoinv (", ", (char **)names->pdata);
  if (n_named == n_hosts)
    return g_steal_pointer (&list);
  /* Translators: names of computers, and how many there are besides */
  return g_strdup_printf (_ ("%s and %u more"), list, (guint)(n_hosts - n_named));
}

static char *
describe_hosts (GVariant *hosts)
{
  guint n_hosts = (guint)g_variant_n_children (hosts);
  g_autofree char *names = name_hosts (hosts);

  /* Translators: how many computers take a job, and their names */
  return g_strdup_printf (ngettext ("Runs on %u computer: %s", "Runs on %u computers: %s", n_hosts),
                          n_hosts, names);
}

static void
describe_cost (InfPlanWords *words, guint64 per_minute, guint64 worst_case, gint64 balance)
{
  g_autofree char *rate = inf_phrase_credits ((gint64)MIN (per_minute, G_MAXINT64));
  g_autofree char *most = inf_phrase_credits ((gint64)MIN (worst_case, G_MAXINT64));
  g_autofree char *left = NULL;

  if (!per_minute)
    {
      words->cost = g_strdup (_ ("Costs nothing"));
      return;
    }
  if (balance >= 0 && worst_case <= (guint64)balance)
    {
      left = inf_phrase_credits (balance - (gint64)worst_case);
      /* Translators: amounts of credits: of a minute, of all the time allowed, what is left then */
      words->cost = g_strdup_printf (_ ("%s credits a minute · at most %s · leaves you %s or more"),
                                     rate, most, left);
      return;
    }
  /* Translators: amounts of credits: of a minute, of all the time allowed */
  words->cost = g_strdup_printf (_ ("%s credits a minute · at most %s"), rate, most);
  left = inf_phrase_duration (
      (gint64)((double)MAX (balance, 0) / (double)per_minute * 60 * G_USEC_PER_SEC));
  words->warning = g_strdup_printf (
      /* Translators: %s is a duration */
      _ ("Your credits last for %s of the time allowed. Then the job is stopped, and what it made"
         " so far is kept."),
      left);
}

static void
take_price (InfPlanWords *words, guint64 ucredits)
{
  g_autofree char *price = inf_phrase_price (ucredits);

  words->remedy_field = "max-price";
  words->remedy_value = inf_submission_format_price (ucredits);
  /* Translators: a button; %s is a price such as “3.60 credits an hour” */
  words->remedy = g_strdup_printf (_ ("Allow %s"), price);
}

static void
take_memory (InfPlanWords *words, guint64 size_bytes)
{
  g_autofree char *size = inf_phrase_size (size_bytes);

  words->remedy_field = "memory";
  words->remedy_value = inf_size_text_format (size_bytes);
  /* Translators: a button; %s is an amount of memory */
  words->remedy = g_strdup_printf (_ ("Ask for %s"), size);
}

static void
take_slots (InfPlanWords *words, guint64 n_slots)
{
  words->remedy_field = "slots";
  words->remedy_value = g_strdup_printf ("%" G_GUINT64_FORMAT, n_slots);
  words->remedy
      = g_strdup_printf (ngettext ("Use %u Slot", "Use %u Slots", n_slots), (guint)n_slots);
}

static void
take_nodes (InfPlanWords *words, guint64 n_nodes)
{
  words->remedy_field = "nodes";
  words->remedy_value = g_strdup_printf ("%" G_GUINT64_FORMAT, n_nodes);
  words->remedy
      = g_strdup_printf (ngettext ("Use %u Computer", "Use %u Computers", n_nodes), (guint)n_nodes);
}

/* What infinityd says would help. */
static void
take_remedy (InfPlanWords *words, GVariant *cause)
{
  const char *field = "";
  guint64 value = 0;

  g_variant_lookup (cause, "try", "&s", &field);
  g_variant_lookup (cause, "value", "t", &value);
  if (!value)
    return;
  if (g_str_equal (field, "slots"))
    take_slots (words, value);
  else if (g_str_equal (field, "nodes"))
    take_nodes (words, value);
  else if (g_str_equal (field, "max-price"))
    take_price (words, value);
  else if (g_str_equal (field, "memory"))
    take_memory (words, value);
}

static void
describe_impossible (InfPlanWords *words, const char *reason, GVariant *cause, gboolean waits)
{
  words->is_possible = FALSE;
  words->can_run = waits;
  words->title
      = g_strdup (waits ? _ ("This will wait until it can run") : _ ("This can’t run now"));
  words->reason = inf_cause_words (cause);
  if (!words->reason)
    words->reason = g_strdup (reason);
  if (cause)
    take_remedy (words, cause);
  if (words->remedy || waits)
    return;
  words->remedy_field = "waits";
  words->remedy_value = g_strdup ("true");
  words->remedy = g_strdup (_ ("Wait Until It Can"));
}

/**
 * inf_plan_words_describe:
 * @words: (out caller-allocates): the words; clear them after use
 * @plan: what Jobs1.Plan answered, `a{sv}`
 * @balance_ucredits: what the account holds
 * @waits: whether the job waits for what is missing
 */
void
inf_plan_words_describe (InfPlanWords *words, GVariant *plan, gint64 balance_ucredits,
                         gboolean waits)
{
  g_autoptr (GVariant) hosts = g_variant_lookup_value (plan, "hosts", G_VARIANT_TYPE ("a(sut)"));
  g_autoptr (GVariant) cause = g_variant_lookup_value (plan, "cause", G_VARIANT_TYPE_VARDICT);
  const char *reason = "";
  guint64 per_minute = 0;
  guint64 worst_case = 0;

  *words = (InfPlanWords){ .title = NULL };
  g_variant_lookup (plan, "possible", "b", &words->is_possible);
  g_variant_lookup (plan, "reason", "&s", &reason);
  g_variant_lookup (plan, "price-per-minute", "t", &per_minute);
  g_variant_lookup (plan, "worst-case", "t", &worst_case);
  if (words->is_possible && hosts && g_variant_n_children (hosts))
    {
      words->can_run = TRUE;
      words->title = describe_hosts (hosts);
      describe_cost (words, per_minute, worst_case, balance_ucredits);
    }
  else
    describe_impossible (words, reason, cause, waits);
  words->cost = words->cost ? words->cost : g_strdup ("");
  words->warning = words->warning ? words->warning : g_strdup ("");
  words->reason = words->reason ? words->reason : g_strdup ("");
  words->remedy = words->remedy ? words->remedy : g_strdup ("");
}

void
inf_plan_words_clear (InfPlanWords *words)
{
  g_clear_pointer (&words->title, g_free);
  g_clear_pointer (&words->cost, g_free);
  g_clear_pointer (&words->warning, g_free);
  g_clear_pointer (&words->reason, g_free);
  g_clear_pointer (&words->remedy, g_free);
  g_clear_pointer (&words->remedy_value, g_free);
}
