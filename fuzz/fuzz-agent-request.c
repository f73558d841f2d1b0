#include "grid/sandbox/inf-agent-call-private.h"
#include "grid/sandbox/inf-sandbox-config.h"

#include "common/inf-error.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes)
{
  g_autoptr (InfAgentCall) call = g_object_new (INF_TYPE_AGENT_CALL, NULL);
  g_autoptr (GError) error = NULL;

  if (!inf_agent_call_parse (call, (const char *)data, size_bytes, &error))
    g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  else
    {
      g_assert_true (inf_sandbox_index_is_valid (inf_agent_call_get_host_index (call)));
      g_assert_nonnull (inf_agent_call_get_command_line (call));
    }
  return 0;
}
