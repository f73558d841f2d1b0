#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * InfAbsence:
 *
 * Until when this node is away: because its owner said so, or because the machine is about to
 * sleep.
 */
typedef struct _InfAbsence InfAbsence;

/**
 * InfAbsenceFunc:
 * @until_unix_us: what the grid is to be told; 0: this node is here
 * @data: as given
 */
typedef void (*InfAbsenceFunc) (gint64 until_unix_us, gpointer data);

InfAbsence *inf_absence_new (GDBusConnection *system_bus, InfAbsenceFunc func, gpointer data);
void inf_absence_free (InfAbsence *absence);

gint64 inf_absence_get_until_unix_us (const InfAbsence *absence);
gboolean inf_absence_set (InfAbsence *absence, gint64 until_unix_us, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfAbsence, inf_absence_free)

G_END_DECLS
