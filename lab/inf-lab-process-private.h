#pragma once

#include "lab/inf-lab-process.h"

G_BEGIN_DECLS

InfLabProcess *inf_lab_process_start (const char *host_dir, const InfLabCommand *command,
                                      GError **error);
gboolean inf_lab_process_run (const char *host_dir, const char *const *argv, const char *input,
                              guint timeout_ms, char **ret_out, char **ret_err, int *ret_status,
                              GError **error);
GVariant *inf_lab_process_list (const char *host_dir, GError **error);

G_END_DECLS
