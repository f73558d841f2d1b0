#pragma once

#include "tests/system/grid-fixture.h"

G_BEGIN_DECLS

/* What several nodes say of several others. Lists of hosts are their names with spaces between. */

gboolean grid_all_see (Grid *grid, const char *hosts, const char *peers, const char *state);
void grid_await_views (Grid *grid, const char *hosts, const char *peers, const char *state,
                       int timeout_ms);
void grid_watch_views (Grid *grid, const char *hosts, const char *peers, const char *forbidden,
                       int duration_ms);
void grid_await_number (Grid *grid, const char *hosts, const char *peer, const char *key,
                        gint64 number);

G_END_DECLS
