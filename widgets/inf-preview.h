#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_PREVIEW (inf_preview_get_type ())

G_DECLARE_FINAL_TYPE (InfPreview, inf_preview, INF, PREVIEW, AdwBin)

GtkWidget *inf_preview_new (void);

void inf_preview_show_file (InfPreview *self, const char *directory, const char *name);
void inf_preview_clear (InfPreview *self);

G_END_DECLS
