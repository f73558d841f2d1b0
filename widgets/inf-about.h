#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void inf_about_show (GtkWindow *parent, const char *application_id, const char *name,
                     const char *summary);

G_END_DECLS
