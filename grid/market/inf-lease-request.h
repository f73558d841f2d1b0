#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_JOB_ID_SIZE_BYTES 16
#define INF_LEASE_MAX_SLOTS 65536
#define INF_LEASE_MAX_DURATION_US ((gint64)31 * 24 * 3600 * G_USEC_PER_SEC)
/* A lease outlives the program by what staging, collecting and settling may take. */
#define INF_LEASE_MARGIN_US ((gint64)30 * 60 * G_USEC_PER_SEC)

/**
 * InfLeaseRequest:
 * @job_id: the job it is for
 * @slots: ranks the host is to take, from 1
 * @memory_bytes: memory for all of them; 0: whatever the host gives
 * @max_price_ucredits: the highest price per node·second taken; 0: any
 * @duration_us: how long the program may run, for which the lease lasts and %INF_LEASE_MARGIN_US
 *   longer; above 0
 * @program: (nullable): the installed program that the host must offer; %NULL: one is staged
 * @arch: (nullable): the architecture needed, "x86_64"; %NULL: any
 * @open_mpi_series: (nullable): the Open MPI series needed, "4.1"; %NULL: any
 *
 * What a client asks a host for. It travels unsigned, over a link that says who asks.
 */
typedef struct
{
  guint8 job_id[INF_JOB_ID_SIZE_BYTES];
  guint slots;
  guint64 memory_bytes;
  guint64 max_price_ucredits;
  gint64 duration_us;
  char *program;
  char *arch;
  char *open_mpi_series;
} InfLeaseRequest;

void inf_lease_request_init (InfLeaseRequest *request);
void inf_lease_request_clear (InfLeaseRequest *request);
GBytes *inf_lease_request_encode (const InfLeaseRequest *request);
gboolean inf_lease_request_decode (InfLeaseRequest *request, GBytes *bytes, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfLeaseRequest, inf_lease_request_clear)

G_END_DECLS
