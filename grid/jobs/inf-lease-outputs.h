#pragma once

#include "discovery/identity/inf-keypair.h"
#include "grid/jobs/inf-job-host.h"
#include "grid/jobs/inf-job-spec.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_LEASE_MAX_OUTPUTS 4096

/**
 * InfLeaseOutput:
 * @path: relative to /job, '/' between components
 * @object: its content, by which it is fetched
 */
typedef struct
{
  char *path;
  InfJobObject object;
} InfLeaseOutput;

/**
 * InfLeaseOutputs:
 * @lease_id: the lease
 * @outputs: (element-type InfLeaseOutput): regular files that the job made, in no certain order
 * @is_truncated: whether the job made more than %INF_LEASE_MAX_OUTPUTS, or than the host's limits
 *   allow, so that some are missing
 *
 * The reply to `lease.outputs`: what a host says its /job holds, signed by the host, so that a
 * result can be traced to it.
 */
typedef struct
{
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES];
  GPtrArray *outputs;
  gboolean is_truncated;
} InfLeaseOutputs;

void inf_lease_outputs_init (InfLeaseOutputs *outputs);
void inf_lease_outputs_clear (InfLeaseOutputs *outputs);
void inf_lease_outputs_add (InfLeaseOutputs *outputs, const char *path, const guint8 sha256[32],
                            guint64 size_bytes);
GBytes *inf_lease_outputs_encode (const InfLeaseOutputs *outputs, const InfKeypair *host);
gboolean inf_lease_outputs_decode (InfLeaseOutputs *outputs, GBytes *bytes,
                                   const InfPublicKey *host, GError **error);

InfLeaseOutput *inf_lease_output_new (const char *path, const guint8 sha256[32],
                                      guint64 size_bytes);
void inf_lease_output_free (InfLeaseOutput *output);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfLeaseOutputs, inf_lease_outputs_clear)

G_END_DECLS
