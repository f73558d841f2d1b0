#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * InfSleepWatch:
 *
 * Tells when logind is about to send this machine to sleep, which it delays until that was heard,
 * and when it is awake again. Without logind it tells nothing.
 */
typedef struct _InfSleepWatch InfSleepWatch;

/**
 * InfSleepWatchFunc:
 * @sleeps: whether the machine falls asleep right after this; else it has just woken
 * @data: as given
 */
typedef void (*InfSleepWatchFunc) (gboolean sleeps, gpointer data);

InfSleepWatch *inf_sleep_watch_new (GDBusConnection *connection, InfSleepWatchFunc func,
                                    gpointer data);
void inf_sleep_watch_free (InfSleepWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSleepWatch, inf_sleep_watch_free)

G_END_DECLS
