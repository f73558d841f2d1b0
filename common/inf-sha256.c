#include "common/inf-sha256.h"

#include "common/inf-error.h"

#include <errno.h>
#include <openssl/evp.h>
#include <unistd.h>

/* OpenSSL's EVP uses the processor's SHA instructions; GLib's and libsodium's do not. */
struct _InfSha256
{
  EVP_MD_CTX *context;
};

InfSha256 *
inf_sha256_new (void)
{
  InfSha256 *hash = g_new0 (InfSha256, 1);

  hash->context = EVP_MD_CTX_new ();
  EVP_DigestInit_ex (hash->context, EVP_sha256 (), NULL);
  return hash;
}

void
inf_sha256_update (InfSha256 *hash, const void *data, gsize size_bytes)
{
  EVP_DigestUpdate (hash->context, data, size_bytes);
}

/**
 * inf_sha256_finish:
 * @hash: a hash; only inf_sha256_free() may follow
 * @ret_digest: (out): the digest of everything given to inf_sha256_update()
 */
void
inf_sha256_finish (InfSha256 *hash, guint8 ret_digest[INF_SHA256_SIZE_BYTES])
{
  EVP_DigestFinal_ex (hash->context, ret_digest, NULL);
}

void
inf_sha256_free (InfSha256 *hash)
{
  if (!hash)
    return;
  EVP_MD_CTX_free (hash->context);
  g_free (hash);
}

void
inf_sha256_of_data (const void *data, gsize size_bytes, guint8 ret_digest[INF_SHA256_SIZE_BYTES])
{
  EVP_Digest (data, size_bytes, ret_digest, NULL, EVP_sha256 (), NULL);
}

/**
 * inf_sha256_of_fd:
 * @fd: a descriptor, read from where it stands to its end
 * @ret_digest: (out): the digest; left alone on failure
 * @ret_size_bytes: (out) (optional): how many bytes were read
 * @error: #INF_ERROR_FAILED where reading fails
 *
 * Blocks while it reads; large files belong in a thread.
 */
gboolean
inf_sha256_of_fd (int fd, guint8 ret_digest[INF_SHA256_SIZE_BYTES], guint64 *ret_size_bytes,
                  GError **error)
{
  const gsize buffer_size = 1 << 20;
  g_autofree guint8 *buffer = g_malloc (buffer_size);
  g_autoptr (InfSha256) hash = inf_sha256_new ();
  guint64 total = 0;

  for (;;)
    {
      gssize n = read (fd, buffer, buffer_size);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "can't read: %s", g_strerror (errno));
          return FALSE;
        }
      if (n == 0)
        break;
      inf_sha256_update (hash, buffer, (gsize)n);
      total += (guint64)n;
    }
  inf_sha256_finish (hash, ret_digest);
  if (ret_size_bytes)
    *ret_size_bytes = total;
  return TRUE;
}

char *
inf_sha256_to_hex (const guint8 digest[INF_SHA256_SIZE_BYTES])
{
  GString *text = g_string_sized_new (2 * INF_SHA256_SIZE_BYTES + 1);

  for (guint i = 0; i < INF_SHA256_SIZE_BYTES; i++)
    g_string_append_printf (text, "%02x", digest[i]);
  return g_string_free (text, FALSE);
}

/**
 * inf_sha256_from_hex:
 * @text: 64 hexadecimal digits and nothing else
 * @ret_digest: (out): the digest; left alone on failure
 *
 * Returns: whether @text is a digest
 */
gboolean
inf_sha256_from_hex (const char *text, guint8 ret_digest[INF_SHA256_SIZE_BYTES])
{
  for (guint i = 0; i < 2 * INF_SHA256_SIZE_BYTES; i++)
    if (!g_ascii_isxdigit (text[i]))
      return FALSE;
  if (text[2 * INF_SHA256_SIZE_BYTES] != '\0')
    return FALSE;
  for (guint i = 0; i < INF_SHA256_SIZE_BYTES; i++)
    ret_digest[i] = (guint8)(g_ascii_xdigit_value (text[2 * i]) << 4
                             | g_ascii_xdigit_value (text[2 * i + 1]));
  return TRUE;
}
