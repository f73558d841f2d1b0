#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What can be asked of the keeper: a verb, the number of a host or 0, that of another, a value. */
#define INF_LAB_KEEPER_REQUEST_TYPE "(suud)"
/* Its answer: whether it was done; else the error's code and message; status for "status". */
#define INF_LAB_KEEPER_REPLY_TYPE "(bisa(ssbbddi))"
/* What it tells whoever started it: whether the lab is up; else the error's code and message. */
#define INF_LAB_KEEPER_READY_TYPE "(bis)"

int inf_lab_keeper_run (const char *name, guint n_hosts, gboolean keep, const char *const *share,
                        int owner_fd);

G_END_DECLS
