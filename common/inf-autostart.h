#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfAutostartConnect:
 *
 * Tries once to connect.
 *
 * Returns: (transfer full) (nullable): the connection, of whatever kind the caller uses
 */
typedef gpointer (*InfAutostartConnect) (gpointer user_data, GError **error);

gpointer inf_autostart (InfAutostartConnect connect, gpointer user_data, GError **error);

G_END_DECLS
