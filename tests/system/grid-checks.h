#pragma once

#include "tests/system/grid-fixture.h"

#include <signal.h>

G_BEGIN_DECLS

/* What must hold whenever a job is over, and how to get one into a state and disturb it there. */

char *grid_payload (void);
void grid_await_waiting (Grid *grid, const char *job, guint n_ranks);

void grid_set_hosting (Grid *grid, const char *host, gboolean hosting);
void grid_set (Grid *grid, const char *host, const char *option, const char *value, const char *key,
               gint64 number);
GPid grid_node_pid (Grid *grid, const char *host);
void grid_signal_node (Grid *grid, const char *host, int signal_number);
void grid_await_node_gone (Grid *grid, const char *host);
char *grid_lease_id (Grid *grid, const char *host);
gint64 grid_await_processes_gone_us (Grid *grid, const char *const *hosts);

gint64 grid_credits (Grid *grid, const char *host, const char *key);
void grid_await_settled (Grid *grid);
void grid_await_clean (Grid *grid);

G_END_DECLS
