#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint inf_probe_schedule_get_target (guint64 secret, guint64 tick, guint index, guint n_live);
gint64 inf_probe_schedule_get_phase_us (guint64 secret, guint64 target, gint64 period_us);

G_END_DECLS
