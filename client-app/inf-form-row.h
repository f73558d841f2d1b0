#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_FORM_ROW (inf_form_row_get_type ())

G_DECLARE_FINAL_TYPE (InfFormRow, inf_form_row, INF, FORM_ROW, AdwActionRow)

GtkWidget *inf_form_row_new (const char *field, const char *kind, const char *title,
                             const char *description);

const char *inf_form_row_get_field (InfFormRow *self);
const char *inf_form_row_get_value (InfFormRow *self);

void inf_form_row_set_value (InfFormRow *self, const char *value);
void inf_form_row_set_choices (InfFormRow *self, const char *const *values,
                               const char *const *titles);
void inf_form_row_mark (InfFormRow *self, const char *reason);

G_END_DECLS
