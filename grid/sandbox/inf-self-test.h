#pragma once

#include <glib.h>

G_BEGIN_DECLS

int inf_self_test_run (void);

G_END_DECLS
