#pragma once

#include "client-app/inf-job-facts.h"

G_BEGIN_DECLS

char *inf_job_words_state (const InfJobFacts *facts);
char *inf_job_words_reason (const InfJobFacts *facts);
char *inf_job_words_status (const InfJobFacts *facts);
char *inf_job_words_progress (const InfJobFacts *facts);
char *inf_job_words_elapsed (const InfJobFacts *facts, gint64 now_unix);
char *inf_job_words_remaining (const InfJobFacts *facts, gint64 now_unix);
char *inf_job_words_hosts (const InfJobFacts *facts);
char *inf_job_words_submitted (const InfJobFacts *facts, gint64 now_unix);
char *inf_job_words_brief (const InfJobFacts *facts, gint64 now_unix);
char *inf_job_words_advance (const InfJobFacts *facts, gint64 now_unix);
char *inf_job_words_failure (const InfJobFacts *facts);
char *inf_job_words_remedy (const InfJobFacts *facts);
const char *inf_job_words_icon (const InfJobFacts *facts);
const char *inf_job_words_style (const InfJobFacts *facts);

const char *inf_job_words_step (InfJobStepIndex step);
const char *inf_job_words_mark (InfJobStepMark mark);
char *inf_job_words_step_time (const InfJobFacts *facts, InfJobStepIndex step, gint64 now_unix);

G_END_DECLS
