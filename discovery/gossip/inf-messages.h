#pragma once

#include "discovery/gossip/inf-address.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-hello-message.h"
#include "discovery/gossip/inf-peer-info.h"
#include "discovery/gossip/inf-probe-message.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_DIGEST_MAX_ENTRIES 40
#define INF_WANT_MAX_HINTS 32

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
 * InfDigest:
 * @first: the smallest hint that it covers
 * @last: the greatest: a peer between the two that is in no entry is unknown to the sender
 * @revocations_version: which list of revocations the sender has
 * @entries: (element-type InfDigestEntry): what the sender knows, by ascending hint
 */
typedef struct
{
  guint64 first;
  guint64 last;
  guint64 revocations_version;
  GArray *entries;
} InfDigest;

/**
 * InfIntroduction:
 * @state: how the sender sees the peer
 * @certificate: the peer's
 * @record: the peer's
 * @has_address: whether the sender knows an address that works for it
 * @address: that address; a hint, unsigned
 */
typedef struct
{
  InfPeerState state;
  GBytes *certificate;
  GBytes *record;
  gboolean has_address;
  InfAddress address;
} InfIntroduction;

GBytes *inf_digest_encode (const InfDigest *digest);
gboolean inf_digest_decode (GBytes *bytes, InfDigest *ret_digest);
void inf_digest_clear (InfDigest *digest);

GBytes *inf_want_encode (const guint64 *hints, guint n_hints);
GArray *inf_want_decode (GBytes *bytes);

GBytes *inf_introduction_encode (const InfIntroduction *introduction);
gboolean inf_introduction_decode (GBytes *bytes, InfIntroduction *ret_introduction);
void inf_introduction_clear (InfIntroduction *introduction);

GBytes *inf_revocations_news_encode (GBytes *revocations);
GBytes *inf_revocations_news_decode (GBytes *bytes);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfDigest, inf_digest_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfIntroduction, inf_introduction_clear)

G_END_DECLS
