#pragma once

#include "client-app/inf-job-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _InfJobColumns InfJobColumns;

InfJobColumns *inf_job_columns_new (GtkColumnView *view);
void inf_job_columns_free (InfJobColumns *self);

char *inf_job_columns_get_sort (InfJobColumns *self, gboolean *ret_is_descending);
gboolean inf_job_columns_sort_moves (InfJobColumns *self);

void inf_job_columns_set_narrow (InfJobColumns *self, gboolean is_narrow);
void inf_job_columns_set_sort (InfJobColumns *self, const char *name, gboolean is_descending);
void inf_job_columns_sort_again (InfJobColumns *self);

G_END_DECLS
