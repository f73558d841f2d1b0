#pragma once

#include "client-app/inf-client-job.h"
#include "client-app/inf-client-jobs.h"
#include "client-app/inf-job-columns.h"
#include "client-app/inf-job-list.h"

G_BEGIN_DECLS

/**
 * InfClientJobs:
 *
 * All jobs of this node, with filters and search; and behind each its own page.
 */
struct _InfClientJobs
{
  AdwBin parent_instance;

  InfClientModel *model;
  InfJobList *list;
  InfJobColumns *columns;
  GSettings *settings;
  GtkCustomFilter *filter;
  GtkSingleSelection *selection; /* of what is shown, in order */
  char *folded;                  /* (nullable): what is searched */
  const char *chosen;            /* the filter of states */
  guint tick_id;
  guint refilter_id;
  GtkStack *pages;
  GtkStack *stack;
  GtkWidget *bar;
  GtkBox *chips;
  GtkSearchEntry *search;
  GtkColumnView *view;
  AdwStatusPage *problem;
  GtkLabel *summary;
  GtkRevealer *offline;
  InfClientJob *job;
  GtkWidget *menu;
};

InfJobItem *inf_client_jobs_get_selected (InfClientJobs *self);

void inf_client_jobs_install_actions (GtkWidgetClass *widget_class);
void inf_client_jobs_init_actions (InfClientJobs *self);
void inf_client_jobs_update_actions (InfClientJobs *self);

G_END_DECLS
