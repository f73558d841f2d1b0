#pragma once

#include "client-app/inf-file-item.h"
#include "client-app/inf-transfer-item.h"

G_BEGIN_DECLS

char *inf_file_words_parse_hash (const char *text);
char *inf_file_words_name (const char *name, const char *sha256);
char *inf_file_words_facts (const InfFileFacts *facts, gint64 now_unix_us);
char *inf_file_words_cancel (const InfTransferFacts *facts);
char *inf_file_words_transfer (const InfTransferFacts *facts, gint64 now_unix_us);
double inf_file_words_fraction (const InfTransferFacts *facts);
gboolean inf_file_words_is_active (const InfTransferFacts *facts);

G_END_DECLS
