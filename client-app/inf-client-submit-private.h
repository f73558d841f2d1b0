#pragma once

#include "client-app/inf-client-submit.h"
#include "client-app/inf-form-row.h"
#include "client-app/inf-plan-bar.h"
#include "client-app/inf-submission.h"

G_BEGIN_DECLS

struct _InfClientSubmit
{
  AdwBin parent_instance;

  InfClientModel *model;
  GSettings *settings;
  GtkStack *stack;
  AdwStatusPage *problem;
  InfFormRow *what;
  AdwPreferencesGroup *program_group;
  AdwPreferencesGroup *parameters_group;
  AdwPreferencesGroup *inputs_group;
  AdwExpanderRow *more;
  InfPlanBar *bar;
  GHashTable *rows;          /* field to row, not owned */
  GPtrArray *parameter_rows; /* not owned */
  GPtrArray *input_rows;     /* not owned */
  GtkFileChooserNative *chooser;

  GCancellable *loading; /* of what there is to run */
  GPtrArray *tasks;      /* InfTaskInfo; NULL before they are there */
  GPtrArray *offers;     /* InfProgramOffer */
  guint n_peers;
  GVariant *pending; /* a specification that waits for the tasks */

  InfSubmission *form;
  GVariant *spec; /* of the form, NULL while something is wrong with it */
  GVariant *plan; /* of the specification, NULL before it came */
  GCancellable *planning;
  guint plan_id;
  gint64 planned_us;  /* when a plan was last asked for; 0 for never */
  char *remedy_field; /* of the form; "" for the button that connects */
  char *remedy_value;
  gboolean can_run;
  gboolean is_submitting;
};

const InfTaskInfo *inf_client_submit_get_task (InfClientSubmit *self);
void inf_client_submit_list_programs (InfClientSubmit *self);
void inf_client_submit_build (InfClientSubmit *self);
void inf_client_submit_fill (InfClientSubmit *self);
void inf_client_submit_mark (InfClientSubmit *self, GPtrArray *problems);
void inf_client_submit_list_inputs (InfClientSubmit *self);
void inf_client_submit_choose_inputs (InfClientSubmit *self);

void inf_client_submit_edited (InfClientSubmit *self);
void inf_client_submit_replan (InfClientSubmit *self);
void inf_client_submit_use_remedy (InfClientSubmit *self);
void inf_client_submit_stop_planning (InfClientSubmit *self);

void inf_client_submit_remember (InfClientSubmit *self);
GVariant *inf_client_submit_recall (InfClientSubmit *self);

G_END_DECLS
