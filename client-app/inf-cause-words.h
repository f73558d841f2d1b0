#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *inf_cause_words (GVariant *cause);

G_END_DECLS
