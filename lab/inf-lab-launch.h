#pragma once

#include "lab/inf-lab.h"

G_BEGIN_DECLS

int inf_lab_launch (const char *name, const InfLabConfig *config, GPid *ret_pid, GError **error);

G_END_DECLS
