#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *inf_lab_programs_find (const char *program);

G_END_DECLS
