#include "discovery/gossip/inf-source-limiter.h"

#include <sodium.h>
#include <string.h>

/* Token buckets. A source is at first a stranger: its network (IPv4 address, IPv6 /64) has a small
 * bucket, and all strangers together have one, since addresses can be made up. Once a datagram from
 * it has proved to be a member's, exactly that address and port is a friend with a large bucket of
 * its own, so that neither strangers nor others behind the same router take anything from it. What
 * proves genuine is given back: it never runs a bucket dry, however many members share an address.
 *
 * The tables hold what they hold: a new source takes the place of the one in its set that was quiet
 * for longest. That gives a stranger that comes back a fresh bucket, which the common one makes up
 * for. Which set is a secret, so nobody can aim at another's place. */
#define STRANGER_PER_S 400
#define STRANGER_BURST 400
#define FRIEND_PER_S 4000
#define FRIEND_BURST 2000
#define STRANGERS_PER_S 10000
#define STRANGERS_BURST 2000

/* A first contact that fails has cost two checks of signatures, not some bytes of key stream. */
#define BLAME 25

#define N_STRANGERS 4096
#define N_FRIENDS 16384
#define N_WAYS 4
#define MILLI 1000u

/* Tokens are in thousandths: one of them per millisecond is one token per second. */
typedef struct
{
  guint64 key; /* 0: free */
  guint32 filled_ms;
  guint32 tokens_milli;
} Bucket;

typedef struct
{
  guint per_s;
  guint burst;
} Rate;

static const Rate stranger_rate = { STRANGER_PER_S, STRANGER_BURST };
static const Rate friend_rate = { FRIEND_PER_S, FRIEND_BURST };
static const Rate strangers_rate = { STRANGERS_PER_S, STRANGERS_BURST };

struct _InfSourceLimiter
{
  guint8 key[crypto_shorthash_KEYBYTES];
  Bucket everyone; /* all strangers together */
  Bucket *strangers;
  Bucket *friends;
};

/**
 * inf_source_limiter_new:
 * @seed: random and secret
 *
 * Returns: (transfer full): a limiter that has seen nobody
 */
InfSourceLimiter *
inf_source_limiter_new (guint64 seed)
{
  InfSourceLimiter *limiter = g_new0 (InfSourceLimiter, 1);

  memcpy (limiter->key, &seed, sizeof seed);
  limiter->everyone.tokens_milli = STRANGERS_BURST * MILLI;
  limiter->strangers = g_new0 (Bucket, N_STRANGERS);
  limiter->friends = g_new0 (Bucket, N_FRIENDS);
  return limiter;
}

void
inf_source_limiter_free (InfSourceLimiter *limiter)
{
  if (!limiter)
    return;
  g_free (limiter->strangers);
  g_free (limiter->friends);
  g_free (limiter);
}

static guint32
to_ms (gint64 now_us)
{
  return (guint32)(now_us / 1000);
}

static guint64
hash (const InfSourceLimiter *limiter, const guint8 *data, gsize size)
{
  guint64 value;

  crypto_shorthash ((guint8 *)&value, data, size, limiter->key);
  return value ? value : 1;
}

static guint64
stranger_key (const InfSourceLimiter *limiter, const InfAddress *from)
{
  return hash (limiter, from->ip, inf_address_is_ipv4 (from) ? 16 : 8);
}

static guint64
friend_key (const InfSourceLimiter *limiter, const InfAddress *from)
{
  guint8 data[18];

  memcpy (data, from->ip, 16);
  memcpy (data + 16, &from->port, 2);
  return hash (limiter, data, sizeof data);
}

static void
fill (Bucket *bucket, const Rate *rate, guint32 now_ms)
{
  guint32 passed_ms = now_ms - bucket->filled_ms;
  guint64 tokens_milli = bucket->tokens_milli + (guint64)passed_ms * rate->per_s;

  bucket->tokens_milli = (guint32)MIN (tokens_milli, (guint64)rate->burst * MILLI);
  bucket->filled_ms = now_ms;
}

static gboolean
take (Bucket *bucket)
{
  if (bucket->tokens_milli < MILLI)
    return FALSE;
  bucket->tokens_milli -= MILLI;
  return TRUE;
}

static void
put_back (Bucket *bucket, const Rate *rate)
{
  bucket->tokens_milli = MIN (bucket->tokens_milli + MILLI, rate->burst * MILLI);
}

static Bucket *
find (Bucket *table, guint n_buckets, guint64 key, const Rate *rate, guint32 now_ms)
{
  Bucket *set = table + key % (n_buckets / N_WAYS) * N_WAYS;

  for (guint i = 0; i < N_WAYS; i++)
    if (set[i].key == key)
      {
        fill (&set[i], rate, now_ms);
        return &set[i];
      }
  return NULL;
}

static Bucket *
find_or_add (Bucket *table, guint n_buckets, guint64 key, const Rate *rate, guint32 now_ms)
{
  Bucket *set = table + key % (n_buckets / N_WAYS) * N_WAYS;
  Bucket *bucket = find (table, n_buckets, key, rate, now_ms);
  guint oldest = 0;

  if (bucket)
    return bucket;
  for (guint i = 0; i < N_WAYS && set[oldest].key != 0; i++)
    if (set[i].key == 0 || now_ms - set[i].filled_ms > now_ms - set[oldest].filled_ms)
      oldest = i;
  set[oldest] = (Bucket){ .key = key, .filled_ms = now_ms, .tokens_milli = rate->burst * MILLI };
  return &set[oldest];
}

static Bucket *
find_friend (InfSourceLimiter *limiter, const InfAddress *from, guint32 now_ms)
{
  return find (limiter->friends, N_FRIENDS, friend_key (limiter, from), &friend_rate, now_ms);
}

static Bucket *
find_stranger (InfSourceLimiter *limiter, const InfAddress *from, guint32 now_ms)
{
  return find_or_add (limiter->strangers, N_STRANGERS, stranger_key (limiter, from), &stranger_rate,
                      now_ms);
}

/**
 * inf_source_limiter_admit:
 * @limiter: a limiter
 * @from: where a datagram says to come from
 * @now_us: the time
 *
 * Returns: whether it is to be looked at; else it is dropped unseen
 */
gboolean
inf_source_limiter_admit (InfSourceLimiter *limiter, const InfAddress *from, gint64 now_us)
{
  guint32 now_ms = to_ms (now_us);
  Bucket *friend = find_friend (limiter, from, now_ms);

  if (friend)
    return take (friend);
  fill (&limiter->everyone, &strangers_rate, now_ms);
  return take (find_stranger (limiter, from, now_ms)) && take (&limiter->everyone);
}

/**
 * inf_source_limiter_praise:
 * @limiter: a limiter
 * @from: where a datagram came from that was admitted and proved to be a member's, and new
 * @now_us: the time
 */
void
inf_source_limiter_praise (InfSourceLimiter *limiter, const InfAddress *from, gint64 now_us)
{
  guint32 now_ms = to_ms (now_us);
  Bucket *friend = find_friend (limiter, from, now_ms);

  if (friend)
    {
      put_back (friend, &friend_rate);
      return;
    }
  put_back (find_stranger (limiter, from, now_ms), &stranger_rate);
  put_back (&limiter->everyone, &strangers_rate);
  find_or_add (limiter->friends, N_FRIENDS, friend_key (limiter, from), &friend_rate, now_ms);
}

static void
charge (Bucket *bucket)
{
  bucket->tokens_milli -= MIN (bucket->tokens_milli, BLAME * MILLI);
}

/**
 * inf_source_limiter_blame:
 * @limiter: a limiter
 * @from: where a datagram came from that was admitted, and found to be false at some expense
 * @now_us: the time
 */
void
inf_source_limiter_blame (InfSourceLimiter *limiter, const InfAddress *from, gint64 now_us)
{
  guint32 now_ms = to_ms (now_us);
  Bucket *friend = find_friend (limiter, from, now_ms);

  if (friend)
    {
      charge (friend);
      return;
    }
  charge (find_stranger (limiter, from, now_ms));
  charge (&limiter->everyone);
}
