#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfJobOptions:
 * @nodes: `--nodes`, 0 when not given
 * @slots: `--slots`, 0 when not given
 * @retries: `--retries`, -1 when not given
 * @inputs: (nullable) (array zero-terminated=1): `--input`, as written
 * @outputs: (nullable) (array zero-terminated=1): `--output`, patterns
 * @to: (nullable): `--to`, as written
 * @name: (nullable): `--name`
 * @time_limit: (nullable): `--time-limit`, as written
 * @memory: (nullable): `--memory`, as written
 * @max_price: (nullable): `--max-price`, as written
 * @is_waiting: whether the job is to wait for hosts when there are not enough
 *
 * What the options of `run` and `submit` say about a job.
 */
typedef struct
{
  int nodes;
  int slots;
  int retries;
  char **inputs;
  char **outputs;
  char *to;
  char *name;
  char *time_limit;
  char *memory;
  char *max_price;
  gboolean is_waiting;
} InfJobOptions;

GVariant *inf_job_request_build (const InfJobOptions *options, GVariant *task, char **arguments,
                                 GError **error);

G_END_DECLS
