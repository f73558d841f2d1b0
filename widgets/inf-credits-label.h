#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define INF_TYPE_CREDITS_LABEL (inf_credits_label_get_type ())

G_DECLARE_FINAL_TYPE (InfCreditsLabel, inf_credits_label, INF, CREDITS_LABEL, GtkWidget)

GtkWidget *inf_credits_label_new (void);

const char *inf_credits_label_get_text (InfCreditsLabel *self);

void inf_credits_label_set_amount (InfCreditsLabel *self, gint64 ucredits, double rate);

G_END_DECLS
