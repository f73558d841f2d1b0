#pragma once

#include "discovery/files/inf-files.h"
#include "discovery/files/inf-store.h"
#include "discovery/gossip/inf-gossip.h"
#include "discovery/identity/inf-keypair.h"
#include "discovery/link/inf-links.h"
#include "grid/jobs/inf-job-net.h"
#include "grid/jobs/inf-job-store.h"
#include "grid/ledger/inf-ledger.h"

G_BEGIN_DECLS

/**
 * InfJobContext:
 * @state_dir: the node's state directory
 * @keypair: the node's identity
 * @gossip: who is there
 * @links: how they are reached
 * @store: objects here
 * @files: objects there
 * @net: the job networks that this node takes part in
 * @ledger: the node's account
 * @job_store: the jobs submitted here
 * @obstacle: (nullable): why this machine can't contain a job, nor then launch one
 *
 * What the drivers of jobs and leases work with. All borrowed from the node, which outlives them.
 */
typedef struct
{
  const char *state_dir;
  InfKeypair *keypair;
  InfGossip *gossip;
  InfLinks *links;
  InfStore *store;
  InfFiles *files;
  InfJobNet *net;
  InfLedger *ledger;
  InfJobStore *job_store;
  const char *obstacle;
} InfJobContext;

G_END_DECLS
