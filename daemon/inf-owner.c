#include "daemon/inf-owner.h"

#include "daemon/inf-sensors.h"

#define INTERVAL_S 5
#define POWER_SUPPLIES "/sys/class/power_supply"
/* How much of the newest interval counts: a burst of some seconds is not yet work. */
#define SMOOTHING 0.3

struct _InfOwner
{
  InfOwnerFuncs funcs;
  gpointer user_data;
  InfOwnerRules rules;
  InfOwnerVerdict verdict;
  InfIdleWatch *idle_watch;
  guint timer;

  InfCpuTimes times; /* of the last look */
  guint64 jobs_ticks;
  double busy_percent; /* smoothed; -1 before the second look */
};

static void
look_at_processors (InfOwner *self)
{
  InfCpuTimes times;
  guint64 jobs_ticks = self->funcs.jobs_ticks (self->user_data);

  if (!inf_cpu_times_read (&times))
    return;
  if (self->times.total > 0 && times.total > self->times.total)
    {
      double total = (double)(times.total - self->times.total);
      double busy = (double)times.busy - (double)self->times.busy;
      /* What a job used is gone from the sum when it ends. */
      double jobs = MAX ((double)jobs_ticks - (double)self->jobs_ticks, 0);
      double percent = CLAMP (100 * (busy - jobs) / total, 0, 100);
      self->busy_percent = self->busy_percent < 0
                               ? percent
                               : self->busy_percent + SMOOTHING * (percent - self->busy_percent);
    }
  self->times = times;
  self->jobs_ticks = jobs_ticks;
}

static void
read_sensors (InfOwner *self, InfOwnerSensors *ret_sensors, const char **ret_idle_source)
{
  ret_sensors->idle_s = inf_idle_watch_get_idle_s (self->idle_watch, ret_idle_source);
  ret_sensors->power = inf_power_read (POWER_SUPPLIES);
  ret_sensors->busy_percent = (int)self->busy_percent;
}

static void
judge (InfOwner *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  InfOwnerVerdict before = self->verdict;
  InfOwnerSensors sensors;
  const char *idle_source;

  read_sensors (self, &sensors, &idle_source);
  self->verdict = inf_owner_rules_judge (&self->rules, &sensors, now, before.reason);
  /* While the computer is used, the end of that moves on all the time. */
  if (self->verdict.reason != before.reason
      || (self->verdict.reason != INF_OWNER_IN_USE
          && self->verdict.until_unix_us != before.until_unix_us))
    self->funcs.changed (self->user_data);
}

static gboolean
on_timer (gpointer user_data)
{
  InfOwner *self = user_data;

  if (self->rules.busy_percent > 0)
    look_at_processors (self);
  judge (self);
  return G_SOURCE_CONTINUE;
}

/* An owner without rules costs nothing. */
static gboolean
needs_timer (const InfOwnerRules *rules)
{
  return rules->n_hours > 0 || rules->idle_minutes > 0 || rules->mains_only
         || rules->busy_percent > 0
         || (rules->snoozed_until_unix_us > 0
             && rules->snoozed_until_unix_us != INF_OWNER_SNOOZED_UNTIL_RESUMED);
}

/**
 * inf_owner_new:
 * @funcs: what to call
 * @user_data: for @funcs
 *
 * Returns: (transfer full): a watch without rules, whose machine is lent
 */
InfOwner *
inf_owner_new (const InfOwnerFuncs *funcs, gpointer user_data)
{
  InfOwner *owner = g_new0 (InfOwner, 1);

  owner->funcs = *funcs;
  owner->user_data = user_data;
  owner->idle_watch = inf_idle_watch_new ();
  owner->busy_percent = -1;
  return owner;
}

void
inf_owner_free (InfOwner *owner)
{
  if (!owner)
    return;
  g_clear_handle_id (&owner->timer, g_source_remove);
  inf_idle_watch_free (owner->idle_watch);
  g_free (owner);
}

/**
 * inf_owner_set_rules:
 * @owner: a watch
 * @rules: what holds from now on; judged at once
 */
void
inf_owner_set_rules (InfOwner *owner, const InfOwnerRules *rules)
{
  owner->rules = *rules;
  if (needs_timer (rules) && owner->timer == 0)
    owner->timer = g_timeout_add_seconds (INTERVAL_S, on_timer, owner);
  else if (!needs_timer (rules))
    g_clear_handle_id (&owner->timer, g_source_remove);
  if (rules->busy_percent > 0 && owner->times.total == 0)
    look_at_processors (owner);
  judge (owner);
}

InfOwnerVerdict
inf_owner_get_verdict (InfOwner *owner)
{
  return owner->verdict;
}

/**
 * inf_owner_read_sensors:
 * @owner: a watch
 * @ret_sensors: (out): how the machine stands
 * @ret_idle_source: (out) (transfer none): who tells of idleness, "" for nobody
 */
void
inf_owner_read_sensors (InfOwner *owner, InfOwnerSensors *ret_sensors, const char **ret_idle_source)
{
  look_at_processors (owner);
  read_sensors (owner, ret_sensors, ret_idle_source);
}
