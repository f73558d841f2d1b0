#include "discovery/gossip/inf-accusation.h"
#include "discovery/gossip/inf-gossip-core.h"
#include "discovery/gossip/inf-probe-message.h"
#include "discovery/identity/inf-identity-file.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A member that is after the others:
 *   grid-liar STATE-DIR PORT ADDRESS
 *
 * Gossips as a member must, with the identity and the membership in STATE-DIR, and joins at
 * ADDRESS. Beside that it tells everybody five times a second that everybody else does not answer,
 * in its own name and in those of others, and that they have left. Prints "lied to N" with every
 * new N. */

#define LIE_EVERY_US (200 * 1000)
/* above what the member's real node has used */
#define INCARNATION 1000
#define PRETENDED_AGE_US (60 * G_USEC_PER_SEC)

typedef struct
{
  InfMembership *membership;
  InfGossipCore *core;
  int fd;
} Liar;

static InfKeypair *
keypair_of (const Liar *liar)
{
  return inf_membership_get_keypair (liar->membership);
}

static void
send_to (const Liar *liar, const InfAddress *address, GBytes *datagram)
{
  struct sockaddr_storage name;
  socklen_t name_size = inf_address_to_sockaddr (address, &name);

  sendto (liar->fd, g_bytes_get_data (datagram, NULL), g_bytes_get_size (datagram), 0,
          (struct sockaddr *)&name, name_size);
}

static void
add_accusation (const Liar *liar, GPtrArray *liveness, const InfPeer *victim, guint64 accuser)
{
  InfAccusation accusation;

  inf_accusation_make (keypair_of (liar), inf_membership_get_grid (liar->membership), victim->hint,
                       inf_record_get_incarnation (victim->record), &accusation);
  accusation.accuser = accuser;
  g_ptr_array_add (liveness, inf_accusation_encode (&accusation, PRETENDED_AGE_US));
}

/* Returns: (transfer full): "I have left", as the victim would say it, if only it were signed by it
 */
static GBytes *
forge_record (const Liar *liar, const InfPeer *victim)
{
  g_autoptr (InfPeerInfo) capacity = inf_peer_info_new ();
  const InfRecordDraft draft = {
    .incarnation = inf_record_get_incarnation (victim->record) + 1,
    .sequence = 1,
    .signed_unix_us = g_get_real_time (),
    .has_left = TRUE,
    .port = 7848,
    .capacity = capacity,
  };
  g_autoptr (InfRecord) own
      = inf_record_new (keypair_of (liar), inf_membership_get_grid (liar->membership), &draft);
  gsize size = g_bytes_get_size (inf_record_get_bytes (own));
  guint8 *forged = g_memdup2 (g_bytes_get_data (inf_record_get_bytes (own), NULL), size);
  guint8 *key = memmem (forged, size, inf_keypair_get_public_key (keypair_of (liar)),
                        INF_PUBLIC_KEY_SIZE_BYTES);

  g_assert (key);
  memcpy (key, inf_record_get_subject (victim->record), INF_PUBLIC_KEY_SIZE_BYTES);
  return g_bytes_new_take (forged, size);
}

/* All of it about one victim. */
static void
lie_about (const Liar *liar, const InfPeer *victim, const InfPeer *to)
{
  const InfRoster *roster = inf_swim_get_roster (inf_gossip_core_get_swim (liar->core));
  g_auto (InfProbe) probe = {
    .type = INF_PROBE_NEWS,
    .liveness = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
    .records = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
  };
  InfSealer *sealer = inf_gossip_core_get_sealer (liar->core);
  InfRosterIter iter;
  InfPeer *accuser;

  inf_roster_iter_init (&iter, roster, 0);
  while ((accuser = inf_roster_iter_next (&iter)) && probe.liveness->len < 4)
    if (accuser != victim)
      add_accusation (liar, probe.liveness, victim, accuser->hint);
  g_ptr_array_add (probe.records, forge_record (liar, victim));
  g_autoptr (GBytes) payload = inf_probe_encode (&probe);
  g_autoptr (GBytes) datagram
      = inf_sealer_seal (sealer, inf_record_get_subject (to->record), payload);
  send_to (liar, &inf_peer_get_contact (to)->address, datagram);
}

/* Returns: to how many */
static guint
lie (const Liar *liar)
{
  const InfRoster *roster = inf_swim_get_roster (inf_gossip_core_get_swim (liar->core));
  InfRosterIter to_iter, victim_iter;
  InfPeer *to, *victim;
  guint n = 0;

  inf_roster_iter_init (&to_iter, roster, 0);
  while ((to = inf_roster_iter_next (&to_iter)))
    {
      if (to->is_self || !inf_peer_get_contact (to)->has_address)
        continue;
      inf_roster_iter_init (&victim_iter, roster, 0);
      while ((victim = inf_roster_iter_next (&victim_iter)))
        if (!victim->is_self)
          lie_about (liar, victim, to);
      n++;
    }
  return n;
}

static void
receive (const Liar *liar)
{
  guint8 bytes[2048];
  struct sockaddr_storage name;
  socklen_t name_size = sizeof name;
  gssize size;
  InfAddress from;

  while ((size = recvfrom (liar->fd, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *)&name,
                           &name_size))
         >= 0)
    if (inf_address_from_sockaddr ((struct sockaddr *)&name, &from))
      inf_gossip_core_receive (liar->core, bytes, (gsize)size, &from, g_get_monotonic_time ());
}

static void
take_actions (const Liar *liar)
{
  for (;;)
    {
      g_autoptr (InfSwimAction) action = inf_gossip_core_next_action (liar->core);
      if (!action)
        return;
      if (action->type == INF_SWIM_SEND || action->type == INF_SWIM_SEND_FIRST)
        send_to (liar, &action->address, action->payload);
    }
}

static void
run (const Liar *liar)
{
  InfSwim *swim = inf_gossip_core_get_swim (liar->core);
  struct pollfd poll_fd = { liar->fd, POLLIN, 0 };
  gint64 lie_us = 0;
  guint n_told = 0;

  for (;;)
    {
      poll (&poll_fd, 1, 20);
      receive (liar);
      inf_swim_tick (swim, g_get_monotonic_time ());
      take_actions (liar);
      if (g_get_monotonic_time () < lie_us)
        continue;
      guint n = lie (liar);
      if (n > n_told)
        {
          printf ("lied to %u\n", n);
          fflush (stdout);
          n_told = n;
        }
      lie_us = g_get_monotonic_time () + LIE_EVERY_US;
    }
}

static int
open_socket (guint16 port)
{
  InfAddress any = { .port = port };
  struct sockaddr_storage name;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  memset (any.ip + 10, 0xff, 2);
  socklen_t name_size = inf_address_to_sockaddr (&any, &name);
  if (fd < 0 || bind (fd, (struct sockaddr *)&name, name_size) < 0)
    g_error ("port %u: %s", port, g_strerror (errno));
  return fd;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  InfAddress seed;

  if (argc != 4 || !inf_address_from_text (argv[3], 7848, &seed))
    {
      fprintf (stderr, "usage: grid-liar STATE-DIR PORT ADDRESS\n");
      return 2;
    }
  g_autofree char *identity = g_build_filename (argv[1], "identity", NULL);
  g_autoptr (InfIdentityFile) file = inf_identity_file_load (identity, &error);
  g_assert_no_error (error);
  guint16 port = (guint16)atoi (argv[2]);
  Liar liar = { .fd = open_socket (port) };
  liar.membership = inf_membership_load (argv[1], file->keypair, &error);
  g_assert_no_error (error);
  liar.core = inf_gossip_core_new (liar.membership, &inf_swim_default_timing, g_random_int (),
                                   INCARNATION, (guint64)g_get_real_time (), port,
                                   g_get_monotonic_time (), g_get_real_time ());
  inf_swim_add_seed (inf_gossip_core_get_swim (liar.core), &seed, g_get_monotonic_time ());
  run (&liar);
  return 0;
}
