#pragma once

#include "client-app/inf-plan-words.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_PLAN_BAR (inf_plan_bar_get_type ())

G_DECLARE_FINAL_TYPE (InfPlanBar, inf_plan_bar, INF, PLAN_BAR, AdwBin)

void inf_plan_bar_show_words (InfPlanBar *self, const InfPlanWords *words);
void inf_plan_bar_show_trouble (InfPlanBar *self, const char *title, const char *more,
                                const char *remedy);
void inf_plan_bar_set_busy (InfPlanBar *self, gboolean is_busy);

G_END_DECLS
