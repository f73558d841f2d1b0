#pragma once

#include "lab/inf-lab.h"

G_BEGIN_DECLS

gboolean inf_lab_attach (InfLab *lab, const char *host, const char *const *argv, int *ret_status,
                         GError **error);

G_END_DECLS
