#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfHostSituation:
 * @node_state: Node1's State
 * @node_reason: of its StateDetail
 * @node_message: of its StateDetail
 * @peers: other members in contact
 * @leases_left: what disconnecting waits for
 * @host_state: State of Host1: hosting, ready, paused, off, unable
 * @host_reason: its reason
 * @obstacle: why this machine can't host, "" when it can
 * @running: while paused with leases, finish or stop
 * @until_unix: when a pause ends by itself, 0 unknown
 * @leases: jobs of others here now
 *
 * What the state of this host is told from. All strings are borrowed.
 */
typedef struct
{
  const char *node_state;
  const char *node_reason;
  const char *node_message;
  guint peers;
  guint leases_left;
  const char *host_state;
  const char *host_reason;
  const char *obstacle;
  const char *running;
  gint64 until_unix;
  guint leases;
} InfHostSituation;

/**
 * InfHostWords:
 * @title: one sentence: the state with its reason
 * @more: what will change it, or ""
 * @icon_name: a picture of it
 * @style: a style class: hosting, ready, paused, off, unable, waiting
 */
typedef struct
{
  char *title;
  char *more;
  const char *icon_name;
  const char *style;
} InfHostWords;

void inf_host_words_describe (InfHostWords *words, const InfHostSituation *situation,
                              gint64 now_unix);
void inf_host_words_clear (InfHostWords *words);

char *inf_host_words_lease_state (const char *state);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfHostWords, inf_host_words_clear)

G_END_DECLS
