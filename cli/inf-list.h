#pragma once

#include "cli/inf-exit.h"
#include "cli/inf-table.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfListOptions:
 * @is_json: `--json`
 * @is_quiet: `--quiet`
 * @columns: (nullable): `--columns`
 *
 * What every listing can be asked for. A process runs one command, so that there is one of these.
 */
typedef struct
{
  gboolean is_json;
  gboolean is_quiet;
  char *columns;
} InfListOptions;

extern InfListOptions inf_list_options;

/* entries of a command's options, with a comma after each */
#define INF_JSON_ENTRY                                                                             \
  {                                                                                                \
    "json", 0, 0, G_OPTION_ARG_NONE, &inf_list_options.is_json, "Print JSON", NULL                 \
  }
#define INF_LIST_ENTRIES                                                                           \
  INF_JSON_ENTRY, { "columns",                                                                     \
                    0,                                                                             \
                    0,                                                                             \
                    G_OPTION_ARG_STRING,                                                           \
                    &inf_list_options.columns,                                                     \
                    "Columns to show, or “help”",                                                  \
                    "KEY,…" },                                                                     \
  {                                                                                                \
    "quiet", 'q', 0, G_OPTION_ARG_NONE, &inf_list_options.is_quiet, "Print ids only", NULL         \
  }

gboolean inf_list_begin (const InfColumn *columns, int *ret_status, GError **error);
int inf_list_print (const InfColumn *columns, const char *id_key, GVariant *rows,
                    const char *empty_text, GError **error);
int inf_list_print_record (const InfColumn *columns, GVariant *row);

G_END_DECLS
