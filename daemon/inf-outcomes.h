#pragma once

#include "discovery/files/inf-store.h"
#include "grid/jobs/inf-job-runner.h"
#include "results/inf-results.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct _InfOutcomes InfOutcomes;

InfOutcomes *inf_outcomes_new (InfResults *results, InfStore *store);
void inf_outcomes_free (InfOutcomes *outcomes);

void inf_outcomes_take (InfJob *job, const InfJobHost *host, GPtrArray *outputs, GBytes *statement,
                        gpointer outcomes);
void inf_outcomes_finish (InfJob *job, GTask *task, gpointer outcomes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfOutcomes, inf_outcomes_free)

G_END_DECLS
