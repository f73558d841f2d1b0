#pragma once

#include "grid/ledger/inf-ledger.h"

#include <glib/gstdio.h>
#include <string.h>

/* A ledger in a directory of its own, which is removed with it. */
typedef struct
{
  char *dir;
  char *path;
  InfKeypair *owner;
  InfLedger *ledger;
} Fixture;

static inline InfKeypair *
fixture_keypair (guint8 fill)
{
  guint8 seed[INF_SEED_SIZE_BYTES];

  memset (seed, fill, sizeof seed);
  return inf_keypair_from_seed (seed);
}

static inline void
fixture_reopen (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->ledger, inf_ledger_close);
  fixture->ledger = inf_ledger_open (fixture->path, fixture->owner, &error);
  g_assert_no_error (error);
}

static inline void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("inf-ledger-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "ledger.sqlite", NULL);
  fixture->owner = fixture_keypair (1);
  fixture_reopen (fixture);
}

static inline void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->ledger, inf_ledger_close);
  g_autoptr (GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
      g_unlink (path);
    }
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->path);
  inf_keypair_unref (fixture->owner);
}

static inline void
fixture_grant (Fixture *fixture, guint64 amount_ucredits)
{
  static const guint8 grid_id[INF_ENTRY_REFERENCE_SIZE_BYTES] = { 7 };
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_ledger_grant (fixture->ledger, grid_id, 1, amount_ucredits, 1, &error));
  g_assert_no_error (error);
}

/* The lease that FILL stands for, in every function that takes an id. */
static inline const guint8 *
fixture_lease_id (guint8 fill)
{
  static guint8 ids[256][INF_ENTRY_ID_SIZE_BYTES];

  memset (ids[fill], fill, sizeof ids[fill]);
  return ids[fill];
}

static inline InfLedgerEscrow
fixture_escrow (guint8 fill, guint64 amount_ucredits)
{
  InfLedgerEscrow escrow = { .amount_ucredits = amount_ucredits };

  memcpy (escrow.lease_id, fixture_lease_id (fill), sizeof escrow.lease_id);
  memset (escrow.job_id, 0xaa, sizeof escrow.job_id);
  memset (escrow.host.bytes, 0xbb, sizeof escrow.host.bytes);
  return escrow;
}

static inline InfLedgerClaim
fixture_claim (guint8 fill, guint64 prepaid_ucredits, guint64 served_ms)
{
  InfLedgerClaim claim = { .prepaid_ucredits = prepaid_ucredits, .served_ms = served_ms };

  memcpy (claim.lease_id, fixture_lease_id (fill), sizeof claim.lease_id);
  memset (claim.job_id, 0xaa, sizeof claim.job_id);
  memset (claim.client.bytes, 0xcc, sizeof claim.client.bytes);
  return claim;
}
