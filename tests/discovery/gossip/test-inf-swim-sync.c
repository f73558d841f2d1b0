#include "fake-peers.h"

#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-messages.h"
#include "discovery/gossip/inf-swim.h"

/* Two members that know many others, and one another, with nothing between them but a wire. */
#define SECOND_US G_USEC_PER_SEC
#define SEAL_BYTES 41

typedef struct
{
  InfMembership *membership;
  InfSwim *swim;
  InfAddress address;
  guint64 sent_bytes;
  guint n_sent;
  guint n_notices;
} Side;

typedef struct
{
  FakePeers *peers;
  Side sides[2];
  gint64 now_us;
  guint loss_percent;
  GRand *rand;
} Pair;

static void
add_known (Pair *pair, guint side, guint number, InfRecord *record)
{
  inf_swim_add_known (pair->sides[side].swim, pair->peers->certificates[number],
                      record ? record : pair->peers->records[number], NULL, pair->now_us);
}

/* The two sides are the peers 0 and 1. They don't look whether the others live, who don't. */
static void
start_side (Pair *pair, guint number)
{
  const InfSwimTiming timing = {
    .probe_period_us = 3600 * (gint64)SECOND_US,
    .relay_patience_us = SECOND_US,
  };
  Side *side = &pair->sides[number];
  g_autofree char *text = g_strdup_printf ("10.0.0.%u:7848", number);

  side->membership = inf_membership_join (
      pair->peers->keypairs[number], inf_membership_get_grid (pair->peers->founder),
      inf_certificate_get_bytes (pair->peers->certificates[number]), NULL, FAKE_PEERS_NOW_UNIX_US,
      NULL);
  side->swim = inf_swim_new (side->membership, &timing, number + 5, 1, 7848, pair->now_us,
                             FAKE_PEERS_NOW_UNIX_US);
  g_assert_true (inf_address_from_text (text, 0, &side->address));
}

static Pair *
pair_new (guint n_peers)
{
  Pair *pair = g_new0 (Pair, 1);

  pair->peers = fake_peers_new (n_peers);
  pair->now_us = 1000 * SECOND_US;
  pair->rand = g_rand_new_with_seed (3);
  for (guint i = 0; i < 2; i++)
    start_side (pair, i);
  for (guint i = 0; i < 2; i++)
    {
      const InfPeerId *id = inf_record_get_peer_id (pair->peers->records[i]);
      const InfPeer *self
          = inf_roster_find (inf_swim_get_roster (pair->sides[i].swim), inf_peer_hint (id));
      inf_swim_add_known (pair->sides[1 - i].swim, self->certificate, self->record,
                          &pair->sides[i].address, pair->now_us);
    }
  return pair;
}

static void
pair_free (Pair *pair)
{
  for (guint i = 0; i < 2; i++)
    {
      inf_swim_free (pair->sides[i].swim);
      inf_membership_unref (pair->sides[i].membership);
    }
  g_rand_free (pair->rand);
  fake_peers_free (pair->peers);
  g_free (pair);
}

static guint64
hint_of (Pair *pair, guint number)
{
  return inf_peer_hint (inf_record_get_peer_id (pair->peers->records[number]));
}

/* Carries what @number has to say to the other; what is for third parties is lost. */
static gboolean
carry (Pair *pair, guint number)
{
  Side *side = &pair->sides[number], *other = &pair->sides[1 - number];
  g_autoptr (InfSwimAction) action = inf_swim_next_action (side->swim);

  if (!action)
    return FALSE;
  if (action->type == INF_SWIM_NOTICE)
    side->n_notices++;
  if (action->type != INF_SWIM_SEND || !inf_address_equal (&action->address, &other->address))
    return TRUE;
  side->sent_bytes += g_bytes_get_size (action->payload) + SEAL_BYTES;
  side->n_sent++;
  if ((guint)g_rand_int_range (pair->rand, 0, 100) >= pair->loss_percent)
    inf_swim_receive (other->swim, hint_of (pair, number), action->payload, &side->address,
                      pair->now_us);
  return TRUE;
}

static void
carry_all (Pair *pair)
{
  while (carry (pair, 0) || carry (pair, 1))
    continue;
}

static void
run (Pair *pair, gint64 for_us)
{
  gint64 end_us = pair->now_us + for_us;

  carry_all (pair);
  for (;;)
    {
      gint64 first_us = inf_swim_get_deadline_us (pair->sides[0].swim);
      gint64 second_us = inf_swim_get_deadline_us (pair->sides[1].swim);
      gint64 next_us = MIN (first_us, second_us);
      if (next_us > end_us)
        break;
      pair->now_us = MAX (pair->now_us, next_us);
      inf_swim_tick (pair->sides[first_us <= second_us ? 0 : 1].swim, pair->now_us);
      carry_all (pair);
    }
  pair->now_us = end_us;
}

/* Whether both know the same records; those who answer nobody die sooner or later. */
static gboolean
agree (Pair *pair)
{
  InfRosterIter iters[2];
  const InfPeer *first, *second;

  for (guint i = 0; i < 2; i++)
    inf_roster_iter_init (&iters[i], inf_swim_get_roster (pair->sides[i].swim), 0);
  do
    {
      first = inf_roster_iter_next (&iters[0]);
      second = inf_roster_iter_next (&iters[1]);
      if (!first || !second || first->hint != second->hint
          || inf_record_is_newer (first->record, second->record)
          || inf_record_is_newer (second->record, first->record))
        return !first && !second;
    }
  while (TRUE);
}

/* A probe without news: all that it brings is its summary. */
static void
show_summary (Pair *pair, guint from)
{
  const InfProbe probe = {
    .type = INF_PROBE_NEWS,
    .summary = inf_swim_get_summary (pair->sides[from].swim),
  };
  g_autoptr (GBytes) payload = inf_probe_encode (&probe);

  inf_swim_receive (pair->sides[1 - from].swim, hint_of (pair, from), payload,
                    &pair->sides[from].address, pair->now_us);
}

/* Everything but pings and answers, which run on anyway. */
static guint64
cost_of_agreement (Pair *pair)
{
  guint64 before = pair->sides[0].sent_bytes + pair->sides[1].sent_bytes;
  gint64 end_us = pair->now_us + 2 * SECOND_US;

  while (!agree (pair) && pair->now_us < end_us)
    run (pair, SECOND_US / 50);
  g_assert_true (agree (pair));
  return pair->sides[0].sent_bytes + pair->sides[1].sent_bytes - before;
}

static void
test_one_record_among_a_thousand_is_cheap (void)
{
  Pair *pair = pair_new (1000);
  g_autoptr (InfRecord) newer = fake_peers_sign (pair->peers, 500, 1, 2);

  for (guint i = 2; i < 1000; i++)
    {
      add_known (pair, 0, i, i == 500 ? newer : NULL);
      add_known (pair, 1, i, NULL);
    }
  show_summary (pair, 0);
  guint64 cost_bytes = cost_of_agreement (pair);
  g_test_message ("one record of 1,000: %u bytes", (guint)cost_bytes);
  g_assert_cmpuint (cost_bytes, <, 1800);
  pair_free (pair);
}

static void
test_agreement_costs_no_exchange (void)
{
  Pair *pair = pair_new (200);

  for (guint i = 2; i < 200; i++)
    for (guint side = 0; side < 2; side++)
      add_known (pair, side, i, NULL);
  show_summary (pair, 0);
  guint n_before = pair->sides[1].n_sent;
  run (pair, SECOND_US * 9 / 10);
  /* A ping, its answer, and no more. */
  g_assert_cmpuint (pair->sides[1].n_sent - n_before, <=, 2);
  pair_free (pair);
}

/* As after a partition: each half has newer records, and members that the other lacks. */
static void
exchange_halves (guint n_peers, guint loss_percent, gint64 at_most_us)
{
  Pair *pair = pair_new (n_peers);
  gint64 begin_us = pair->now_us;

  for (guint i = 2; i < n_peers; i++)
    {
      g_autoptr (InfRecord) newer = fake_peers_sign (pair->peers, i, 1, 2);
      add_known (pair, 0, i, i % 3 == 0 ? newer : NULL);
      if (i % 3 != 2)
        add_known (pair, 1, i, i % 3 == 1 ? newer : NULL);
    }
  pair->loss_percent = loss_percent;
  while (!agree (pair) && pair->now_us - begin_us < at_most_us)
    {
      show_summary (pair, 0);
      run (pair, SECOND_US / 20);
    }
  g_test_message ("%u peers, %u %% loss: the same after %.2f s and %u + %u datagrams", n_peers,
                  loss_percent, (double)(pair->now_us - begin_us) / 1e6, pair->sides[0].n_sent,
                  pair->sides[1].n_sent);
  g_assert_true (agree (pair));
  pair_free (pair);
}

static void
test_halves_of_a_grid_agree (void)
{
  exchange_halves (60, 0, 2 * SECOND_US);
  exchange_halves (1000, 0, 3 * SECOND_US);
  exchange_halves (300, 30, 20 * SECOND_US);
}

static void
test_newcomer_takes_a_thousand_at_its_own_pace (void)
{
  Pair *pair = pair_new (1000);
  gint64 begin_us = pair->now_us;

  for (guint i = 2; i < 1000; i++)
    add_known (pair, 0, i, NULL);
  while (!agree (pair) && pair->now_us - begin_us < 3 * SECOND_US)
    {
      show_summary (pair, 0);
      run (pair, SECOND_US / 50);
    }
  g_test_message ("a newcomer knows 1,000 after %.2f s and %u datagrams",
                  (double)(pair->now_us - begin_us) / 1e6, pair->sides[0].n_sent);
  g_assert_true (agree (pair));
  pair_free (pair);
}

static void
test_notice_reaches_who_was_away (void)
{
  Pair *pair = pair_new (20);
  g_autoptr (GBytes) content = g_bytes_new_static ("hello", 5);
  g_autoptr (GError) error = NULL;

  for (guint i = 2; i < 20; i++)
    for (guint side = 0; side < 2; side++)
      add_known (pair, side, i, NULL);
  pair->loss_percent = 100;
  inf_swim_publish_notice (pair->sides[0].swim, "topic", content, pair->now_us, &error);
  g_assert_no_error (error);
  run (pair, 3 * SECOND_US);
  g_assert_cmpuint (pair->sides[1].n_notices, ==, 0);
  pair->loss_percent = 0;
  show_summary (pair, 0);
  run (pair, 3 * SECOND_US);
  g_assert_cmpuint (pair->sides[1].n_notices, ==, 1);
  pair_free (pair);
}

static void
test_expired_notice_is_forgotten (void)
{
  Pair *pair = pair_new (2);
  g_autoptr (GBytes) content = g_bytes_new_static ("hello", 5);

  inf_swim_publish_notice (pair->sides[0].swim, "topic", content, pair->now_us, NULL);
  run (pair, 2 * SECOND_US);
  g_assert_cmpuint (inf_notices_get_size (inf_swim_get_notices (pair->sides[1].swim)), ==, 1);
  pair->now_us += INF_NOTICE_MAX_LIFETIME_US;
  for (guint i = 0; i < 16; i++)
    run (pair, 5 * SECOND_US);
  g_assert_cmpuint (inf_notices_get_size (inf_swim_get_notices (pair->sides[1].swim)), ==, 0);
  pair_free (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swim-sync/one-record-among-a-thousand-is-cheap",
                   test_one_record_among_a_thousand_is_cheap);
  g_test_add_func ("/swim-sync/agreement-costs-no-exchange", test_agreement_costs_no_exchange);
  g_test_add_func ("/swim-sync/halves-of-a-grid-agree", test_halves_of_a_grid_agree);
  g_test_add_func ("/swim-sync/newcomer-takes-a-thousand-at-its-own-pace",
                   test_newcomer_takes_a_thousand_at_its_own_pace);
  g_test_add_func ("/swim-sync/notice-reaches-who-was-away", test_notice_reaches_who_was_away);
  g_test_add_func ("/swim-sync/expired-notice-is-forgotten", test_expired_notice_is_forgotten);
  return g_test_run ();
}
