#include "daemon/inf-absence.h"

#include "common/inf-error.h"
#include "daemon/inf-sleep-watch.h"

/* Nobody knows how long a machine will sleep. After this long it counts as dead like any other that
 * does not answer. */
#define SLEEP_US (G_GINT64_CONSTANT (24) * 3600 * G_USEC_PER_SEC)
#define MAX_ABSENCE_US (G_GINT64_CONSTANT (7) * 24 * 3600 * G_USEC_PER_SEC)
#define CHECK_S 30

struct _InfAbsence
{
  InfAbsenceFunc func;
  gpointer data;
  InfSleepWatch *sleep_watch;
  gint64 wished_unix_us; /* the owner's word; 0 for none */
  gint64 told_unix_us;
  guint timer;
};

static void
tell (InfAbsence *absence, gint64 until_unix_us)
{
  if (until_unix_us == absence->told_unix_us)
    return;
  absence->told_unix_us = until_unix_us;
  absence->func (until_unix_us, absence->data);
}

static gint64
wish_that_holds (InfAbsence *absence)
{
  return absence->wished_unix_us > g_get_real_time () ? absence->wished_unix_us : 0;
}

static void
on_sleep (gboolean sleeps, gpointer data)
{
  InfAbsence *absence = data;

  if (sleeps)
    tell (absence, MAX (absence->wished_unix_us, g_get_real_time () + SLEEP_US));
  else
    tell (absence, wish_that_holds (absence));
}

/* By the calendar, which may be moved: so it is looked at now and then. */
static gboolean
on_timer (gpointer data)
{
  InfAbsence *absence = data;

  if (wish_that_holds (absence) != 0)
    return G_SOURCE_CONTINUE;
  absence->timer = 0;
  absence->wished_unix_us = 0;
  tell (absence, 0);
  return G_SOURCE_REMOVE;
}

/**
 * inf_absence_new:
 * @system_bus: (nullable): where logind is; %NULL for the system's bus
 * @func: tells the grid; at once, since the machine may sleep after it
 * @data: for @func
 *
 * Returns: (transfer full): a node that is here
 */
InfAbsence *
inf_absence_new (GDBusConnection *system_bus, InfAbsenceFunc func, gpointer data)
{
  InfAbsence *absence = g_new0 (InfAbsence, 1);

  absence->func = func;
  absence->data = data;
  absence->sleep_watch = inf_sleep_watch_new (system_bus, on_sleep, absence);
  return absence;
}

void
inf_absence_free (InfAbsence *absence)
{
  if (!absence)
    return;
  inf_sleep_watch_free (absence->sleep_watch);
  g_clear_handle_id (&absence->timer, g_source_remove);
  g_free (absence);
}

/**
 * inf_absence_get_until_unix_us:
 * @absence: an absence
 *
 * Returns: what the grid was told last; 0: this node is here
 */
gint64
inf_absence_get_until_unix_us (const InfAbsence *absence)
{
  return absence->told_unix_us;
}

/**
 * inf_absence_set:
 * @absence: an absence
 * @until_unix_us: when the owner will have this node back, seven days from now at most, as long as
 * a record can hold; 0 for at once
 * @error: #INF_ERROR_INVALID
 */
gboolean
inf_absence_set (InfAbsence *absence, gint64 until_unix_us, GError **error)
{
  gint64 now_unix_us = g_get_real_time ();

  if (until_unix_us != 0
      && (until_unix_us <= now_unix_us || until_unix_us > now_unix_us + MAX_ABSENCE_US))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                           "an absence ends in the future, within seven days; for longer, run "
                           "“infinity daemon stop”");
      return FALSE;
    }
  absence->wished_unix_us = until_unix_us;
  g_clear_handle_id (&absence->timer, g_source_remove);
  if (until_unix_us != 0)
    absence->timer = g_timeout_add_seconds (CHECK_S, on_timer, absence);
  tell (absence, until_unix_us);
  return TRUE;
}
