#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfError:
 * @INF_ERROR_FAILED: something went wrong that no other code describes
 * @INF_ERROR_INVALID: bytes, text or arguments that can't be what they claim to be
 * @INF_ERROR_NOT_FOUND: the named thing does not exist here
 * @INF_ERROR_EXISTS: the named thing exists already
 * @INF_ERROR_DENIED: the asker may not do this (no certificate, revoked, not its lease)
 * @INF_ERROR_REFUSED: a peer could do it and says no, with a reason
 * @INF_ERROR_UNREACHABLE: the peer or the local daemon can't be reached
 * @INF_ERROR_TIMED_OUT: no answer within the time allowed
 * @INF_ERROR_CANCELLED: the caller or the owner stopped it
 * @INF_ERROR_TOO_LARGE: over a limit of size or number
 * @INF_ERROR_EXPIRED: valid once, too old now
 * @INF_ERROR_NO_HOSTS: not enough hosts that match
 * @INF_ERROR_NO_CREDITS: the balance does not cover it
 * @INF_ERROR_CORRUPT: a hash or signature does not match
 * @INF_ERROR_UNSUPPORTED: this machine or that version can't do it
 * @INF_ERROR_BAD_DATA: a job's input is not what its program expects
 * @INF_ERROR_JOB_FAILED: the job ran and failed
 *
 * The one error domain of the project. A code is something that a caller can act on; everything
 * else belongs in the message, which names the object and the way out.
 */
typedef enum
{
  INF_ERROR_FAILED,
  INF_ERROR_INVALID,
  INF_ERROR_NOT_FOUND,
  INF_ERROR_EXISTS,
  INF_ERROR_DENIED,
  INF_ERROR_REFUSED,
  INF_ERROR_UNREACHABLE,
  INF_ERROR_TIMED_OUT,
  INF_ERROR_CANCELLED,
  INF_ERROR_TOO_LARGE,
  INF_ERROR_EXPIRED,
  INF_ERROR_NO_HOSTS,
  INF_ERROR_NO_CREDITS,
  INF_ERROR_CORRUPT,
  INF_ERROR_UNSUPPORTED,
  INF_ERROR_BAD_DATA,
  INF_ERROR_JOB_FAILED,
} InfError;

#define INF_N_ERRORS (INF_ERROR_JOB_FAILED + 1)
#define INF_ERROR (inf_error_quark ())

GQuark inf_error_quark (void);

const char *inf_error_code_name (InfError code);
gboolean inf_error_code_parse (const char *name, InfError *ret_code);

gboolean inf_error_is_not_found (const GError *error);
gboolean inf_error_is_refused (const GError *error);
gboolean inf_error_is_unreachable (const GError *error);
gboolean inf_error_is_cancelled (const GError *error);

G_END_DECLS
