#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfIdentityState:
 *
 * Whether this node can speak for itself; what Identity1.State tells.
 */
typedef enum
{
  INF_IDENTITY_UNREGISTERED,
  INF_IDENTITY_LOCKED,
  INF_IDENTITY_MOVED,
  INF_IDENTITY_UNLOCKED,
} InfIdentityState;

/**
 * InfDisconnecting:
 * @INF_DISCONNECTING_NOT: it isn't
 * @INF_DISCONNECTING_FINISHING: what runs may end by itself
 * @INF_DISCONNECTING_STOPPING: what runs was told to end
 */
typedef enum
{
  INF_DISCONNECTING_NOT,
  INF_DISCONNECTING_FINISHING,
  INF_DISCONNECTING_STOPPING,
} InfDisconnecting;

/**
 * InfConnectionFacts:
 * @identity: whether this node can speak for itself
 * @is_member: whether it is a member of a grid
 * @is_up: whether its part of the grid runs
 * @is_alone: whether nobody else has ever joined that grid, as far as this node can know
 * @has_network: whether it has an address that others can reach
 * @has_failed: whether it could not be brought up, rather than not being wanted
 * @disconnecting: how far it is from going down
 * @n_found: other members in contact
 * @up_for_us: how long it has been up
 * @was_found: whether some other member was in contact since it is up
 *
 * What the state of the connection follows from.
 */
typedef struct
{
  InfIdentityState identity;
  gboolean is_member;
  gboolean is_up;
  gboolean is_alone;
  gboolean has_network;
  gboolean has_failed;
  InfDisconnecting disconnecting;
  guint n_found;
  gint64 up_for_us;
  gboolean was_found;
} InfConnectionFacts;

/* How long the others are looked for before it is said that nobody answers. */
#define INF_CONNECTION_PATIENCE_US (20 * (gint64)G_USEC_PER_SEC)

void inf_connection_judge (const InfConnectionFacts *facts, const char **ret_state,
                           const char **ret_reason);
const char *inf_identity_state_to_text (InfIdentityState state);

G_END_DECLS
