#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_SIM_ROW_MAX_EXTRAS 10

/**
 * InfSimExtra:
 * @key: what is measured, as a JSON key with its unit
 * @value: how much
 */
typedef struct
{
  const char *key;
  double value;
} InfSimExtra;

/**
 * InfSimRow:
 * @scenario: what was simulated
 * @what: the figure, in words
 * @unit: of the figures
 * @n_nodes: how many nodes
 * @loss: how likely a datagram was lost, each way
 * @seed: of the first run
 * @n_runs: how many figures were taken
 * @n_complete: how many of them came to an end
 * @values: (element-type double): one a run, those that came to no end left out
 * @references: (element-type double): of the reference model, empty where there is none
 * @limit: what the largest of @values must not exceed, NAN where nothing is promised
 * @trace: a hash over all events of all runs
 * @n_events: how many there were
 * @virtual_us: how long they took in virtual time
 * @real_us: and in real time
 * @extras: more figures
 * @n_extras: how many
 *
 * One line of the table.
 */
typedef struct
{
  const char *scenario;
  const char *what;
  const char *unit;
  guint n_nodes;
  double loss;
  guint64 seed;
  guint n_runs;
  guint n_complete;
  GArray *values;
  GArray *references;
  double limit;
  guint64 trace;
  guint64 n_events;
  gint64 virtual_us;
  gint64 real_us;
  InfSimExtra extras[INF_SIM_ROW_MAX_EXTRAS];
  guint n_extras;
} InfSimRow;

InfSimRow *inf_sim_row_new (const char *scenario, const char *what, const char *unit);
void inf_sim_row_free (InfSimRow *row);

void inf_sim_row_add (InfSimRow *row, double value);
void inf_sim_row_add_incomplete (InfSimRow *row);
void inf_sim_row_add_reference (InfSimRow *row, double value);
void inf_sim_row_set_extra (InfSimRow *row, const char *key, double value);
double inf_sim_row_get_extra (const InfSimRow *row, const char *key);

double inf_sim_quantile (GArray *values, double quantile);
gboolean inf_sim_row_holds (const InfSimRow *row);
char *inf_sim_row_to_json (const InfSimRow *row);
char *inf_sim_row_to_text (const InfSimRow *row);
const char *inf_sim_row_get_heading (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSimRow, inf_sim_row_free)

G_END_DECLS
