#pragma once

#include "discovery/gossip/inf-record.h"
#include "discovery/identity/inf-membership.h"

#include <glib.h>

#define FAKE_PEERS_NOW_UNIX_US G_GINT64_CONSTANT (1700000000000000)

/* Members with certificates and records that are real, and no nodes. */
typedef struct
{
  InfMembership *founder;
  guint n_peers;
  InfKeypair **keypairs;
  InfCertificate **certificates;
  InfRecord **records; /* incarnation 1, sequence 1 */
} FakePeers;

FakePeers *fake_peers_new (guint n_peers);
void fake_peers_free (FakePeers *peers);

InfRecord *fake_peers_sign (FakePeers *peers, guint peer, guint32 incarnation, guint32 sequence);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakePeers, fake_peers_free)
