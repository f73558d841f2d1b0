#pragma once

#include <glib.h>

G_BEGIN_DECLS

gint64 inf_machine_suspended_us (void);

G_END_DECLS
