#pragma once

#include "common/inf-sha256.h"
#include "discovery/identity/inf-peer-id.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfManifestHost:
 * @peer_id: who it is
 * @name: its name
 * @slots: slots it gave
 * @spent_ucredits: what it was paid
 * @statement: (nullable): the signed list of outputs as the host sent it, kept as evidence
 */
typedef struct
{
  InfPeerId peer_id;
  char *name;
  guint slots;
  guint64 spent_ucredits;
  GBytes *statement;
} InfManifestHost;

/**
 * InfManifestOutput:
 * @path: relative to the result's folder
 * @host: the peer that made it and stated hash and size
 * @sha256: what it must hash to
 * @size_bytes: its length
 */
typedef struct
{
  char *path;
  InfPeerId host;
  guint8 sha256[INF_SHA256_SIZE_BYTES];
  guint64 size_bytes;
} InfManifestOutput;

/**
 * InfManifest:
 * @job_id: the job's id as text
 * @job_name: its name, which is the folder's
 * @state: its final state as text: "done", "failed", "cancelled"
 * @reason: (nullable): why, when it is not done
 * @summary: (nullable): the program's own summary
 * @program: name or path
 * @program_sha256: (nullable): its content in hex
 * @args: (array zero-terminated=1): its arguments
 * @nodes: hosts it ran on
 * @slots: slots on each
 * @submitted_unix_us: when it was submitted
 * @started_unix_us: when the program began to run; 0: never
 * @ended_unix_us: when it ended
 * @spent_ucredits: over all attempts
 * @hosts: (element-type InfManifestHost): rank 0's first
 * @outputs: (element-type InfManifestOutput): sorted by path
 *
 * What a job left behind, and who says so.
 */
typedef struct
{
  char *job_id;
  char *job_name;
  char *state;
  char *reason;
  char *summary;
  char *program;
  char *program_sha256;
  char **args;
  guint nodes;
  guint slots;
  gint64 submitted_unix_us;
  gint64 started_unix_us;
  gint64 ended_unix_us;
  guint64 spent_ucredits;
  GPtrArray *hosts;
  GPtrArray *outputs;
} InfManifest;

InfManifest *inf_manifest_new (void);
void inf_manifest_free (InfManifest *manifest);

InfManifestHost *inf_manifest_add_host (InfManifest *manifest, const InfPeerId *peer_id,
                                        const char *name);
InfManifestOutput *inf_manifest_add_output (InfManifest *manifest, const char *path,
                                            const InfPeerId *host, const guint8 sha256[32],
                                            guint64 size_bytes);
const InfManifestOutput *inf_manifest_find_output (const InfManifest *manifest, const char *path);

char *inf_manifest_to_json (const InfManifest *manifest);
InfManifest *inf_manifest_from_json (const char *text, gssize size_bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfManifest, inf_manifest_free)

G_END_DECLS
