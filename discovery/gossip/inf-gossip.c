#include "discovery/gossip/inf-gossip-private.h"

#include "common/inf-error.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-interfaces.h"
#include "discovery/gossip/inf-machine-clock.h"

#include <string.h>

/* The driver: connects the core to sockets, the clock, the disk and the main context. It decides
 * nothing about peers. */
#define REFRESH_US (30 * G_USEC_PER_SEC)
#define SAVE_AFTER_US (20 * G_USEC_PER_SEC)

/* Changes of interfaces come in bursts, and an address is not usable at once. */
#define SETTLE_US (G_USEC_PER_SEC / 5)

/* A tick that comes later than this did not just wait its turn: the process was stopped. A machine
 * that sleeps does so for longer than its clocks are apart by chance. */
#define STOPPED_US (3 * G_USEC_PER_SEC)
#define SLEPT_US G_USEC_PER_SEC

G_DEFINE_FINAL_TYPE (InfGossip, inf_gossip, G_TYPE_OBJECT)

enum
{
  SIGNAL_PEER_JOINED,
  SIGNAL_PEER_CHANGED,
  SIGNAL_PEER_DEAD,
  SIGNAL_PEER_LEFT,
  SIGNAL_MEMBERSHIP_CHANGED,
  SIGNAL_NOTICE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
inf_gossip_finalize (GObject *object)
{
  InfGossip *self = INF_GOSSIP (object);

  inf_gossip_stop (self);
  inf_membership_unref (self->membership);
  inf_gossip_memory_free (self->memory);
  g_clear_pointer (&self->capacity, inf_peer_info_unref);
  G_OBJECT_CLASS (inf_gossip_parent_class)->finalize (object);
}

static guint
new_peer_signal (const char *name)
{
  return g_signal_new (name, INF_TYPE_GOSSIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                       1, G_TYPE_POINTER);
}

static void
inf_gossip_class_init (InfGossipClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_gossip_finalize;
  signals[SIGNAL_PEER_JOINED] = new_peer_signal ("peer-joined");
  signals[SIGNAL_PEER_CHANGED] = new_peer_signal ("peer-changed");
  signals[SIGNAL_PEER_DEAD] = new_peer_signal ("peer-dead");
  signals[SIGNAL_PEER_LEFT] = new_peer_signal ("peer-left");
  signals[SIGNAL_NOTICE] = new_peer_signal ("notice");
  signals[SIGNAL_MEMBERSHIP_CHANGED]
      = g_signal_new ("membership-changed", INF_TYPE_GOSSIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 0);
}

static void
inf_gossip_init (InfGossip *self)
{
  self->uses_multicast = TRUE;
  self->save_us = G_MAXINT64;
}

/**
 * inf_gossip_new:
 * @membership: the node's membership; shared, used in the main context only
 * @port: the UDP port, 0 for any that is free; links use the TCP port of the same number
 * @state_dir: the node's state directory
 *
 * Returns: (transfer full): a gossip that has not started
 */
InfGossip *
inf_gossip_new (InfMembership *membership, guint16 port, const char *state_dir)
{
  InfGossip *self = g_object_new (INF_TYPE_GOSSIP, NULL);

  self->membership = inf_membership_ref (membership);
  self->port = port;
  self->memory = inf_gossip_memory_new (state_dir);
  return self;
}

/**
 * inf_gossip_set_multicast:
 * @self: a gossip that has not started
 * @uses_multicast: whether to look for the grid's members on the LAN, as it does by default
 */
void
inf_gossip_set_multicast (InfGossip *self, gboolean uses_multicast)
{
  self->uses_multicast = uses_multicast;
}

static void
save_or_complain (InfGossip *self)
{
  g_autoptr (GError) error = NULL;

  self->save_us = G_MAXINT64;
  if (!inf_gossip_memory_save (self->memory, self->core, &error))
    g_warning ("gossip's state is not saved: %s", error->message);
}

static void
save_soon (InfGossip *self, gint64 now_us)
{
  if (self->save_us == G_MAXINT64)
    self->save_us = now_us + SAVE_AFTER_US;
}

static void
emit_peer (InfGossip *self, guint signal, const InfSwimAction *action)
{
  save_soon (self, g_get_monotonic_time ());
  g_signal_emit (self, signals[signal], 0, &action->peer);
}

static void
act (InfGossip *self, const InfSwimAction *action)
{
  switch (action->type)
    {
    case INF_SWIM_SEND:
    case INF_SWIM_SEND_FIRST:
      inf_gossip_deliver (self, action);
      break;
    case INF_SWIM_MULTICAST:
      inf_gossip_socket_multicast (self->socket, action->payload);
      break;
    case INF_SWIM_JOINED:
      emit_peer (self, SIGNAL_PEER_JOINED, action);
      break;
    case INF_SWIM_CHANGED:
      g_signal_emit (self, signals[SIGNAL_PEER_CHANGED], 0, &action->peer);
      break;
    case INF_SWIM_DEAD:
      emit_peer (self, SIGNAL_PEER_DEAD, action);
      break;
    case INF_SWIM_LEFT:
      emit_peer (self, SIGNAL_PEER_LEFT, action);
      break;
    case INF_SWIM_INCARNATION:
      if (inf_gossip_memory_is_due (self->memory, self->core))
        save_or_complain (self);
      break;
    case INF_SWIM_KNOCK:
      inf_gossip_knock (self, action);
      break;
    case INF_SWIM_NOTICE:
      g_signal_emit (self, signals[SIGNAL_NOTICE], 0, action->notice);
      break;
    case INF_SWIM_REVOCATIONS:
      g_signal_emit (self, signals[SIGNAL_MEMBERSHIP_CHANGED], 0);
      break;
    }
}

static void
schedule (InfGossip *self)
{
  gint64 deadline_us = inf_swim_get_deadline_us (inf_gossip_core_get_swim (self->core));

  deadline_us = MIN (deadline_us, MIN (self->refresh_us, self->save_us));
  self->deadline_us = deadline_us;
  g_source_set_ready_time (self->timer, deadline_us);
}

/* Does what the core wants. A handler of a signal may stop @self. */
void
inf_gossip_take_actions (InfGossip *self)
{
  g_autoptr (InfGossip) alive = g_object_ref (self);

  while (alive->core)
    {
      g_autoptr (InfSwimAction) action = inf_gossip_core_next_action (alive->core);
      if (!action)
        break;
      act (alive, action);
    }
  if (alive->core)
    schedule (alive);
}

static void
on_datagram (const guint8 *data, gsize size_bytes, const InfAddress *from, gpointer user_data)
{
  InfGossip *self = user_data;

  inf_gossip_core_receive (self->core, data, size_bytes, from, g_get_monotonic_time ());
}

/* The machine slept, or this process was stopped: the grid is told before anything that has come
 * meanwhile is read, since all of it is old. */
static void
notice_absence (InfGossip *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 suspended_us = inf_machine_suspended_us ();
  gint64 slept_us = suspended_us - self->suspended_us, late_us = now_us - self->deadline_us;

  self->suspended_us = suspended_us;
  if (slept_us < SLEPT_US && late_us < STOPPED_US)
    return;
  g_message ("this node was not run for %.1f s",
             (double)(MAX (slept_us, 0) + MAX (late_us, 0)) / G_USEC_PER_SEC);
  inf_swim_set_calendar (inf_gossip_core_get_swim (self->core), g_get_real_time (), now_us);
  inf_swim_resumed (inf_gossip_core_get_swim (self->core), MAX (slept_us, 0) + MAX (late_us, 0),
                    now_us);
  self->deadline_us = now_us;
  self->refresh_us = now_us;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  InfGossip *self = data;

  notice_absence (self);
  inf_gossip_socket_receive (self->socket, on_datagram, self);
  inf_gossip_take_actions (self);
  return G_SOURCE_CONTINUE;
}

/* Whether @addresses are those of the last look; they are from now on. */
static gboolean
are_known (InfGossip *self, const InfAddress *addresses, guint n_addresses)
{
  g_autoptr (GBytes) now = g_bytes_new (addresses, n_addresses * sizeof *addresses);
  gboolean is_same = self->own_addresses && g_bytes_equal (self->own_addresses, now);

  g_clear_pointer (&self->own_addresses, g_bytes_unref);
  self->own_addresses = g_steal_pointer (&now);
  return is_same;
}

static void
refresh (InfGossip *self, gint64 now_us)
{
  InfAddress addresses[8] = { 0 };
  guint n_addresses = inf_interfaces_list_addresses (inf_gossip_socket_get_port (self->socket),
                                                     addresses, G_N_ELEMENTS (addresses));

  self->refresh_us = now_us + REFRESH_US;
  inf_gossip_socket_refresh (self->socket);
  if (!are_known (self, addresses, n_addresses))
    inf_swim_network_changed (inf_gossip_core_get_swim (self->core), now_us);
  inf_swim_set_calendar (inf_gossip_core_get_swim (self->core), g_get_real_time (), now_us);
  inf_swim_set_addresses (inf_gossip_core_get_swim (self->core), addresses, n_addresses, now_us);
}

static gboolean
on_interfaces_changed (gpointer data)
{
  InfGossip *self = data;

  self->refresh_us = MIN (self->refresh_us, g_get_monotonic_time () + SETTLE_US);
  schedule (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_timer (gpointer data)
{
  InfGossip *self = data;

  notice_absence (self);
  /* What has arrived counts before any time runs out. */
  inf_gossip_socket_receive (self->socket, on_datagram, self);
  gint64 now_us = g_get_monotonic_time ();
  if (now_us >= self->refresh_us)
    refresh (self, now_us);
  inf_swim_tick (inf_gossip_core_get_swim (self->core), now_us);
  if (now_us >= self->save_us)
    save_or_complain (self);
  inf_gossip_take_actions (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_timer (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs timer_funcs = { .dispatch = dispatch_timer };

static guint64
random_seed (void)
{
  return (guint64)g_random_int () << 32 | g_random_int ();
}

/**
 * inf_gossip_start:
 * @self: a gossip that has not started
 * @error: #INF_ERROR_EXISTS where the port is taken; #INF_ERROR_FAILED and #INF_ERROR_INVALID where
 *   what it keeps on disk can't be read or written
 *
 * Opens the sockets in the thread's default main context and begins to look for peers.
 *
 * Returns: whether it has started
 */
gboolean
inf_gossip_start (InfGossip *self, GError **error)
{
  gint64 now_us = g_get_monotonic_time (), now_unix_us = g_get_real_time ();

  g_return_val_if_fail (self->core == NULL, FALSE);
  if (!inf_gossip_memory_begin (self->memory, now_unix_us, error))
    return FALSE;
  g_autoptr (InfGossipSocket) sockets
      = inf_gossip_socket_new (self->port, self->uses_multicast, error);
  if (!sockets)
    return FALSE;

  self->core = inf_gossip_core_new (self->membership, &inf_swim_default_timing, random_seed (),
                                    inf_gossip_memory_get_incarnation (self->memory),
                                    inf_gossip_memory_get_session (self->memory),
                                    inf_gossip_socket_get_port (sockets), now_us, now_unix_us);
  self->socket = g_steal_pointer (&sockets);
  if (self->carry)
    inf_swim_use_links (inf_gossip_core_get_swim (self->core));
  if (self->capacity)
    inf_swim_set_capacity (inf_gossip_core_get_swim (self->core), self->capacity, now_us);
  inf_gossip_memory_recall (self->memory, self->core, now_us);
  if (!inf_gossip_memory_save (self->memory, self->core, error))
    {
      g_clear_pointer (&self->core, inf_gossip_core_free);
      g_clear_pointer (&self->socket, inf_gossip_socket_free);
      return FALSE;
    }

  GMainContext *context = g_main_context_get_thread_default ();
  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_set_ready_time (self->timer, 0);
  g_source_attach (self->timer, context);
  inf_gossip_socket_watch (self->socket, context, (GUnixFDSourceFunc)on_readable, self);
  self->knocker = inf_knocker_new (context, inf_gossip_knocked, self);
  self->deadline_us = now_us;
  self->suspended_us = inf_machine_suspended_us ();
  self->interface_watch = inf_interface_watch_new (context, on_interfaces_changed, self);
  refresh (self, now_us);
  return TRUE;
}

/**
 * inf_gossip_set_carrier:
 * @self: a gossip that has not started
 * @carry: (nullable): brings datagrams to peers over links, where UDP does not get through or they
 *   are too long for it
 * @data: for @carry
 */
void
inf_gossip_set_carrier (InfGossip *self, InfGossipCarryFunc carry_func, gpointer data)
{
  self->carry = carry_func;
  self->carry_data = data;
}

/**
 * inf_gossip_receive_carried:
 * @self: a gossip
 * @peer: who is at the other end of the link
 * @datagram: what came over it
 */
void
inf_gossip_receive_carried (InfGossip *self, const InfPeerId *peer, GBytes *datagram)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (datagram, &size);

  if (!self->core)
    return;
  notice_absence (self);
  inf_gossip_core_receive_carried (self->core, data, size, peer, g_get_monotonic_time ());
  inf_gossip_take_actions (self);
}

/**
 * inf_gossip_set_away:
 * @self: a gossip
 * @until_unix_us: when this node means to be back, 0 when it is
 *
 * Tells the others that they needn't look for this node before then.
 */
void
inf_gossip_set_away (InfGossip *self, gint64 until_unix_us)
{
  if (!self->core)
    return;
  inf_swim_set_away (inf_gossip_core_get_swim (self->core), until_unix_us, g_get_monotonic_time ());
  inf_gossip_take_actions (self);
}

/**
 * inf_gossip_leave:
 * @self: a gossip
 *
 * Says goodbye to everyone; inf_gossip_stop() should follow.
 */
void
inf_gossip_leave (InfGossip *self)
{
  if (!self->core)
    return;
  inf_swim_leave (inf_gossip_core_get_swim (self->core), g_get_monotonic_time ());
  inf_gossip_take_actions (self);
}

/**
 * inf_gossip_stop:
 * @self: a gossip
 *
 * Closes the sockets; nobody is known any more. Without inf_gossip_leave() before it, others find
 * this node dead.
 */
void
inf_gossip_stop (InfGossip *self)
{
  if (!self->core)
    return;
  save_or_complain (self);
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  g_clear_pointer (&self->interface_watch, inf_interface_watch_free);
  g_clear_pointer (&self->knocker, inf_knocker_free);
  g_clear_pointer (&self->own_addresses, g_bytes_unref);
  g_clear_pointer (&self->socket, inf_gossip_socket_free);
  g_clear_pointer (&self->core, inf_gossip_core_free);
}

/**
 * inf_gossip_set_self:
 * @self: a gossip
 * @capacity: what this node can do now; its fields from @cores to @offers count, the others are
 *   ignored. Copied.
 *
 * Cheap to call with nothing changed: peers only hear of what differs, of the load in large steps.
 */
void
inf_gossip_set_self (InfGossip *self, const InfPeerInfo *capacity)
{
  g_clear_pointer (&self->capacity, inf_peer_info_unref);
  self->capacity = inf_peer_info_copy (capacity);
  if (!self->core)
    return;
  inf_swim_set_capacity (inf_gossip_core_get_swim (self->core), capacity, g_get_monotonic_time ());
  inf_gossip_take_actions (self);
}

static gboolean
add_seed (InfGossip *self, const char *address, gboolean is_typed, GError **error)
{
  InfGossipStateSeed seed = { .is_typed = is_typed };

  if (!inf_address_from_text (address, INF_GOSSIP_DEFAULT_PORT, &seed.address))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "%s is not an address; write it as 192.0.2.1:%d or [2001:db8::1]:%d", address,
                   INF_GOSSIP_DEFAULT_PORT, INF_GOSSIP_DEFAULT_PORT);
      return FALSE;
    }
  inf_gossip_memory_add_seed (self->memory, &seed);
  if (!self->core)
    return TRUE;
  if (!inf_gossip_memory_save (self->memory, self->core, error))
    return FALSE;
  inf_swim_add_seed (inf_gossip_core_get_swim (self->core), &seed.address, g_get_monotonic_time ());
  inf_gossip_take_actions (self);
  return TRUE;
}

/**
 * inf_gossip_add_address:
 * @self: a gossip
 * @address: where a member may be found, as somebody typed it: "ip:port", "[ip]:port", or without a
 *   port for the default
 * @error: #INF_ERROR_INVALID, #INF_ERROR_FAILED
 *
 * Returns: whether @address is one and is remembered, over restarts too; it is tried until somebody
 *   answers there
 */
gboolean
inf_gossip_add_address (InfGossip *self, const char *address, GError **error)
{
  return add_seed (self, address, TRUE, error);
}

/**
 * inf_gossip_add_invited_address:
 * @self: a gossip
 * @address: as for inf_gossip_add_address(), from the invite that brought this node into its grid
 * @error: #INF_ERROR_INVALID, #INF_ERROR_FAILED
 *
 * Returns: as inf_gossip_add_address()
 */
gboolean
inf_gossip_add_invited_address (InfGossip *self, const char *address, GError **error)
{
  return add_seed (self, address, FALSE, error);
}

/**
 * inf_gossip_publish_revocations:
 * @self: a gossip
 *
 * Call it after inf_membership_revoke(): the removed peer is dropped here, and the others are told.
 */
void
inf_gossip_publish_revocations (InfGossip *self)
{
  if (!self->core)
    return;
  inf_swim_revocations_changed (inf_gossip_core_get_swim (self->core), g_get_monotonic_time ());
  inf_gossip_take_actions (self);
}

/**
 * inf_gossip_publish_notice:
 * @self: a gossip that has started
 * @topic: what it is about; see inf_notice_new()
 * @content: replaces what this node said about @topic before; empty to take that back
 * @error: as inf_swim_publish_notice(); #INF_ERROR_FAILED where @self has not started
 *
 * Tells the whole grid, in this node's name. It is not kept on disk: say it again after a start.
 *
 * Returns: whether it will be told
 */
gboolean
inf_gossip_publish_notice (InfGossip *self, const char *topic, GBytes *content, GError **error)
{
  if (!self->core)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s can't be told: gossip has not started",
                   topic);
      return FALSE;
    }
  if (!inf_swim_publish_notice (inf_gossip_core_get_swim (self->core), topic, content,
                                g_get_monotonic_time (), error))
    return FALSE;
  inf_gossip_take_actions (self);
  return TRUE;
}
