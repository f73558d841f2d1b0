#include "tests/grid/ledger/inf-credits-world.h"

#include "grid/market/inf-price.h"

#include <glib/gstdio.h>
#include <string.h>

#define GRANT 2000000

static void
open_ledger (Peer *peer)
{
  g_autoptr (GError) error = NULL;

  peer->ledger = inf_ledger_open (peer->path, peer->keypair, &error);
  g_assert_no_error (error);
}

World *
world_new (guint32 seed)
{
  World *world = g_new0 (World, 1);
  static const guint8 grid_id[INF_ENTRY_REFERENCE_SIZE_BYTES] = { 7 };

  world->dir = g_dir_make_tmp ("inf-credits-XXXXXX", NULL);
  world->random = g_rand_new_with_seed (seed);
  world->now_us = 50 * G_USEC_PER_SEC;
  world->deals = g_ptr_array_new ();
  for (guint i = 0; i < N_PEERS; i++)
    {
      guint8 seed_bytes[INF_SEED_SIZE_BYTES] = { (guint8)i };
      Peer *peer = &world->peers[i];
      peer->keypair = inf_keypair_from_seed (seed_bytes);
      peer->path = g_strdup_printf ("%s/%u.sqlite", world->dir, i);
      open_ledger (peer);
      g_assert_true (inf_ledger_grant (peer->ledger, grid_id, i, GRANT, 1, NULL));
      world->granted_ucredits += GRANT;
    }
  return world;
}

static void
deal_free (Deal *deal)
{
  inf_lease_unref (deal->lease);
  inf_meter_client_free (deal->paying);
  inf_meter_host_free (deal->serving);
  g_free (deal);
}

void
world_free (World *world)
{
  for (guint i = 0; i < world->deals->len; i++)
    deal_free (g_ptr_array_index (world->deals, i));
  g_ptr_array_unref (world->deals);
  for (guint i = 0; i < N_PEERS; i++)
    {
      inf_ledger_close (world->peers[i].ledger);
      inf_keypair_unref (world->peers[i].keypair);
      g_unlink (world->peers[i].path);
      g_free (world->peers[i].path);
    }
  g_assert_cmpint (g_rmdir (world->dir), ==, 0);
  g_free (world->dir);
  g_rand_free (world->random);
  g_free (world);
}

gboolean
world_chance (World *world, guint percent)
{
  return g_rand_int_range (world->random, 0, 100) < (gint32)percent;
}

static gboolean
is_lost (World *world)
{
  return world_chance (world, world->loss_percent);
}

/* Every message takes up to 50 ms, so that the two sides' clocks start and stop apart. */
static void
travel (World *world)
{
  world->now_us += g_rand_int_range (world->random, 0, 50000);
}

static InfLedger *
client_ledger (World *world, const Deal *deal)
{
  return world->peers[deal->client].ledger;
}

static InfLedger *
host_ledger (World *world, const Deal *deal)
{
  return world->peers[deal->host].ledger;
}

static const guint8 *
lease_id_of (const Deal *deal)
{
  return inf_lease_get_terms (deal->lease)->lease_id;
}

static InfLeaseTerms
make_terms (World *world, const Deal *deal)
{
  InfLeaseTerms terms = {
    .client = *inf_keypair_get_public_key (world->peers[deal->client].keypair),
    .host = *inf_keypair_get_public_key (world->peers[deal->host].keypair),
    .slots = 1,
    .price_ucredits
    = world_chance (world, 10) ? 0 : (guint64)g_rand_int_range (world->random, 1, 5000),
    .step_us = 2 * G_USEC_PER_SEC,
    .grace_us = 2 * G_USEC_PER_SEC,
    .signed_unix_us = world->now_us,
    .expires_unix_us = world->now_us + 1000 * G_USEC_PER_SEC,
  };

  for (guint i = 0; i < sizeof terms.lease_id; i++)
    terms.lease_id[i] = (guint8)g_rand_int (world->random);
  return terms;
}

/* What the host has in hand for a lease, written down before it answers the client. */
static void
record_claim (World *world, const Deal *deal, GBytes *voucher, gboolean is_billed)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (deal->lease);
  g_autoptr (GError) error = NULL;
  InfLedgerClaim claim = {
    .prepaid_ucredits = inf_meter_host_get_prepaid_ucredits (deal->serving),
    .served_ms = inf_meter_host_get_served_ms (deal->serving, world->now_us),
    .is_billed = is_billed,
    .voucher = voucher,
    .lease = inf_lease_get_bytes (deal->lease),
  };

  memcpy (claim.lease_id, terms->lease_id, sizeof claim.lease_id);
  inf_peer_id_of_key (&terms->client, &claim.client);
  inf_ledger_record_earned (host_ledger (world, deal), &claim, &error);
  g_assert_no_error (error);
}

static gboolean
set_aside (World *world, const Deal *deal, guint64 amount_ucredits)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (deal->lease);
  InfLedgerEscrow escrow
      = { .amount_ucredits = amount_ucredits, .lease = inf_lease_get_bytes (deal->lease) };

  memcpy (escrow.lease_id, terms->lease_id, sizeof escrow.lease_id);
  inf_peer_id_of_key (&terms->host, &escrow.host);
  return inf_ledger_escrow (client_ledger (world, deal), &escrow, 1, world->now_us, NULL);
}

/* The host signs and remembers a lease, the client sets credits aside and starts its program. */
void
world_begin_deal (World *world)
{
  Deal *deal = g_new0 (Deal, 1);
  deal->client = (guint)g_rand_int_range (world->random, 0, N_PEERS);
  deal->host = (guint)g_rand_int_range (world->random, 0, N_PEERS);
  InfLeaseTerms terms = make_terms (world, deal);
  deal->lease = inf_lease_sign (&terms, world->peers[deal->host].keypair);
  deal->serving = inf_meter_host_new (deal->lease);
  g_ptr_array_add (world->deals, deal);
  record_claim (world, deal, NULL, FALSE);

  gint64 limit_us = g_rand_int_range (world->random, 1, 60) * (gint64)G_USEC_PER_SEC;
  guint64 amount = inf_price_cost (terms.price_ucredits, (guint64)limit_us / 1000);
  if (world_chance (world, 30))
    amount = amount * (guint64)g_rand_int_range (world->random, 0, 100) / 100;
  if (!set_aside (world, deal, amount))
    return;
  deal->paying = inf_meter_client_new (deal->lease, amount, limit_us);
  inf_meter_client_start (deal->paying, world->now_us, NULL);
}

/* The host's answer to a voucher: whether it was acknowledged. */
static gboolean
receive_voucher (World *world, Deal *deal, GBytes *bytes)
{
  InfVoucher voucher;
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_voucher_verify (&voucher, bytes, deal->lease, &error));
  g_assert_no_error (error);
  if (!deal->serving || !inf_meter_host_pay (deal->serving, &voucher, world->now_us, NULL))
    return FALSE;
  record_claim (world, deal, bytes, FALSE);
  return TRUE;
}

static void
pay (World *world, Deal *deal, const InfVoucher *voucher)
{
  g_autoptr (GError) error = NULL;

  inf_ledger_note_signed (client_ledger (world, deal), lease_id_of (deal),
                          voucher->cumulative_ucredits, &error);
  g_assert_no_error (error);
  if (world_chance (world, 3))
    {
      world_kill (world, deal->client);
      return;
    }
  g_autoptr (GBytes) bytes = inf_voucher_sign (voucher, world->peers[deal->client].keypair);
  travel (world);
  if (is_lost (world) || !receive_voucher (world, deal, bytes))
    return;
  if (world_chance (world, 3))
    {
      world_kill (world, deal->host);
      return;
    }
  travel (world);
  if (!is_lost (world) && deal->paying)
    inf_meter_client_acknowledged (deal->paying, voucher->cumulative_ucredits, world->now_us);
}

static void
end_service (World *world, Deal *deal)
{
  InfBill bill;

  if (!deal->serving || inf_meter_host_get_bill (deal->serving, &bill))
    return;
  inf_meter_host_finish (deal->serving, world->now_us);
  record_claim (world, deal, NULL, TRUE);
}

/* What both sides of a running deal do when their deadlines have come. */
void
world_poll (World *world, Deal *deal)
{
  InfVoucher voucher;

  if (deal->serving
      && inf_meter_host_poll (deal->serving, world->now_us) == INF_METER_HOST_STOP_UNPAID)
    end_service (world, deal);
  if (!deal->paying)
    return;
  switch (inf_meter_client_poll (deal->paying, world->now_us, &voucher))
    {
    case INF_METER_CLIENT_PAY:
      pay (world, deal, &voucher);
      break;
    case INF_METER_CLIENT_WAIT:
      break;
    case INF_METER_CLIENT_STOP_CREDITS:
    case INF_METER_CLIENT_STOP_TIME_LIMIT:
    case INF_METER_CLIENT_STOP_UNSERVED:
    default:
      deal->wants_end = TRUE;
    }
}

/* The host's books take a settlement, the first time it comes. */
static void
receive_settlement (World *world, Deal *deal, GBytes *bytes)
{
  InfSettlement settlement;
  guint64 earned_ucredits;
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_settlement_verify (&settlement, bytes, deal->lease, &error));
  if (inf_ledger_get_closed_earned (host_ledger (world, deal), lease_id_of (deal),
                                    &earned_ucredits))
    {
      g_assert_cmpuint (earned_ucredits, ==, settlement.amount_ucredits);
      return;
    }
  end_service (world, deal);
  inf_meter_host_accept (deal->serving, &settlement, &error);
  g_assert_no_error (error);
  inf_ledger_close_earned (host_ledger (world, deal), lease_id_of (deal),
                           settlement.amount_ucredits, bytes, world->now_us, &error);
  g_assert_no_error (error);
  g_clear_pointer (&deal->serving, inf_meter_host_free);
}

static void
book_settlement (World *world, Deal *deal, const InfSettlement *settlement)
{
  g_autoptr (GBytes) bytes = inf_settlement_sign (settlement, world->peers[deal->client].keypair);
  g_autoptr (GError) error = NULL;

  inf_ledger_settle_paid (client_ledger (world, deal), lease_id_of (deal),
                          settlement->amount_ucredits, bytes, world->now_us, &error);
  g_assert_no_error (error);
  g_clear_pointer (&deal->paying, inf_meter_client_free);
}

/* The program has ended: the client asks for the bill and settles it, if the network lets it. */
void
world_settle (World *world, Deal *deal)
{
  InfBill bill, read;
  InfSettlement settlement;
  g_autoptr (GError) error = NULL;

  if (!deal->paying || is_lost (world))
    return;
  travel (world);
  end_service (world, deal);
  g_assert_true (inf_meter_host_get_bill (deal->serving, &bill));
  g_autoptr (GBytes) bytes = inf_bill_sign (&bill, world->peers[deal->host].keypair);
  travel (world);
  if (is_lost (world))
    return;
  g_assert_true (inf_bill_verify (&read, bytes, deal->lease, &error));
  inf_meter_client_finish (deal->paying, world->now_us);
  inf_meter_client_settle_bill (deal->paying, &read, &settlement, &error);
  g_assert_no_error (error);
  book_settlement (world, deal, &settlement);
}

/* The host can't be asked. */
void
world_settle_alone (World *world, Deal *deal)
{
  InfSettlement settlement;

  if (!deal->paying)
    return;
  inf_meter_client_finish (deal->paying, world->now_us);
  inf_meter_client_settle_alone (deal->paying, &settlement);
  book_settlement (world, deal, &settlement);
}

static Deal *
find_deal (World *world, const guint8 *lease_id)
{
  for (guint i = 0; i < world->deals->len; i++)
    {
      Deal *deal = g_ptr_array_index (world->deals, i);
      if (memcmp (lease_id_of (deal), lease_id, INF_LEASE_ID_SIZE_BYTES) == 0)
        return deal;
    }
  g_assert_not_reached ();
}

/* Every client sends the settlements that its ledger still has to deliver. */
void
world_deliver (World *world)
{
  for (guint i = 0; i < N_PEERS; i++)
    {
      g_autoptr (GPtrArray) settlements
          = inf_ledger_list_settlements (world->peers[i].ledger, NULL);
      for (guint j = 0; j < settlements->len; j++)
        {
          const InfLedgerSettlement *open = g_ptr_array_index (settlements, j);
          Deal *deal = find_deal (world, open->lease_id);
          if (is_lost (world))
            continue;
          receive_settlement (world, deal, open->settlement);
          if (!is_lost (world))
            g_assert_true (
                inf_ledger_settlement_delivered (world->peers[i].ledger, open->lease_id, NULL));
        }
    }
}

/* What a client knows of its leases after a restart is what its ledger lists. */
static void
recover_client (World *world, guint peer)
{
  g_autoptr (GPtrArray) escrows = inf_ledger_list_escrows (world->peers[peer].ledger, NULL);

  for (guint i = 0; i < escrows->len; i++)
    {
      const InfLedgerEscrow *open = g_ptr_array_index (escrows, i);
      Deal *deal = find_deal (world, open->lease_id);
      g_autoptr (InfLease) lease = inf_lease_from_bytes (open->lease, NULL);
      deal->paying = inf_meter_client_restore (lease, open->signed_ucredits);
      deal->wants_end = TRUE;
    }
}

/* And a host's likewise. */
static void
recover_host (World *world, guint peer)
{
  g_autoptr (GPtrArray) claims = inf_ledger_list_claims (world->peers[peer].ledger, NULL);

  for (guint i = 0; i < claims->len; i++)
    {
      const InfLedgerClaim *open = g_ptr_array_index (claims, i);
      Deal *deal = find_deal (world, open->lease_id);
      g_autoptr (InfLease) lease = inf_lease_from_bytes (open->lease, NULL);
      InfVoucher last;
      if (open->voucher)
        g_assert_true (inf_voucher_verify (&last, open->voucher, lease, NULL));
      deal->serving = inf_meter_host_restore (lease, open->voucher ? &last : NULL, open->served_ms);
      record_claim (world, deal, NULL, TRUE);
    }
}

/* Everything that was only in memory is gone. */
void
world_kill (World *world, guint peer)
{
  for (guint i = 0; i < world->deals->len; i++)
    {
      Deal *deal = g_ptr_array_index (world->deals, i);
      if (deal->client == peer)
        g_clear_pointer (&deal->paying, inf_meter_client_free);
      if (deal->host == peer)
        g_clear_pointer (&deal->serving, inf_meter_host_free);
    }
  inf_ledger_close (world->peers[peer].ledger);
  open_ledger (&world->peers[peer]);
  recover_client (world, peer);
  recover_host (world, peer);
}
