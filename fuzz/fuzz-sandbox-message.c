#include "grid/sandbox/inf-sandbox-config.h"
#include "grid/sandbox/inf-sandbox-message.h"

#include "common/inf-error.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size_bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (InfSandboxMessage) message = inf_sandbox_message_from_bytes (bytes, &error);

  if (message && message->kind == INF_SANDBOX_CONFIGURE)
    {
      g_autoptr (InfSandboxConfig) config = inf_sandbox_config_from_variant (message->body, &error);
      g_assert_true (config != NULL || error->domain == INF_ERROR);
    }
  else
    g_assert_true (message != NULL || error->domain == INF_ERROR);
  return 0;
}
