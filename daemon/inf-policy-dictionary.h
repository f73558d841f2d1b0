#pragma once

#include "daemon/inf-settings.h"

#include <glib.h>

G_BEGIN_DECLS

/* Host1's policy: the part of the settings that the owner sees, as an a{sv}. */

GVariant *inf_policy_to_dictionary (const InfSettings *settings);
gboolean inf_policy_take_dictionary (InfSettings *settings, GVariant *dictionary, GError **error);

G_END_DECLS
