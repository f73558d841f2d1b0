#include "fake-peers.h"

static InfKeypair *
keypair_number (guint number)
{
  guint8 bytes[INF_SEED_SIZE_BYTES] = { 7, (guint8)number, (guint8)(number >> 8), 3 };

  return inf_keypair_from_seed (bytes);
}

/* A new record of @peer, as large as that of a usual machine. */
InfRecord *
fake_peers_sign (FakePeers *peers, guint peer, guint32 incarnation, guint32 sequence)
{
  g_autoptr (InfPeerInfo) capacity = inf_peer_info_new ();
  InfAddress addresses[2];

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("10.%u.%u.%u:7848", i, peer >> 8 & 0xff, peer & 0xff);
      g_assert_true (inf_address_from_text (text, 0, &addresses[i]));
    }
  g_free (capacity->arch);
  g_free (capacity->os);
  g_free (capacity->open_mpi_version);
  capacity->arch = g_strdup ("x86_64");
  capacity->os = g_strdup ("Debian GNU/Linux 12");
  capacity->open_mpi_version = g_strdup ("4.1.4");
  const InfRecordDraft draft = {
    .incarnation = incarnation,
    .sequence = sequence,
    .signed_unix_us = FAKE_PEERS_NOW_UNIX_US,
    .port = 7848,
    .addresses = addresses,
    .n_addresses = G_N_ELEMENTS (addresses),
    .capacity = capacity,
  };
  return inf_record_new (peers->keypairs[peer], inf_membership_get_grid (peers->founder), &draft);
}

FakePeers *
fake_peers_new (guint n_peers)
{
  FakePeers *peers = g_new0 (FakePeers, 1);
  g_autoptr (InfKeypair) founder = keypair_number (G_MAXUINT16);

  peers->founder
      = inf_membership_found (founder, "lab", "founder", 0, FAKE_PEERS_NOW_UNIX_US, NULL);
  peers->n_peers = n_peers;
  peers->keypairs = g_new0 (InfKeypair *, n_peers);
  peers->certificates = g_new0 (InfCertificate *, n_peers);
  peers->records = g_new0 (InfRecord *, n_peers);
  for (guint i = 0; i < n_peers; i++)
    {
      g_autofree char *name = g_strdup_printf ("node %u", i);
      peers->keypairs[i] = keypair_number (i);
      peers->certificates[i]
          = inf_membership_issue (peers->founder, inf_keypair_get_public_key (peers->keypairs[i]),
                                  name, FAKE_PEERS_NOW_UNIX_US, NULL);
      peers->records[i] = fake_peers_sign (peers, i, 1, 1);
    }
  return peers;
}

void
fake_peers_free (FakePeers *peers)
{
  for (guint i = 0; i < peers->n_peers; i++)
    {
      inf_keypair_unref (peers->keypairs[i]);
      inf_certificate_unref (peers->certificates[i]);
      inf_record_unref (peers->records[i]);
    }
  g_free (peers->keypairs);
  g_free (peers->certificates);
  g_free (peers->records);
  inf_membership_unref (peers->founder);
  g_free (peers);
}
