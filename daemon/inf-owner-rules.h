#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_OWNER_MAX_HOURS 64
#define INF_OWNER_MINUTES_PER_DAY 1440
/* Of InfOwnerRules.snoozed_until_unix_us: until the owner says otherwise */
#define INF_OWNER_SNOOZED_UNTIL_RESUMED G_MAXINT64

/**
 * InfOwnerHours:
 * @weekday: 1, Monday, to 7
 * @from: minute of that day, from 0
 * @to: minute of that day, up to 1440; behind @from
 */
typedef struct
{
  guint weekday;
  guint from;
  guint to;
} InfOwnerHours;

/**
 * InfOwnerRules:
 * @hours: when the machine is lent, local time; @n_hours 0: always
 * @idle_minutes: for how long nobody must have used it; 0: whether used or not
 * @mains_only: whether never on battery
 * @busy_percent: how much of the processors other programs may use; 0: whatever they use
 * @snoozed_until_unix_us: until when the owner has paused it; 0: not paused
 *
 * When the owner lends the machine.
 */
typedef struct
{
  InfOwnerHours hours[INF_OWNER_MAX_HOURS];
  guint n_hours;
  guint idle_minutes;
  gboolean mains_only;
  guint busy_percent;
  gint64 snoozed_until_unix_us;
} InfOwnerRules;

typedef enum
{
  INF_POWER_UNKNOWN,
  INF_POWER_MAINS,
  INF_POWER_BATTERY,
} InfPower;

/**
 * InfOwnerSensors:
 * @idle_s: for how long nobody has used the computer; -1: can't tell
 * @power: what it runs on
 * @busy_percent: of all processors, by what are no jobs; -1: can't tell yet
 */
typedef struct
{
  gint64 idle_s;
  InfPower power;
  int busy_percent;
} InfOwnerSensors;

/**
 * InfOwnerReason:
 *
 * Why the machine is not lent now, the owner's own word first.
 */
typedef enum
{
  INF_OWNER_LENDS,
  INF_OWNER_SNOOZED,
  INF_OWNER_OUTSIDE_HOURS,
  INF_OWNER_ON_BATTERY,
  INF_OWNER_POWER_UNKNOWN,
  INF_OWNER_IN_USE,
  INF_OWNER_IDLE_UNKNOWN,
  INF_OWNER_BUSY,
} InfOwnerReason;

/**
 * InfOwnerVerdict:
 * @reason: %INF_OWNER_LENDS, or why not
 * @until_unix_us: when that will end by itself, as far as known; 0: unknown
 */
typedef struct
{
  InfOwnerReason reason;
  gint64 until_unix_us;
} InfOwnerVerdict;

InfOwnerVerdict inf_owner_rules_judge (const InfOwnerRules *rules, const InfOwnerSensors *sensors,
                                       GDateTime *now, InfOwnerReason before);
gint64 inf_owner_rules_tomorrow_unix_us (GDateTime *now);
gboolean inf_owner_rules_check (const InfOwnerRules *rules, GError **error);
const char *inf_owner_reason_to_text (InfOwnerReason reason);
const char *inf_owner_reason_describe (InfOwnerReason reason);

G_END_DECLS
