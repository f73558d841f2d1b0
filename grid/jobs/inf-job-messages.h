#pragma once

#include "grid/jobs/inf-channel-header.h"
#include "grid/jobs/inf-lease-control.h"
#include "grid/jobs/inf-lease-outputs.h"
#include "grid/jobs/inf-lease-prepare.h"

/* What a job's client and its hosts say to each other. A decoder takes any bytes and sets its
 * struct only when all of them hold what the struct promises. "ref" is a lease id alone; where no
 * reply is named, it is empty. */

#define INF_METHOD_LEASE_REQUEST "lease.request" /* InfLeaseRequest → InfLease, both of market/ */
#define INF_METHOD_LEASE_PREPARE "lease.prepare" /* InfLeasePrepare → InfLeasePrepared */
#define INF_METHOD_LEASE_PAY "lease.pay"         /* InfLeasePayload (voucher) → InfLeasePaid */
#define INF_METHOD_LEASE_CHECK "lease.check"     /* ref: the sandbox runs, every link is up */
#define INF_METHOD_LEASE_STOP "lease.stop"       /* InfLeaseStop → InfLeaseStopped */
#define INF_METHOD_LEASE_OUTPUTS "lease.outputs" /* ref → InfLeaseOutputs */
#define INF_METHOD_LEASE_CLOSE "lease.close"     /* InfLeasePayload (settlement) */
#define INF_METHOD_LEASE_RELEASE                                                                   \
  "lease.release" /* ref: a job id; every lease of it that is unused */

/* Kinds for inf_wire_encode(); this folder has 100 to 129. */
#define INF_KIND_LEASE_PREPARE 100
#define INF_KIND_LEASE_PREPARED 101
#define INF_KIND_LEASE_PAY 102
#define INF_KIND_LEASE_PAID 103
#define INF_KIND_LEASE_CHECK 104
#define INF_KIND_LEASE_STOP 105
#define INF_KIND_LEASE_OUTPUTS_ASKED 106
#define INF_KIND_LEASE_OUTPUTS 107
#define INF_KIND_LEASE_CLOSE 108
#define INF_KIND_LEASE_STOPPED 109
#define INF_KIND_EXEC_HEADER 110
#define INF_KIND_NET_HEADER 111
#define INF_KIND_LEASE_OUTPUTS_SIGNED 112
#define INF_KIND_LEASE_RELEASE 113

/* Services of channels */
#define INF_SERVICE_EXEC "infinity-exec" /* InfExecHeader; ends with an exit status */
#define INF_SERVICE_NET "infinity-net"   /* InfNetHeader */
