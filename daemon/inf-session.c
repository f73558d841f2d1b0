#include "daemon/inf-session.h"

#include "common/inf-error.h"
#include "daemon/inf-enrolment-service.h"
#include "daemon/inf-gossip-carrier.h"

#include <string.h>
#include <unistd.h>

#define LOAD_INTERVAL_S 15
/* A load that changed by less is not worth a new record to every peer. */
#define LOAD_CHANGE_MILLI 250

struct _InfSession
{
  GObject parent;

  InfSessionParts parts;
  InfMembership *membership;
  InfJobContext context;
  InfLinks *links;
  InfFiles *files;
  InfJobNet *net;
  InfGossip *gossip;
  InfGossipCarrier *carrier;
  InfLeaseHost *lease_host;
  InfJobs *jobs;
  InfEnrolmentService *enrolment;

  InfSettings settings;
  char *obstacle; /* why jobs can't be contained; NULL when they can */
  gboolean is_draining;
  const char *paused_reason; /* why the owner lends nothing now; NULL when it is lent */
  char *open_mpi_version;
  char **offers;
  GHashTable *allowed; /* of InfPeerId: the clients that the owner listed */
  guint told_load_milli;
  guint load_timer;
  guint publish_source;
};

G_DEFINE_FINAL_TYPE (InfSession, inf_session, G_TYPE_OBJECT)

enum
{
  SIGNAL_PEER_CHANGED,
  SIGNAL_PEER_GONE,
  SIGNAL_CAPACITY_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
inf_session_dispose (GObject *object)
{
  InfSession *self = INF_SESSION (object);

  g_clear_handle_id (&self->load_timer, g_source_remove);
  g_clear_handle_id (&self->publish_source, g_source_remove);
  if (self->gossip)
    inf_gossip_stop (self->gossip);
  g_clear_pointer (&self->carrier, inf_gossip_carrier_free);
  if (self->links)
    inf_links_stop (self->links);
  g_clear_object (&self->jobs);
  g_clear_object (&self->lease_host);
  g_clear_pointer (&self->enrolment, inf_enrolment_service_free);
  g_clear_pointer (&self->net, inf_job_net_free);
  g_clear_object (&self->files);
  g_clear_object (&self->gossip);
  g_clear_object (&self->links);
  G_OBJECT_CLASS (inf_session_parent_class)->dispose (object);
}

static void
inf_session_finalize (GObject *object)
{
  InfSession *self = INF_SESSION (object);

  g_clear_pointer (&self->membership, inf_membership_unref);
  g_free (self->open_mpi_version);
  g_free (self->obstacle);
  g_strfreev (self->offers);
  g_hash_table_unref (self->allowed);
  G_OBJECT_CLASS (inf_session_parent_class)->finalize (object);
}

static void
inf_session_class_init (InfSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = inf_session_dispose;
  object_class->finalize = inf_session_finalize;
  signals[SIGNAL_PEER_CHANGED] = g_signal_new ("peer-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_PEER_GONE] = g_signal_new ("peer-gone", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_CAPACITY_CHANGED] = g_signal_new ("capacity-changed", type, G_SIGNAL_RUN_LAST, 0,
                                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
inf_session_init (InfSession *self)
{
  self->allowed = g_hash_table_new_full (inf_peer_id_hash, inf_peer_id_equal, g_free, NULL);
}

/**
 * inf_session_new:
 * @parts: what outlasts the session; borrowed
 * @membership: the grid
 *
 * Returns: (transfer full): a session that has not started
 */
InfSession *
inf_session_new (const InfSessionParts *parts, InfMembership *membership)
{
  InfSession *self = g_object_new (INF_TYPE_SESSION, NULL);

  self->parts = *parts;
  self->membership = inf_membership_ref (membership);
  return self;
}

static guint
slots_of (InfSession *self)
{
  return self->settings.slots ? self->settings.slots : self->parts.machine->cores;
}

static guint64
memory_of (InfSession *self)
{
  return self->settings.memory_bytes ? self->settings.memory_bytes
                                     : self->parts.machine->memory_bytes / 4 * 3;
}

static void
set_text (char **place, const char *text)
{
  g_free (*place);
  *place = g_strdup (text);
}

static void
publish (InfSession *self)
{
  g_autoptr (InfPeerInfo) info = inf_peer_info_new ();
  const InfMachine *machine = self->parts.machine;
  gboolean hosting = self->settings.hosting && !self->obstacle && !self->is_draining;
  gboolean is_paused = hosting && self->paused_reason;
  guint used = inf_lease_host_get_slots_used (self->lease_host);

  info->cores = machine->cores;
  info->memory_bytes = memory_of (self);
  info->slots_total = hosting ? slots_of (self) : 0;
  info->slots_free = info->slots_total > used && !is_paused ? info->slots_total - used : 0;
  info->load_milli = self->told_load_milli = inf_machine_load_milli ();
  set_text (&info->arch, machine->arch);
  set_text (&info->os, machine->os);
  set_text (&info->open_mpi_version, self->open_mpi_version ? self->open_mpi_version : "");
  info->price_ucredits = self->settings.price_ucredits;
  info->hosting = hosting && !is_paused;
  info->is_reclaimed = is_paused;
  if (self->offers)
    {
      g_strfreev (info->offers);
      info->offers = g_strdupv (self->offers);
    }
  inf_gossip_set_self (self->gossip, info);
}

static gboolean
publish_now (gpointer user_data)
{
  InfSession *self = user_data;

  self->publish_source = 0;
  publish (self);
  g_signal_emit (self, signals[SIGNAL_CAPACITY_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* Several leases often come or go together: one record tells of all. */
static void
publish_soon (InfSession *self)
{
  if (self->publish_source == 0)
    self->publish_source = g_idle_add (publish_now, self);
}

static gboolean
on_load_timer (gpointer user_data)
{
  InfSession *self = user_data;
  int change = (int)inf_machine_load_milli () - (int)self->told_load_milli;

  if (ABS (change) >= LOAD_CHANGE_MILLI)
    publish_soon (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
authorize (const InfPublicKey *key, GBytes *bytes, gpointer user_data, GError **error)
{
  InfSession *self = user_data;
  g_autoptr (InfCertificate) certificate
      = inf_membership_check (self->membership, bytes, g_get_real_time (), error);

  if (!certificate)
    return FALSE;
  if (memcmp (inf_certificate_get_subject (certificate), key, sizeof *key) == 0)
    return TRUE;
  g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED, "the certificate is somebody else's");
  return FALSE;
}

static void
on_peer_changed (InfGossip *gossip, const InfPeerId *id, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_PEER_CHANGED], 0, id);
}

static void
on_peer_gone (InfGossip *gossip, const InfPeerId *id, gpointer user_data)
{
  InfSession *self = user_data;

  inf_links_disconnect (self->links, id);
  g_signal_emit (self, signals[SIGNAL_PEER_GONE], 0, id);
}

static void
on_membership_changed (InfGossip *gossip, gpointer user_data)
{
  InfSession *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!inf_membership_save (self->membership, self->parts.state_dir, &error))
    g_warning ("%s", error->message);
}

static void
watch_gossip (InfSession *self)
{
  g_signal_connect (self->gossip, "peer-joined", G_CALLBACK (on_peer_changed), self);
  g_signal_connect (self->gossip, "peer-changed", G_CALLBACK (on_peer_changed), self);
  g_signal_connect (self->gossip, "peer-dead", G_CALLBACK (on_peer_gone), self);
  g_signal_connect (self->gossip, "peer-left", G_CALLBACK (on_peer_gone), self);
  g_signal_connect (self->gossip, "membership-changed", G_CALLBACK (on_membership_changed), self);
}

/* TCP and UDP use the same number. Where another node of this machine has it, any free one does:
 * peers learn it from gossip. */
static gboolean
listen_somewhere (InfSession *self, guint16 port, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (inf_links_listen (self->links, port, &local_error))
    return TRUE;
  g_message ("port %u can't be used (%s); taking another", port, local_error->message);
  return inf_links_listen (self->links, 0, error);
}

static void
fill_context (InfSession *self)
{
  self->context = (InfJobContext){
    .state_dir = self->parts.state_dir,
    .keypair = self->parts.keypair,
    .gossip = self->gossip,
    .links = self->links,
    .store = self->parts.store,
    .files = self->files,
    .net = self->net,
    .ledger = self->parts.ledger,
    .job_store = self->parts.job_store,
  };
}

static gboolean
start_network (InfSession *self, GError **error)
{
  InfCertificate *certificate = inf_membership_get_certificate (self->membership);

  self->links = inf_links_new (self->parts.keypair);
  inf_links_set_certificate (self->links, inf_certificate_get_bytes (certificate));
  inf_links_set_authorize (self->links, authorize, self, NULL);
  if (!listen_somewhere (self, self->settings.port, error))
    return FALSE;
  self->files = inf_files_new (self->links, self->parts.store);
  self->net = inf_job_net_new (self->links);
  self->gossip
      = inf_gossip_new (self->membership, inf_links_get_port (self->links), self->parts.state_dir);
  self->carrier = inf_gossip_carrier_new (self->gossip, self->links);
  watch_gossip (self);
  return TRUE;
}

/**
 * inf_session_start:
 * @session: a new session
 * @settings: what the owner wants
 * @report: what this machine can do
 * @obstacle: (nullable): why it can't contain a job
 * @sink: takes the outputs of a job's host
 * @finished: called when a job is over
 * @sink_data: for both
 * @error: why this node can't take part
 */
gboolean
inf_session_start (InfSession *session, const InfSettings *settings, const InfSandboxReport *report,
                   const char *obstacle, InfJobSink sink, InfJobFinished finished,
                   gpointer sink_data, GError **error)
{
  InfCertificate *certificate = inf_membership_get_certificate (session->membership);

  session->settings = *settings;
  if (!start_network (session, error))
    return FALSE;
  fill_context (session);
  session->lease_host
      = inf_lease_host_new (&session->context, inf_certificate_get_name (certificate));
  g_signal_connect_swapped (session->lease_host, "capacity-changed", G_CALLBACK (publish_soon),
                            session);
  session->jobs = inf_jobs_new (&session->context, sink, finished, sink_data);
  inf_jobs_watch_peers (session->jobs);
  if (inf_membership_is_founder (session->membership))
    {
      session->enrolment = inf_enrolment_service_new (session->links, session->membership,
                                                      session->parts.state_dir, error);
      if (!session->enrolment)
        return FALSE;
    }
  if (!inf_ledger_grant (session->parts.ledger,
                         inf_grid_get_id (inf_membership_get_grid (session->membership))->bytes,
                         inf_certificate_get_serial (certificate),
                         inf_certificate_get_grant_ucredits (certificate), g_get_real_time (),
                         error))
    return FALSE;
  session->load_timer = g_timeout_add_seconds (LOAD_INTERVAL_S, on_load_timer, session);
  /* Before gossip starts, so that its first word about this node is true. */
  inf_session_apply (session, settings, report, obstacle);
  return inf_gossip_start (session->gossip, error);
}

/* Whom the owner has listed, where that counts. */
static void
fill_allowed (InfSession *self)
{
  g_hash_table_remove_all (self->allowed);
  for (guint i = 0; i < self->settings.n_allowed; i++)
    g_hash_table_add (self->allowed, inf_peer_id_copy (&self->settings.allowed[i]));
}

static void
apply_policy (InfSession *self)
{
  InfHostPolicy policy = {
    .hosting = self->settings.hosting,
    .paused_reason = self->paused_reason,
    .slots = slots_of (self),
    .memory_bytes = memory_of (self),
    .price_ucredits = self->settings.price_ucredits,
    .max_duration_us = (gint64)self->settings.max_lease_s * G_USEC_PER_SEC,
    .allowed_clients = self->settings.clients == INF_CLIENTS_LISTED ? self->allowed : NULL,
  };

  inf_lease_host_set_policy (self->lease_host, &policy);
}

/**
 * inf_session_set_paused:
 * @session: a started session
 * @reason: (nullable): a constant clause: why the owner lends nothing for now; %NULL: it is lent
 *
 * Leases that there are go on.
 */
void
inf_session_set_paused (InfSession *session, const char *reason)
{
  if (g_strcmp0 (session->paused_reason, reason) == 0)
    return;
  session->paused_reason = reason;
  apply_policy (session);
  publish_soon (session);
}

/**
 * inf_session_apply:
 * @session: a started session
 * @settings: what the owner wants from now on
 * @report: what this machine can do
 * @obstacle: (nullable): why it can't contain a job
 */
void
inf_session_apply (InfSession *session, const InfSettings *settings, const InfSandboxReport *report,
                   const char *obstacle)
{
  session->settings = *settings;
  g_free (session->obstacle);
  session->obstacle = g_strdup (obstacle);
  session->context.obstacle = session->obstacle;
  g_free (session->open_mpi_version);
  session->open_mpi_version = g_strdup (report->open_mpi_version);
  g_strfreev (session->offers);
  session->offers = inf_machine_list_offers (settings->offers);
  fill_allowed (session);
  apply_policy (session);
  inf_lease_host_set_machine (session->lease_host, session->parts.machine->arch,
                              session->open_mpi_version, (const char *const *)session->offers,
                              obstacle);
  publish (session);
  publish_soon (session);
}

static void
on_leases_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  g_task_return_boolean (task, TRUE);
}

static void
on_jobs_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  InfSession *self = g_task_get_source_object (task);

  g_autofree char *reason = g_strconcat ("the host ", g_task_get_task_data (task), NULL);

  inf_lease_host_end_all_async (self->lease_host, reason, on_leases_ended, task);
}

/**
 * inf_session_stop_async:
 * @session: a started session
 * @why: what happens to this node, for its peers: "is shutting down"
 * @callback: when every job and lease is stopped and settled as far as peers answer
 * @user_data: for @callback
 */
void
inf_session_stop_async (InfSession *session, const char *why, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (session, NULL, callback, user_data);
  g_autofree char *reason = g_strconcat ("the submitter's node ", why, NULL);

  g_task_set_task_data (task, g_strdup (why), g_free);
  inf_lease_host_set_draining (session->lease_host, TRUE);
  inf_jobs_cancel_all_async (session->jobs, reason, on_jobs_ended, task);
}

gboolean
inf_session_stop_finish (InfSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * inf_session_leave:
 * @session: a stopped session
 *
 * Says goodbye, so that nobody has to find out.
 */
void
inf_session_leave (InfSession *session)
{
  inf_gossip_leave (session->gossip);
}

/**
 * inf_session_set_draining:
 * @session: a started session
 * @is_draining: whether no job is taken any more, and none submitted, as it is about to end
 */
void
inf_session_set_draining (InfSession *session, gboolean is_draining)
{
  session->is_draining = is_draining;
  inf_lease_host_set_draining (session->lease_host, is_draining);
  publish_soon (session);
}

/**
 * inf_session_count_leases:
 * @session: a started session
 *
 * Returns: the leases of others here, those included that are over but not closed yet
 */
guint
inf_session_count_leases (InfSession *session)
{
  g_autoptr (GPtrArray) leases = inf_lease_host_list (session->lease_host);

  return leases->len;
}

InfMembership *
inf_session_get_membership (InfSession *session)
{
  return session->membership;
}

InfGossip *
inf_session_get_gossip (InfSession *session)
{
  return session->gossip;
}

InfLinks *
inf_session_get_links (InfSession *session)
{
  return session->links;
}

InfLeaseHost *
inf_session_get_lease_host (InfSession *session)
{
  return session->lease_host;
}

InfJobs *
inf_session_get_jobs (InfSession *session)
{
  return session->jobs;
}

const InfJobContext *
inf_session_get_context (InfSession *session)
{
  return &session->context;
}

guint16
inf_session_get_port (InfSession *session)
{
  return inf_links_get_port (session->links);
}

/* Where this node may be found: its own addresses, among as many as an invite has room for the one
 * at which others see it. */
static char **
list_addresses_for_invite (InfSession *self)
{
  g_auto (GStrv) own = inf_gossip_dup_own_addresses (self->gossip);
  g_autoptr (InfPeerInfo) info
      = inf_gossip_lookup (self->gossip, inf_gossip_get_self_id (self->gossip));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean is_seen = info && *info->observed_address;

  for (guint i = 0; own[i] && i < INF_INVITE_MAX_ADDRESSES - (is_seen ? 1 : 0); i++)
    g_strv_builder_add (builder, own[i]);
  if (is_seen)
    g_strv_builder_add (builder, info->observed_address);
  return g_strv_builder_end (builder);
}

/**
 * inf_session_invite:
 * @session: a started session
 * @lifetime_s: how long the invite holds, in seconds
 * @ret_expires_unix_us: (out): until when
 * @error: #INF_ERROR_DENIED at anybody but the founder
 *
 * Returns: (transfer full) (nullable): the token
 */
char *
inf_session_invite (InfSession *session, guint lifetime_s, gint64 *ret_expires_unix_us,
                    GError **error)
{
  if (!session->enrolment)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED,
                           "only the grid's founder can invite; ask its owner for an invite");
      return NULL;
    }
  g_auto (GStrv) addresses = list_addresses_for_invite (session);
  return inf_enrolment_service_invite (session->enrolment, (const char *const *)addresses,
                                       lifetime_s, ret_expires_unix_us, error);
}

/**
 * inf_session_revoke:
 * @session: a started session
 * @peer_id: a member
 * @error: #INF_ERROR_DENIED at anybody but the founder, or what the membership says
 */
gboolean
inf_session_revoke (InfSession *session, const InfPeerId *peer_id, GError **error)
{
  if (!session->enrolment)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED,
                           "only the grid's founder can remove members");
      return FALSE;
    }
  if (!inf_membership_revoke (session->membership, peer_id, error)
      || !inf_membership_save (session->membership, session->parts.state_dir, error))
    return FALSE;
  inf_gossip_publish_revocations (session->gossip);
  inf_links_disconnect (session->links, peer_id);
  return TRUE;
}
