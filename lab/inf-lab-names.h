#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *inf_lab_names_host (guint index);
guint inf_lab_names_find (const char *name, guint n_hosts);
char *inf_lab_names_address (guint index);
char *inf_lab_names_mac (guint index);
char *inf_lab_names_etc_hosts (guint n_hosts);
gboolean inf_lab_names_is_valid_lab (const char *name);

G_END_DECLS
