#pragma once

#include "discovery/identity/inf-peer-id.h"
#include "grid/jobs/inf-job-host.h"
#include "grid/jobs/inf-job-spec.h"
#include "grid/jobs/inf-job.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_LEASE_MAX_PARTICIPANTS (INF_JOB_SPEC_MAX_NODES + 1)
#define INF_LEASE_MAX_ADDRESSES 16

/**
 * InfLeaseParticipant:
 * @index: its number in the job network; 1 is the launcher, hosts count from 2
 * @peer_id: who it is: the SHA-256 of @public_key
 * @public_key: its key
 * @addresses: (array zero-terminated=1): where its node listens, as "ip:port"
 * @slots: ranks it takes; 0 for the launcher
 */
typedef struct
{
  guint index;
  InfPeerId peer_id;
  InfPublicKey public_key;
  char **addresses;
  guint slots;
} InfLeaseParticipant;

/**
 * InfLeasePrepare:
 * @lease_id: the lease that the host signed
 * @job_id: the job, as in the lease; network channels name it
 * @participants: (element-type InfLeaseParticipant): all, in the order of their index from 1
 * @own_index: which of them the receiver is
 * @program_kind: built-in and own programs are fetched by @program, installed ones found by name
 * @program_name: the file's name below /job, or the installed program's name
 * @program: its content; zero for an installed one
 * @inputs: (element-type InfJobInput): files to lie in /job; @path is not sent
 * @memory_bytes: limit for the whole lease; 0: the host's own
 * @time_limit_us: how long the program may run
 *
 * Client to host: make the sandbox and its network, fetch the files.
 */
typedef struct
{
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES];
  guint8 job_id[INF_JOB_ID_SIZE_BYTES];
  GPtrArray *participants;
  guint own_index;
  InfProgramKind program_kind;
  char *program_name;
  InfJobObject program;
  GPtrArray *inputs;
  guint64 memory_bytes;
  guint64 time_limit_us;
} InfLeasePrepare;

/**
 * InfLeasePrepared:
 * @open_mpi_version: of the host, "4.1.4" for example
 * @warnings: (array zero-terminated=1): what the submitter should know, a line each
 */
typedef struct
{
  char *open_mpi_version;
  char **warnings;
} InfLeasePrepared;

void inf_lease_prepare_init (InfLeasePrepare *prepare);
void inf_lease_prepare_clear (InfLeasePrepare *prepare);
GBytes *inf_lease_prepare_encode (const InfLeasePrepare *prepare);
gboolean inf_lease_prepare_decode (InfLeasePrepare *prepare, GBytes *bytes, GError **error);

void inf_lease_prepared_init (InfLeasePrepared *prepared);
void inf_lease_prepared_clear (InfLeasePrepared *prepared);
GBytes *inf_lease_prepared_encode (const InfLeasePrepared *prepared);
gboolean inf_lease_prepared_decode (InfLeasePrepared *prepared, GBytes *bytes, GError **error);

InfLeaseParticipant *inf_lease_participant_new (guint index, const InfPublicKey *public_key,
                                                const char *const *addresses, guint slots);
void inf_lease_participant_free (InfLeaseParticipant *participant);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfLeasePrepare, inf_lease_prepare_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfLeasePrepared, inf_lease_prepared_clear)

G_END_DECLS
