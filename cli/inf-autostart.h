#pragma once

#include "cli/inf-client.h"

G_BEGIN_DECLS

/**
 * InfAutostartConnect:
 *
 * Tries once to connect.
 *
 * Returns: (transfer full) (nullable): the connection
 */
typedef InfClient *(*InfAutostartConnect) (gpointer user_data, GError **error);

InfClient *inf_autostart (InfAutostartConnect connect, gpointer user_data, GError **error);

G_END_DECLS
