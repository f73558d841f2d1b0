#include "daemon/inf-enrolment-service.h"

#include "common/inf-error.h"
#include "discovery/identity/inf-enrolment.h"

#include <sodium.h>
#include <string.h>

/* Invites and what becomes of them: the founder's side serves `grid.enrol` to sessions that came
 * with an invite's secret; the joiner's side is one call. */

#define DEFAULT_LIFETIME_S (24 * 3600)
#define JOIN_TIMEOUT_MS 15000

struct _InfEnrolmentService
{
  InfMembership *membership;
  InfInviteBook *book;
  char *state_dir;
};

/* Whoever holds the secret of an invite that was used up may hear just that. */
static gboolean
may_enrol (GBytes *secret, gpointer user_data)
{
  InfEnrolmentService *service = user_data;
  gsize size;
  const char *data = g_bytes_get_data (secret, &size);
  g_autofree char *text = g_strndup (data, size);
  g_autoptr (GError) error = NULL;

  return inf_invite_book_check_text (service->book, text, g_get_real_time (), &error)
         || g_error_matches (error, INF_ERROR, INF_ERROR_REFUSED)
         || g_error_matches (error, INF_ERROR, INF_ERROR_EXPIRED);
}

static gboolean
save (InfEnrolmentService *service, GError **error)
{
  return inf_membership_save (service->membership, service->state_dir, error)
         && inf_invite_book_save (service->book, service->state_dir, error);
}

static void
on_enrol (InfLinkCall *call, gpointer user_data)
{
  InfEnrolmentService *service = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply
      = inf_enrolment_answer (service->membership, service->book, inf_link_call_get_request (call),
                              g_get_real_time (), &error);

  if (reply && save (service, &error))
    inf_link_call_return (call, reply);
  else
    inf_link_call_return_error (call, error);
}

/**
 * inf_enrolment_service_new:
 * @links: (transfer none): serves the enrolment; stopped before the service is freed
 * @membership: (transfer none): the founder's
 * @state_dir: where invites are kept
 * @error: when the invites can't be read
 *
 * Returns: (transfer full) (nullable): the service
 */
InfEnrolmentService *
inf_enrolment_service_new (InfLinks *links, InfMembership *membership, const char *state_dir,
                           GError **error)
{
  g_autoptr (InfInviteBook) book = inf_invite_book_load (state_dir, error);

  if (!book)
    return NULL;
  InfEnrolmentService *service = g_new0 (InfEnrolmentService, 1);
  service->membership = inf_membership_ref (membership);
  service->book = g_steal_pointer (&book);
  service->state_dir = g_strdup (state_dir);
  inf_links_set_enrol (links, may_enrol, service, NULL);
  inf_links_add_method (links, INF_METHOD_ENROL, INF_LINK_METHOD_ENROLMENT, on_enrol, service,
                        NULL);
  return service;
}

void
inf_enrolment_service_free (InfEnrolmentService *service)
{
  if (!service)
    return;
  inf_membership_unref (service->membership);
  inf_invite_book_free (service->book);
  g_free (service->state_dir);
  g_free (service);
}

/**
 * inf_enrolment_service_invite:
 * @service: the founder's
 * @addresses: (array zero-terminated=1): where the founder is reached
 * @lifetime_s: in seconds; 0 for a day
 * @ret_expires_unix_us: (out): until when it holds
 * @error: what the book says, or why it can't be saved
 *
 * Returns: (transfer full) (nullable): the token
 */
char *
inf_enrolment_service_invite (InfEnrolmentService *service, const char *const *addresses,
                              guint lifetime_s, gint64 *ret_expires_unix_us, GError **error)
{
  guint8 secret[INF_INVITE_SECRET_SIZE_BYTES];
  gint64 now_us = g_get_real_time ();
  gint64 lifetime_us = (gint64)(lifetime_s ? lifetime_s : DEFAULT_LIFETIME_S) * G_USEC_PER_SEC;

  randombytes_buf (secret, sizeof secret);
  if (!inf_invite_book_create (service->book, secret, now_us, lifetime_us, error)
      || !inf_invite_book_save (service->book, service->state_dir, error))
    return NULL;
  InfKeypair *keypair = inf_membership_get_keypair (service->membership);
  g_autoptr (InfInvite) invite = inf_invite_new (inf_membership_get_grid (service->membership),
                                                 inf_keypair_get_public_key (keypair), addresses,
                                                 secret, now_us + lifetime_us);
  *ret_expires_unix_us = now_us + lifetime_us;
  return inf_invite_to_text (invite);
}

typedef struct
{
  InfKeypair *keypair;
  InfInvite *invite;
  InfLinks *links; /* of the joiner, for this one call */
} Join;

static void
join_free (Join *join)
{
  inf_keypair_unref (join->keypair);
  g_clear_pointer (&join->invite, inf_invite_free);
  if (join->links)
    inf_links_stop (join->links);
  g_clear_object (&join->links);
  g_free (join);
}

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Join *join = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) reply = inf_links_enrol_finish (INF_LINKS (source), result, &error);
  InfMembership *membership = NULL;

  if (reply)
    membership
        = inf_enrolment_accept (join->keypair, join->invite, reply, g_get_real_time (), &error);
  if (membership)
    {
      g_task_return_pointer (task, membership, (GDestroyNotify)inf_membership_unref);
      return;
    }
  g_prefix_error (
      &error, "the grid “%s” did not let this node in: ", inf_invite_get_grid_name (join->invite));
  g_task_return_error (task, error);
}

/**
 * inf_enrolment_join_async:
 * @keypair: the joiner's
 * @token: what somebody was given to pass on, from anyone
 * @node_name: what the joiner wants to be called
 * @callback: when the certificate is here, or not
 * @user_data: for @callback
 */
void
inf_enrolment_join_async (InfKeypair *keypair, const char *token, const char *node_name,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Join *join = g_new0 (Join, 1);
  GError *error = NULL;
  g_autoptr (GBytes) request = NULL;
  InfPeerId issuer;

  join->keypair = inf_keypair_ref (keypair);
  g_task_set_task_data (task, join, (GDestroyNotify)join_free);
  join->invite = inf_invite_from_text (token, &error);
  if (join->invite && inf_invite_check_expiry (join->invite, g_get_real_time (), &error))
    request = inf_enrolment_request_new (keypair, join->invite, node_name, &error);
  if (!request)
    {
      g_task_return_error (task, error);
      return;
    }
  g_autofree char *text = inf_invite_get_secret_text (join->invite);
  g_autoptr (GBytes) secret = g_bytes_new (text, strlen (text));
  inf_peer_id_of_key (inf_invite_get_issuer (join->invite), &issuer);
  g_autoptr (InfEndpoint) endpoint
      = inf_endpoint_new (&issuer, inf_invite_get_addresses (join->invite));
  join->links = inf_links_new (keypair);
  inf_links_enrol_async (join->links, endpoint, secret, INF_METHOD_ENROL, request, JOIN_TIMEOUT_MS,
                         NULL, on_enrolled, g_steal_pointer (&task));
}

/**
 * inf_enrolment_join_finish:
 * @result: what the callback was given
 * @ret_addresses: (out) (transfer full): where the grid was found; left alone on failure
 * @error: #INF_ERROR_INVALID for no token, #INF_ERROR_EXPIRED, #INF_ERROR_REFUSED for a spent one,
 *   #INF_ERROR_DENIED for a forged one, #INF_ERROR_UNREACHABLE
 *
 * Returns: (transfer full) (nullable): the membership, not saved yet
 */
InfMembership *
inf_enrolment_join_finish (GAsyncResult *result, char ***ret_addresses, GError **error)
{
  Join *join = g_task_get_task_data (G_TASK (result));
  InfMembership *membership = g_task_propagate_pointer (G_TASK (result), error);

  if (membership)
    *ret_addresses = g_strdupv ((char **)inf_invite_get_addresses (join->invite));
  return membership;
}
