#include "host-app/inf-host-words.h"

#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

/* What infinityd says in single words, in sentences. */

typedef struct
{
  const char *code;
  const char *title;
  const char *more;
} Sentence;

static const Sentence pauses[] = {
  { "snoozed", N_ ("Paused: you asked for a break"), "" },
  { "outside-hours", N_ ("Paused: outside the hours you share"), "" },
  { "on-battery", N_ ("Paused: the computer is on battery"),
    N_ ("Sharing resumes on mains power.") },
  { "power-unknown", N_ ("Paused: it is unknown whether there is mains power"),
    N_ ("You share on mains power only. Sharing has a switch for that.") },
  { "in-use", N_ ("Paused: you are using the computer"),
    N_ ("Sharing resumes when nobody uses it.") },
  { "idle-unknown", N_ ("Paused: it is unknown whether the computer is in use"),
    N_ ("You share an idle computer only. Sharing has a switch for that.") },
  { "busy", N_ ("Paused: your own programs need the processors"),
    N_ ("Sharing resumes when they have calmed down.") },
  { NULL, N_ ("Paused"), "" },
};

static const Sentence obstacles[] = {
  { "no-sandbox", N_ ("Not sharing: this computer can’t keep jobs contained"), "" },
  { "unregistered", N_ ("Not sharing: nobody is registered here"), "" },
  { "locked", N_ ("Not sharing: you are signed out"), "" },
  { "moved", N_ ("Not sharing: your identity moved to another computer"), "" },
  { "no-grid", N_ ("Not sharing: this computer is in no grid"), "" },
  { NULL, N_ ("Not sharing"), "" },
};

static const Sentence connections[] = {
  { "searching", N_ ("Connecting: looking for the other computers"), "" },
  { "nobody-answers", N_ ("Connecting: no other computer answers"),
    N_ ("They may be switched off, or a firewall may be in the way.") },
  { "no-network", N_ ("Connecting: there is no network"),
    N_ ("Infinity connects as soon as there is one.") },
  { NULL, N_ ("Connecting"), "" },
};

static const Sentence *
find_sentence (const Sentence *sentences, const char *code)
{
  while (sentences->code && g_strcmp0 (sentences->code, code) != 0)
    sentences++;
  return sentences;
}

static char *
translate (const char *text)
{
  return g_strdup (*text ? _ (text) : "");
}

static void
say (InfHostWords *words, const Sentence *sentences, const char *code)
{
  const Sentence *sentence = find_sentence (sentences, code);

  words->title = translate (sentence->title);
  words->more = translate (sentence->more);
}

static void
describe_offline (InfHostWords *words, const InfHostSituation *situation)
{
  gboolean has_failed = g_strcmp0 (situation->node_reason, "failed") == 0;

  words->icon_name = "infinity-offline-symbolic";
  words->style = "off";
  words->title = g_strdup (has_failed ? _ ("Disconnected: connecting failed")
                                      : _ ("Disconnected: you disconnected this computer"));
  words->more = has_failed ? g_strdup (situation->node_message)
                           : g_strdup (_ ("Others can’t see it, and no job can come."));
}

static void
describe_disconnecting (InfHostWords *words, const InfHostSituation *situation)
{
  gboolean is_finishing = g_strcmp0 (situation->node_reason, "finishing") == 0;

  words->icon_name = "infinity-offline-symbolic";
  words->style = "paused";
  words->title = g_strdup (is_finishing ? _ ("Disconnecting: what runs may finish first")
                                        : _ ("Disconnecting: stopping what runs"));
  words->more = situation->leases_left ? g_strdup_printf (
                    ngettext ("%u job is left.", "%u jobs are left.", situation->leases_left),
                    situation->leases_left)
                                       : g_strdup ("");
}

static void
describe_paused (InfHostWords *words, const InfHostSituation *situation, gint64 now_unix)
{
  g_autofree char *until = inf_phrase_until (situation->until_unix, now_unix);

  words->icon_name = "infinity-paused-symbolic";
  words->style = "paused";
  say (words, pauses, situation->host_reason);
  if (*until)
    {
      g_free (words->more);
      /* Translators: "at 18:30", "tomorrow at 06:00", "Monday at 08:00" */
      words->more = g_strdup_printf (_ ("Sharing resumes %s."), until);
    }
  else if (g_strcmp0 (situation->host_reason, "snoozed") == 0)
    {
      g_free (words->more);
      words->more = g_strdup (_ ("Sharing resumes when you say so."));
    }
}

static void
describe_ready (InfHostWords *words, const InfHostSituation *situation)
{
  words->icon_name = "infinity-ready-symbolic";
  words->style = "ready";
  words->title = g_strdup (_ ("Ready: waiting for a job"));
  if (g_strcmp0 (situation->node_reason, "alone") == 0)
    words->more = g_strdup (_ ("You are the first in this grid. Invite others to it."));
  else if (g_strcmp0 (situation->node_reason, "nobody-answers") == 0)
    words->more = g_strdup (_ ("No other computer of the grid can be reached at the moment."));
  else
    words->more = g_strdup_printf (ngettext ("%u other computer is connected.",
                                             "%u other computers are connected.", situation->peers),
                                   situation->peers);
}

static void
describe_hosting (InfHostWords *words, const InfHostSituation *situation)
{
  words->icon_name = "infinity-running-symbolic";
  words->style = "hosting";
  words->title = g_strdup_printf (
      ngettext ("Sharing: %u job runs here", "Sharing: %u jobs run here", situation->leases),
      situation->leases);
  words->more = g_strdup (_ ("You can stop it whenever you like."));
}

static void
describe_off (InfHostWords *words)
{
  words->icon_name = "infinity-stopped-symbolic";
  words->style = "off";
  words->title = g_strdup (_ ("Not sharing: sharing is switched off"));
  words->more = g_strdup (_ ("This computer is connected, and takes no jobs."));
}

static void
describe_unable (InfHostWords *words, const InfHostSituation *situation)
{
  words->icon_name = "infinity-stopped-symbolic";
  words->style = "unable";
  say (words, obstacles, situation->host_reason);
  if (situation->obstacle && *situation->obstacle)
    {
      g_free (words->more);
      words->more = g_strdup (situation->obstacle);
    }
}

/**
 * inf_host_words_describe:
 * @words: (out caller-allocates): the words; clear them after use
 * @situation: what infinityd tells
 * @now_unix: the time now, in microseconds
 *
 * Puts the state of this computer as one that shares into one sentence, with its reason.
 */
void
inf_host_words_describe (InfHostWords *words, const InfHostSituation *situation, gint64 now_unix)
{
  const char *node = situation->node_state ? situation->node_state : "";
  const char *host = situation->host_state ? situation->host_state : "";

  *words = (InfHostWords){ NULL };
  if (g_str_equal (node, "offline"))
    describe_offline (words, situation);
  else if (g_str_equal (node, "disconnecting"))
    describe_disconnecting (words, situation);
  else if (g_str_equal (node, "connecting"))
    {
      words->icon_name = "infinity-ready-symbolic";
      words->style = "waiting";
      say (words, connections, situation->node_reason);
    }
  else if (g_str_equal (host, "hosting"))
    describe_hosting (words, situation);
  else if (g_str_equal (host, "ready"))
    describe_ready (words, situation);
  else if (g_str_equal (host, "paused"))
    describe_paused (words, situation, now_unix);
  else if (g_str_equal (host, "off"))
    describe_off (words);
  else
    describe_unable (words, situation);
}

void
inf_host_words_clear (InfHostWords *words)
{
  g_clear_pointer (&words->title, g_free);
  g_clear_pointer (&words->more, g_free);
}

/* Returns: (transfer full): what a lease does, in a word or two */
char *
inf_host_words_lease_state (const char *state)
{
  static const Sentence states[] = {
    { "leased", N_ ("Promised"), "" },
    { "staging", N_ ("Receiving files"), "" },
    { "ready", N_ ("Ready to start"), "" },
    { "running", N_ ("Running"), "" },
    { "stopping", N_ ("Stopping"), "" },
    { "closed", N_ ("Ended"), "" },
    { NULL, NULL, NULL },
  };
  const Sentence *sentence = find_sentence (states, state);

  return g_strdup (sentence->title ? _ (sentence->title) : state);
}
