#include "widgets/inf-unlock.h"

#include "widgets/inf-keyring.h"

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfDBusIdentity1) identity = user_data;
  g_autofree char *passphrase = inf_keyring_lookup_finish (result, NULL);

  /* without one, or where it is wrong by now, the sign-in page asks for it */
  if (passphrase)
    inf_dbus_identity1_call_unlock (identity, passphrase, g_variant_new ("a{sv}", NULL), NULL, NULL,
                                    NULL);
}

/**
 * inf_unlock_remembered:
 * @service: a connection that is up
 *
 * Signs in with the passphrase that the keyring remembers, if it does. One that was wrong once is
 * not tried again.
 */
void
inf_unlock_remembered (InfService *service)
{
  InfDBusIdentity1 *identity = inf_service_get_identity (service);

  if (identity && inf_keyring_is_there ()
      && g_strcmp0 (inf_dbus_identity1_get_state (identity), "locked") == 0
      && inf_dbus_identity1_get_failures (identity) == 0)
    inf_keyring_lookup_async (inf_dbus_identity1_get_peer_id (identity), NULL, on_looked_up,
                              g_object_ref (identity));
}
