#pragma once

#include "grid/sandbox/inf-sandbox-probe.h"

G_BEGIN_DECLS

gboolean inf_sandbox_probe_parse_line (const char *output, const char *name, char **ret_found);
char *inf_sandbox_probe_parse_version (const char *output);

G_END_DECLS
