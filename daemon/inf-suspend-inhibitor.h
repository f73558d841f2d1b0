#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfSuspendInhibitor:
 *
 * Keeps the machine awake, by logind, for as long as it is told to; without logind it does nothing.
 */
typedef struct _InfSuspendInhibitor InfSuspendInhibitor;

InfSuspendInhibitor *inf_suspend_inhibitor_new (void);
void inf_suspend_inhibitor_free (InfSuspendInhibitor *inhibitor);
void inf_suspend_inhibitor_set (InfSuspendInhibitor *inhibitor, gboolean inhibits);

G_END_DECLS
