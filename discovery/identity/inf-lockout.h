#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfLockout:
 * @failures: wrong passphrases in a row
 * @last_unix_us: when the last of them was tried
 *
 * How long whoever guesses at a passphrase must wait. It holds off those who may talk to this
 * node; who can copy the identity's file guesses as fast as Argon2id lets them.
 */
typedef struct
{
  guint failures;
  gint64 last_unix_us;
} InfLockout;

gint64 inf_lockout_get_retry_unix_us (const InfLockout *lockout, gint64 now_unix_us);
gboolean inf_lockout_check (InfLockout *lockout, gint64 now_unix_us, GError **error);
void inf_lockout_fail (InfLockout *lockout, gint64 now_unix_us);

gboolean inf_lockout_load (InfLockout *lockout, const char *state_dir, GError **error);
gboolean inf_lockout_save (const InfLockout *lockout, const char *state_dir, GError **error);

G_END_DECLS
