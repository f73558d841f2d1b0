#pragma once

#include "tests/lab/lab-fixture.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define GRID_TIMEOUT_MS 40000

/**
 * Grid:
 * @lab: its machines; the first is oak, which founds the grid
 *
 * Machines in a lab, driven by the real `infinity` of the build tree.
 */
typedef struct
{
  InfLab *lab;
} Grid;

/**
 * GridResult:
 * @status: the exit status, 128 and the signal's number when a signal ended it
 * @out: what it wrote to standard output
 * @err: what it wrote to standard error
 */
typedef struct
{
  int status;
  char *out;
  char *err;
} GridResult;

int grid_fixture_main (int argc, char **argv, void (*add_tests) (void));

Grid *grid_new (guint n_hosts);
Grid *grid_start (guint n_hosts);
void grid_free (Grid *grid);
const char *grid_host (Grid *grid, guint index);

GridResult *grid_call (Grid *grid, const char *host, ...) G_GNUC_NULL_TERMINATED;
GridResult *grid_call_strv (Grid *grid, const char *host, const char *const *words);
void grid_result_free (GridResult *result);
void grid_must (Grid *grid, const char *host, ...) G_GNUC_NULL_TERMINATED;
void grid_refused (Grid *grid, int status, const char *message, const char *host,
                   ...) G_GNUC_NULL_TERMINATED;
JsonNode *grid_json (Grid *grid, const char *host, ...) G_GNUC_NULL_TERMINATED;
InfLabProcess *grid_spawn (Grid *grid, const char *host, const char *name,
                           ...) G_GNUC_NULL_TERMINATED;
InfLabProcess *grid_spawn_strv (Grid *grid, const char *host, const char *name,
                                const char *const *words);
int grid_await_exit (InfLabProcess *process);

void grid_found (Grid *grid, const char *grant);
char *grid_invite (Grid *grid);
void grid_join (Grid *grid, const char *host);
void grid_await_peers (Grid *grid);
JsonObject *grid_find (JsonNode *list, const char *key, const char *value);
char *grid_peer_state (Grid *grid, const char *host, const char *peer);
void grid_await_peer_state (Grid *grid, const char *host, const char *peer, const char *state);

char *grid_submit (Grid *grid, const char *host, ...) G_GNUC_NULL_TERMINATED;
JsonNode *grid_job (Grid *grid, const char *host, const char *job);
void grid_await_state (Grid *grid, const char *host, const char *job, const char *state);
int grid_wait (Grid *grid, const char *host, const char *job);
void grid_poll_log (Grid *grid, const char *host, const char *job, const char *text);
const char *grid_text (JsonNode *object, const char *key);
gint64 grid_number (JsonNode *object, const char *key);

char *grid_path (Grid *grid, const char *host, const char *path_in_tmp);
void grid_write (Grid *grid, const char *host, const char *path_in_tmp, const char *text);
char *grid_read (Grid *grid, const char *host, const char *path_in_tmp);
char *grid_built (const char *path);
void grid_write_integers (Grid *grid, const char *host, const char *path_in_tmp, guint n,
                          guint32 seed);
void grid_check_result (Grid *grid, const char *host, const char *kind, const char *numbers,
                        const char *result);

int grid_count_strangers (Grid *grid, const char *host);
void grid_await_no_strangers (Grid *grid);
void grid_poll (gboolean (*condition) (gpointer data), gpointer data, int timeout_ms,
                const char *what);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Grid, grid_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GridResult, grid_result_free)

G_END_DECLS
