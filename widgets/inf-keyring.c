#include "widgets/inf-keyring.h"

#include "config.h"

#include <glib/gi18n.h>

#if HAVE_LIBSECRET
#include <libsecret/secret.h>

/* The passphrase in the user's own keyring, where the owner wants that: so that a host can share
 * its computer from log-in on. It is found by the peer's id. */
static const SecretSchema schema = {
  "org.infinitygrid.Passphrase",
  SECRET_SCHEMA_NONE,
  { { "peer-id", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};
#endif

/* Returns: whether Infinity was built with the Secret Service; it may still not run */
gboolean
inf_keyring_is_there (void)
{
  return HAVE_LIBSECRET;
}

#if !HAVE_LIBSECRET
static void
refuse (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_task_report_new_error (NULL, callback, user_data, refuse, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "Infinity was built without the Secret Service");
}
#endif

/**
 * inf_keyring_store_async:
 * @peer_id: whose passphrase
 * @passphrase: it
 * @cancellable: (nullable)
 * @callback: called when it is stored, or not
 * @user_data: for @callback
 */
void
inf_keyring_store_async (const char *peer_id, const char *passphrase, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
#if HAVE_LIBSECRET
  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, _ ("Passphrase of Infinity"),
                         passphrase, cancellable, callback, user_data, "peer-id", peer_id, NULL);
#else
  refuse (cancellable, callback, user_data);
#endif
}

gboolean
inf_keyring_store_finish (GAsyncResult *result, GError **error)
{
#if HAVE_LIBSECRET
  return secret_password_store_finish (result, error);
#else
  return g_task_propagate_boolean (G_TASK (result), error);
#endif
}

void
inf_keyring_lookup_async (const char *peer_id, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
#if HAVE_LIBSECRET
  secret_password_lookup (&schema, cancellable, callback, user_data, "peer-id", peer_id, NULL);
#else
  refuse (cancellable, callback, user_data);
#endif
}

/* Returns: (transfer full) (nullable): the passphrase; %NULL without an error where none is kept */
char *
inf_keyring_lookup_finish (GAsyncResult *result, GError **error)
{
#if HAVE_LIBSECRET
  return secret_password_lookup_finish (result, error);
#else
  return g_task_propagate_pointer (G_TASK (result), error);
#endif
}

void
inf_keyring_forget_async (const char *peer_id, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
#if HAVE_LIBSECRET
  secret_password_clear (&schema, cancellable, callback, user_data, "peer-id", peer_id, NULL);
#else
  refuse (cancellable, callback, user_data);
#endif
}

/* Returns: whether one was kept, and is no longer */
gboolean
inf_keyring_forget_finish (GAsyncResult *result, GError **error)
{
#if HAVE_LIBSECRET
  return secret_password_clear_finish (result, error);
#else
  return g_task_propagate_boolean (G_TASK (result), error);
#endif
}
