#pragma once

#include "client-app/inf-entry-item.h"

G_BEGIN_DECLS

const char *inf_credit_words_kind (const char *kind);
char *inf_credit_words_amount (const InfEntryFacts *facts);
char *inf_credit_words_job (const InfEntryFacts *facts);
char *inf_credit_words_time (gint64 unix_us, gint64 now_unix_us);

G_END_DECLS
