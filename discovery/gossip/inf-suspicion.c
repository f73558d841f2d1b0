#include "discovery/gossip/inf-suspicion.h"

/* When a suspect is dead. Lifeguard's suspicion (Dadgar, Phillips, Currey, 2018, section IV-B) is
 * long at first and shortened by independent accusers. Here the accusers are proved, since each
 * signs, and there are two lengths only: enough of them, or nobody but this node itself. So the
 * word of less than @n_needed others decides nothing, and a node that is alone has to wait longest.
 */
#define N_ACCUSERS_NEEDED 3
#define SECOND_US G_GINT64_CONSTANT (1000000)

/* An accusation, and the objection to it, need time that grows with the logarithm of the grid's
 * size: this much more whenever it doubles, from a hundred nodes or so on. */
#define WITH_OTHERS_US (3 * SECOND_US / 2)
#define ALONE_US (4 * SECOND_US)
#define PER_DOUBLING_US (4 * SECOND_US / 10)
#define FREE_DOUBLINGS 7

/* Probes that fail for the same reason do so within this time. */
#define TOGETHER_US (3 * SECOND_US)

/**
 * inf_suspicion_get_rules:
 * @n_live: how many nodes are live, this one among them
 * @ret_rules: (out): what holds in a grid of that size
 */
void
inf_suspicion_get_rules (guint n_live, InfSuspicionRules *ret_rules)
{
  guint n_doublings = MAX (g_bit_storage (n_live), FREE_DOUBLINGS) - FREE_DOUBLINGS;

  /* The suspect does not accuse itself. */
  ret_rules->n_needed = CLAMP (n_live, 2, N_ACCUSERS_NEEDED + 1) - 1;
  ret_rules->with_others_us = WITH_OTHERS_US + n_doublings * PER_DOUBLING_US;
  ret_rules->alone_us = ALONE_US + n_doublings * PER_DOUBLING_US;
}

gboolean
inf_suspect_is_accused_by (const InfSuspect *suspect, guint64 accuser)
{
  for (guint i = 0; i < suspect->n_accusers; i++)
    if (suspect->accusations[i].accuser == accuser)
      return TRUE;
  return FALSE;
}

/* Drops what was said long before @born_us. */
static void
forget_before (InfSuspect *suspect, gint64 born_us)
{
  for (guint i = suspect->n_accusers; i-- > 0;)
    if (suspect->born_us[i] < born_us)
      {
        suspect->n_accusers--;
        suspect->accusations[i] = suspect->accusations[suspect->n_accusers];
        suspect->born_us[i] = suspect->born_us[suspect->n_accusers];
      }
}

/* Whether something was said so long after @born_us that this has come to nothing. */
static gboolean
is_outdated (const InfSuspect *suspect, gint64 born_us)
{
  for (guint i = 0; i < suspect->n_accusers; i++)
    if (suspect->born_us[i] - TOGETHER_US > born_us)
      return TRUE;
  return FALSE;
}

/**
 * inf_suspect_accuse:
 * @suspect: a suspect
 * @accusation: verified, of the same subject and incarnation
 * @born_us: when it was made
 * @n_needed: how many it takes to make a suspicion public
 * @now_us: the time
 *
 * Until there are enough, only those count that were made about the same time.
 *
 * Returns: whether it is news: its accuser was not known to accuse, and is not one too many
 */
gboolean
inf_suspect_accuse (InfSuspect *suspect, const InfAccusation *accusation, gint64 born_us,
                    guint n_needed, gint64 now_us)
{
  born_us = MIN (born_us, now_us);
  if (suspect->n_accusers < n_needed && is_outdated (suspect, born_us))
    return FALSE;
  if (suspect->n_accusers < n_needed)
    forget_before (suspect, born_us - TOGETHER_US);
  if (suspect->n_accusers == INF_SUSPICION_MAX_ACCUSERS
      || inf_suspect_is_accused_by (suspect, accusation->accuser))
    return FALSE;
  if (suspect->n_accusers < n_needed)
    suspect->heard_us = now_us;
  suspect->accusations[suspect->n_accusers] = *accusation;
  suspect->born_us[suspect->n_accusers] = born_us;
  suspect->n_accusers++;
  return TRUE;
}

/**
 * inf_suspect_excuse_stall:
 * @suspect: a suspect
 * @late_us: how long this node was not run, so that it can't have heard an objection
 */
void
inf_suspect_excuse_stall (InfSuspect *suspect, gint64 late_us)
{
  suspect->heard_us += late_us;
  if (suspect->failed_us != 0)
    suspect->failed_us += late_us;
  for (guint i = 0; i < suspect->n_accusers; i++)
    suspect->born_us[i] += late_us;
}

/**
 * inf_suspect_is_public:
 * @suspect: a suspect
 * @rules: what holds
 *
 * Returns: whether enough members accuse it for everybody to hear of it
 */
gboolean
inf_suspect_is_public (const InfSuspect *suspect, const InfSuspicionRules *rules)
{
  return suspect->n_accusers >= rules->n_needed;
}

/* When the accusation was made that first made them enough. What came before it was one node's bad
 * luck, perhaps long ago, and asked for no objection. */
static gint64
get_public_us (const InfSuspect *suspect, guint n_needed)
{
  gint64 latest_us = G_MAXINT64;

  for (guint i = 0; i < suspect->n_accusers; i++)
    {
      guint n_until = 0;
      for (guint j = 0; j < suspect->n_accusers; j++)
        n_until += suspect->born_us[j] <= suspect->born_us[i];
      if (n_until >= n_needed)
        latest_us = MIN (latest_us, suspect->born_us[i]);
    }
  return latest_us;
}

/**
 * inf_suspect_get_deadline_us:
 * @suspect: a suspect
 * @rules: what holds, its times stretched by this node's health
 *
 * Returns: when it is dead unless it objects; %G_MAXINT64 for never
 */
gint64
inf_suspect_get_deadline_us (const InfSuspect *suspect, const InfSuspicionRules *rules)
{
  gint64 deadline_us = suspect->failed_us != 0 ? suspect->failed_us + rules->alone_us : G_MAXINT64;

  /* In a grid of two, nobody else could agree. */
  if (suspect->n_accusers < MAX (rules->n_needed, 2))
    return deadline_us;
  gint64 public_us = get_public_us (suspect, rules->n_needed);
  /* Who hears of it late waits for an objection that may be under way. */
  gint64 with_others_us
      = MAX (public_us + rules->with_others_us, suspect->heard_us + rules->with_others_us / 2);
  return MIN (deadline_us, with_others_us);
}
