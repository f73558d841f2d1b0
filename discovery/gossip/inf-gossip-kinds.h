#pragma once

#include "discovery/identity/inf-peer-id.h"

#include <string.h>

/* The wire kinds of this folder (20 to 49 are its share). */
enum
{
  INF_KIND_RECORD = 20,
  INF_KIND_HELLO = 21,
  INF_KIND_PROBE = 22,
  INF_KIND_DIGEST = 23,
  INF_KIND_WANT = 24,
  INF_KIND_INTRODUCTION = 25,
  INF_KIND_REVOCATIONS_NEWS = 26,
  INF_KIND_FORMER_GOSSIP_FILE = 27,
  INF_KIND_BUCKETS = 28,
  INF_KIND_NOTICE = 29,
  INF_KIND_NOTICE_LIST = 30,
  INF_KIND_GOSSIP_FILE = 40,
};

/* The first byte of a piece of news about liveness; what begins otherwise is a later version's. */
enum
{
  INF_LIVENESS_ACCUSATION = 1,
  INF_LIVENESS_PULSE = 2,
};

/* A datagram never exceeds this: it passes IPv6's smallest MTU with a tunnel's header to spare. */
#define INF_DATAGRAM_MAX_SIZE_BYTES 1200

/* What goes over a link instead may be longer. */
#define INF_CARRIED_MAX_SIZE_BYTES (256u << 10)

/* What fits one, sealed as a first contact. */
#define INF_PAYLOAD_MAX_SIZE_BYTES 1095

/* Messages name peers by the first eight bytes of their ids. Two members with one hint would need
 * 2^64 tries to make, and would only make each other unreachable: keys are checked in full. */
static inline guint64
inf_peer_hint (const InfPeerId *id)
{
  guint64 hint;

  memcpy (&hint, id->bytes, sizeof hint);
  return GUINT64_FROM_LE (hint);
}
