#pragma once

#include "client-app/inf-submission.h"

G_BEGIN_DECLS

#define INF_SUBMISSION_MAX_ARGS 256
#define INF_SUBMISSION_MAX_INPUTS 64
#define INF_SUBMISSION_MAX_OUTPUTS 64

gboolean inf_submission_is_safe_name (const char *name);
gboolean inf_submission_split (const char *text, char ***ret_words);
char *inf_submission_join (char **words);
gboolean inf_submission_parse_price (const char *text, guint64 *ret_ucredits);
char *inf_submission_format_price (guint64 ucredits);
char *inf_submission_check_value (const InfTaskParameter *parameter, const char *value);
void inf_submission_check (const InfSubmission *self, GPtrArray *problems);

G_END_DECLS
