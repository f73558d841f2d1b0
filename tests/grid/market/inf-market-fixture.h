#pragma once

#include "grid/market/inf-lease.h"

#include <string.h>

/* Two peers and the terms between them, the same in every test of the market. */

static inline InfKeypair *
fixture_keypair (guint8 fill)
{
  guint8 seed[INF_SEED_SIZE_BYTES];

  memset (seed, fill, sizeof seed);
  return inf_keypair_from_seed (seed);
}

static inline InfLeaseTerms
fixture_terms (const InfKeypair *client, const InfKeypair *host, guint64 price_ucredits)
{
  InfLeaseTerms terms = {
    .client = *inf_keypair_get_public_key (client),
    .host = *inf_keypair_get_public_key (host),
    .slots = 2,
    .memory_bytes = 64 << 20,
    .price_ucredits = price_ucredits,
    .step_us = 2 * G_USEC_PER_SEC,
    .grace_us = 2 * G_USEC_PER_SEC,
    .signed_unix_us = 1000 * G_USEC_PER_SEC,
    .expires_unix_us = 2000 * G_USEC_PER_SEC,
  };

  memset (terms.lease_id, 0x11, sizeof terms.lease_id);
  memset (terms.job_id, 0x22, sizeof terms.job_id);
  return terms;
}

static inline InfLease *
fixture_lease (guint64 price_ucredits)
{
  g_autoptr (InfKeypair) client = fixture_keypair (1);
  g_autoptr (InfKeypair) host = fixture_keypair (2);
  InfLeaseTerms terms = fixture_terms (client, host, price_ucredits);

  return inf_lease_sign (&terms, host);
}
