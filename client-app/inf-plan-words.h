#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfPlanWords:
 * @is_possible: whether it would run now
 * @can_run: whether it can be submitted: also where it waits until it is possible
 * @title: which hosts, or that there are not enough
 * @cost: what a minute and all of it costs, and what is left then; "" where it can't run
 * @warning: what to think of before, "" for nothing
 * @reason: why it can't run, "" when it can
 * @remedy: what would help, on a button; "" where the form can't help
 * @remedy_field: of the form, as in inf_submission_set_field(); %NULL without a remedy
 * @remedy_value: what to set it to
 *
 * What Jobs1.Plan answers, for people.
 */
typedef struct
{
  gboolean is_possible;
  gboolean can_run;
  char *title;
  char *cost;
  char *warning;
  char *reason;
  char *remedy;
  const char *remedy_field;
  char *remedy_value;
} InfPlanWords;

void inf_plan_words_describe (InfPlanWords *words, GVariant *plan, gint64 balance_ucredits,
                              gboolean waits);
void inf_plan_words_clear (InfPlanWords *words);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfPlanWords, inf_plan_words_clear)

G_END_DECLS
