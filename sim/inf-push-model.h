#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint inf_push_model_run (guint n_nodes, guint fan_out, double loss, guint64 seed,
                          guint max_rounds);

G_END_DECLS
