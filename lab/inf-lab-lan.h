#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean inf_lab_lan_make (GError **error);
gboolean inf_lab_lan_plug (const guint *indices, const GPid *pids, guint n, GError **error);
gboolean inf_lab_lan_unplug (guint index, GError **error);
gboolean inf_lab_lan_set_connected (guint index, gboolean connected, GError **error);
gboolean inf_lab_lan_set_rate (guint index, double mbit, GError **error);
void inf_lab_lan_rate_argv (const char *device, double mbit, GPtrArray *argv);

G_END_DECLS
