#pragma once

#include "grid/jobs/inf-job-host.h"
#include "grid/jobs/inf-job.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_EXEC_MAX_COMMAND_BYTES 65536

/**
 * InfExecHeader:
 * @lease_id: the lease whose sandbox it is to run in
 * @command_line: what `mpiexec` gave its agent; the host parses it, no shell ever does
 *
 * Opens an `infinity-exec` channel.
 */
typedef struct
{
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES];
  char *command_line;
} InfExecHeader;

/**
 * InfNetHeader:
 * @job_id: the job; with @destination_index it names one lease of the receiver
 * @source_index: the participant that connects, from 1
 * @destination_index: the participant that listens, from 1
 * @destination_port: the port there, of its own range in the job network
 *
 * Opens an `infinity-net` channel.
 */
typedef struct
{
  guint8 job_id[INF_JOB_ID_SIZE_BYTES];
  guint source_index;
  guint destination_index;
  guint destination_port;
} InfNetHeader;

void inf_exec_header_init (InfExecHeader *header);
void inf_exec_header_clear (InfExecHeader *header);
GBytes *inf_exec_header_encode (const InfExecHeader *header);
gboolean inf_exec_header_decode (InfExecHeader *header, GBytes *bytes, GError **error);

GBytes *inf_net_header_encode (const InfNetHeader *header);
gboolean inf_net_header_decode (InfNetHeader *header, GBytes *bytes, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfExecHeader, inf_exec_header_clear)

G_END_DECLS
