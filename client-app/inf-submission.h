#pragma once

#include "client-app/inf-task-info.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_SUBMISSION_MAX_NODES 250
#define INF_SUBMISSION_MAX_SLOTS 1024
#define INF_SUBMISSION_MAX_RETRIES 10
#define INF_SUBMISSION_MAX_MINUTES (30 * 24 * 60)

/**
 * InfSubmissionKind:
 * @INF_SUBMISSION_TASK: a task that comes with Infinity
 * @INF_SUBMISSION_OWN: an executable of one's own
 * @INF_SUBMISSION_INSTALLED: a program that hosts offer
 */
typedef enum
{
  INF_SUBMISSION_TASK,
  INF_SUBMISSION_OWN,
  INF_SUBMISSION_INSTALLED,
} InfSubmissionKind;

typedef struct
{
  char *name; /* below /job */
  char *path;
} InfSubmissionInput;

/**
 * InfSubmission:
 * @kind: what @program names
 * @program: a task's or an installed program's name, or an absolute path; "" for none yet
 * @values: (element-type utf8 utf8): of a task's parameters, as typed
 * @arguments: as one would type them: words between spaces, quotes keep them together. Of a task,
 *   those that belong to no parameter
 * @inputs: (element-type InfSubmissionInput): besides those that are values of parameters
 * @nodes: computers
 * @slots: on each
 * @minutes: the time limit
 * @retries: further attempts
 * @waits: for hosts that are not there now
 * @memory: on each, as typed; "" for what there is
 * @max_price: credits an hour of each, as typed; "" for any
 * @outputs: patterns as typed, "" for all
 * @name: of the job, "" for the program's
 * @to: a directory for a copy of the results, "" for none
 *
 * What the form is filled in with: everything as typed, right or wrong.
 */
typedef struct
{
  InfSubmissionKind kind;
  char *program;
  GHashTable *values;
  char *arguments;
  GPtrArray *inputs;
  guint nodes;
  guint slots;
  guint minutes;
  guint retries;
  gboolean waits;
  char *memory;
  char *max_price;
  char *outputs;
  char *name;
  char *to;
} InfSubmission;

/**
 * InfSubmissionProblem:
 * @field: inputs, or as in inf_submission_set_field()
 * @reason: what is wrong, in a sentence
 * @is_missing: it is only not filled in yet
 */
typedef struct
{
  char *field;
  char *reason;
  gboolean is_missing;
} InfSubmissionProblem;

InfSubmission *inf_submission_new (void);
void inf_submission_free (InfSubmission *self);

const char *inf_submission_get_value (const InfSubmission *self, const InfTaskParameter *parameter);
gboolean inf_submission_is_unused (const InfSubmission *self, const InfTaskInfo *task,
                                   const InfTaskParameter *parameter);
gboolean inf_submission_has_input (const InfSubmission *self, const char *path);

char *inf_submission_get_field (const InfSubmission *self, const char *field);
void inf_submission_set_field (InfSubmission *self, const char *field, const char *text);
char *inf_submission_place_file (const InfSubmission *self, const InfTaskInfo *task,
                                 gboolean is_executable);
void inf_submission_set_value (InfSubmission *self, const char *parameter, const char *value);
void inf_submission_add_input (InfSubmission *self, const char *path);

GVariant *inf_submission_to_spec (const InfSubmission *self, const InfTaskInfo *task,
                                  GPtrArray *problems);
InfSubmission *inf_submission_from_spec (GVariant *spec, GPtrArray *tasks);
const InfTaskInfo *inf_submission_find_task (const InfSubmission *self, GPtrArray *tasks);

GPtrArray *inf_submission_problems_new (void);
void inf_submission_problems_add (GPtrArray *problems, const char *field, gboolean is_missing,
                                  const char *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSubmission, inf_submission_free)

G_END_DECLS
