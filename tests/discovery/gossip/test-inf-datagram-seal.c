#include "discovery/gossip/inf-datagram-seal.h"
#include "discovery/gossip/inf-gossip-kinds.h"

#include <string.h>

typedef struct
{
  InfGrid *grid;
  InfKeypair *keypairs[2];
  InfSealer *sealers[2];
  guint64 sessions[2];
} Fixture;

static guint64
hint_of (const Fixture *fixture, guint number)
{
  return inf_peer_hint (inf_keypair_get_peer_id (fixture->keypairs[number]));
}

/* Begins a run of a node; the other hears of it. */
static void
start (Fixture *fixture, guint number, guint64 session)
{
  g_clear_pointer (&fixture->sealers[number], inf_sealer_free);
  fixture->sealers[number] = inf_sealer_new (fixture->keypairs[number], fixture->grid, session);
  fixture->sessions[number] = session;
  for (guint i = 0; i < 2; i++)
    if (fixture->sealers[i])
      inf_sealer_learn_session (fixture->sealers[i], hint_of (fixture, 1 - i),
                                fixture->sessions[1 - i]);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    fixture->keypairs[i] = inf_keypair_generate ();
  fixture->grid = inf_grid_found (inf_keypair_get_public_key (fixture->keypairs[0]), "lab", NULL);
  for (guint i = 0; i < 2; i++)
    start (fixture, i, 100);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      inf_sealer_free (fixture->sealers[i]);
      inf_keypair_unref (fixture->keypairs[i]);
    }
  inf_grid_unref (fixture->grid);
}

static const InfPublicKey *
find_key (guint64 hint, gpointer data)
{
  const Fixture *fixture = data;

  for (guint i = 0; i < 2; i++)
    if (inf_peer_hint (inf_keypair_get_peer_id (fixture->keypairs[i])) == hint)
      return inf_keypair_get_public_key (fixture->keypairs[i]);
  return NULL;
}

static GBytes *
seal_for (Fixture *fixture, guint recipient)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("payload", 7);

  return inf_sealer_seal (fixture->sealers[0],
                          inf_keypair_get_public_key (fixture->keypairs[recipient]), payload);
}

static gboolean
opens (Fixture *fixture, InfSealer *sealer, GBytes *datagram)
{
  g_auto (InfOpened) opened = { 0 };

  if (!inf_sealer_open (sealer, g_bytes_get_data (datagram, NULL), g_bytes_get_size (datagram),
                        find_key, fixture, &opened))
    return FALSE;
  g_assert_cmpmem (g_bytes_get_data (opened.payload, NULL), g_bytes_get_size (opened.payload),
                   "payload", 7);
  g_assert_cmpuint (opened.sender_hint, ==,
                    inf_peer_hint (inf_keypair_get_peer_id (fixture->keypairs[0])));
  return TRUE;
}

static void
test_opens_once_for_its_recipient (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) datagram = seal_for (fixture, 1);

  g_assert_cmpuint (g_bytes_get_size (datagram), ==, 7 + INF_SEAL_OVERHEAD_BYTES);
  g_assert_true (opens (fixture, fixture->sealers[1], datagram));
  g_assert_false (opens (fixture, fixture->sealers[1], datagram));
}

static void
test_late_ones_open_in_any_order_but_not_twice (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datagrams = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  for (guint i = 0; i < 100; i++)
    g_ptr_array_add (datagrams, seal_for (fixture, 1));
  g_assert_true (opens (fixture, fixture->sealers[1], g_ptr_array_index (datagrams, 99)));
  g_assert_true (opens (fixture, fixture->sealers[1], g_ptr_array_index (datagrams, 40)));
  g_assert_false (opens (fixture, fixture->sealers[1], g_ptr_array_index (datagrams, 40)));
  g_assert_false (opens (fixture, fixture->sealers[1], g_ptr_array_index (datagrams, 10)));
  g_assert_true (opens (fixture, fixture->sealers[1], g_ptr_array_index (datagrams, 98)));
}

static void
test_sender_that_restarted_is_not_replayed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) old = seal_for (fixture, 1);

  start (fixture, 0, 101);
  g_autoptr (GBytes) new = seal_for (fixture, 1);
  g_assert_true (opens (fixture, fixture->sealers[1], new));
  g_assert_false (opens (fixture, fixture->sealers[1], old));
}

/* A crash, too: nothing of the run before was written down. */
static void
test_recipient_that_restarted_opens_nothing_old (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) unseen = seal_for (fixture, 1);
  g_autoptr (GBytes) seen = seal_for (fixture, 1);

  g_assert_true (opens (fixture, fixture->sealers[1], seen));
  start (fixture, 1, 101);
  g_assert_false (opens (fixture, fixture->sealers[1], seen));
  g_assert_false (opens (fixture, fixture->sealers[1], unseen));
  g_autoptr (GBytes) new = seal_for (fixture, 1);
  g_assert_true (opens (fixture, fixture->sealers[1], new));
}

/* Nobody may claim an older run for a peer, and so have others seal what it can't open. */
static void
test_older_run_is_not_believed (Fixture *fixture, gconstpointer data)
{
  inf_sealer_learn_session (fixture->sealers[0], hint_of (fixture, 1), 99);
  g_autoptr (GBytes) datagram = seal_for (fixture, 1);
  g_assert_true (opens (fixture, fixture->sealers[1], datagram));
}

static gboolean
is_taken (Fixture *fixture, GBytes *first_contact)
{
  g_auto (InfOpened) opened = { 0 };

  return inf_sealer_open (fixture->sealers[1], g_bytes_get_data (first_contact, NULL),
                          g_bytes_get_size (first_contact), find_key, fixture, &opened)
         && inf_sealer_is_new (fixture->sealers[1], &opened)
         && inf_sealer_accept_first (fixture->sealers[1], &opened,
                                     inf_keypair_get_public_key (fixture->keypairs[0]));
}

static void
test_first_contact_is_not_taken_again_after_a_restart (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("payload", 7);
  g_autoptr (GBytes) first_contact = inf_sealer_seal_first (fixture->sealers[0], payload);

  g_assert_true (is_taken (fixture, first_contact));
  g_assert_false (is_taken (fixture, first_contact));
  g_autoptr (GVariant) windows
      = g_variant_ref_sink (inf_sealer_windows_to_variant (fixture->sealers[1]));
  start (fixture, 1, 101);
  inf_sealer_windows_from_variant (fixture->sealers[1], windows);
  g_assert_false (is_taken (fixture, first_contact));
}

static void
test_others_and_other_grids_open_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) datagram = seal_for (fixture, 1);
  g_autoptr (InfKeypair) third = inf_keypair_generate ();
  g_autoptr (InfSealer) member = inf_sealer_new (third, fixture->grid, 1);
  g_autoptr (InfGrid) other_grid
      = inf_grid_found (inf_keypair_get_public_key (fixture->keypairs[0]), "other", NULL);
  g_autoptr (InfSealer) elsewhere = inf_sealer_new (fixture->keypairs[1], other_grid, 1);

  g_assert_false (opens (fixture, member, datagram));
  g_assert_false (opens (fixture, elsewhere, datagram));
  g_assert_false (opens (fixture, fixture->sealers[0], datagram));
}

static void
test_no_flipped_bit_goes_unnoticed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) datagram = seal_for (fixture, 1);
  gsize size = g_bytes_get_size (datagram);

  for (gsize i = 0; i < size * 8; i++)
    {
      guint8 *damaged = g_memdup2 (g_bytes_get_data (datagram, NULL), size);
      damaged[i / 8] ^= (guint8)(1u << (i % 8));
      g_autoptr (GBytes) flipped = g_bytes_new_take (damaged, size);
      g_assert_false (opens (fixture, fixture->sealers[1], flipped));
    }
  for (gsize length = 0; length < size; length++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (datagram, 0, length);
      g_assert_false (opens (fixture, fixture->sealers[1], cut));
    }
}

/* Every member has the grid's key: the signature tells who a first contact is from. */
static void
test_first_contact_needs_its_senders_signature (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("payload", 7);
  g_autoptr (GBytes) datagram = inf_sealer_seal_first (fixture->sealers[0], payload);
  g_auto (InfOpened) opened = { 0 };
  const InfPublicKey *sender = inf_keypair_get_public_key (fixture->keypairs[0]);
  const InfPublicKey *other = inf_keypair_get_public_key (fixture->keypairs[1]);

  g_assert_true (inf_sealer_open (fixture->sealers[1], g_bytes_get_data (datagram, NULL),
                                  g_bytes_get_size (datagram), find_key, fixture, &opened));
  g_assert_true (opened.is_first_contact);
  g_assert_false (inf_sealer_accept_first (fixture->sealers[1], &opened, other));
  opened.signature[3] ^= 1;
  g_assert_false (inf_sealer_accept_first (fixture->sealers[1], &opened, sender));
  opened.signature[3] ^= 1;
  g_assert_true (inf_sealer_accept_first (fixture->sealers[1], &opened, sender));
  g_assert_false (inf_sealer_accept_first (fixture->sealers[1], &opened, sender));
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/datagram-seal/opens-once-for-its-recipient", test_opens_once_for_its_recipient);
  add ("/datagram-seal/late-ones-open-in-any-order-but-not-twice",
       test_late_ones_open_in_any_order_but_not_twice);
  add ("/datagram-seal/sender-that-restarted-is-not-replayed",
       test_sender_that_restarted_is_not_replayed);
  add ("/datagram-seal/recipient-that-restarted-opens-nothing-old",
       test_recipient_that_restarted_opens_nothing_old);
  add ("/datagram-seal/older-run-is-not-believed", test_older_run_is_not_believed);
  add ("/datagram-seal/first-contact-is-not-taken-again-after-a-restart",
       test_first_contact_is_not_taken_again_after_a_restart);
  add ("/datagram-seal/others-and-other-grids-open-nothing",
       test_others_and_other_grids_open_nothing);
  add ("/datagram-seal/no-flipped-bit-goes-unnoticed", test_no_flipped_bit_goes_unnoticed);
  add ("/datagram-seal/first-contact-needs-its-senders-signature",
       test_first_contact_needs_its_senders_signature);
  return g_test_run ();
}
