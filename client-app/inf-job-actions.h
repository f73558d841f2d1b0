#pragma once

#include "client-app/inf-client-model.h"
#include "client-app/inf-job-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

gboolean inf_job_actions_can_cancel (InfJobItem *item);
gboolean inf_job_actions_has_result (InfJobItem *item);

void inf_job_actions_cancel (GtkWidget *origin, InfClientModel *model, InfJobItem *item);
void inf_job_actions_run_again (GtkWidget *origin, InfClientModel *model, InfJobItem *item);
void inf_job_actions_duplicate (GtkWidget *origin, InfClientModel *model, InfJobItem *item);
void inf_job_actions_show_result (GtkWidget *origin, InfJobItem *item);

G_END_DECLS
