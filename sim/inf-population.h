#pragma once

#include "discovery/identity/inf-membership.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_POPULATION_UNIX_US G_GINT64_CONSTANT (1700000000000000)

/**
 * InfPopulation:
 *
 * The members of one grid, with real keys and certificates, the same in every process: made once
 * and used by any number of runs. Number 0 is the founder.
 */
typedef struct _InfPopulation InfPopulation;

InfPopulation *inf_population_new (guint n_members);
void inf_population_free (InfPopulation *population);

guint inf_population_get_size (const InfPopulation *population);
InfMembership *inf_population_get_membership (const InfPopulation *population, guint number);
guint64 inf_population_get_hint (const InfPopulation *population, guint number);
gboolean inf_population_find (const InfPopulation *population, guint64 hint, guint *ret_number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfPopulation, inf_population_free)

G_END_DECLS
