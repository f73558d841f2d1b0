#include "discovery/link/inf-links-private.h"

G_DEFINE_FINAL_TYPE (InfLinks, inf_links, G_TYPE_OBJECT)

static void
free_method (gpointer data)
{
  InfLinksMethod *method = data;

  if (method->destroy)
    method->destroy (method->user_data);
  g_free (method);
}

static void
free_service (gpointer data)
{
  InfLinksService *service = data;

  if (service->destroy)
    service->destroy (service->user_data);
  g_free (service);
}

static void
inf_links_dispose (GObject *object)
{
  InfLinks *self = INF_LINKS (object);

  inf_links_stop (self);
  inf_links_set_authorize (self, NULL, NULL, NULL);
  inf_links_set_enrol (self, NULL, NULL, NULL);
  g_hash_table_remove_all (self->methods);
  g_hash_table_remove_all (self->services);
  G_OBJECT_CLASS (inf_links_parent_class)->dispose (object);
}

static void
inf_links_finalize (GObject *object)
{
  InfLinks *self = INF_LINKS (object);

  g_hash_table_unref (self->methods);
  g_hash_table_unref (self->services);
  g_hash_table_unref (self->peers);
  g_ptr_array_unref (self->sessions);
  g_hash_table_unref (self->enrolling);
  g_clear_pointer (&self->certificate, g_bytes_unref);
  g_clear_pointer (&self->keypair, inf_keypair_unref);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (inf_links_parent_class)->finalize (object);
}

static void
inf_links_class_init (InfLinksClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = inf_links_dispose;
  object_class->finalize = inf_links_finalize;

  g_signal_new ("link-up", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_POINTER);
  g_signal_new ("link-down", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
inf_links_init (InfLinks *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->methods = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_method);
  self->services = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_service);
  inf_links_peers_init (self);
}

/**
 * inf_links_new:
 * @keypair: (transfer none): this node
 *
 * Returns: (transfer full): links that let nobody in yet
 */
InfLinks *
inf_links_new (InfKeypair *keypair)
{
  InfLinks *links = g_object_new (INF_TYPE_LINKS, NULL);

  links->keypair = inf_keypair_ref (keypair);
  return links;
}

/**
 * inf_links_stop:
 * @links: some links
 *
 * Closes every link and the listening socket, and waits for their threads. What was under way fails
 * with #INF_ERROR_UNREACHABLE, and so does whatever is asked from now on.
 */
void
inf_links_stop (InfLinks *links)
{
  links->is_stopped = TRUE;
  inf_links_stop_listening (links);
  inf_links_peers_stop (links);
}

/**
 * inf_links_set_certificate:
 * @links: some links
 * @certificate: (nullable): what this node presents from now on
 */
void
inf_links_set_certificate (InfLinks *links, GBytes *certificate)
{
  if (certificate)
    g_bytes_ref (certificate);
  g_clear_pointer (&links->certificate, g_bytes_unref);
  links->certificate = certificate;
}

/**
 * inf_links_set_authorize:
 * @links: some links
 * @func: (nullable): decides who comes in; NULL: nobody
 * @user_data: for @func
 * @destroy: (nullable): for @user_data
 */
void
inf_links_set_authorize (InfLinks *links, InfLinksAuthorizeFunc func, gpointer user_data,
                         GDestroyNotify destroy)
{
  if (links->authorize_destroy)
    links->authorize_destroy (links->authorize_data);
  links->authorize = func;
  links->authorize_data = user_data;
  links->authorize_destroy = destroy;
}

/**
 * inf_links_set_enrol:
 * @links: some links
 * @func: (nullable): decides whether a secret opens a session for enrolment; NULL: none does
 * @user_data: for @func
 * @destroy: (nullable): for @user_data
 */
void
inf_links_set_enrol (InfLinks *links, InfLinksEnrolFunc func, gpointer user_data,
                     GDestroyNotify destroy)
{
  if (links->enrol_destroy)
    links->enrol_destroy (links->enrol_data);
  links->enrol = func;
  links->enrol_data = user_data;
  links->enrol_destroy = destroy;
}

/**
 * inf_links_add_method:
 * @links: some links
 * @method: its name, at most 64 bytes; replaces one of that name
 * @flags: who may call it
 * @func: called in the main context for each call
 * @user_data: for @func
 * @destroy: (nullable): for @user_data
 */
void
inf_links_add_method (InfLinks *links, const char *method, InfLinkMethodFlags flags,
                      InfLinkMethodFunc func, gpointer user_data, GDestroyNotify destroy)
{
  InfLinksMethod *added = g_new (InfLinksMethod, 1);

  *added = (InfLinksMethod){ flags, func, user_data, destroy };
  g_hash_table_insert (links->methods, g_strdup (method), added);
}

/**
 * inf_links_add_service:
 * @links: some links
 * @service: its name, at most 64 bytes; replaces one of that name
 * @func: called in the main context for each channel that a member opens
 * @user_data: for @func
 * @destroy: (nullable): for @user_data
 */
void
inf_links_add_service (InfLinks *links, const char *service, InfLinkServiceFunc func,
                       gpointer user_data, GDestroyNotify destroy)
{
  InfLinksService *added = g_new (InfLinksService, 1);

  *added = (InfLinksService){ func, user_data, destroy };
  g_hash_table_insert (links->services, g_strdup (service), added);
}

void
inf_links_set_rekey_bytes (InfLinks *links, guint64 size_bytes)
{
  links->rekey_bytes = size_bytes;
}
