#pragma once

#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-peer-info.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_BUCKETS_MAX_BITS 8
#define INF_BUCKETS_MAX (1 << INF_BUCKETS_MAX_BITS)

/* What a digest has room for, counted with the sizes below. */
#define INF_DIGEST_ROOM_BYTES 1060
#define INF_DIGEST_ENTRY_SIZE_BYTES 17
#define INF_DIGEST_NOTICE_SIZE_BYTES 16

/**
 * InfBuckets:
 * @revocations_version: which list of revocations the sender has
 * @n_bits: by how many of the first bits of their hints peers are divided; at most
 *   %INF_BUCKETS_MAX_BITS
 * @hashes: for each bucket, a digest of what the sender knows of its peers; (1 << n_bits) of them
 *
 * Where two nodes differ, in little more than a kilobyte however large the grid.
 */
typedef struct
{
  guint64 revocations_version;
  guint n_bits;
  guint32 hashes[INF_BUCKETS_MAX];
} InfBuckets;

GBytes *inf_buckets_encode (const InfBuckets *buckets);
gboolean inf_buckets_decode (GBytes *bytes, InfBuckets *ret_buckets);

/**
 * InfDigestEntry:
 * @hint: a peer
 * @incarnation: of its newest known record
 * @sequence: likewise
 * @state: how it is
 */
typedef struct
{
  guint64 hint;
  guint32 incarnation;
  guint32 sequence;
  InfPeerState state;
} InfDigestEntry;

/**
 * InfNoticeVersion:
 * @key: which notice; see inf_notice_get_key()
 * @version: the newest known
 */
typedef struct
{
  guint64 key;
  guint64 version;
} InfNoticeVersion;

/**
 * InfDigest:
 * @n_bits: as in #InfBuckets
 * @n_covered: how many buckets are told of in full
 * @covered: (array length=n_covered): which; what is in one of them and in no entry is unknown to
 *   the sender
 * @entries: (element-type InfDigestEntry): what the sender knows
 * @notices: (element-type InfNoticeVersion): likewise; a notice is in its origin's bucket
 */
typedef struct
{
  guint n_bits;
  guint n_covered;
  guint8 covered[INF_BUCKETS_MAX];
  GArray *entries;
  GArray *notices;
} InfDigest;

void inf_digest_init (InfDigest *digest, guint n_bits);
void inf_digest_clear (InfDigest *digest);
gsize inf_digest_count_bytes (const InfDigest *digest);

GBytes *inf_digest_encode (const InfDigest *digest);
gboolean inf_digest_decode (GBytes *bytes, InfDigest *ret_digest);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfDigest, inf_digest_clear)

G_END_DECLS
