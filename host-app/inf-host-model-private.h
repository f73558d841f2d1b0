#pragma once

#include "host-app/inf-host-model.h"

G_BEGIN_DECLS

void inf_host_model_call (InfHostModel *self, gpointer proxy, const char *method,
                          GVariant *arguments);

G_END_DECLS
