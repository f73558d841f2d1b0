#pragma once

#include "discovery/gossip/inf-accusation.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_SUSPICION_MAX_ACCUSERS 4

/**
 * InfSuspicionRules:
 * @n_needed: how many accusers make a suspicion public, and a death
 * @with_others_us: how long a suspect has to object when that many accuse it
 * @alone_us: how long when only this node's own probe has failed
 */
typedef struct
{
  guint n_needed;
  gint64 with_others_us;
  gint64 alone_us;
} InfSuspicionRules;

/**
 * InfSuspect:
 * @subject: who is suspected
 * @incarnation: in which of its incarnations
 * @failed_us: when this node's own probe of it failed, 0 where it has not
 * @heard_us: when the last accusation came that was needed
 * @n_accusers: how many distinct members accuse it, this one included
 * @accusations: (array length=n_accusers): what they signed
 * @born_us: (array length=n_accusers): when they did, by this node's clock
 *
 * What speaks against one peer. A plain value.
 */
typedef struct
{
  guint64 subject;
  guint32 incarnation;
  gint64 failed_us;
  gint64 heard_us;
  guint n_accusers;
  InfAccusation accusations[INF_SUSPICION_MAX_ACCUSERS];
  gint64 born_us[INF_SUSPICION_MAX_ACCUSERS];
} InfSuspect;

void inf_suspicion_get_rules (guint n_live, InfSuspicionRules *ret_rules);

gboolean inf_suspect_is_accused_by (const InfSuspect *suspect, guint64 accuser);
gboolean inf_suspect_accuse (InfSuspect *suspect, const InfAccusation *accusation, gint64 born_us,
                             guint n_needed, gint64 now_us);
void inf_suspect_excuse_stall (InfSuspect *suspect, gint64 late_us);
gboolean inf_suspect_is_public (const InfSuspect *suspect, const InfSuspicionRules *rules);
gint64 inf_suspect_get_deadline_us (const InfSuspect *suspect, const InfSuspicionRules *rules);

G_END_DECLS
