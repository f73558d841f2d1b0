#pragma once

#include "daemon/inf-owner-rules.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfOwner:
 *
 * Watches over the owner's rules while the node runs: reads the sensors as often as the rules need
 * it, and says when the verdict changes.
 */
typedef struct _InfOwner InfOwner;

/**
 * InfOwnerFuncs:
 * @changed: the verdict is another than before
 * @jobs_ticks: answers the processor time that jobs of others have used, in clock ticks
 */
typedef struct
{
  void (*changed) (gpointer user_data);
  guint64 (*jobs_ticks) (gpointer user_data);
} InfOwnerFuncs;

InfOwner *inf_owner_new (const InfOwnerFuncs *funcs, gpointer user_data);
void inf_owner_free (InfOwner *owner);
void inf_owner_set_rules (InfOwner *owner, const InfOwnerRules *rules);
InfOwnerVerdict inf_owner_get_verdict (InfOwner *owner);
void inf_owner_read_sensors (InfOwner *owner, InfOwnerSensors *ret_sensors,
                             const char **ret_idle_source);

G_END_DECLS
